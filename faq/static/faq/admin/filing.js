/* The filing follows the cascade, as it would when saved: what is implied is shown, and goes with what brought it. */

import { complete, findCauses, findObstacles, joinLabels, readTerms, settle } from "./filing_rules.js";

const form = document.getElementById("entry-form");
const message = document.getElementById("filing-told");
const terms = readTerms();
const boxes = new Map([...form.querySelectorAll("[data-term]")].map((box) => [box.dataset.term, box]));
const MANY = 2; // more terms than that are counted instead of named

function keysWhere(test) {
  return new Set([...boxes].filter(([, box]) => test(box)).map(([key]) => key));
}

const getChosen = () => keysWhere((box) => box.checked);
const stored = keysWhere((box) => box.defaultChecked);

function impliedIn(chosen) {
  return [...complete(terms, chosen)].filter((key) => !chosen.has(key));
}

/* Return the label of the facet of a term inside a sentence: « couloir Ségur ». */
function facetLabel(key) {
  const label = boxes.get(key)?.closest(".facet").querySelector("legend").textContent.trim() ?? "";
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function misfitText(obstacles) {
  if (!obstacles.length) {
    return "";
  }
  const all = `ce qui est classé (${facetLabel(obstacles[0].key)})`;
  return `ne va pas avec ${obstacles.length > MANY ? all : joinLabels(obstacles)}`;
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

function labelled(keys) {
  return joinLabels(keys.map((key) => terms.get(key)));
}

/* Return the labels of the facets where the stored entry is filed, and would be no more after a change. */
function emptiedFacets(before, after) {
  const [filed, former, left] = [stored, before, after].map((chosen) => {
    const keys = complete(terms, chosen);
    return new Set([...boxes.keys()].filter((key) => keys.has(key)).map(facetLabel)); // in the order of the page
  });
  return [...filed].filter((label) => former.has(label) && !left.has(label));
}

/* Say what else changed: what is implied, or is no more. */
function tell(box, before, after) {
  const key = box.dataset.term;
  const [implied, former] = [impliedIn(after), impliedIn(before)];
  const added = implied.filter((one) => !former.includes(one) && !before.has(one));
  const causes = [...new Set(added.flatMap((one) => findCauses(terms, after, one)))];
  const gone = former.filter((one) => !implied.includes(one) && !after.has(one));
  const emptied = emptiedFacets(before, after);
  const sentences = [
    implied.includes(key) && `${labelled([key])} reste implicite\u00a0: découle de ${joinLabels(findCauses(terms, after, key))}.`,
    added.length && `Implicite, car ${joinLabels(causes)} en relève\u00a0: ${labelled(added)}.`,
    gone.length && `N’est plus implicite\u00a0: ${labelled(gone)}.`,
    emptied.length && `Enregistrée ainsi, la fiche n’aurait plus de ${emptied.join(" ni de ")}\u00a0: elle vaudrait pour tous.`,
  ].filter(Boolean);
  message.textContent = sentences.join(" ");
}

function follow(box) {
  const after = getChosen();
  const before = new Set(after);
  before[box.checked ? "delete" : "add"](box.dataset.term);
  tell(box, before, after);
  show();
}

window.addEventListener("pageshow", show); // browsers restore the boxes when somebody comes back
form.addEventListener("change", (event) => {
  if (boxes.has(event.target.dataset.term)) {
    follow(event.target);
  }
});
form.addEventListener("formdata", ({ formData }) => {
  const chosen = getChosen();
  for (const key of settle(terms, chosen)) {
    const box = boxes.get(key);
    if (box && !chosen.has(key)) {
      formData.append(box.name, box.value);
    }
  }
});
form.addEventListener("newterm", ({ target }) => {
  // A term was created in a window of its own.
  boxes.set(target.dataset.term, target);
  readTerms().forEach((term, key) => terms.set(key, term));
  target.checked = true;
  follow(target);
});
