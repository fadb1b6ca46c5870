/* Choosing the entry that stays chooses its texts, writing a text chooses it, and leaving the page with an unsaved text asks first. */

const form = document.getElementById("merge-form");
const texts = [...form.querySelectorAll(".conflict-decision textarea")];
let leaving = false;
let survivor = form.elements.survivor.value;

for (const choice of form.elements.survivor) {
  choice.addEventListener("change", () => {
    for (const chosen of [form.elements.question, form.elements.answer]) {
      if (chosen.value === survivor) {
        chosen.value = choice.value;
      }
    }
    survivor = choice.value;
  });
}

for (const text of texts) {
  text.addEventListener("input", () => {
    const choices = text.closest("fieldset").querySelectorAll("input[type=radio]");
    choices[choices.length - 1].checked = true; // the one that the text belongs to
  });
}

form.addEventListener("submit", () => {
  leaving = true;
});
window.addEventListener("pageshow", () => {
  leaving = false;
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && texts.some((text) => text.value !== text.defaultValue)) {
    event.preventDefault();
  }
});
