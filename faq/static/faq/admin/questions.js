/* Questions and filing in a row, by keys alone: the next row, the filing of the row before, save and go on. */

import { enhanceChoosers } from "./term_chooser.js";

const form = document.querySelector("form[data-guarded]");
const saveNext = form.elements._save_next;
const rows = [...form.querySelectorAll(".question-row")];
const choosers = new Map(enhanceChoosers(form).map((chooser) => [chooser.root.closest(".question-row"), chooser]));

function questionOf(row) {
  return row.querySelector("textarea");
}

function copyPrevious(row) {
  const previous = rows[rows.indexOf(row) - 1];
  if (previous) {
    choosers.get(row).setChosen(choosers.get(previous).chosen());
  }
}

function goOn(row) {
  const next = rows[rows.indexOf(row) + 1];
  if (!next) {
    form.requestSubmit(saveNext);
    return;
  }
  questionOf(next).focus();
  next.scrollIntoView({ block: "center" });
}

for (const row of rows.slice(1)) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button secondary same-as-previous";
  button.textContent = "Comme la précédente";
  button.title = "Ou « = » dans le champ du classement";
  button.addEventListener("click", () => {
    copyPrevious(row);
    choosers.get(row).input.focus();
  });
  row.querySelector(".chooser-field").after(button);
}

form.querySelector(".question-keys").hidden = false;
form.addEventListener("same-as-previous", (event) => copyPrevious(event.target.closest(".question-row")));
form.addEventListener("keydown", (event) => {
  const row = event.target.closest(".question-row");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && row) {
    event.preventDefault();
    goOn(row);
  }
});

// Somebody who comes to type can type at once: where the address says, or in the first row that wants a question.
const named = document.getElementById(location.hash.slice(1))?.closest(".question-row");
const first = named ?? form.querySelector(".question-typed .errorlist")?.closest(".question-row") ?? rows.find((row) => !questionOf(row).value);
if (first) {
  questionOf(first).focus({ preventScroll: first === rows[0] });
}
