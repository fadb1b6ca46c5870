// The cascade without reloading. The page is whole without this file: a form, a button and links.
// What an address shows is always the server's page; only its parts that differ are put in place.

const form = document.querySelector("#cascade");
const questions = document.querySelector("#questions");
const results = document.querySelector("#reponses");
let shown = location.pathname + location.search;
let pending = new AbortController();

function chosenAddress() {
  const chosen = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(chosen).toString();
  return form.action + (query && `?${query}`);
}

async function fetchPage(address) {
  pending.abort();
  pending = new AbortController();
  const response = await fetch(address, { signal: pending.signal });
  if (!response.ok) throw new Error(response.statusText);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// Questions come and go, but one that stays keeps its element, and with it the focus.
function putQuestions(page) {
  const before = new Map([...questions.querySelectorAll("[data-question]")].map((question) => [question.id, question]));
  let place = questions.querySelector("h2");
  for (const fresh of page.querySelectorAll("#questions [data-question]")) {
    const kept = before.get(fresh.id);
    if (kept) {
      const [select, choice] = [kept, fresh].map((question) => question.querySelector("select"));
      const { value } = choice;
      select.replaceChildren(...choice.children);
      select.value = value;
      before.delete(fresh.id);
    } else {
      place.after(fresh);
    }
    place = kept ?? fresh;
  }
  for (const question of before.values()) question.remove();
  questions.hidden = page.querySelector("#questions").hidden;
}

// Whoever is typing goes on typing.
function putSearch(page) {
  const [field, fresh] = [document, page].map((one) => one.querySelector("#recherche"));
  if (field !== document.activeElement) field.value = fresh.value;
}

function put(page) {
  document.title = page.title;
  document.querySelector("link[rel=canonical]").href = page.querySelector("link[rel=canonical]").href;
  putQuestions(page);
  putSearch(page);
  for (const part of document.querySelectorAll("[data-part]")) {
    part.replaceChildren(...page.querySelector(`[data-part=${part.dataset.part}]`).childNodes);
  }
  // Whoever followed a link that is gone goes on from the answers.
  if (document.activeElement === document.body) results.focus({ preventScroll: true });
}

async function show(address, remember) {
  let page;
  try {
    page = await fetchPage(address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
    return;
  }
  if (!page.querySelector("#cascade")) {
    location.assign(address);
    return;
  }
  put(page);
  const canonical = new URL(page.querySelector("link[rel=canonical]").href);
  if (remember) history.pushState(null, "", canonical.pathname + canonical.search);
  shown = location.pathname + location.search;
}

function goesElsewhere(event) {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

if (form) {
  questions.querySelector("[data-submit]").hidden = true;
  questions.addEventListener("change", () => show(chosenAddress(), true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(chosenAddress(), true);
  });
  results.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-in-place]");
    if (!link || goesElsewhere(event)) return;
    event.preventDefault();
    show(link.href, true);
  });
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) show(location.href, false);
  });
}

// For browsers that do not open a closed answer by its anchor, and do not print it.

function openAnchored() {
  const answer = document.getElementById(location.hash.slice(1))?.closest("details:not([open])");
  if (!answer) return;
  answer.open = true;
  answer.scrollIntoView();
}

openAnchored();
addEventListener("hashchange", openAnchored);

let openedToPrint = [];
addEventListener("beforeprint", () => {
  openedToPrint = [...document.querySelectorAll("details:not([open])")];
  for (const answer of openedToPrint) answer.open = true;
});
addEventListener("afterprint", () => {
  for (const answer of openedToPrint) answer.open = false;
});
