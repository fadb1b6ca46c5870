/* Keyboard shortcuts of the queue of duplicates. They act only while a pair, or something in it, has the focus. */

const pairs = [...document.querySelectorAll(".pair")];
const STEPS = { j: 1, k: -1 };
let sent = false;

function focusNeighbour(pair, step) {
  const next = pairs[pairs.indexOf(pair) + step];
  if (next) {
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }
}

function pressButton(pair, key) {
  const button = pair.querySelector(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
  if (button && !sent) {
    sent = true; // a key that is held down decides once
    button.form.requestSubmit(button);
  }
}

document.addEventListener("keydown", (event) => {
  const pair = event.target.closest(".pair");
  if (!pair || event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
    return;
  }
  const key = event.key.toLowerCase();
  if (key in STEPS) {
    focusNeighbour(pair, STEPS[key]);
  } else if (/^[a-z]$/.test(key)) {
    pressButton(pair, key);
  }
});

// The keys work again when somebody comes back to the page.
window.addEventListener("pageshow", () => {
  sent = false;
});
