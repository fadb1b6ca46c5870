/* Writing an answer, or a page about the site: marks by button and by key, lists that go on by themselves. Ctrl+Z takes each back. */

import { continueBlock, insertTable, moveBetweenCells, toggleHeading, toggleQuote } from "./answer_blocks.js";
import { answer, chosenLines, lineAt, typeText } from "./answer_typing.js";
import { openEntryPicker } from "./entry_picker.js";

const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);
const ITALIC = 1; // stars on either side
const BOLD = 2;
// The items of faq.domain.markup_blocks, and those that have no text yet.
const ITEM =
  /^(?<indent>\s*)(?:(?<bullet>[-–—*·](?=\s|$)|[•‣▪●◦])|(?<number>[1-9]\d?)(?<delimiter>\s?[-–—]|[.)])(?=\s|$))(?<space>\s*)(?<text>.*)$/;

function readItem(line) {
  const item = ITEM.exec(line)?.groups;
  return item && { ...item, number: Number(item.number ?? 0), start: line.length - item.text.length };
}

/* Emphasis */

const WORD_START = /(?<![\p{L}\p{N}’'-])[\p{L}\p{N}’'-]+$/u; // fails at once within a word, so that it takes linear time

function wordAround(place) {
  const before = WORD_START.exec(answer.value.slice(lineAt(place).start, place))?.[0] ?? "";
  const after = /^[\p{L}\p{N}’'-]*/u.exec(answer.value.slice(place))[0];
  return [place - before.length, place + after.length];
}

/* What can carry stars within a range: each line's text without its list marker, outer spaces and own stars. */
function findStretches(from, to) {
  const found = [];
  for (let { start, end } = lineAt(from); start <= to; { start, end } = lineAt(end + 1)) {
    const text = start + (readItem(answer.value.slice(start, end))?.start ?? 0);
    const stretch = stretchWithin(Math.max(from, text), Math.min(to, end), text, end);
    if (stretch) {
      found.push(stretch);
    }
    if (end >= answer.value.length) {
      break;
    }
  }
  return found;
}

function stretchWithin(from, to, first, last) {
  const { value } = answer;
  while (from < to && /[\s*]/.test(value[from])) {
    from += 1;
  }
  while (to > from && /[\s*]/.test(value[to - 1])) {
    to -= 1;
  }
  if (from === to) {
    return null;
  }
  let stars = 0;
  const starred = () => value[from - stars - 1] === "*" && value[to + stars] === "*";
  while (stars < BOLD + ITALIC && from - stars > first && to + stars < last && starred()) {
    stars += 1;
  }
  return { from, to, stars };
}

function isEmphasised(stretch, kind) {
  return kind === BOLD ? stretch.stars >= BOLD : stretch.stars % 2 === ITALIC;
}

function emphasise(kind, sample) {
  const { selectionStart, selectionEnd } = answer;
  const [from, to] = selectionStart === selectionEnd ? wordAround(selectionStart) : [selectionStart, selectionEnd];
  const found = findStretches(from, to);
  if (!found.length) {
    const stars = "*".repeat(kind);
    typeText(selectionStart, selectionEnd, `${stars}${sample}${stars}`);
    answer.setSelectionRange(selectionStart + kind, selectionStart + kind + sample.length);
    return;
  }
  const add = !found.every((stretch) => isEmphasised(stretch, kind));
  const changed = found.filter((stretch) => isEmphasised(stretch, kind) !== add);
  const start = changed[0].from - changed[0].stars;
  let text = "";
  let place = start;
  for (const stretch of changed) {
    const stars = "*".repeat(stretch.stars + (add ? kind : -kind));
    text += answer.value.slice(place, stretch.from - stretch.stars) + stars;
    text += answer.value.slice(stretch.from, stretch.to) + stars;
    place = stretch.to + stretch.stars;
  }
  typeText(start, place, text);
  const inner = changed.length === 1 ? changed[0].stars + (add ? kind : -kind) : 0;
  answer.setSelectionRange(start + inner, start + text.length - inner);
}

/* Lists */

function isBullet(item) {
  return Boolean(item?.bullet);
}

function isNumber(item) {
  return Boolean(item?.number);
}

function withMarker(line, marker) {
  const item = readItem(line);
  const indent = /^\s*/.exec(line)[0];
  return indent + marker + (item ? item.text : line.slice(indent.length));
}

function toggleList(isWanted, markerOf) {
  const { start, end, lines } = chosenLines();
  const filled = lines.filter((line) => line.trim());
  const remove = filled.length > 0 && filled.every((line) => isWanted(readItem(line)));
  const above = start > 0 ? readItem(answer.value.slice(lineAt(start - 1).start, start - 1)) : null;
  let rank = above?.number ?? 0;
  const text = lines.map((line) => {
    if (!line.trim() && lines.length > 1) {
      return line;
    }
    rank += 1;
    return withMarker(line, remove ? "" : markerOf(rank));
  });
  const typed = text.join("\n");
  typeText(start, end, typed);
  answer.setSelectionRange(lines.length > 1 ? start : start + typed.length, start + typed.length);
}

/* A number or an asterisk alone may be a date, an address or a footnote: beside another it is an item. */
function continuesList(item, start) {
  if (item.number > 1 || item.bullet === "*") {
    const above = start > 0 ? readItem(answer.value.slice(lineAt(start - 1).start, start - 1)) : null;
    return item.number ? above?.number === item.number - 1 : above?.bullet === "*";
  }
  return true;
}

/* The items below, with the numbers that follow a new one. */
function renumberBelow(item, place) {
  let number = item.number + 1;
  let text = "";
  let end = lineAt(place).end;
  while (end < answer.value.length) {
    const line = answer.value.slice(end + 1, lineAt(end + 1).end);
    const below = readItem(line);
    if (below?.number !== number || below.indent !== item.indent || below.delimiter !== item.delimiter) {
      break;
    }
    number += 1;
    text += `\n${below.indent}${number}${below.delimiter}${below.space}${below.text}`;
    end = lineAt(end + 1).end;
  }
  return { text, end };
}

function isEnterAlone(event) {
  const withOthers = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
  return event.key === "Enter" && !withOthers;
}

function continueOnEnter(event) {
  const { selectionStart: place, selectionEnd } = answer;
  const { start, end } = lineAt(place);
  if (place === selectionEnd && continueBlock(event)) {
    return;
  }
  const item = readItem(answer.value.slice(start, end));
  if (!item || place !== selectionEnd || place < start + item.start || !continuesList(item, start)) {
    return;
  }
  event.preventDefault();
  if (!item.text.trim()) {
    typeText(start, end, ""); // Enter twice ends the list
    return;
  }
  const marker = `${item.indent}${item.bullet ?? `${item.number + 1}${item.delimiter}`}${item.space || " "}`;
  if (!item.number) {
    typeText(place, place, `\n${marker}`);
    return;
  }
  const below = renumberBelow(item, place);
  typeText(place, below.end, `\n${marker}${answer.value.slice(place, end).trimStart()}${below.text}`);
  answer.setSelectionRange(place + 1 + marker.length, place + 1 + marker.length);
}

/* Links */

function insertLink() {
  const { selectionStart, selectionEnd } = answer;
  const chosen = answer.value.slice(selectionStart, selectionEnd);
  const start = selectionStart + chosen.length - chosen.trimStart().length;
  const inner = chosen.trim().replaceAll("\n", " ");
  const isAddress = /^(https?:\/\/|mailto:|tel:)\S+$/.test(inner);
  const text = isAddress || !inner ? "texte du lien" : inner;
  const address = isAddress ? inner : "https://";
  typeText(start, start + chosen.trim().length, `[${text}](${address})`);
  const begin = start + (isAddress || !inner ? 1 : text.length + 3);
  answer.setSelectionRange(begin, begin + (isAddress || !inner ? text : address).length);
}

/* The bar */

const TOOLS = [
  { name: "Gras", key: "b", use: () => emphasise(BOLD, "texte en gras") },
  { name: "Italique", key: "i", use: () => emphasise(ITALIC, "texte en italique") },
  { name: "Lien", key: "k", use: insertLink },
  ...(answer.form.dataset.entries ? [{ name: "Lien vers une fiche", shifted: "4", use: openEntryPicker, popup: "dialog" }] : []),
  { name: "Liste", shifted: "8", use: () => toggleList(isBullet, () => "- ") },
  { name: "Liste numérotée", shifted: "7", use: () => toggleList(isNumber, (rank) => `${rank}. `) },
  { name: "Sous-titre", shifted: "6", use: toggleHeading },
  { name: "Citation", shifted: "9", use: toggleQuote },
  { name: "Tableau", shifted: "5", use: insertTable },
];

function isPressed(tool, event) {
  const command = (MAC ? event.metaKey : event.ctrlKey) && !event.altKey;
  // Digits by their place: French keyboards write them with Shift.
  if (tool.shifted) {
    return command && event.shiftKey && event.code === `Digit${tool.shifted}`;
  }
  return command && !event.shiftKey && event.key.toLowerCase() === tool.key;
}

function buttonFor(tool, rank) {
  const button = document.createElement("button");
  const key = (tool.key ?? tool.shifted).toUpperCase();
  button.type = "button";
  button.className = `tool tool-${tool.key ?? tool.shifted}`;
  button.textContent = tool.name;
  button.tabIndex = rank === 0 ? 0 : -1;
  button.title = MAC ? `${tool.key ? "" : "⇧"}⌘${key}` : `Ctrl+${tool.key ? "" : "Maj+"}${key}`;
  button.setAttribute("aria-keyshortcuts", `${MAC ? "Meta" : "Control"}+${tool.key ? "" : "Shift+"}${key}`);
  if (tool.popup) {
    button.setAttribute("aria-haspopup", tool.popup);
  }
  button.addEventListener("click", tool.use);
  return button;
}

/* One stop for the Tab key; arrows go from tool to tool. */
function moveFocus(event) {
  const buttons = [...event.currentTarget.children];
  const from = buttons.indexOf(event.target);
  const to = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) {
    return;
  }
  event.preventDefault();
  buttons[from].tabIndex = -1;
  const next = buttons.at(to % buttons.length);
  next.tabIndex = 0;
  next.focus();
}

const bar = document.createElement("div");
bar.className = "toolbar";
bar.setAttribute("role", "toolbar");
bar.setAttribute("aria-label", "Mise en forme du texte");
bar.setAttribute("aria-controls", answer.id);
bar.append(...TOOLS.map(buttonFor));
bar.addEventListener("keydown", moveFocus);
answer.before(bar);
answer.addEventListener("keydown", (event) => {
  const tool = TOOLS.find((one) => isPressed(one, event));
  if (tool) {
    event.preventDefault();
    tool.use();
  } else if (event.key === "Tab" && !event.ctrlKey && !event.altKey && !event.metaKey) {
    moveBetweenCells(event);
  } else if (isEnterAlone(event)) {
    continueOnEnter(event);
  }
});
