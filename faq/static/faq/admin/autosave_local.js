/* What the server could not be sent stays in this browser: for its person alone, bounded, and for a month at most. */

const PREFIX = "faqcms.autosave.";
const LONGEST = 1_000_000; // characters of one form
const MOST = 5; // forms; a browser stores some five million characters of one site
const LIFETIME = 30 * 24 * 3600_000; // milliseconds

function readAll() {
  const found = [];
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    try {
      found.push({ name, ...JSON.parse(localStorage.getItem(name)) });
    } catch {
      localStorage.removeItem(name);
    }
  }
  return found.sort((one, other) => one.at - other.at);
}

/* Keep the fields of a form; return whether there was room. */
export function keepLocally(key, person, body) {
  if (body.length > LONGEST) {
    return false;
  }
  try {
    const others = readAll().filter(({ name }) => name !== PREFIX + key);
    others.slice(0, Math.max(others.length - MOST + 1, 0)).forEach(({ name }) => localStorage.removeItem(name));
    localStorage.setItem(PREFIX + key, JSON.stringify({ person, at: Date.now(), body }));
    return true;
  } catch {
    return false;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept either.
  }
}

/* Return the keys and fields of a person's forms, the oldest first; what is too old is dropped. */
export function readLocal(person) {
  try {
    const found = readAll();
    found.filter(({ at }) => Date.now() - at > LIFETIME).forEach(({ name }) => localStorage.removeItem(name));
    return found
      .filter((one) => one.person === person && Date.now() - one.at <= LIFETIME)
      .map(({ name, body }) => [name.slice(PREFIX.length), body]);
  } catch {
    return [];
  }
}
