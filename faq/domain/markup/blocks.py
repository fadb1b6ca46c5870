"""The blocks of an answer: paragraphs, and lists as people type them, whether they know Markdown or not; sub-headings,
quotes and tables.

A list ends at the first line that is not one of its items, so that a sentence after a list stays outside;
blank lines between items do not end it. Every number shows as it was written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from faq.domain.markup.structure import Heading, Quote, Table, parse_parts

MAX_NESTING = 6
"""Depth of lists within lists; deeper ones are rendered at this depth."""

TABLE_CLASS = "answer-table"
ALIGNED_CLASSES = {"center": "answer-cell--center", "right": "answer-cell--right"}
"""The classes of the cells of a column; text stands on the left by itself."""
_LABEL_LENGTH = 120
"""Characters of the name of a table, which is made of its headings."""
_MARKS = re.compile(r"[*\\]|!?\[|\]\([^)]*\)?")

_DASHES = "-\u2013\u2014"
_SENTENCE_ENDS = (".", "!", "?", "\u2026", "\u00bb")
_ITEM = re.compile(
    rf"\A(?P<indent>\s*)(?:(?P<bullet>[{_DASHES}*\u00b7](?=\s)|[\u2022\u2023\u25aa\u25cf\u25e6])"
    rf"|(?P<number>[1-9][0-9]?)(?P<delimiter>\s?[{_DASHES}]|[.)])(?=\s))\s*(?P<text>\S.*)"
)


def parse_blocks(state: StateCore) -> None:
    """Parse a text into block tokens: a core rule that replaces the library's."""
    lines = state.src.split("\n")
    writer = _BlockWriter(state.tokens)
    for part in parse_parts(lines):
        match part:
            case Heading():
                writer.write_heading(part)
            case Quote():
                writer.write_quote(part)
            case Table():
                writer.write_table(part)
            case _:
                writer.write_lines(lines[part.start : part.end])


@dataclass(frozen=True, slots=True)
class _Item:
    """One line of a list; its siblings have the same depth, in steps of two columns, and the same kind of marker."""

    depth: int
    kind: str
    number: int
    text: str

    def follows(self, other: "_Item") -> bool:
        """Return whether it is the next item of the other's list; numbers must follow one another."""
        same_list = (self.depth, self.kind) == (other.depth, other.kind)
        return same_list and self.number in (0, other.number + 1)


def _parse_item(line: str) -> _Item | None:
    match = _ITEM.match(line)
    if match is None:
        return None
    if match["bullet"] == "\u2014" and _is_sentence(match["text"]):
        return None
    depth = len(match["indent"].expandtabs(4)) // 2
    marker = match["bullet"] or match["delimiter"].strip()
    kind = "-" if marker in _DASHES else marker
    number = int(match["number"] or 0)
    return _Item(depth, f"1{kind}" if number else kind, number, match["text"].rstrip())


def _is_sentence(text: str) -> bool:
    """Return whether a text is a whole sentence; after an em dash it is a line of a dialogue."""
    return text[:1].isupper() and text.rstrip().endswith(_SENTENCE_ENDS)


def _parse_items(lines: Sequence[str]) -> list[_Item | None]:
    """Return the list item of each line, None for a line that is none.

    A line with a dash or a bullet is always an item. One with a number is an item only next to its
    neighbour, counting from 1, one with an asterisk only next to another: alone they are a year, an
    address or a footnote.
    """
    items = [_parse_item(line) for line in lines]
    certain: set[int] = set()
    runs: dict[tuple[int, str], list[int]] = {}
    for index, item in enumerate(items):
        if item is None:
            if lines[index].strip():
                runs.clear()
        elif not item.number and item.kind != "*":
            certain.add(index)
        else:
            run = runs.setdefault((item.depth, item.kind), [])
            if item.number == 1:
                run.clear()
            if item.number in (0, len(run) + 1):
                run.append(index)
                certain.update(run[-2:] if len(run) > 1 else [])
            else:
                runs.clear()
    return [item if index in certain else None for index, item in enumerate(items)]


class _BlockWriter:
    """Writes the block tokens of an answer, line by line."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.paragraph: list[str] = []
        self.lists: list[_Item] = []
        """The latest item of every open list, outermost first."""
        self.after_blank = False
        self.highest_heading = 0
        """The level of the highest sub-heading so far; 0 before the first one."""
        self.tables = 0

    def write_heading(self, heading: Heading) -> None:
        # No level is skipped: « ### » before any « ## » is a heading of the upper level.
        self.highest_heading = min(self.highest_heading or heading.level, heading.level)
        tag = f"h{2 if heading.level == self.highest_heading else 3}"
        self._push("heading_open", tag, 1)
        self._push_inline(heading.text)
        self._push("heading_close", tag, -1)

    def write_quote(self, quote: Quote) -> None:
        self._push("blockquote_open", "blockquote", 1)
        self.write_lines(quote.lines)
        self._push("blockquote_close", "blockquote", -1)

    def write_table(self, table: Table) -> None:
        self.tables += 1
        headings = (_MARKS.sub("", cell[:_LABEL_LENGTH]) for cell in table.rows[0] if cell)
        label = f"Tableau {self.tables}\u00a0: {', '.join(headings)}"
        region = self._push("table_region_open", "div", 1)
        region.attrs = {"class": TABLE_CLASS, "role": "region", "aria-label": label[:_LABEL_LENGTH], "tabindex": "0"}
        self._push("table_open", "table", 1)
        self._push("thead_open", "thead", 1)
        self._write_row(table, table.rows[0], "th")
        self._push("thead_close", "thead", -1)
        if len(table.rows) > 1:
            self._push("tbody_open", "tbody", 1)
            for row in table.rows[1:]:
                self._write_row(table, row, "td")
            self._push("tbody_close", "tbody", -1)
        self._push("table_close", "table", -1)
        self._push("table_region_close", "div", -1)

    def _write_row(self, table: Table, cells: Sequence[str], tag: str) -> None:
        self._push("tr_open", "tr", 1)
        for cell, alignment in zip(cells, table.alignments, strict=True):
            # An empty heading would be announced as one.
            name = tag if cell else "td"
            opening = self._push(f"{name}_open", name, 1)
            if name == "th":
                opening.attrSet("scope", "col")
            if alignment in ALIGNED_CLASSES:
                opening.attrSet("class", ALIGNED_CLASSES[alignment])
            if cell:
                self._push_inline(cell)
            self._push(f"{name}_close", name, -1)
        self._push("tr_close", "tr", -1)

    def write_lines(self, lines: Sequence[str]) -> None:
        """Write paragraphs and lists."""
        for line, item in zip(lines, _parse_items(lines), strict=True):
            if item is not None:
                self.write_item(item)
            elif line.strip():
                self.write_text(line.strip())
            else:
                self.write_blank()
        self.end()

    def write_item(self, item: _Item) -> None:
        self._end_paragraph()
        while self.lists and not self._has_place_for(item):
            self._end_list()
        if self.lists and item.follows(self.lists[-1]):
            self._push("list_item_close", "li", -1)
            self.lists[-1] = item
        else:
            self._start_list(item)
        self._push("list_item_open", "li", 1)
        self._push_inline(item.text)
        self.after_blank = False

    def write_text(self, line: str) -> None:
        self._end_lists()
        self.paragraph.append(line)

    def write_blank(self) -> None:
        self._end_paragraph()
        self.after_blank = True

    def end(self) -> None:
        self._end_paragraph()
        self._end_lists()
        self.after_blank = False

    def _has_place_for(self, item: _Item) -> bool:
        """Return whether an item belongs to the innermost list, or starts a list within its latest item.

        Pasted texts lose the indentation of inner lists and keep their markers: in the same column, a
        kind of marker that no open list has starts an inner list.
        """
        inner = self.lists[-1]
        if item.follows(inner):
            return True
        if item.depth == inner.depth:
            kinds = {latest.kind for latest in self.lists if latest.depth == item.depth}
            if self.after_blank or item.kind in kinds:
                return False
        return item.depth >= inner.depth and len(self.lists) < MAX_NESTING

    def _start_list(self, item: _Item) -> None:
        if item.number:
            token = self._push("ordered_list_open", "ol", 1)
            if item.number > 1:
                token.attrSet("start", str(item.number))
        else:
            self._push("bullet_list_open", "ul", 1)
        self.lists.append(item)

    def _end_list(self) -> None:
        self._push("list_item_close", "li", -1)
        if self.lists.pop().number:
            self._push("ordered_list_close", "ol", -1)
        else:
            self._push("bullet_list_close", "ul", -1)

    def _end_lists(self) -> None:
        while self.lists:
            self._end_list()

    def _end_paragraph(self) -> None:
        if self.paragraph:
            self._push("paragraph_open", "p", 1)
            self._push_inline("\n".join(self.paragraph))
            self._push("paragraph_close", "p", -1)
            self.paragraph = []

    def _push(self, kind: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = Token(kind, tag, nesting, block=True)
        self.tokens.append(token)
        return token

    def _push_inline(self, content: str) -> None:
        token = self._push("inline", "", 0)
        token.content, token.children = content, []
