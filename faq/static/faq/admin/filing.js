/* The filing follows the cascade, as it would when saved: what is implied is shown, and goes with what brought it. */

import { complete, findCauses, findObstacles, joinLabels, readTerms, settleChosen, settleTakenBack } from "./filing_rules.js";

const form = document.getElementById("entry-form");
const message = document.getElementById("filing-told");
const terms = readTerms();
const boxes = new Map([...form.querySelectorAll("[data-term]")].map((box) => [box.dataset.term, box]));
const MANY = 2; // more terms than that are counted instead of named

function getChosen() {
  return new Set([...boxes.values()].filter((box) => box.checked).map((box) => box.dataset.term));
}

function impliedIn(chosen) {
  return [...complete(terms, chosen).filed].filter((key) => !chosen.has(key));
}

function misfitText(obstacles) {
  if (!obstacles.length) {
    return "";
  }
  const facet = boxes.get(obstacles[0].key)?.closest(".facet").querySelector("legend").textContent.toLowerCase();
  return `ne va pas avec ${obstacles.length > MANY ? `ce qui est classé (${facet})` : joinLabels(obstacles)}`;
}

function noteFor(key, chosen, implied) {
  if (implied.includes(key)) {
    return `implicite\u00a0: découle de ${joinLabels(findCauses(terms, chosen, key))}`;
  }
  return misfitText(findObstacles(terms, chosen, key));
}

function show() {
  const chosen = getChosen();
  const implied = impliedIn(chosen);
  for (const [key, box] of boxes) {
    const text = noteFor(key, chosen, implied);
    const note = document.getElementById(`${box.id}_note`);
    if (note.textContent !== text) {
      note.textContent = text;
    }
    const item = box.closest("li");
    const isImplied = implied.includes(key);
    box.indeterminate = isImplied;
    item.classList.toggle("implied", isImplied);
    item.classList.toggle("misfit", text !== "" && !isImplied);
    item.hidden &&= !(isImplied || box.checked); // a search may have hidden it
  }
}

function choose(keys) {
  for (const [key, box] of boxes) {
    box.checked = keys.has(key);
  }
}

function announce(text, box, before) {
  message.parentElement.querySelector("button")?.remove();
  message.textContent = text;
  if (!before) {
    return;
  }
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "button secondary";
  undo.textContent = "Annuler";
  undo.addEventListener("click", () => {
    choose(before);
    announce("C’est annulé.");
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true })); // not « change », which would settle the filing again
    show();
  });
  message.after(undo);
}

function labelled(keys) {
  return joinLabels([...keys].map((key) => terms.get(key)));
}

/* Say what else changed: boxes first, which can be taken back, then what is implied, or is no more. */
function tell(box, before, after) {
  const cause = labelled([box.dataset.term]);
  const moved = [...boxes.keys()].filter((key) => key !== box.dataset.term && before.has(key) !== after.has(key));
  const [implied, former] = [impliedIn(after), impliedIn(before)];
  const added = implied.filter((key) => !former.includes(key) && !before.has(key));
  const gone = former.filter((key) => !implied.includes(key) && !after.has(key));
  const sentences = [
    moved.length && (box.checked ? "Coché aussi, car le classement en relève" : `Décoché aussi, car cela relève de ${cause}`) + `\u00a0: ${labelled(moved)}.`,
    added.length && `Implicite, car ${cause} en relève\u00a0: ${labelled(added)}.`,
    gone.length && `N’est plus implicite\u00a0: ${labelled(gone)}.`,
  ].filter(Boolean);
  announce(sentences.join(" "), box, moved.length ? before : undefined);
}

function follow(box) {
  const after = getChosen();
  const before = new Set(after);
  before[box.checked ? "delete" : "add"](box.dataset.term);
  const settled = box.checked ? settleChosen(terms, after) : settleTakenBack(terms, after);
  choose(settled);
  tell(box, before, settled);
  show();
}

window.addEventListener("pageshow", show); // browsers restore the boxes when somebody comes back
form.addEventListener("change", (event) => {
  if (boxes.has(event.target.dataset.term)) {
    follow(event.target);
  }
});
form.addEventListener("newterm", ({ target }) => {
  // A term was created in a window of its own.
  boxes.set(target.dataset.term, target);
  readTerms().forEach((term, key) => terms.set(key, term));
  target.checked = true;
  follow(target);
});
