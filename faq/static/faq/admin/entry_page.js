/* The form of an entry: preview while typing, long lists of terms searched, nothing typed lost by accident. */
"use strict";

const PAUSE = 400; // milliseconds without typing before the preview is asked for
const LONG_LIST = 12; // terms from which a list can be searched

const form = document.getElementById("entry-form");

function previewWhileTyping() {
  const answer = form.elements.answer;
  const preview = document.getElementById("preview");
  const status = document.getElementById("preview-status");
  let timer = 0;
  let asked = 0;

  async function refresh() {
    asked += 1;
    const question = asked;
    const body = new URLSearchParams({ answer: answer.value });
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    try {
      const response = await fetch(form.dataset.preview, { method: "POST", body, headers });
      if (!response.ok || response.redirected) {
        throw new Error(response.url); // to the login page, perhaps
      }
      const html = await response.text();
      if (question === asked) {
        preview.innerHTML = html;
        status.textContent = "";
      }
    } catch {
      status.textContent = "Aperçu indisponible : êtes-vous encore connecté ? Votre texte est toujours dans le formulaire.";
    }
  }

  answer.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  document.getElementById("preview-button").remove();
}

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function searchLongLists() {
  for (const facet of form.querySelectorAll(".facet")) {
    const terms = [...facet.querySelectorAll(".terms li")];
    if (terms.length < LONG_LIST) {
      continue;
    }
    const search = document.createElement("input");
    search.type = "search";
    search.className = "term-search";
    search.placeholder = "Chercher dans la liste";
    search.setAttribute("aria-label", `Chercher : ${facet.querySelector("legend").textContent}`);
    search.addEventListener("input", () => {
      for (const term of terms) {
        const checked = term.querySelector("input").checked;
        term.hidden = !checked && !fold(term.textContent).includes(fold(search.value));
      }
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault(); // it would save the entry
      }
    });
    facet.querySelector(".terms").before(search);
  }
}

/* Leaving with something typed asks first; a second click on a button does not save twice. */
function guard() {
  let typed = form.querySelector(".errornote") !== null;
  let leaving = false;

  form.addEventListener("input", (event) => {
    typed = typed || !event.target.classList.contains("term-search");
  });
  form.addEventListener("submit", (event) => {
    if (leaving) {
      event.preventDefault();
    }
    leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed && !leaving) {
      event.preventDefault();
    }
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
}

if (form) {
  previewWhileTyping();
  searchLongLists();
  guard();
}
