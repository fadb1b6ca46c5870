/* The text of a clipboard as lines of an answer: emphasis and links around words, and no sign that would mean markup. */

const TRACKING = /^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|xtor|at_\w+)$/i;
const ADDRESSES = /(?:https?:\/\/|www\.)[^\s<>«»]+|[\w.+-]+@[\w.-]+\w/g;

/* An address that an answer may link to, without what counts clicks; "" for any other. */
export function readHref(raw) {
  let url;
  try {
    url = new URL(raw);
  } catch {
    return ""; // relative: it leads nowhere from here
  }
  if (!["http:", "https:", "mailto:", "tel:"].includes(url.protocol)) {
    return "";
  }
  let address = raw.trim().replace(/[\u0000-\u001f]/g, "");
  const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  if (tracking.length) {
    tracking.forEach((name) => url.searchParams.delete(name));
    address = url.href;
  }
  return address.replace(/[\s()[\]<>"\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/* The markup of runs of text: each has a text, and may be bold, italic, or markup already. */
export function writeRuns(runs) {
  const joined = joinAlike(runs);
  return joined
    .map((run, at) => writeRun(run, joined[at - 1]?.text.at(-1) ?? "", joined[at + 1]?.text[0] ?? ""))
    .join("")
    .replace(/[ \t\u00a0]{2,}/g, " ")
    .replace(/[ \t\u00a0]?\n[ \t\u00a0]?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function joinAlike(runs) {
  const joined = [];
  for (const { text, bold, italic, isPlain, isPre, isMarkup } of runs) {
    const isBlank = !text.trim();
    const marks = isBlank || isPlain || isPre ? "" : (bold ? "**" : "") + (italic ? "*" : "");
    const last = joined.at(-1);
    if (last && !isMarkup && !last.isMarkup && (isBlank || last.marks === marks)) {
      last.text += text;
    } else {
      joined.push({ text, marks: isMarkup ? "" : marks, isMarkup });
    }
  }
  return joined;
}

function writeRun(run, before, after) {
  if (run.isMarkup) {
    return run.text;
  }
  if (!run.marks) {
    return escapeSigns(run.text);
  }
  // Marks stand right at words, within one line.
  const lines = run.text.split("\n");
  return lines.map((line, at) => emphasise(line, run.marks, at ? "" : before, at < lines.length - 1 ? "" : after)).join("\n");
}

function emphasise(line, marks, before, after) {
  let start = line.length - line.trimStart().length;
  let end = line.trimEnd().length;
  // Emphasis that begins or ends with punctuation, right at a letter, is none.
  while (start === 0 && isLetter(before) && start < end && !isLetter(line[start])) {
    start += 1;
    before = "";
  }
  while (end === line.length && isLetter(after) && start < end && !isLetter(line[end - 1])) {
    end -= 1;
    after = "";
  }
  const inner = escapeSigns(line.slice(start, end));
  return line.slice(0, start) + (inner && marks + inner + [...marks].reverse().join("")) + line.slice(end);
}

function isLetter(sign) {
  return /[\p{L}\p{N}]/u.test(sign);
}

/* The markup of a link; an address alone is one by itself. */
export function writeLink(text, href) {
  if (text === href || `mailto:${text}` === href) {
    return text;
  }
  const label = text.startsWith("![") ? text : text.replace(/(?<!\\)[[\]]/g, "\\$&");
  return `[${label}](${href})`;
}

/* Hide the signs that would be emphasis or a link; what stands alone, in a word or in an address means nothing. */
function escapeSigns(text) {
  let shown = "";
  let done = 0;
  for (const address of text.matchAll(ADDRESSES)) {
    shown += escapeWords(text.slice(done, address.index)) + address[0];
    done = address.index + address[0].length;
  }
  return shown + escapeWords(text.slice(done));
}

function escapeWords(text) {
  let shown = text.replace(/\](?=\()/g, "\\]");
  if (hasPair(shown, /(?<![=*])\*+(?=[^\s*])/g, /(?<=[^\s*])\*/g)) {
    shown = shown.replace(/\*(?=\S)|(?<=\S)\*/g, "\\*");
  }
  if (hasPair(shown, /(?<![\p{L}\p{N}_])_+(?=[^\s_])/gu, /(?<=[^\s_])_+(?![\p{L}\p{N}_])/gu)) {
    shown = shown.replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_");
  }
  return shown;
}

/* Whether something opens and something after it closes; each search passes the text once. */
function hasPair(text, opening, closing) {
  const opened = opening.exec(text);
  if (!opened) {
    return false;
  }
  closing.lastIndex = opened.index + opened[0].length;
  return closing.test(text);
}

/* Hide the signs that would make a sub-heading, a quote, an item or a table of a line. */
export function escapeBlock(text) {
  return text
    .split("\n")
    .map((line) => {
      const isDelimiter = line.includes("|") && /^[-|:\s]*$/.test(line);
      return (isDelimiter ? line.replace("-", "\\-") : line).replace(/^(?:#{2,3}|[->*])(?=\s)/, "\\$&");
    })
    .join("\n");
}
