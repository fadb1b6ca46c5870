/* The preview follows what is typed, in the colours that the editor has chosen for the admin. */

const PAUSE = 400; // milliseconds without typing before the preview is asked for

const form = document.getElementById("entry-form");
const frame = document.getElementById("preview");
const status = document.getElementById("preview-status");
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = document.documentElement.dataset;

let timer = 0;
let asked = new AbortController();

function paint() {
  const chosen = theme.theme === "dark" || (theme.theme !== "light" && dark.matches);
  // None while the frame loads: it is painted then.
  frame.contentDocument.documentElement?.setAttribute("data-fr-theme", chosen ? "dark" : "light");
}

/* Only what changes is replaced: the page stays where it was scrolled to. */
function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  frame.contentDocument.querySelector("main").replaceWith(fresh);
}

async function refresh() {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const body = new URLSearchParams(new FormData(form));
  try {
    const response = await fetch(frame.dataset.address, { method: "POST", body, signal });
    if (!response.ok || response.redirected) {
      throw new Error(response.url); // to the login page, perhaps
    }
    const html = await response.text();
    put(html);
    status.textContent = "";
  } catch (error) {
    if (error.name !== "AbortError") {
      status.textContent =
        "Aperçu indisponible : êtes-vous encore connecté ? Votre texte est toujours dans le formulaire.";
    }
  }
}

function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

document.getElementById("preview-button").remove();
form.addEventListener("input", refreshSoon);
// Browsers fill the fields again for whoever comes back.
window.addEventListener("pageshow", () => {
  if ([...form.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue)) {
    refreshSoon();
  }
});
frame.addEventListener("load", paint);
dark.addEventListener("change", paint);
new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
paint();
