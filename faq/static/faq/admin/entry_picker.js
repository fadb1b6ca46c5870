/* A link to another entry: found by its words or its reference, written as its reference, « Q-26 ». */

import { answer, typeText } from "./answer_typing.js";

const PAUSE = 250; // milliseconds without typing before entries are searched

let dialog = null;
let chosen = [0, 0]; // the selection when the picker was opened
let timer = 0;
let pending = new AbortController();

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "entry-picker";
  dialog.setAttribute("aria-labelledby", "entry-picker-title");
  dialog.innerHTML = `
    <form method="dialog">
      <h2 id="entry-picker-title">Renvoyer à une autre fiche</h2>
      <label for="entry-picker-search">Des mots de sa question, ou sa référence</label>
      <input type="search" id="entry-picker-search" autocomplete="off" maxlength="200" aria-describedby="entry-picker-help">
      <p class="help" id="entry-picker-help">La référence s’écrit dans le texte\u00a0; sur le site, c’est un lien qui suit la fiche si elle change de titre ou si elle est fusionnée.</p>
      <p role="status" class="entry-picker-status"></p>
      <ul class="entry-picker-results"></ul>
      <button type="submit" class="button secondary" value="">Annuler</button>
    </form>`;
  document.body.append(dialog);
  dialog.querySelector("input").addEventListener("input", searchSoon);
  dialog.addEventListener("keydown", move);
  dialog.addEventListener("close", () => answer.focus());
  dialog.querySelector("ul").addEventListener("click", (event) => {
    const entry = event.target.closest("button");
    if (entry) {
      dialog.close();
      write(entry.value);
    }
  });
}

export function openEntryPicker() {
  if (!dialog) {
    build();
  }
  const search = dialog.querySelector("input");
  chosen = [answer.selectionStart, answer.selectionEnd];
  search.value = answer.value.slice(...chosen).replace(/\s+/g, " ").trim().slice(0, 200);
  show([], "");
  dialog.showModal();
  search.select();
  if (search.value) {
    find();
  }
}

function searchSoon() {
  clearTimeout(timer);
  timer = setTimeout(find, PAUSE);
}

async function find() {
  pending.abort();
  pending = new AbortController();
  const text = dialog.querySelector("input").value.trim();
  if (!text) {
    show([], "");
    return;
  }
  try {
    const address = `${answer.form.dataset.entries}?q=${encodeURIComponent(text)}`;
    const response = await fetch(address, { signal: pending.signal });
    if (!response.ok || response.redirected) {
      throw new Error(response.url); // to the login page, perhaps
    }
    const { entries, said } = await response.json();
    show(entries, said);
  } catch (error) {
    if (error.name !== "AbortError") {
      show([], "Recherche indisponible\u00a0: êtes-vous encore connecté\u00a0?");
    }
  }
}

function show(entries, said) {
  dialog.querySelector(".entry-picker-status").textContent = said;
  const items = entries.map(({ reference, question, state }) => {
    const button = document.createElement("button");
    const name = document.createElement("strong");
    button.type = "button";
    button.value = reference;
    name.textContent = reference;
    button.append(name, ` ${question}`);
    if (state) {
      const note = document.createElement("span");
      note.className = "quiet";
      note.textContent = ` (${state})`;
      button.append(note);
    }
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  dialog.querySelector("ul").replaceChildren(...items);
}

/* Arrows go from the search to the results and back; Enter in the search takes the first one. */
function move(event) {
  const places = [dialog.querySelector("input"), ...dialog.querySelectorAll("li button")];
  const from = places.indexOf(document.activeElement);
  const to = { ArrowDown: from + 1, ArrowUp: from - 1 }[event.key];
  if (from >= 0 && to >= 0 && to < places.length) {
    event.preventDefault();
    places[to].focus();
  } else if (event.key === "Enter" && from === 0) {
    event.preventDefault();
    places[1]?.click();
  }
}

/* Chosen words stay, and the reference follows them in brackets. */
function write(reference) {
  const [start, end] = chosen;
  const { value } = answer;
  if (start < end) {
    const place = start + value.slice(start, end).trimEnd().length;
    typeText(place, place, ` (${reference})`);
    return;
  }
  const lead = /[\p{L}\p{N}]$/u.test(value.slice(Math.max(0, start - 2), start)) ? " " : "";
  const tail = /^[\p{L}\p{N}]/u.test(value.slice(end, end + 2)) ? " " : "";
  typeText(start, end, lead + reference + tail);
}
