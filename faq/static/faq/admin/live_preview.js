/* The preview follows what is typed, in the colours that the editor has chosen for the admin. */

const PAUSE = 400; // milliseconds without typing before the preview is asked for

const form = document.getElementById("entry-form");
const frame = document.getElementById("preview");
const status = document.getElementById("preview-status");
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = document.documentElement.dataset;

let timer = 0;
let pending = new AbortController();

function applyTheme() {
  const isDark = theme.theme === "dark" || (theme.theme !== "light" && dark.matches);
  // The frame has no document while it loads; the theme is applied again after that.
  frame.contentDocument.documentElement?.setAttribute("data-fr-theme", isDark ? "dark" : "light");
}

/* Only the main part is replaced, so that the page keeps its scroll position. */
function replaceMain(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  frame.contentDocument.querySelector("main").replaceWith(fresh);
}

async function refresh() {
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  const body = new URLSearchParams(new FormData(form));
  try {
    const response = await fetch(frame.dataset.address, { method: "POST", body, signal });
    if (!response.ok || response.redirected) {
      throw new Error(response.url); // to the login page, perhaps
    }
    const html = await response.text();
    replaceMain(html);
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
// Browsers restore the fields when somebody comes back to the page.
window.addEventListener("pageshow", () => {
  if ([...form.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue)) {
    refreshSoon();
  }
});
frame.addEventListener("load", applyTheme);
dark.addEventListener("change", applyTheme);
new MutationObserver(applyTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
applyTheme();
