/* Pasting into an answer: what Word, LibreOffice, mail programs and web pages put on the clipboard becomes its markup. */

import { answer, typeText } from "./answer_typing.js";
import { convertHtml } from "./clipboard_html.js";

let isPlain = false; // Ctrl+Shift+V: some browsers hand over the formatted text all the same

function describeImages(count) {
  const what = count > 1 ? `${count} images n’ont pas été collées` : "Une image n’a pas été collée";
  return `${what} : déposez ${count > 1 ? "chaque fichier" : "son fichier"} dans le texte.`;
}

const status = document.createElement("p");
status.className = "help";
status.setAttribute("role", "status");
answer.after(status);

function paste(event) {
  const html = event.clipboardData.getData("text/html");
  const fromEditor = event.clipboardData.types.includes("vscode-editor-data");
  status.textContent = "";
  if (isPlain || fromEditor || !html.trim()) {
    return;
  }
  const { markdown, images } = convertHtml(html, location.origin);
  if (!markdown && !images) {
    return;
  }
  if (!markdown && event.clipboardData.files.length) {
    return; // an image alone, with its file
  }
  event.preventDefault();
  const { selectionStart, selectionEnd } = answer;
  if (answer.maxLength > 0 && answer.value.length - (selectionEnd - selectionStart) + markdown.length > answer.maxLength) {
    status.textContent = "Rien n’a été collé : le texte dépasserait la longueur permise.";
    return;
  }
  typeText(selectionStart, selectionEnd, fit(markdown, selectionStart, selectionEnd));
  status.textContent = images ? describeImages(images) : "";
}

/* Several lines stand apart from the text around them; a few words go on in their line. */
function fit(markdown, start, end) {
  if (!markdown.includes("\n") && !/^(#{2,3} |> |- )/.test(markdown)) {
    return markdown;
  }
  const before = answer.value.slice(0, start);
  const after = answer.value.slice(end);
  const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  return lead + markdown + tail;
}

answer.addEventListener("keydown", (event) => {
  isPlain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
});
answer.addEventListener("paste", (event) => {
  if (!event.defaultPrevented) {
    paste(event);
  }
  isPlain = false;
});
