/* From the HTML of a clipboard to the markup of answers. What answers cannot show loses its markup, never its words. */

import { escapeBlock, readHref, writeLink, writeRuns } from "./clipboard_text.js";

const DROPPED = new Set(
  "SCRIPT STYLE X-STYLE NOSCRIPT TEMPLATE IFRAME OBJECT EMBED SVG MATH AUDIO VIDEO CANVAS NAV FOOTER BUTTON INPUT SELECT TEXTAREA HEAD TITLE META LINK XML COL COLGROUP".split(
    " ",
  ),
);
const PARAGRAPHS = new Set("P ARTICLE SECTION MAIN HEADER ADDRESS FIGURE FIGCAPTION DETAILS SUMMARY FORM FIELDSET LEGEND CENTER ASIDE CAPTION DL".split(" "));
const HIDDEN = /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|mso-list\s*:\s*ignore/i;
const HIDDEN_CLASS = /(^|\s)(fr-sr-only|sr-only|visually-hidden|screen-reader-text)(\s|$)/;
const WORD_ITEM = /mso-list\s*:\s*\w+\s+level(\d+)/i;
const TYPED_BULLET = /^[•▪●◦‣■]\s*(?=\S)/;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const MOST_COLUMNS = 100; // faq.domain.limits.ANSWER_MAX_COLUMNS
const MEDIA = /^\/media\/([0-9a-f]{32}\.(?:png|jpg|webp|pdf))$/;

/* The markup of a clipboard, and the number of images that it shows and that were left out. */
export function convertHtml(html, origin = "") {
  const page = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  const reader = new Reader(origin);
  reader.readChildren(page.body, {});
  reader.endLine();
  return { markdown: writeBlocks(reader.blocks), images: reader.images };
}

/* The policy of the page would report each style and handler, though nothing of them is used: they get other names. */
function withoutStyles(html) {
  return html
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)(?=\s*=)/gi, " data-$1"))
    .replace(/<(\/?)style\b/gi, "<$1x-style");
}

function styleOf(element) {
  return element.getAttribute("data-style") ?? "";
}

function isDropped(element) {
  return (
    DROPPED.has(element.tagName.toUpperCase()) ||
    element.hidden ||
    element.getAttribute("aria-hidden") === "true" ||
    HIDDEN.test(styleOf(element)) ||
    HIDDEN_CLASS.test(element.getAttribute("class") ?? "")
  );
}

function readFormat(element, format) {
  const style = styleOf(element);
  const weight = /font-weight\s*:\s*(\w+)/i.exec(style)?.[1].toLowerCase();
  const slant = /font-style\s*:\s*(\w+)/i.exec(style)?.[1].toLowerCase();
  let { bold, italic } = format;
  if (element.matches("b, strong, dt")) {
    bold = true;
  } else if (element.matches("i, em, cite, dfn, var")) {
    italic = true;
  }
  if (weight) {
    bold = weight === "bold" || weight === "bolder" || Number(weight) >= 600;
  }
  if (slant) {
    italic = slant !== "normal";
  }
  return { ...format, bold, italic };
}

/* Reads nodes into blocks, each a kind and a text: `paragraph`, `line` (of divs), `heading`, `item`, `table`, `quote`. */
class Reader {
  constructor(origin) {
    this.origin = origin;
    this.blocks = [];
    this.images = 0;
    this.runs = [];
    this.kind = "line";
    this.lists = [];
    this.innerLists = null; // of an item, to be read after its own text
  }

  readChildren(element, format) {
    for (const child of element.childNodes) {
      this.read(child, format);
    }
  }

  read(node, format) {
    if (node.nodeType === Node.TEXT_NODE) {
      this.addText(node.data, format);
    } else if (node.nodeType === Node.ELEMENT_NODE && !isDropped(node)) {
      this.readElement(node, readFormat(node, format));
    }
  }

  readElement(element, format) {
    const tag = element.tagName;
    const level = WORD_ITEM.exec(styleOf(element))?.[1];
    if (level && tag !== "SPAN") {
      this.readWordItem(element, Number(level), format);
    } else if (/^H[1-6]$/.test(tag)) {
      this.readBlock(element, "heading", { ...format, marks: tag < "H3" ? "## " : "### ", isPlain: true });
    } else if (tag in HANDLERS) {
      HANDLERS[tag](this, element, format);
    } else if (tag === "DIV" || tag === "TR") {
      this.readBlock(element, "line", format);
    } else if (PARAGRAPHS.has(tag)) {
      this.readBlock(element, "paragraph", format);
    } else {
      this.readChildren(element, format);
    }
  }

  addText(text, format) {
    const shown = format.isPre ? text.replaceAll("\r\n", "\n") : text.replace(/[ \t\r\n\f]+/g, " ");
    this.runs.push({ ...format, text: shown });
  }

  /* End what was begun, and begin a block of its own. */
  readBlock(element, kind, format) {
    this.endLine();
    const before = this.blocks.length;
    this.kind = kind;
    this.marks = format.marks;
    this.readChildren(element, format);
    this.kind = kind;
    this.marks = format.marks;
    this.endLine();
    if (this.blocks.length === before && kind === "line") {
      this.blocks.push({ kind: "blank" }); // an empty line of a mail
    }
    this.kind = "line";
  }

  endLine() {
    const runs = this.runs;
    const { kind, marks } = this;
    this.runs = [];
    this.kind = kind === "heading" ? "paragraph" : kind;
    const text = escapeBlock(writeRuns(runs));
    if (!text) {
      return;
    }
    if (kind === "heading") {
      this.blocks.push({ kind, text: marks + text.replaceAll("\n", " ") });
    } else if (TYPED_BULLET.test(text)) {
      this.blocks.push({ kind: "item", text: `- ${text.replace(TYPED_BULLET, "").replaceAll("\n", " ")}` });
    } else {
      this.blocks.push({ kind, text });
    }
  }

  /* The text of a cell or an item, on one line. */
  readFlat(element, format, innerLists = null) {
    const inner = new Reader(this.origin);
    inner.innerLists = innerLists;
    inner.readChildren(element, format);
    inner.endLine();
    this.images += inner.images;
    return inner.blocks.map(flatten).filter(Boolean).join(" ");
  }

  readList(element, format) {
    if (this.innerLists) {
      this.innerLists.push(element);
      return;
    }
    this.endLine();
    const isOrdered = element.tagName === "OL";
    const above = this.lists.at(-1);
    const indent = above ? above.indent + above.width : 0;
    const list = { indent, width: 2, number: Number(element.getAttribute("start") ?? 1), isOrdered };
    this.lists.push(list);
    for (const child of element.children) {
      if (isDropped(child)) {
        continue;
      }
      if (child.tagName === "LI") {
        this.readItem(child, list, format);
      } else {
        this.readElement(child, format); // lists that Google puts between the items
      }
    }
    this.lists.pop();
  }

  readItem(element, list, format) {
    const inner = [];
    const marker = list.isOrdered ? `${list.number}. ` : "- ";
    const text = this.readFlat(element, readFormat(element, format), inner);
    if (text) {
      this.blocks.push({ kind: "item", text: " ".repeat(list.indent) + marker + text });
      list.number += 1;
      list.width = marker.length;
    }
    inner.forEach((one) => this.readList(one, format));
  }

  readWordItem(element, level, format) {
    this.endLine();
    const sign = [...element.querySelectorAll("span")].find((span) => /mso-list\s*:\s*ignore/i.test(styleOf(span)));
    const typed = sign?.textContent.replace(/[\s\u00a0]+/g, "") ?? "";
    const numbered = /^(\d+)([.)])$/.exec(typed);
    const lettered = /^[a-z]{1,4}[.)]$/i.test(typed) && typed !== "o" ? `- ${typed} ` : "- ";
    const text = this.readFlat(element, format);
    if (text) {
      const marker = numbered ? `${typed} ` : lettered;
      this.blocks.push({ kind: "item", text: "  ".repeat(level - 1) + marker + text });
    }
  }

  readQuote(element, format) {
    this.endLine();
    const inner = new Reader(this.origin);
    inner.readChildren(element, format);
    inner.endLine();
    this.images += inner.images;
    const text = writeBlocks(inner.blocks);
    if (text) {
      this.blocks.push({ kind: "quote", text: text.replace(/^/gm, "> ").replace(/^> $/gm, ">") });
    }
  }

  readTable(element, format) {
    this.endLine();
    const caption = [...element.children].find((child) => child.tagName === "CAPTION");
    if (caption) {
      this.readBlock(caption, "paragraph", format);
    }
    const rows = [...element.rows].filter((row) => row.closest("table") === element && !isDropped(row));
    const isLayout = element.getAttribute("role") === "presentation" || rows.every((row) => row.cells.length < 2);
    if (isLayout && !element.querySelector("th")) {
      rows.forEach((row) => [...row.cells].forEach((cell) => this.readBlock(cell, "paragraph", format)));
      return;
    }
    const grid = this.readGrid(rows, format);
    const width = Math.max(0, ...grid.map((row) => row.length));
    const filled = grid.filter((row) => row.some((cell) => cell));
    if (filled.length) {
      const [head, ...body] = filled.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ""));
      const marks = Array.from({ length: width }, (_, at) => readAlignment(rows[0].cells[at]));
      const lines = [head.map((cell) => cell.replaceAll("**", "")), marks, ...body];
      this.blocks.push({ kind: "table", text: lines.map((row) => `| ${row.join(" | ")} |`).join("\n") });
    }
  }

  /* The texts of the cells; those that a wide or high cell covers are empty, so that columns stay aligned. */
  readGrid(rows, format) {
    const covered = [];
    return rows.map((row) => {
      const texts = [];
      const place = () => {
        while (covered[texts.length] > 0) {
          covered[texts.length] -= 1;
          texts.push("");
        }
      };
      for (const cell of row.cells) {
        place();
        const text = this.readFlat(cell, readFormat(cell, format));
        const span = Math.min(cell.colSpan, MOST_COLUMNS - texts.length);
        for (let at = 0; at < span; at += 1) {
          covered[texts.length] = Math.min(cell.rowSpan, 1000) - 1;
          texts.push(at ? "" : text.replaceAll("|", "\\|"));
        }
      }
      place();
      return texts;
    });
  }

  readImage(element) {
    const name = this.findOwnFile(element.getAttribute("src"));
    if (name && !name.endsWith("pdf")) {
      const alternative = (element.getAttribute("alt") ?? "").replace(/[[\]]/g, "\\$&").replace(/\s+/g, " ");
      this.runs.push({ text: `![${alternative}](media:${name})`, isMarkup: true });
    } else if (!/^[01](px)?$/.test(element.getAttribute("width") ?? "")) {
      this.images += 1; // not one of a single point, which tells somebody that the page was read
    }
  }

  readLink(element, format) {
    const raw = element.getAttribute("href") ?? "";
    const file = this.findOwnFile(raw);
    const href = file ? `media:${file}` : readHref(raw);
    const typed = element.textContent;
    const isReference = /^\s*Q-\d+\s*$/.test(typed) && href.startsWith(`${this.origin}/fiche/`);
    const text = href && !isReference ? this.readFlat(element, format) : "";
    if (!text) {
      this.readChildren(element, format);
      return;
    }
    this.addText(/^\s/.test(typed) ? " " : "", format);
    this.runs.push({ text: writeLink(text, href), isMarkup: true });
    this.addText(/\s$/.test(typed) ? " " : "", format);
  }

  findOwnFile(address) {
    const path = (address ?? "").startsWith(`${this.origin}/`) ? address.slice(this.origin.length) : address;
    return MEDIA.exec(path ?? "")?.[1];
  }

  addSmall(element, format, digits) {
    const text = element.textContent.trim();
    if (/^\d{1,3}$/.test(text)) {
      this.addText(text.replace(/\d/g, (digit) => digits[digit]), format);
    } else {
      this.readChildren(element, format);
    }
  }
}

const HANDLERS = {
  A: (reader, element, format) => reader.readLink(element, format),
  BLOCKQUOTE: (reader, element, format) => reader.readQuote(element, format),
  BR: (reader, element, format) => reader.runs.push({ ...format, text: "\n", isBreak: true }),
  DD: (reader, element, format) => reader.readBlock(element, "line", format),
  DT: (reader, element, format) => {
    reader.blocks.push({ kind: "blank" });
    reader.readBlock(element, "line", format);
  },
  HR: (reader) => reader.endLine(),
  IMG: (reader, element) => reader.readImage(element),
  LI: (reader, element, format) =>
    reader.readItem(element, reader.lists.at(-1) ?? { indent: 0, width: 2, number: 1, isOrdered: false }, format),
  OL: (reader, element, format) => reader.readList(element, format),
  PRE: (reader, element, format) => reader.readBlock(element, "paragraph", { ...format, isPre: true }),
  SUB: (reader, element, format) => reader.addSmall(element, format, SUBSCRIPTS),
  SUP: (reader, element, format) => reader.addSmall(element, format, SUPERSCRIPTS),
  TABLE: (reader, element, format) => reader.readTable(element, format),
  UL: (reader, element, format) => reader.readList(element, format),
};

/* A block on one line, without the marks that only lines of their own have. */
function flatten({ kind, text }) {
  if (kind === "table") {
    const rows = text.split("\n").filter((_, at) => at !== 1);
    return rows.map((row) => row.replace(/(?<!\\)\|/g, " ").replaceAll("\\|", "|").replace(/\s+/g, " ").trim()).join(" ");
  }
  return text?.replace(/^\s*(?:#{2,3}|>|-) /gm, "").replace(/\n\s*/g, " ");
}

function readAlignment(cell) {
  const side = cell && (/text-align\s*:\s*(\w+)/i.exec(styleOf(cell))?.[1] ?? cell.getAttribute("align"));
  return { right: "---:", center: ":---:" }[side?.toLowerCase()] ?? "---";
}

function writeBlocks(blocks) {
  let text = "";
  let last = null;
  for (const block of blocks) {
    if (block.kind !== "blank") {
      const isTight = block.kind === last && (last === "item" || last === "line");
      text += (text && (isTight ? "\n" : "\n\n")) + block.text;
    }
    last = block.kind;
  }
  return text;
}
