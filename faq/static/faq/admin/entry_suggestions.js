/* Suggestions of terms for the text of an entry, asked for when typing pauses. */

import { fetchSuggestions, showSuggestions } from "./suggestions.js";

const PAUSE = 800; // milliseconds without typing before they are asked for

const form = document.getElementById("entry-form");
const container = document.getElementById("suggestions");
const { question, answer } = form.elements;
const boxOf = (key) => form.querySelector(`[data-term="${CSS.escape(key)}"]`);

let timer = 0;
let pending = new AbortController();
let suggestions = [];

function accept(key) {
  boxOf(key).click();
  boxOf(key).focus();
}

function show() {
  const filed = suggestions.filter(({ key }) => boxOf(key)?.checked !== false || boxOf(key).indeterminate);
  showSuggestions(container, suggestions, new Set(filed.map(({ key }) => key)), accept);
}

async function refresh() {
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  const { number } = document.getElementById("similar").dataset;
  const fields = { number, question: question.value, answer: answer.value };
  const found = answer.value.trim() ? await fetchSuggestions(form, fields, signal) : {};
  if (!signal.aborted) {
    suggestions = Object.values(found)[0] ?? [];
    show();
  }
}

function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

question.addEventListener("input", refreshSoon);
answer.addEventListener("input", refreshSoon);
form.addEventListener("change", (event) => {
  // Once the filing has followed. A text also changes when the mouse goes down on a suggestion, which must not go away.
  if (event.target.dataset.term) setTimeout(show);
});
window.addEventListener("pageshow", refreshSoon);
