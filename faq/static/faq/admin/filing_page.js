/* Filing many entries: two choosers, suggestions for what to add, and the preview in view once it is there. */

import { fetchSuggestions, showSuggestions } from "./suggestions.js";
import { enhanceChoosers } from "./term_chooser.js";

const MOST_ASKED = 50; // entries for which suggestions are asked

const form = document.getElementById("filing-form");
const [adding] = enhanceChoosers(form);
const numbers = form.elements.bases.value.split(" ").map((base) => base.split(".")[0]).slice(0, MOST_ASKED);

/* Return one suggestion per term, those for most entries first. */
function combine(found) {
  const byKey = new Map();
  for (const suggestion of Object.values(found).flat()) {
    const same = byKey.get(suggestion.key) ?? { ...suggestion, entries: 0, first: suggestion.evidence };
    same.entries += 1;
    byKey.set(suggestion.key, same);
  }
  const combined = [...byKey.values()].sort((one, other) => other.entries - one.entries);
  return combined.map((one) => ({
    ...one,
    evidence: numbers.length === 1 ? one.first : `pour ${one.entries} fiche${one.entries > 1 ? "s" : ""} sur ${numbers.length}\u00a0; ${one.first}`,
  }));
}

const container = document.getElementById("suggestions");
const suggestions = combine(
  await fetchSuggestions(form, numbers.map((number) => ["number", number])),
).slice(0, 10);
const show = () => showSuggestions(container, suggestions, adding.filed(), (key) => adding.toggle(key, true));
adding.suggest(suggestions.map(({ key }) => key));
form.addEventListener("chosen", show);
show();
document.querySelector(".filing-preview")?.focus();
