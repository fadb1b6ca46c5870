/* Questions and filing in a row, by keys alone: the next row, the filing of the row before, save and go on. */

import { fetchSuggestions, showSuggestions } from "./suggestions.js";
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
  button.title = "Ou «\u00a0=\u00a0» dans le champ du classement";
  button.addEventListener("click", () => {
    copyPrevious(row);
    choosers.get(row).input.focus();
  });
  row.querySelector(".chooser-field").after(button);
}

const suggestions = new Map(rows.map((row) => [row, []]));

function showFor(row) {
  const chooser = choosers.get(row);
  showSuggestions(row.querySelector(".suggestions"), suggestions.get(row), chooser.filed(), (key) => {
    chooser.toggle(key, true);
    chooser.input.focus();
  });
}

/* Ask for the suggestions of some rows, all at once. */
async function suggestFor(asked) {
  const fields = asked.flatMap((row) => [
    ["number", row.dataset.number],
    [`q${row.dataset.number}-question`, questionOf(row).value],
  ]);
  const found = await fetchSuggestions(form, fields);
  for (const row of asked) {
    suggestions.set(row, found[row.dataset.number] ?? []);
    choosers.get(row).suggest(suggestions.get(row).map(({ key }) => key));
    showFor(row);
  }
}

suggestFor(rows);
for (const row of rows) {
  questionOf(row).addEventListener("change", () => suggestFor([row]));
}
form.addEventListener("chosen", (event) => showFor(event.target.closest(".question-row")));

form.querySelector(".question-keys").hidden = false;
form.addEventListener("same-as-previous", (event) => copyPrevious(event.target.closest(".question-row")));
form.addEventListener("keydown", (event) => {
  const row = event.target.closest(".question-row");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && row) {
    event.preventDefault();
    goOn(row);
  }
});

// Somebody who comes to type can type at once: where the address says, where something is to be corrected, or, where no
// keyboard would cover a small screen, in the first row that wants a question.
const named = document.getElementById(location.hash.slice(1))?.closest(".question-row");
const refused = form.querySelector(".question-typed .errorlist")?.closest(".question-row");
const untitled = matchMedia("(min-width: 1000px)").matches && rows.find((row) => !questionOf(row).value);
const first = named ?? refused ?? untitled;
if (first) {
  questionOf(first).focus();
}
