// Suggestions while somebody types: words that go on, and questions that match. Without this file, the form searches.
// Keyboard as in any combobox: arrows choose, Enter takes, Escape closes; the focus never leaves the field.

const PAUSE_MS = 150;
const SHORTEST = 2;

const field = document.querySelector("#recherche[data-suggestions]");
let asked = new AbortController();
let waiting;

function build() {
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggestions", className: "suggestions", role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Suggestions");
  const said = document.createElement("p");
  said.className = "fr-sr-only";
  said.setAttribute("aria-live", "polite");
  field.parentElement.after(list, said);
  const states = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(states)) field.setAttribute(name, value);
  return { list, said };
}

const { list, said } = field ? build() : {};

function options() {
  return [...list.children];
}

function chosen() {
  return list.querySelector("[aria-selected=true]");
}

function close() {
  clearTimeout(waiting);
  asked.abort();
  list.hidden = true;
  list.replaceChildren();
  said.textContent = "";
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function take(option) {
  if (option.dataset.address) {
    location.assign(option.dataset.address);
    return;
  }
  field.value = option.textContent;
  close();
  field.form.requestSubmit();
}

function optionOf(text, address, rank) {
  const option = document.createElement("li");
  Object.assign(option, { id: `suggestion-${rank}`, role: "option", textContent: text });
  option.setAttribute("aria-selected", "false");
  if (address) option.dataset.address = address;
  // Not click: the field would lose the focus, and with it the list would go.
  option.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(option);
  });
  return option;
}

function put({ words, questions }) {
  const offered = [...words.map((text) => ({ text })), ...questions];
  if (!offered.length) {
    close();
    return;
  }
  list.replaceChildren(...offered.map(({ text, address }, rank) => optionOf(text, address, rank)));
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  field.removeAttribute("aria-activedescendant");
  said.textContent = `${offered.length} suggestion${offered.length > 1 ? "s" : ""}`;
}

async function ask() {
  asked.abort();
  asked = new AbortController();
  const query = new URLSearchParams([...new FormData(field.form)].filter(([, value]) => value));
  try {
    const response = await fetch(`${field.dataset.suggestions}?${query}`, { signal: asked.signal });
    if (response.ok) put(await response.json());
  } catch (error) {
    // Whoever types on, or leaves, wants no suggestion any more; and a search works without.
    if (error.name !== "AbortError") close();
  }
}

function next(step) {
  const all = options();
  const place = all.indexOf(chosen());
  return all[(place + step + all.length + (place < 0 && step < 0 ? 1 : 0)) % all.length];
}

function press(event) {
  if (list.hidden) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    choose(next(steps[event.key]));
  } else if (event.key === "Enter" && chosen()) {
    take(chosen());
  } else if (event.key === "Escape") {
    close();
  } else {
    return;
  }
  event.preventDefault();
}

if (field) {
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (field.value.trim().length < SHORTEST) close();
    else waiting = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("keydown", press);
  field.addEventListener("blur", close);
  field.form.addEventListener("submit", close);
}
