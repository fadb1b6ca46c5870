/* A term that is missing is created in a window of its own, and comes back ticked; what was typed meanwhile stays. */

const form = document.getElementById("entry-form");

for (const link of form.querySelectorAll(".add-term")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    window.open(link.href, link.target, "width=800,height=600,resizable=yes,scrollbars=yes").focus();
  });
}

/* Django's page calls this in the window that opened it, once the term is stored. */
window.dismissAddRelatedObjectPopup = async (popup, key) => {
  const facet = popup.name.replace("add-", "");
  popup.close();
  // The page as it would be now holds the box of the new term.
  const now = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const selector = `[data-term="${facet}-${key}"]`;
  const item = now.querySelector(selector)?.closest("li");
  if (!item) {
    return;
  }
  const list = form.querySelector(`.facet-${facet} .terms`);
  list.querySelector(":scope > .quiet")?.remove();
  list.append(document.adoptNode(item));
  document.getElementById("filing-terms").textContent = now.getElementById("filing-terms").textContent;
  const box = form.querySelector(selector);
  box.dispatchEvent(new Event("newterm", { bubbles: true }));
  box.focus();
};
