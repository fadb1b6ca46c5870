/* The address holds only what was chosen: empty fields are not sent. */
"use strict";

document.getElementById("entry-filters").addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    field.disabled = field.disabled || (field.name !== "" && field.value === "");
  }
});

/* Every field can be used again when somebody comes back to the page. */
window.addEventListener("pageshow", () => {
  for (const field of document.getElementById("entry-filters").elements) {
    field.disabled = false;
  }
});
