// What only a script can do with a page: put its address on the clipboard, ask the browser to print.

const tools = document.querySelector("[data-tools]");
const copy = tools.querySelector("[data-copy]");
const status = tools.querySelector("[data-copied]");
const PAUSE = 100; // milliseconds: what is said twice is read out twice

function tell(text) {
  status.textContent = "";
  setTimeout(() => {
    status.textContent = text;
  }, PAUSE);
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(copy.dataset.copy);
    tell("Le lien est copié.");
  } catch {
    tell("Votre navigateur n’a pas permis de copier le lien.");
  }
}

tools.hidden = false;
// Browsers have no clipboard to give to a page that did not come over a secure connection.
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", copyLink);
tools.querySelector("[data-print]").addEventListener("click", () => print());
