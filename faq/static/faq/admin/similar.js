/* Entries that look like what is being typed: asked for when typing pauses. */

const PAUSE = 600; // milliseconds without typing before they are asked for

const section = document.getElementById("similar");
const status = document.getElementById("similar-status");
const list = document.getElementById("similar-entries");
const { question, answer, csrfmiddlewaretoken } = document.getElementById("entry-form").elements;

let timer = 0;
let asked = new AbortController();
let shown = "";

function write(text) {
  if (status.textContent !== text) {
    status.textContent = text; // each change is read out
  }
}

function show(html) {
  // Links and what one reads among them stay where they are while nothing changes.
  if (shown !== html) {
    list.innerHTML = shown = html;
  }
  const number = list.querySelectorAll("strong").length;
  section.hidden = answer.value.trim() === "";
  if (number) {
    write(number === 1 ? "1 fiche semblable." : `${number} fiches semblables.`);
  } else {
    write("Aucune autre fiche ne dit la même chose.");
  }
}

async function refresh() {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const headers = { "X-CSRFToken": csrfmiddlewaretoken.value };
  const body = new URLSearchParams({
    question: question.value,
    answer: answer.value,
    number: section.dataset.number,
  });
  try {
    const response = await fetch(section.dataset.address, { method: "POST", body, headers, signal });
    // Otherwise the preview tells whoever is signed out.
    if (response.ok && !response.redirected) {
      show(await response.text());
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      section.hidden = true;
    }
  }
}

function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

question.addEventListener("input", refreshSoon);
answer.addEventListener("input", refreshSoon);
// Browsers fill the fields again for whoever comes back.
window.addEventListener("pageshow", () => {
  if (answer.value.trim()) {
    refreshSoon();
  }
});
