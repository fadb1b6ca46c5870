/* Images and documents of an answer: dropped, pasted or picked, sent at once, then inserted with the text that stands for them. */

const SEARCH_PAUSE = 300; // milliseconds without typing before the files are searched

const answer = document.getElementById("id_answer") ?? document.getElementById("id_text");
const tools = document.getElementById("media-tools");
const picker = document.getElementById("media-picker");
const insertion = document.getElementById("media-insert");
const state = tools.querySelector(".media-state");
const progress = tools.querySelector("progress");
const error = tools.querySelector(".media-error");
const results = document.getElementById("media-results");
const search = document.getElementById("media-search");
const newFile = document.getElementById("media-new");
const text = document.getElementById("media-text");
const textError = document.getElementById("media-text-error");
const decorative = document.getElementById("media-is-decorative");

/* Sending */

function send(file) {
  const request = new XMLHttpRequest(); // fetch does not tell how far it is
  const body = new FormData();
  body.append("file", file, file.name || "collage.png");
  body.append("csrfmiddlewaretoken", answer.form.elements.csrfmiddlewaretoken.value);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    progress.value = total ? loaded / total : 0;
  });
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(reason));
    request.addEventListener("load", () => {
      let answered = null;
      try {
        answered = JSON.parse(request.responseText);
      } catch {
        answered = { error: `«\u00a0${file.name}\u00a0» n’a pas pu être envoyé\u00a0: êtes-vous encore connecté\u00a0?` };
      }
      answered.error ? fail(answered.error) : resolve(answered);
    });
    request.addEventListener("error", () => fail(`«\u00a0${file.name}\u00a0» n’a pas pu être envoyé\u00a0: le site ne répond pas.`));
    request.open("POST", tools.dataset.upload);
    request.send(body);
  });
}

/* One file after the other: each asks for its text before the next is inserted. */
async function sendAll(files) {
  const refusals = [];
  picker.close();
  error.replaceChildren();
  for (const [rank, file] of files.entries()) {
    const place = files.length > 1 ? ` (${rank + 1} sur ${files.length})` : "";
    state.textContent = `Envoi de «\u00a0${file.name}\u00a0»${place}…`;
    progress.value = 0;
    progress.hidden = false;
    try {
      const stored = await send(file);
      progress.hidden = true;
      state.textContent = "";
      await insert(stored);
    } catch (refusal) {
      refusals.push(refusal.message);
    }
  }
  progress.hidden = true;
  state.textContent = "";
  error.replaceChildren(...refusals.map((refusal) => Object.assign(document.createElement("span"), { textContent: refusal })));
  if (refusals.length) {
    error.scrollIntoView({ block: "nearest" });
    answer.focus();
  }
}

/* The text that stands for a file */

function insert(file) {
  const isImage = file.isImage === true || file.isImage === "true";
  const place = answer.selectionEnd; // read now: a dialog that closes may move the cursor
  const label = insertion.querySelector(".media-label");
  const preview = insertion.querySelector(".media-preview");
  insertion.querySelector("h2").textContent = isImage ? "Insérer l’image" : "Insérer le document";
  label.textContent = isImage ? "Texte alternatif" : "Texte du lien";
  document.getElementById("media-text-help").textContent = isImage
    ? "Ce que l’image apprend, en une phrase, pour qui ne la voit pas."
    : "Le nom du document, son format et son poids.";
  insertion.querySelector(".media-decorative").hidden = !isImage;
  const shown = document.createElement(isImage ? "img" : "p");
  isImage ? Object.assign(shown, { src: file.address, alt: file.name }) : (shown.textContent = file.name);
  preview.replaceChildren(shown);
  text.value = file.text;
  decorative.checked = false;
  updateDecorative();
  textError.textContent = "";
  insertion.returnValue = "";
  insertion.showModal();
  text.select();
  return new Promise((resolve) => {
    insertion.addEventListener(
      "close",
      () => {
        if (insertion.returnValue === "insert") {
          typeLine(place, isImage, file.reference, text.value);
        } else {
          answer.focus();
          answer.setSelectionRange(place, place);
        }
        resolve();
      },
      { once: true },
    );
  });
}

function updateDecorative() {
  text.disabled = decorative.checked;
  textError.textContent = "";
}

function escapeText(typed) {
  return typed.replaceAll("\\", "/").replace(/[ \t\r\n]+/g, " ").trim().replaceAll("[", "\\[").replaceAll("]", "\\]");
}

/* An image stands in a paragraph of its own; a document stands where the cursor is. */
function typeLine(place, isImage, reference, typed) {
  const isDecorative = isImage && decorative.checked;
  const written = `${isImage ? "!" : ""}[${isDecorative ? "" : escapeText(typed)}](${reference})`;
  const before = answer.value.slice(0, place);
  const after = answer.value.slice(place);
  const above = !isImage || /(^|\n)$/.test(before) ? "" : "\n\n";
  const below = !isImage || /^(\n|$)/.test(after) ? "" : "\n\n";
  answer.focus();
  answer.setSelectionRange(place, place);
  // As the browser types: Ctrl+Z takes it back.
  if (!document.execCommand("insertText", false, above + written + below)) {
    answer.setRangeText(above + written + below, place, place, "end");
    answer.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (isDecorative) {
    const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: "decorative", value: reference });
    answer.form.append(chosen);
  }
}

insertion.querySelector("form").addEventListener("submit", (event) => {
  if (!text.value.trim() && !decorative.checked) {
    event.preventDefault();
    textError.textContent = insertion.querySelector(".media-decorative").hidden
      ? "Écrivez le texte du lien."
      : "Écrivez ce que l’image apprend, ou cochez «\u00a0Image décorative\u00a0».";
    text.focus();
  }
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    text.form.requestSubmit(text.form.querySelector('[value="insert"]'));
  }
});
decorative.addEventListener("change", updateDecorative);

/* Files that were sent earlier */

let timer = 0;
let pending = new AbortController();

async function showOffered() {
  pending.abort();
  pending = new AbortController();
  try {
    const address = `${tools.dataset.picker}?q=${encodeURIComponent(search.value)}`;
    const response = await fetch(address, { signal: pending.signal });
    if (!response.ok || response.redirected) {
      throw new Error(response.url); // to the login page, perhaps
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    results.replaceChildren(...page.body.childNodes);
  } catch (failure) {
    if (failure.name !== "AbortError") {
      results.textContent = "Liste indisponible\u00a0: êtes-vous encore connecté\u00a0? Votre texte est toujours dans le formulaire.";
    }
  }
}

function openPicker() {
  newFile.value = "";
  picker.showModal();
  showOffered();
}

search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(showOffered, SEARCH_PAUSE);
});
results.addEventListener("click", (event) => {
  const chosen = event.target.closest("button[data-reference]");
  if (chosen) {
    picker.close();
    insert(chosen.dataset);
  }
});
/* Arrows go from file to file, Tab goes on. */
results.addEventListener("keydown", (event) => {
  const buttons = [...results.querySelectorAll("button")];
  const from = buttons.indexOf(event.target);
  const to = { ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1, Home: 0, End: -1 }[event.key];
  if (from >= 0 && to !== undefined) {
    event.preventDefault();
    buttons.at(to % buttons.length).focus();
  }
});
newFile.addEventListener("change", () => sendAll([...newFile.files]));
for (const button of document.querySelectorAll(".media-dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

/* Dropped and pasted */

const bringsFiles = (event) => event.dataTransfer.types.includes("Files");
// The browser would open a file that misses the answer, and leave the page.
document.addEventListener("dragover", (event) => {
  if (bringsFiles(event)) {
    event.preventDefault();
    answer.classList.add("media-over");
  }
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) {
    answer.classList.remove("media-over");
  }
});
document.addEventListener("drop", (event) => {
  answer.classList.remove("media-over");
  if (bringsFiles(event)) {
    event.preventDefault();
    sendAll([...event.dataTransfer.files]);
  }
});
// Word and spreadsheets copy a picture of the text beside the text, which is what people mean.
answer.addEventListener(
  "paste",
  (event) => {
    const files = [...event.clipboardData.files];
    if (files.length && !event.clipboardData.types.includes("text/plain")) {
      event.preventDefault();
      sendAll(files);
    }
  },
  { capture: true },
);

/* The button in the tool bar */

const button = Object.assign(document.createElement("button"), {
  type: "button",
  className: "tool tool-media",
  textContent: "Image ou document",
});
button.setAttribute("aria-haspopup", "dialog");
button.addEventListener("click", openPicker);
const bar = document.querySelector('[role="toolbar"]');
if (bar) {
  button.tabIndex = -1; // arrows reach it, as the other tools
  bar.append(button);
} else {
  answer.before(button);
}
// Where nobody has entered the answer yet, its end is meant.
if (document.activeElement !== answer) {
  answer.setSelectionRange(answer.value.length, answer.value.length);
}
answer.after(tools);
tools.hidden = false;
