/* An address tells only what was chosen: fields left open stay out of it. */
"use strict";

document.getElementById("entry-filters").addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    field.disabled = field.disabled || (field.name !== "" && field.value === "");
  }
});

/* Coming back to the page, every field can be used again. */
window.addEventListener("pageshow", () => {
  for (const field of document.getElementById("entry-filters").elements) {
    field.disabled = false;
  }
});
