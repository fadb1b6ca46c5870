// Votes without leaving the page. Without this file the plain form votes, and the answer comes back with its thanks.

// One after the other: only the first vote of all gets a cookie, by which the others are known to be the same visitor's.
let last = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-vote-form]")) return;
  event.preventDefault();
  const sent = new FormData(form);
  sent.set("vote", event.submitter.value);
  last = last.then(() => send(form, sent));
});

async function send(form, sent) {
  const request = { method: "POST", body: new URLSearchParams(sent), redirect: "manual" };
  const response = await fetch(form.action, request).catch(() => null);
  // The way back to the answer is what says that the vote is in.
  if (response?.type === "opaqueredirect") {
    tell(form, sent.get("vote") === "retire" ? "withdrawn" : "voted");
  } else {
    sendPlainly(form, sent.get("vote"));
  }
}

function tell(form, state) {
  form.dataset.state = state;
  // The button that withdrew is gone; the focus goes where a new vote starts.
  if (state === "withdrawn") form.querySelector("button").focus();
}

// The page that the server answers with, or the browser, says what went wrong.
function sendPlainly(form, vote) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "vote", value: vote });
  form.append(field);
  form.submit();
}
