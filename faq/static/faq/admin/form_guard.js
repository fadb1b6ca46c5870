/* Nothing typed is lost by accident: what is not saved yet is marked, leaving asks first, Ctrl+S saves. */

const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

const form = document.querySelector("form[data-guarded]");
const mark = form.querySelector("[data-unsaved]");
const save = form.elements._save;
// A text that came back from a refused save, or from before signing in again, is in no version yet.
const isRestored = form.querySelector(".errornote") !== null || "kept" in form.elements;
// What they do is done already for the text as it is saved.
const whenChanged = form.querySelectorAll("[data-when-changed]");
let leaving = false;

function isChanged(field) {
  if (!field.name || field.type === "hidden" || field.type === "submit") {
    return false;
  }
  return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function isUnsaved() {
  return isRestored || [...form.elements].some(isChanged);
}

function updateMark() {
  const unsaved = isUnsaved();
  for (const button of whenChanged) {
    button.hidden = !unsaved;
  }
  const text = unsaved ? "Modifications non enregistrées" : "";
  if (mark.textContent !== text) {
    mark.textContent = text; // each change is read out
  }
}

function saveByKey(event) {
  const command = MAC ? event.metaKey : event.ctrlKey;
  if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(save);
  }
}

// The document hears events after the scripts of the form, which may change other fields.
document.addEventListener("input", updateMark);
document.addEventListener("change", updateMark);
document.addEventListener("keydown", saveByKey);
save.setAttribute("aria-keyshortcuts", MAC ? "Meta+S" : "Control+S");
save.title = MAC ? "⌘S" : "Ctrl+S";

form.addEventListener("submit", (event) => {
  if (leaving) {
    event.preventDefault(); // a second click does not save twice
  }
  leaving = true;
});
window.addEventListener("beforeunload", (event) => {
  if (isUnsaved() && !leaving) {
    event.preventDefault();
  }
});
// Browsers restore the fields when somebody comes back to the page.
window.addEventListener("pageshow", () => {
  leaving = false;
  updateMark();
});
updateMark();
