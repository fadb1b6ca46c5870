/* Sub-headings, quotes and tables of an answer: by button, by key, and going on with Enter. */

import { answer, chosenLines, lineAt, typeText } from "./answer_typing.js";

const HEADING = /^(#{2,3})\s+/;
const QUOTED = /^>(?:\s|$)/;
const TABLE = ["| Titre 1 | Titre 2 |", "| --- | --- |", "|  |  |"];
const DELIMITER = /^\s*\|?[\s:|-]*-[\s:|-]*$/;

function lineBefore(start) {
  return start > 0 ? answer.value.slice(lineAt(start - 1).start, start - 1) : "";
}

/* What puts a blank line between a place and the text before it, or after it. */
function gapBefore(start) {
  return start === 0 || !lineBefore(start).trim() ? "" : "\n";
}

function gapAfter(end) {
  return end >= answer.value.length || answer.value.startsWith("\n\n", end) ? "" : "\n";
}

/* A line, then a sub-heading, then one below it, then a line again. */
export function toggleHeading() {
  const { start, end, lines } = chosenLines();
  const marks = HEADING.exec(lines[0])?.[1] ?? "";
  const next = { "": "## ", "##": "### ", "###": "" }[marks];
  const text = lines.map((line) => (line.trim() || lines.length === 1 ? next + line.replace(HEADING, "") : line)).join("\n");
  typeText(start, end, text);
  answer.setSelectionRange(lines.length > 1 ? start : start + text.length, start + text.length);
}

/* A quote begins a paragraph: a blank line parts it from the text around it. */
export function toggleQuote() {
  const { start, end, lines } = chosenLines();
  if (lines.every((line) => QUOTED.test(line))) {
    const text = lines.map((line) => line.replace(/^>\s?/, "")).join("\n");
    typeText(start, end, text);
    answer.setSelectionRange(start, start + text.length);
    return;
  }
  const lead = gapBefore(start);
  const text = lines.map((line) => (line.trim() || lines.length === 1 ? `> ${line}` : ">")).join("\n");
  typeText(start, end, lead + text + gapAfter(end));
  const begin = start + lead.length;
  answer.setSelectionRange(lines.length > 1 ? begin : begin + text.length, begin + text.length);
}

/* Chosen lines with tabulations, as spreadsheets copy them, become the rows; otherwise a table to fill in. */
export function insertTable() {
  const { start, end, lines } = chosenLines();
  if (lines.length > 1 && lines.every((line) => line.includes("\t"))) {
    const rows = lines.map((line) => line.split("\t").map((cell) => cell.trim().replaceAll("|", "\\|")));
    const written = rows.map((row) => `| ${row.join(" | ")} |`);
    written.splice(1, 0, `|${" --- |".repeat(rows[0].length)}`);
    typeText(start, end, gapBefore(start) + written.join("\n") + gapAfter(end));
    return;
  }
  const place = lineAt(answer.selectionEnd).end;
  const isBlank = !answer.value.slice(lineAt(place).start, place).trim();
  const lead = isBlank ? gapBefore(lineAt(place).start) : "\n\n";
  typeText(place, place, lead + TABLE.join("\n") + gapAfter(place));
  const begin = place + lead.length + 2;
  answer.setSelectionRange(begin, begin + "Titre 1".length);
}

/* Enter in a quote or at the end of a row begins the next one, and ends an empty one. Returns whether it did. */
export function continueBlock(event) {
  const place = answer.selectionStart;
  const { start, end } = lineAt(place);
  const line = answer.value.slice(start, end);
  const next = QUOTED.test(line) && place > start + 1 ? "> " : place === end && isRow(start, line) ? emptyRow(line) : "";
  if (!next) {
    return false;
  }
  event.preventDefault();
  if (!line.replace(/[>|\s]/g, "")) {
    typeText(start, end, "");
    return true;
  }
  typeText(place, place, `\n${next}`);
  answer.setSelectionRange(place + 3, place + 3);
  return true;
}

/* Tab goes from cell to cell of a table, and beyond its last one opens a row; an empty last row lets it leave the field. */
export function moveBetweenCells(event) {
  const place = answer.selectionStart;
  const { start, end } = lineAt(place);
  const line = answer.value.slice(start, end);
  if (!isRow(start, line) && !isHead(end, line)) {
    return;
  }
  const to = event.shiftKey ? cellBefore({ start, end }, place) : cellAfter({ start, end }, place);
  if (to) {
    event.preventDefault();
    answer.setSelectionRange(to.from, to.to);
  } else if (!event.shiftKey && isRow(start, line) && line.replace(/[|\s]/g, "")) {
    event.preventDefault();
    typeText(end, end, `\n${emptyRow(line)}`);
    answer.setSelectionRange(end + 3, end + 3);
  }
}

/* The cells of a line: where each begins and ends, and where its text does. */
function cellsOf({ start, end }) {
  const bars = [];
  for (let at = start; at < end; at += 1) {
    if (answer.value[at] === "|" && answer.value[at - 1] !== "\\") {
      bars.push(at);
    }
  }
  return bars.slice(1).map((bar, rank) => {
    const first = bars[rank] + 1;
    const text = answer.value.slice(first, bar);
    const from = first + (text.trim() ? text.length - text.trimStart().length : Math.min(1, text.length));
    return { first, end: bar, from, to: from + text.trim().length };
  });
}

function cellAfter(line, place) {
  return cellsOf(line).find((cell) => cell.first > place) ?? cellsBeyond(line.end + 1, 1)?.[0];
}

function cellBefore(line, place) {
  return cellsOf(line).findLast((cell) => cell.end < place) ?? cellsBeyond(line.start - 1, -1)?.at(-1);
}

/* The cells of the next line of the table in a direction, past the line of dashes. */
function cellsBeyond(place, direction) {
  for (let at = place; at >= 0 && at <= answer.value.length; ) {
    const { start, end } = lineAt(at);
    const line = answer.value.slice(start, end);
    if (!/^\s*\|.*\|\s*$/.test(line)) {
      return undefined;
    }
    if (!DELIMITER.test(line)) {
      return cellsOf({ start, end });
    }
    at = direction > 0 ? end + 1 : start - 1;
  }
  return undefined;
}

/* Whether a line is the head of a table: the line of dashes follows. */
function isHead(end, line) {
  const below = lineAt(end + 1);
  return /^\s*\|.*\|\s*$/.test(line) && DELIMITER.test(answer.value.slice(below.start, below.end));
}

function emptyRow(line) {
  return `|${"  |".repeat(line.replaceAll("\\|", "").split("|").length - 2)}`;
}

/* Whether a line is a row of a table, below the line of dashes. */
function isRow(start, line) {
  if (!/^\s*\|.*\|\s*$/.test(line)) {
    return false;
  }
  for (let at = start; at > 0; at = lineAt(at - 1).start) {
    const above = lineBefore(at);
    if (!above.includes("|")) {
      return false;
    }
    if (DELIMITER.test(above)) {
      return true;
    }
  }
  return false;
}
