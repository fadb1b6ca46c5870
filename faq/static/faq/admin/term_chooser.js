/* A chooser of terms: a search over all facets and chips, over the check boxes that are sent with the form. */

import { complete, findCauses, joinLabels, readTerms, settle } from "./filing_rules.js";

const SHOWN = 8; // terms that a search proposes at most
const terms = readTerms();
let made = 0;

export function fold(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[’']/g, " ")
    .toLowerCase();
}

function element(name, attributes = {}, text = "") {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    one.setAttribute(key, value);
  }
  one.textContent = text;
  return one;
}

/* A term is found by the beginnings of its words, and of those of its facet: « ris 2 », « couloir hop ». */
function matches(term, query) {
  const words = term.searched.split(/[^\p{L}\p{N}]+/u);
  return fold(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((typed) => words.some((word) => word.startsWith(typed)));
}

/* Return the terms that a query finds, those whose label begins with it first. */
function searchOptions(options, query) {
  const found = options.filter((option) => matches(option, query));
  const begins = (option) => option.searched.startsWith(fold(query));
  return [...found.filter(begins), ...found.filter((option) => !begins(option))];
}

function readOptions(root) {
  return [...root.querySelectorAll(".chooser-list input")].map((box) => {
    const label = box.closest("label").querySelector(".term-label").textContent;
    const { facet, also = "" } = box.dataset;
    return { key: box.value, box, label, facet, searched: fold(`${label} ${facet} ${also}`) };
  });
}

/* Make one chooser work; return what other scripts ask of it. */
function enhance(root) {
  const options = readOptions(root);
  const chips = root.querySelector(".chips");
  const id = `chooser-${(made += 1)}`;
  const input = element("input", {
    type: "text",
    id,
    class: "chooser-search",
    role: "combobox",
    autocomplete: "off",
    "aria-label": root.dataset.label,
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    placeholder: "Terme…",
  });
  const list = element("ul", { id: `${id}-list`, class: "chooser-options", role: "listbox", "aria-label": "Termes" });
  const status = element("span", { class: "chooser-status", role: "status" });
  const field = element("div", { class: "chooser-field" });
  field.append(input, list, status);
  list.hidden = true;
  chips.after(field);
  let found = [];
  let active = -1;
  let suggested = [];

  /* Say something under the field, or only to screen readers what the chips show already. */
  function tell(text, isShown) {
    status.classList.toggle("visually-hidden", !isShown);
    status.textContent = text;
  }

  const chosen = () => new Set(options.filter((option) => option.box.checked).map((option) => option.key));

  function setChosen(keys) {
    const wanted = new Set(keys);
    const before = chosen();
    for (const { box, key } of options) {
      if (box.checked !== wanted.has(key)) {
        box.checked = wanted.has(key);
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    const labelled = (kept, other) => options.filter(({ key }) => kept.has(key) && !other.has(key)).map(({ label }) => label);
    const [added, removed] = [labelled(chosen(), before), labelled(before, chosen())];
    const sentences = [added.length && `Ajouté\u00a0: ${added.join(", ")}.`, removed.length && `Retiré\u00a0: ${removed.join(", ")}.`];
    tell(sentences.filter(Boolean).join(" "), false);
    showChips();
  }

  function toggle(key, checked) {
    const keys = chosen();
    keys[checked ? "add" : "delete"](key);
    setChosen(keys);
  }

  function chipOf(option) {
    const chip = element("button", { type: "button", class: "chip", title: "Retirer" }, option.label);
    chip.append(element("span", { class: "visually-hidden" }, ` (${option.facet}), retirer`));
    chip.append(element("span", { class: "chip-remove", "aria-hidden": "true" }, "×"));
    chip.addEventListener("click", () => {
      toggle(option.key, false);
      input.focus();
    });
    const item = document.createElement("li");
    item.append(chip);
    return item;
  }

  function impliedChips(keys) {
    if (!("implies" in root.dataset)) {
      return [];
    }
    return [...complete(terms, keys)]
      .filter((key) => !keys.has(key))
      .map((key) => {
        const chip = element("li", { class: "chip implied" }, terms.get(key).label);
        const causes = joinLabels(findCauses(terms, keys, key));
        chip.append(element("span", { class: "quiet" }, ` implicite\u00a0: découle de ${causes}`));
        return chip;
      });
  }

  function showChips() {
    const keys = chosen();
    chips.replaceChildren(...options.filter(({ box }) => box.checked).map(chipOf), ...impliedChips(keys));
    root.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
  }

  function close() {
    found = [];
    active = -1;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(rank) {
    active = rank;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === rank)));
    input.setAttribute("aria-activedescendant", list.children[rank].id);
    list.children[rank].scrollIntoView({ block: "nearest" });
  }

  function open(proposed) {
    close();
    found = proposed;
    if (!found.length) {
      return;
    }
    list.append(
      ...found.map((option, rank) => {
        const item = element("li", { id: `${id}-${rank}`, role: "option", "aria-selected": "false" }, option.label);
        item.append(element("span", { class: "quiet" }, ` ${option.facet}`));
        item.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        item.addEventListener("click", () => pick(option));
        return item;
      }),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    activate(0);
  }

  function pick(option) {
    input.value = "";
    close();
    toggle(option.key, true);
  }

  function propose() {
    const query = input.value.trim();
    const free = options.filter(({ box }) => !box.checked);
    const proposed = query ? searchOptions(free, query) : suggested.flatMap((key) => free.find((one) => one.key === key) ?? []);
    open(proposed.slice(0, SHOWN));
    tell(query && !proposed.length ? `Aucun terme «\u00a0${query}\u00a0».` : "", true);
  }

  input.addEventListener("input", propose);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    const { key } = event;
    if ((key === "Enter" || (key === "Tab" && !event.shiftKey)) && active >= 0 && input.value.trim()) {
      pick(found[active]);
    } else if (key === "Enter" && active >= 0) {
      pick(found[active]);
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      if (!found.length) {
        propose();
      } else {
        activate((active + (key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
      }
    } else if (key === "Escape") {
      input.value = "";
      tell("", true);
      close();
      return;
    } else if (key === "Backspace" && !input.value) {
      const last = options.filter(({ box }) => box.checked).at(-1);
      if (last) {
        toggle(last.key, false);
      }
    } else if (key === "=" && !input.value) {
      root.dispatchEvent(new CustomEvent("same-as-previous", { bubbles: true }));
    } else if (key !== "Enter") {
      return;
    }
    if (key !== "Tab") {
      event.preventDefault(); // Enter would send the form
    }
  });
  root.addEventListener("change", (event) => {
    if (event.isTrusted && event.target.type === "checkbox") {
      toggle(event.target.value, event.target.checked);
    }
  });
  root.closest("form").addEventListener("formdata", ({ formData }) => {
    const keys = chosen();
    const sent = "implies" in root.dataset ? settle(terms, keys) : keys;
    for (const { key, box } of options) {
      if (sent.has(key) && !keys.has(key)) {
        formData.append(box.name, key);
      }
    }
  });
  // Browsers restore the boxes when somebody comes back to the page.
  window.addEventListener("pageshow", showChips);
  showChips();
  const filed = () => complete(terms, chosen());
  return { root, input, chosen, filed, setChosen, toggle, suggest: (keys) => (suggested = keys) };
}

/* Make the choosers of a form work; return them in their order. */
export function enhanceChoosers(form) {
  return [...form.querySelectorAll("[data-chooser]")].map(enhance);
}
