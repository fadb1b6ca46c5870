/* What a filing implies, as the service completes it when it is saved: the same rules as faq/domain/facets.py.

The service refuses a term whose parents are not filed where others of their facet are. A form with scripts does not come to
that: it sends the parents too, and shows them as implied, since nobody ticked them. */

const ABOVE = { couloirs: "offer_types", dispositifs: "couloirs", products: "offer_types" };
const FROM_BELOW = ["dispositifs", "couloirs", "products"]; // the order in which a filing is completed
const LINES = [["couloirs", "dispositifs"], ["products"]]; // products imply an offer only where no couloir does

/* Return the terms of the page by their keys, such as « couloirs-3 »: { key, facet, label, parents, … }. */
export function readTerms() {
  const terms = JSON.parse(document.getElementById("filing-terms").textContent);
  return new Map(terms.map((term) => [term.key, term]));
}

export function joinLabels(terms) {
  return terms.map((term) => `«\u00a0${term.label}\u00a0»`).join(", ");
}

/* Return the terms that a choice is filed under, implied ones included. */
export function complete(terms, chosen) {
  return completeAsService(terms, settle(terms, chosen)).filed;
}

/* Return the choice to be sent: with the parents of the terms that find none beside what was chosen. */
export function settle(terms, chosen) {
  const settled = new Set(chosen);
  const isAlone = (key) => terms.get(key).parents.some((parent) => !settled.has(parent));
  let alone = completeAsService(terms, settled).misfits.find(isAlone);
  while (alone) {
    terms.get(alone).parents.forEach((parent) => settled.add(parent));
    alone = completeAsService(terms, settled).misfits.find(isAlone);
  }
  return settled;
}

/* Return the chosen terms that bring an implied one. */
export function findCauses(terms, chosen, key) {
  for (const facets of LINES) {
    const below = [...chosen].filter((one) => facets.includes(terms.get(one).facet));
    const causes = below.filter((one) => ancestorsOf(terms, one).has(key));
    if (causes.length) {
      return causes.map((one) => terms.get(one));
    }
  }
  return [];
}

/* Return the terms of the filing that a term does not go with: its parents are not among them. */
export function findObstacles(terms, chosen, key) {
  const { filed, misfits } = completeAsService(terms, settle(terms, chosen).add(key));
  const line = ancestorsOf(terms, key).add(key);
  const misfit = misfits.find((one) => line.has(one));
  return misfit ? keysOf(terms, filed, ABOVE[terms.get(misfit).facet]).map((one) => terms.get(one)) : [];
}

/* Return what the service files a choice under, and the terms that find no parent there, for which it refuses it. */
function completeAsService(terms, chosen) {
  const filed = new Set(chosen);
  const misfits = [];
  for (const facet of FROM_BELOW) {
    const beside = keysOf(terms, filed, ABOVE[facet]);
    for (const key of keysOf(terms, filed, facet)) {
      const { parents } = terms.get(key);
      if (!beside.length) {
        parents.forEach((parent) => filed.add(parent));
      } else if (parents.length && !parents.some((parent) => beside.includes(parent))) {
        misfits.push(key);
      }
    }
  }
  return { filed, misfits };
}

function keysOf(terms, keys, facet) {
  return [...keys].filter((key) => terms.get(key)?.facet === facet);
}

function ancestorsOf(terms, key) {
  const found = new Set();
  for (const parent of terms.get(key).parents) {
    found.add(parent);
    ancestorsOf(terms, parent).forEach((one) => found.add(one));
  }
  return found;
}
