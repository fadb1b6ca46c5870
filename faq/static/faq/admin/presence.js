/* Who else has the entry open, and whether they saved: asked once a minute while the page is visible. */

const PERIOD = 60_000; // milliseconds

const presence = document.getElementById("presence");
const overtaken = document.getElementById("overtaken");
const { base, csrfmiddlewaretoken } = document.getElementById("entry-form").elements;

function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text; // each change is read out
  }
}

async function fetchPresence() {
  const headers = { "X-CSRFToken": csrfmiddlewaretoken.value };
  const response = await fetch(presence.dataset.address, { method: "POST", headers });
  if (!response.ok || response.redirected) {
    return; // somebody who is signed out learns it from the preview and the next save
  }
  const { others, version, author } = await response.json();
  write(presence, others.length ? `Cette fiche est aussi ouverte par : ${others.join(" ; ")}.` : "");
  if (version > Number(base.value)) {
    write(
      overtaken,
      `${author} a enregistré la version ${version} pendant que vous écrivez ; ` +
        "vos changements seront réunis aux siens à l’enregistrement.",
    );
  }
}

async function fetchWhileVisible() {
  if (!document.hidden) {
    await fetchPresence().catch(() => {}); // without network: the next minute tries again
  }
}

setInterval(fetchWhileVisible, PERIOD);
document.addEventListener("visibilitychange", fetchWhileVisible);
