/* Rows of terms are dragged by their handle; dropping one saves the order, as the buttons beside do. */

const form = document.getElementById("changelist-form");
const rows = [...document.querySelectorAll("#result_list tbody tr")].filter((row) => row.querySelector(".term-handle"));
let dragged = null;

function keyOf(row) {
  return row.querySelector(".term-handle").dataset.term;
}

function isUpperHalf(row, event) {
  const box = row.getBoundingClientRect();
  return event.clientY < box.top + box.height / 2;
}

function clearMarks() {
  for (const row of rows) {
    row.classList.remove("drop-above", "drop-below", "dragged-term");
  }
}

function send(place) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "_place";
  field.value = place;
  form.append(field);
  form.submit();
}

for (const row of rows) {
  const handle = row.querySelector(".term-handle");
  handle.hidden = false;
  handle.draggable = true;
  handle.addEventListener("dragstart", (event) => {
    dragged = row;
    row.classList.add("dragged-term");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", keyOf(row));
    event.dataTransfer.setDragImage(row, 0, 0);
  });
  handle.addEventListener("dragend", clearMarks);
  row.addEventListener("dragover", (event) => {
    if (dragged) {
      event.preventDefault();
      const above = isUpperHalf(row, event);
      row.classList.toggle("drop-above", above);
      row.classList.toggle("drop-below", !above);
    }
  });
  row.addEventListener("dragleave", () => row.classList.remove("drop-above", "drop-below"));
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    const place = isUpperHalf(row, event) ? keyOf(row) : `after:${keyOf(row)}`;
    clearMarks();
    if (dragged && row !== dragged) {
      send(`${keyOf(dragged)}:${place}`);
    }
    dragged = null;
  });
}
