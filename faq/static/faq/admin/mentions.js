/* « @ » in a note proposes the people whom it can mention: a list box under the field, worked with the keyboard. */

const SHOWN = 8; // people that are proposed at most
const people = [...document.querySelectorAll("#mentionable li")].map((row) => ({
  username: row.dataset.username,
  label: row.textContent.trim(),
  searched: fold(row.textContent),
}));

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/* Return the mention that is being typed before the caret: where its « @ » stands, and what follows it. */
function readMention(field) {
  const before = field.value.slice(0, field.selectionStart);
  const found = /(?:^|[^\p{L}\p{N}_.@+-])@([\p{L}\p{N}_.+-]{0,30})$/u.exec(before);
  return found && { start: before.length - found[1].length, typed: found[1] };
}

function find(typed) {
  return people.filter((person) => person.searched.includes(fold(typed))).slice(0, SHOWN);
}

function enhance(field) {
  const list = document.createElement("ul");
  const holder = document.createElement("div");
  list.id = `${field.id}-people`;
  list.className = "mention-choices";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Personnes à citer");
  list.hidden = true;
  holder.className = "mention-field";
  field.replaceWith(holder);
  holder.append(field, list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-haspopup", "listbox");
  let chosen = 0;

  const options = () => [...list.children];

  function select(rank) {
    chosen = rank;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === rank)));
    field.setAttribute("aria-activedescendant", options()[rank].id);
    options()[rank].scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  }

  function accept(username) {
    const { start } = readMention(field);
    field.setRangeText(`${username} `, start, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }

  function propose() {
    const mention = readMention(field);
    const found = mention ? find(mention.typed) : [];
    if (!found.length) {
      close();
      return;
    }
    list.replaceChildren(
      ...found.map((person, rank) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${rank}`;
        option.setAttribute("role", "option");
        option.dataset.username = person.username;
        option.textContent = person.label;
        return option;
      }),
    );
    list.hidden = false;
    select(0);
  }

  field.addEventListener("input", propose);
  field.addEventListener("blur", close);
  // Before the field loses the focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) {
      accept(option.dataset.username);
    }
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) {
      return;
    }
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      select((chosen + steps[event.key] + list.children.length) % list.children.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      accept(options()[chosen].dataset.username);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}

document.querySelectorAll("form[data-mentions] textarea").forEach(enhance);
