/* Long lists of terms can be searched. */
"use strict";

const LONG_LIST = 12; // terms from which a list can be searched

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function searchField(facet, terms) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "term-search";
  search.placeholder = "Chercher dans la liste";
  search.setAttribute("aria-label", `Chercher : ${facet.querySelector("legend").textContent}`);
  search.addEventListener("input", () => {
    for (const term of terms) {
      const checked = term.querySelector("input").checked;
      term.hidden = !checked && !fold(term.textContent).includes(fold(search.value));
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault(); // it would save the entry
    }
  });
  return search;
}

for (const facet of document.querySelectorAll("#entry-form .facet")) {
  const terms = [...facet.querySelectorAll(".terms li")];
  if (terms.length >= LONG_LIST) {
    facet.querySelector(".terms").before(searchField(facet, terms));
  }
}
