/* The preview of an import: choices are saved as they are made, and long work shows its progress. */

const STREAM = "application/x-ndjson";
const CUT =
  "La connexion a été coupée\u00a0; ce que le serveur a commencé, il le finit. Rechargez la page dans un moment.";
const number = new Intl.NumberFormat("fr-FR");

const choices = document.getElementById("choices");

async function saveChoice(radio) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", choices.elements.csrfmiddlewaretoken.value);
  body.set("do", "choose");
  body.set(radio.name, radio.value);
  const saved = choices.querySelector("[data-saved]");
  try {
    const response = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
    const { plan } = await response.json();
    const lines = plan.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
    document.querySelector("[data-plan]").replaceChildren(...lines);
    saved.textContent = "Choix enregistré.";
  } catch {
    choices.querySelector('[value="choose"]').hidden = false;
    saved.textContent = "Choix pas encore enregistré\u00a0: il le sera avec «\u00a0Enregistrer les choix de cette page\u00a0».";
  }
}

if (choices) {
  choices.querySelector('[value="choose"]').hidden = true; // each choice is saved as it is made
}

document.addEventListener("change", (event) => {
  if (choices && event.target.form === choices && event.target.type === "radio") {
    saveChoice(event.target);
  }
});

function describe(done, total) {
  if (done < total) {
    return `${number.format(done)} réponses lues sur ${number.format(total)}`;
  }
  return "Toutes les réponses sont lues\u00a0; comparaison avec les fiches…";
}

async function* readLines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      yield JSON.parse(line);
    }
  }
}

function submitPlainly(form) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "do" });
  field.value = form.dataset.progress;
  form.append(field);
  form.submit();
}

async function follow(form, body, show) {
  const bar = form.querySelector("progress");
  const response = await fetch(location.href, { method: "POST", body, headers: { Accept: STREAM } });
  if (response.redirected) {
    location.assign(response.url); // somebody who signed out, or an import that is done already
    return;
  }
  if (!response.headers.get("Content-Type")?.startsWith(STREAM)) {
    submitPlainly(form); // the page that refuses it says why
    return;
  }
  for await (const { done, total, address, error } of readLines(response)) {
    if (address) {
      location.assign(address);
      return;
    }
    if (error) {
      throw new Error(error, { cause: "refused" });
    }
    if (total) {
      bar.max = total;
      if (done < total) {
        bar.value = done;
      } else {
        bar.removeAttribute("value");
      }
      show(describe(done, total));
    }
  }
  throw new Error("cut");
}

for (const form of document.querySelectorAll("form[data-progress]")) {
  const box = form.querySelector("[data-progress-box]");
  const text = form.querySelector("[data-progress-text]");
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.value !== form.dataset.progress) {
      return;
    }
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const buttons = [...document.querySelectorAll("button")];
    buttons.forEach((button) => (button.disabled = true));
    box.hidden = false;
    text.textContent = "Lecture des fichiers…";
    try {
      await follow(form, body, (words) => (text.textContent = words));
    } catch (failure) {
      text.textContent = failure.cause === "refused" ? failure.message : CUT;
      form.querySelector("progress").hidden = true;
      buttons.forEach((button) => (button.disabled = false));
    }
  });
  if ("start" in form.dataset) {
    form.requestSubmit(form.querySelector("button"));
  }
}
