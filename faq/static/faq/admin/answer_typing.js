/* The field of an answer, or of a page about the site, and typing into it so that Ctrl+Z takes each change back. */

export const answer = document.getElementById("id_answer") ?? document.getElementById("id_text");

/* Type as the browser does: Ctrl+Z undoes no other kind of change. */
export function typeText(start, end, text) {
  answer.focus();
  answer.setSelectionRange(start, end);
  if (start === end && !text) {
    return;
  }
  const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!typed) {
    answer.setRangeText(text, start, end, "end");
    answer.dispatchEvent(new Event("input", { bubbles: true }));
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
