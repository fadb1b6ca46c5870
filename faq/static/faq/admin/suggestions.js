/* Suggestions of terms, each with its evidence: a click accepts one, nothing is applied by itself. */

/* Return the suggestions for texts by entry number; none where they cannot be had. */
export async function fetchSuggestions(form, fields, signal) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  try {
    const response = await fetch(form.dataset.suggestions, { method: "POST", body: new URLSearchParams(fields), headers, signal });
    // Somebody who is signed out learns it elsewhere.
    return response.ok && !response.redirected ? await response.json() : {};
  } catch {
    return {};
  }
}

function buttonFor(suggestion, accept) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "suggestion";
  button.textContent = `+ ${suggestion.label} `;
  const evidence = document.createElement("span");
  evidence.className = "quiet";
  evidence.textContent = `${suggestion.facet}, ${suggestion.evidence}`;
  button.append(evidence);
  button.addEventListener("click", () => accept(suggestion.key));
  return button;
}

/* Show in a container the suggestions that are not filed yet. */
export function showSuggestions(container, suggestions, filed, accept) {
  const open = suggestions.filter(({ key }) => !filed.has(key));
  container.hidden = !open.length;
  const list = container.querySelector("ul") ?? container.appendChild(document.createElement("ul"));
  const shown = JSON.stringify(open);
  // A button that goes away under the mouse takes no click.
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(
    ...open.map((suggestion) => {
      const item = document.createElement("li");
      item.append(buttonFor(suggestion, accept));
      return item;
    }),
  );
}
