/* Entries that look like what is being typed: asked for when typing pauses. */

const PAUSE = 600; // milliseconds without typing before they are asked for

const section = document.getElementById("similar");
const status = document.getElementById("similar-status");
const list = document.getElementById("similar-entries");
const { question, answer, csrfmiddlewaretoken } = document.getElementById("entry-form").elements;

let timer = 0;
let pending = new AbortController();
let shown = "";

function write(text) {
  if (status.textContent !== text) {
    status.textContent = text; // each change is read out
  }
}

function show(html) {
  // The list is not replaced while nothing changes: focus and reading position stay.
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
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  const headers = { "X-CSRFToken": csrfmiddlewaretoken.value };
  const body = new URLSearchParams({
    question: question.value,
    answer: answer.value,
    number: section.dataset.number,
  });
  try {
    const response = await fetch(section.dataset.address, { method: "POST", body, headers, signal });
    // Somebody who is signed out learns it from the preview.
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
// Browsers restore the fields when somebody comes back to the page.
window.addEventListener("pageshow", () => {
  if (answer.value.trim()) {
    refreshSoon();
  }
});
