/* What is typed is kept on the server some seconds later, apart for each tab; while that fails, in this browser. */

import { forget, keepLocally, readLocal } from "./autosave_local.js";

const PAUSE = 2_000; // milliseconds without typing before the fields are sent
const PERIOD = 10_000; // milliseconds after which they are sent all the same
const PATIENCE = 30_000; // milliseconds; a database that is busy says so after 20 seconds
const FIRST_RETRY = 3_000;
const LAST_RETRY = 60_000;
const KEEPALIVE_MAX = 60_000; // bytes that browsers send after a page is gone
const SINGLE = ["entry", "merge", "page"]; // kinds of form that one rarely means to have open twice

const blocks = [...document.querySelectorAll("[data-autosave]")];
const { address, person } = blocks[0].dataset;

const browser = remember(() => localStorage, "faqcms.browser");
let tab = remember(() => sessionStorage, "faqcms.tab");

function newKey() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("");
}

/* Return a random number that a storage remembers, as long as the browser lets it. */
function remember(storage, name) {
  try {
    const known = storage().getItem(name) ?? newKey();
    storage().setItem(name, known);
    return known;
  } catch {
    return newKey();
  }
}

function isChanged(field) {
  if ("autosaveIgnored" in field.dataset) {
    return false;
  }
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked !== field.defaultChecked;
  }
  if (field.options) {
    const chosen = [...field.options].some((option) => option.defaultSelected);
    return [...field.options].some((option, rank) => option.selected !== (chosen ? option.defaultSelected : rank === 0));
  }
  return !["hidden", "submit", "button", "file"].includes(field.type) && field.value !== field.defaultValue;
}

function isSent(field) {
  const isBox = field.type === "checkbox" || field.type === "radio";
  return field.name && !field.disabled && !["submit", "button", "file"].includes(field.type) && (!isBox || field.checked);
}

class SignedOut extends Error {}

/* Send a form's fields; return what the server says became of them. */
async function post(body, { keepalive = false, isAgain = false } = {}) {
  const data = new URLSearchParams(body);
  data.set("csrfmiddlewaretoken", document.getElementsByName("csrfmiddlewaretoken")[0].value);
  const signal = keepalive ? undefined : AbortSignal.timeout(PATIENCE);
  const response = await fetch(address, { method: "POST", body: data, redirect: "manual", keepalive, signal });
  if (response.type === "opaqueredirect") {
    throw new SignedOut();
  }
  if (response.status === 403 && !isAgain) {
    await refreshTokens();
    return post(body, { keepalive, isAgain: true });
  }
  if (response.status === 400) {
    return { state: "unreadable" }; // above the limit of all forms, perhaps
  }
  if (!response.ok) {
    throw new Error(response.status);
  }
  return response.json();
}

/* Somebody who signed in again in another tab has another token: all forms of this page take it. */
async function refreshTokens() {
  const response = await fetch(`${address}?kind=entry`, { redirect: "manual" });
  if (response.type === "opaqueredirect") {
    throw new SignedOut();
  }
  const { token } = await response.json();
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) {
    field.value = token;
  }
}

function tell(element, text) {
  if (element.textContent !== text) {
    element.textContent = text; // each change of a warning is read out
  }
}

class Keeper {
  constructor(block) {
    this.block = block;
    this.form = block.closest("form");
    this.field = this.form.elements["autosave-key"];
    this.isKnown = Boolean(this.field.value); // to the server: what is typed no more is then dropped there
    this.field.value ||= newKey();
    this.seen = block.dataset.seen;
    this.rank = 0;
    this.isTyped = "typed" in block.dataset;
    this.isTaken = "taken" in block.dataset;
    this.stored = this.isTyped ? null : this.read();
    this.retry = FIRST_RETRY;
    this.forks = 0;
    this.form.addEventListener("submit", () => this.leave());
    if (this.isTyped) {
      this.later(PAUSE);
    }
  }

  get key() {
    return this.field.value;
  }

  get subject() {
    return this.form.elements["autosave-subject"].value;
  }

  state(text, warning = "") {
    tell(this.block.querySelector("[data-autosave-state]"), text);
    tell(this.block.querySelector("[data-autosave-warning]"), warning);
  }

  /* The parts of the form that hold something unsaved; the form itself where it has no parts. */
  parts() {
    const parts = [...this.form.querySelectorAll("[data-autosave-part]")];
    const fields = [...this.form.elements].filter((field) => field.name && !field.name.startsWith("autosave-"));
    const isUnsaved = (part) =>
      part.dataset.autosavePart === "typed" || fields.some((field) => part.contains(field) && isChanged(field));
    if (parts.length) {
      return parts.filter(isUnsaved);
    }
    return this.isTyped || this.isTaken || fields.some(isChanged) ? [this.form] : [];
  }

  /* The unsaved fields as a form sends them; nothing where all is as it was. */
  read() {
    const parts = this.parts();
    const data = new URLSearchParams();
    for (const field of this.form.elements) {
      const isOurs = !field.name?.startsWith("autosave-") && field.name !== "csrfmiddlewaretoken";
      const isPart = parts.some((part) => part.contains(field) || part === field.form);
      if (isSent(field) && isOurs && isPart) {
        const values = field.options ? [...field.selectedOptions].map((option) => option.value) : [field.value];
        values.forEach((value) => data.append(field.name, value));
      }
    }
    return data.toString();
  }

  /* The fields with what the server is to know of the form. */
  body(fields) {
    this.rank = Math.max(this.rank + 1, Date.now());
    const { kind, title } = this.block.dataset;
    const about = {
      key: this.key,
      subject: this.subject,
      kind,
      title,
      address: location.pathname + location.search,
      browser,
      tab,
      person,
      sequence: this.rank,
      seen: this.seen,
      ...(fields ? {} : { close: "1" }),
    };
    return `${fields}&${new URLSearchParams(Object.entries(about).map(([name, value]) => [`autosave-${name}`, value]))}`;
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), pause);
  }

  /* Send what changed since the last time; one request at a time. */
  async keep() {
    const fields = this.read();
    if (this.isBusy || this.isLeaving || fields === this.stored || (!fields && !this.isKnown)) {
      return;
    }
    this.isBusy = true;
    const body = this.body(fields);
    try {
      this.heed(await post(body), fields);
    } catch (error) {
      this.fail(error, body);
    }
    this.isBusy = false;
    if (this.retry === FIRST_RETRY && !this.forks && this.read() !== this.stored) {
      this.later(PAUSE); // typed meanwhile
    }
  }

  heed({ state, at, text }, fields) {
    this.retry = FIRST_RETRY;
    if (state === "stored") {
      this.accept(fields);
      this.state(`Copie de secours gardée à ${at}`);
    } else if (state === "closed" && !fields) {
      this.isKnown = false;
      this.stored = fields;
      this.renew();
      forget(this.key);
      this.state("");
    } else if (state === "closed" || state === "taken") {
      // Saved, or taken up, in another tab while this one goes on: what it holds is kept apart.
      this.renew();
      this.forks += 1;
      this.later(this.forks > 3 ? LAST_RETRY : 0);
    } else if (state === "person") {
      this.stored = fields;
      this.state("", "Quelqu’un d’autre s’est connecté dans ce navigateur : ce texte n’est plus gardé. Copiez-le.");
    } else {
      this.stored = fields;
      this.state("", text ?? "Ce texte ne peut pas être gardé : enregistrez-le.");
    }
  }

  accept(fields) {
    this.isKnown = true;
    this.stored = fields;
    this.forks = 0;
    forget(this.key);
  }

  fail(error, body) {
    const isKept = keepLocally(this.key, person, body);
    const where = isKept ? "gardé dans ce navigateur" : "copiez votre texte, il n’est gardé nulle part";
    if (error instanceof SignedOut) {
      this.state("", `Session expirée : ${where}. Reconnectez-vous dans un autre onglet, ou enregistrez ici.`);
    } else if (navigator.onLine === false || error instanceof TypeError) {
      this.state("", `Hors connexion : ${where}, nouvel essai…`);
    } else {
      this.state("", `Le serveur est occupé : ${where}, nouvel essai…`);
    }
    this.later(this.retry);
    this.retry = Math.min(2 * this.retry, LAST_RETRY);
  }

  renew() {
    this.field.value = newKey();
    this.seen = "0";
  }

  /* A form that is sent may not arrive: what the server has not yet is kept until the next page says. */
  leave() {
    const fields = this.read();
    if (fields && fields !== this.stored) {
      keepLocally(this.key, person, this.body(fields));
    }
    this.isLeaving = true;
    clearTimeout(this.timer);
  }

  /* A page that is closed, or left, sends what it can. */
  flush() {
    const fields = this.read();
    if (this.isLeaving || !fields || fields === this.stored) {
      return;
    }
    const body = this.body(fields);
    keepLocally(this.key, person, body);
    if (body.length < KEEPALIVE_MAX) {
      post(body, { keepalive: true }).then(
        ({ state }) => state === "stored" && this.accept(fields),
        () => {},
      );
    }
  }
}

const keepers = blocks.map((block) => new Keeper(block));

function keeperOf(element) {
  return keepers.find(({ form }) => form === (element.form ?? element.closest?.("form")));
}

/* Send what a page of this person could not send any more; the server knows what was saved since. */
async function sendLocal() {
  for (const [key, body] of readLocal(person)) {
    let { state } = await post(body);
    if (state === "taken") {
      const data = new URLSearchParams(body);
      data.set("autosave-key", newKey());
      data.set("autosave-seen", "0");
      ({ state } = await post(data));
    }
    if (state === "stored" || state === "closed") {
      forget(key);
    }
  }
}

async function showOffers(mine) {
  const query = new URLSearchParams({ kind: mine[0].block.dataset.kind, browser });
  mine.forEach(({ subject }) => query.append("subject", subject));
  mine.filter(({ isKnown }) => isKnown).forEach(({ key }) => query.append("except", key));
  const response = await fetch(`${address}?${query}`, { redirect: "manual" });
  if (!response.ok) {
    return;
  }
  const { offers } = await response.json();
  if (offers) {
    mine[0].form.insertAdjacentHTML("beforebegin", offers);
    const section = mine[0].form.previousElementSibling;
    section.addEventListener("click", discard);
    const heading = section.querySelector("h2").textContent;
    tell(mine[0].block.querySelector("[data-autosave-warning]"), `${heading} : voir au-dessus du formulaire.`);
  }
}

async function discard(event) {
  const button = event.target.closest("[data-discard]");
  const offer = button?.closest(".autosave-offer");
  if (!offer) {
    return;
  }
  if (!button.dataset.asked) {
    button.dataset.asked = "1"; // what was typed is not lost by one click
    button.firstChild.textContent = "Confirmer la suppression";
    return;
  }
  const body = `autosave-key=${offer.dataset.key}&autosave-person=${person}&autosave-close=1`;
  try {
    await post(body);
  } catch {
    button.firstChild.textContent = "Échec ; réessayer";
    return;
  }
  const section = offer.parentElement;
  const keeper = keepers.find(({ form }) => form === section.nextElementSibling) ?? keepers[0];
  offer.remove();
  tell(keeper.block.querySelector("[data-autosave-warning]"), "Texte supprimé.");
  if (!section.querySelector(".autosave-offer")) {
    section.remove();
  }
}

/* The tabs of this browser tell each other which forms they show. */
function watchTabs() {
  const channel = new BroadcastChannel("faqcms.forms");
  const mine = keepers.filter(({ block, subject }) => SINGLE.includes(block.dataset.kind) && subject);
  const say = (type) => {
    for (const { block, subject, key } of mine) {
      channel.postMessage({ type, kind: block.dataset.kind, subject, key, person });
    }
  };
  channel.addEventListener("message", ({ data }) => {
    for (const keeper of mine) {
      if (data.kind === keeper.block.dataset.kind && data.subject === keeper.subject && data.person === person) {
        const told = "Ce formulaire est aussi ouvert dans un autre onglet : ce qui est tapé dans chacun est gardé à part.";
        tell(keeper.block.querySelector("[data-autosave-elsewhere]"), told);
        if (data.type === "opened") {
          say("here");
        } else if (data.key === keeper.key) {
          tab = newKey(); // this tab was duplicated from the other one
          keeper.renew();
        }
      }
    }
  });
  say("opened");
}

document.addEventListener("input", ({ target }) => keeperOf(target)?.later(PAUSE));
document.addEventListener("change", ({ target }) => keeperOf(target)?.later(PAUSE));
setInterval(() => keepers.forEach((keeper) => keeper.retry === FIRST_RETRY && keeper.keep()), PERIOD);
window.addEventListener("online", () => keepers.forEach((keeper) => keeper.later(0)));
window.addEventListener("pagehide", () => keepers.forEach((keeper) => keeper.flush()));
document.addEventListener("visibilitychange", () => document.hidden && keepers.forEach((keeper) => keeper.keep()));
window.addEventListener("pageshow", () => {
  for (const keeper of keepers) {
    keeper.isLeaving = false;
    keeper.later(PAUSE); // browsers restore the fields when somebody comes back to the page
  }
});

watchTabs();
// Without network, or signed out: the next page tries again.
sendLocal()
  .catch(() => {})
  .then(async () => {
    for (const kind of new Set(blocks.map((block) => block.dataset.kind))) {
      await showOffers(keepers.filter(({ block }) => block.dataset.kind === kind));
    }
  })
  .catch(() => {});
