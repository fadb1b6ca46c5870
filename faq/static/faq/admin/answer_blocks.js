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
