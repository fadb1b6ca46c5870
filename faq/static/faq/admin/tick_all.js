// A button that ticks all boxes of one name in its form, or clears them once all are ticked.

for (const button of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...button.form.querySelectorAll(`input[name="${button.dataset.tickAll}"]`)];
  const label = button.textContent;

  function update() {
    button.textContent = boxes.every((box) => box.checked) ? "Tout désélectionner" : label;
  }

  button.hidden = boxes.length < 2;
  button.addEventListener("click", () => {
    const ticked = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = ticked;
    update();
  });
  for (const box of boxes) box.addEventListener("change", update);
  update();
}
