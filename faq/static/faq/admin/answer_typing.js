/* The field of an answer, or of a page about the site, and typing into it so that Ctrl+Z takes each change back. */

export const answer = document.getElementById("id_answer") ?? document.getElementById("id_text");

const LONG = 10_000; // characters; browsers take minutes to type what they would paste at once
let longChange = null;

function replace(text, start, end) {
  answer.setRangeText(text, start, end, "end");
  answer.dispatchEvent(new Event("input", { bubbles: true }));
}

/* What was too long to be typed is taken back here, as long as nothing was typed since. */
function undoLongChange(event) {
  const isUndo = event.inputType === "historyUndo" || ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z");
  if (longChange && isUndo && answer.value === longChange.after) {
    event.preventDefault();
    const { before, start, end } = longChange;
    longChange = null;
    replace(before, 0, answer.value.length);
    answer.setSelectionRange(start, end);
  }
}

answer.addEventListener("keydown", undoLongChange);
answer.addEventListener("beforeinput", undoLongChange);

/* Type as the browser does: Ctrl+Z undoes no other kind of change. */
export function typeText(start, end, text) {
  answer.focus();
  answer.setSelectionRange(start, end);
  if (start === end && !text) {
    return;
  }
  if (text.length > LONG) {
    const before = answer.value;
    replace(text, start, end);
    longChange = { before, after: answer.value, start, end };
    return;
  }
  const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!typed) {
    replace(text, start, end);
  }
}

export function lineAt(place) {
  const start = answer.value.lastIndexOf("\n", place - 1) + 1;
  const end = answer.value.indexOf("\n", place);
  return { start, end: end < 0 ? answer.value.length : end };
}

/* The selected lines, whole: a selection that ends where a line begins does not mean that line. */
export function chosenLines() {
  const { selectionStart, selectionEnd } = answer;
  const beyond = selectionEnd > selectionStart && answer.value[selectionEnd - 1] === "\n" ? 1 : 0;
  const { start } = lineAt(selectionStart);
  const { end } = lineAt(selectionEnd - beyond);
  return { start, end, lines: answer.value.slice(start, end).split("\n") };
}
