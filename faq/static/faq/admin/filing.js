/* The filing follows the cascade, as it would when saved: a term brings what it belongs to, and goes with it. */

const form = document.getElementById("entry-form");
const message = document.getElementById("filing-told");
const boxes = new Map([...form.querySelectorAll("[data-term]")].map((box) => [box.dataset.term, box]));
const MANY = 2; // more chosen terms than that are counted instead of named

function parentsOf(box) {
  return (box.dataset.parents ?? "").split(" ").flatMap((term) => boxes.get(term) ?? []);
}

function childrenOf(box) {
  return [...boxes.values()].filter((other) => parentsOf(other).includes(box));
}

function chosenBeside(box) {
  return [...box.closest(".facet").querySelectorAll("[data-term]:checked")];
}

function joinLabels(terms) {
  return terms.map((box) => `« ${box.closest("label").textContent.trim()} »`).join(", ");
}

/* Check the parents of a term that has none checked, and theirs; return the boxes that changed. */
function checkParents(box) {
  const parents = parentsOf(box);
  if (parents.some((parent) => parent.checked)) {
    return [];
  }
  for (const parent of parents) {
    parent.checked = true;
  }
  return parents.flatMap((parent) => [parent, ...checkParents(parent)]);
}

/* Uncheck the terms that have no checked parent left, and what belongs to them; return the boxes that changed. */
function uncheckOrphans(box) {
  const isOrphan = (child) => child.checked && !parentsOf(child).some((parent) => parent.checked);
  const orphans = childrenOf(box).filter(isOrphan);
  for (const orphan of orphans) {
    orphan.checked = false;
  }
  return orphans.flatMap((orphan) => [orphan, ...uncheckOrphans(orphan)]);
}

/* Return the chosen terms that a term does not go with: its own parents are unchecked beside them. */
function findObstacles(box) {
  const parents = parentsOf(box);
  if (!parents.length || parents.some((parent) => parent.checked)) {
    return [];
  }
  const beside = chosenBeside(parents[0]);
  return beside.length ? beside : parents.flatMap(findObstacles).filter((one, rank, all) => all.indexOf(one) === rank);
}

function misfitText(beside) {
  if (!beside.length) {
    return "";
  }
  const facet = beside[0].closest(".facet").querySelector("legend").textContent.toLowerCase();
  return `ne va pas avec ${beside.length > MANY ? `ce qui est coché (${facet})` : joinLabels(beside)}`;
}

function showMisfits() {
  for (const box of boxes.values()) {
    const text = misfitText(findObstacles(box));
    const note = document.getElementById(`${box.id}_misfit`);
    if (note.textContent !== text) {
      note.textContent = text;
    }
    box.closest("li").classList.toggle("misfit", text !== "");
  }
}

function addNotes() {
  for (const box of boxes.values()) {
    const note = document.createElement("span");
    note.id = `${box.id}_misfit`;
    note.className = "misfit-note";
    box.setAttribute("aria-describedby", note.id);
    box.closest("label").after(note);
  }
}

function announce(text, box, moved) {
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "button secondary";
  undo.textContent = "Annuler";
  undo.addEventListener("click", () => {
    for (const one of [box, ...moved]) {
      one.checked = !one.checked;
    }
    message.textContent = "C’est annulé.";
    undo.remove();
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true })); // not « change », which would check other terms
    showMisfits();
  });
  message.textContent = text;
  message.after(undo);
}

function follow(box) {
  const moved = box.checked ? checkParents(box) : uncheckOrphans(box);
  for (const one of moved) {
    one.closest("li").hidden = false; // a search may have hidden it
  }
  message.parentElement.querySelector("button")?.remove();
  message.textContent = "";
  if (moved.length) {
    const cause = joinLabels([box]);
    const why = box.checked ? `Coché aussi, car ${cause} en relève` : `Décoché aussi, car cela relève de ${cause}`;
    announce(`${why} : ${joinLabels(moved)}.`, box, moved);
  }
  showMisfits();
}

addNotes();
window.addEventListener("pageshow", showMisfits); // browsers restore the boxes when somebody comes back
form.addEventListener("change", (event) => {
  if (boxes.has(event.target.dataset.term)) {
    follow(event.target);
  }
});
