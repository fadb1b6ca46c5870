// Votes without leaving the page. Without this file the plain form votes, and the answer comes back with its thanks.
// Comments always go the plain way.

// One after the other: only the first vote of all gets a cookie, by which the others are known to be the same visitor's.
let last = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".vote") || event.submitter?.name !== "vote") return;
  event.preventDefault();
  const sent = new URLSearchParams({ vote: event.submitter.value });
  for (const field of ["version", "retour"]) {
    if (form.elements[field]) sent.set(field, form.elements[field].value);
  }
  last = last.then(() => send(form, sent));
});

async function send(form, sent) {
  const state = await ask(form.action, sent).catch(() => undefined);
  if (state) {
    tell(form, state);
  } else {
    sendPlainly(form, sent.get("vote"));
  }
}

async function ask(address, sent) {
  const request = { method: "POST", body: sent, headers: { Accept: "application/json" }, redirect: "manual" };
  const response = await fetch(address, request);
  return response.ok ? (await response.json()).state : undefined;
}

function tell(form, state) {
  form.dataset.state = state;
  // The button that withdrew is gone; the focus goes where a new vote starts.
  if (state === "retrait") form.querySelector("button").focus();
}

// The page that the server answers with, or the browser, says what went wrong.
function sendPlainly(form, vote) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "vote", value: vote });
  form.append(field);
  form.submit();
}
