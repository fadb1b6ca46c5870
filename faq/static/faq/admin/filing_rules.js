/* What a filing implies, as the service completes it when it is saved: the same rules as faq/domain/facets.py. */

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

/* Return the terms that a choice is filed under, implied ones included, and those that find no parent there. */
export function complete(terms, chosen) {
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
  const { filed, misfits } = complete(terms, new Set([...chosen, key]));
  const line = ancestorsOf(terms, key).add(key);
  const misfit = misfits.find((one) => line.has(one));
  return misfit ? keysOf(terms, filed, ABOVE[terms.get(misfit).facet]).map((one) => terms.get(one)) : [];
}

/* Return a choice without contradiction: `key` was just chosen, and what is chosen besides finds its parents. */
export function settleChosen(terms, chosen) {
  const settled = new Set(chosen);
  for (let misfit = firstMisfit(terms, settled); misfit; misfit = firstMisfit(terms, settled)) {
    terms.get(misfit).parents.forEach((parent) => settled.add(parent));
  }
  return settled;
}

/* Return a choice without contradiction: a term was just taken back, and with it what cannot be without it. */
export function settleTakenBack(terms, chosen) {
  const settled = new Set(chosen);
  for (let misfit = firstMisfit(terms, settled); misfit; misfit = firstMisfit(terms, settled)) {
    const gone = settled.has(misfit) ? [misfit] : findCauses(terms, settled, misfit).map((cause) => cause.key);
    gone.forEach((key) => settled.delete(key));
  }
  return settled;
}

function firstMisfit(terms, chosen) {
  return complete(terms, chosen).misfits[0];
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
