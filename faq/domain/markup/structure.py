"""The parts of an answer, line by line: sub-headings, quotes and tables among its paragraphs and lists.

Imported texts hold lines that look like markup and are none: each part has a form that people choose on purpose.

- a sub-heading begins at the very beginning of its line with two or three `#` and a space;
- a quote begins a paragraph, and each of its lines begins with `> `. « > 3 jours » and « > à 3 jours » mean « more
  than », « > Menu > Compte » is a path through menus, and lines that begin with `>` right below a sentence are steps;
- a table has a line of dashes below the line of its headings, one group of dashes for each of these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faq.domain.limits import ANSWER_MAX_CELLS, ANSWER_MAX_COLUMNS
from faq.domain.markup.media import SCHEME, mask_references

_HEADING = re.compile(r"(?P<marks>#{2,3})[ \t\u00a0]+(?P<text>\S.*)")
_QUOTED = re.compile(r">[ \t\u00a0\u202f]+(?P<text>\S.*)")
_BEFORE_WORD = "*_«“\"'‘([{!¿¡ \u00a0\u202f"
_COMPARISON = re.compile(r"(?:à|aux?|de|d['’]|que|qu['’]|ou|égale?s?)(?!\w)")
"""Words that a comparison goes on with: « > à 3 jours », « > ou = 3 »."""
_ELLIPSES = ("…", "[…]", "(…)", "...", "[...]", "(...)")
_PATH_STEP = re.compile(r"\s>\s")
_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITER_CELL = re.compile(r":?-{2,}:?|:-:?|-:")
_DELIMITER_CHARACTERS = frozenset("|:- \t\u00a0")


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a text; by itself, paragraphs and lists."""

    start: int
    end: int
    """The number of the first line, and that of the line after the last one."""


@dataclass(frozen=True, slots=True)
class Heading(Part):
    """A sub-heading."""

    level: int
    """2, or 3 for one below another."""
    text: str


@dataclass(frozen=True, slots=True)
class Quote(Part):
    """A quote of one or more paragraphs."""

    lines: tuple[str, ...]
    """Its lines without the marks at their beginnings."""


@dataclass(frozen=True, slots=True)
class Table(Part):
    """A table: its first row holds the headings, the line of the delimiter is left out."""

    alignments: tuple[str, ...]
    """For each column "left", "center", "right", or "" where the text does not say."""
    rows: tuple[tuple[str, ...], ...]
    """The cells, as many in each row as there are columns."""


def parse_parts(lines: Sequence[str]) -> list[Part]:
    """Return the parts of a text in order; every line belongs to one."""
    parts: list[Part] = []
    plain = at = cells = 0
    while at < len(lines):
        part = _parse_heading(lines, at) or _parse_quote(lines, at) or _parse_table(lines, at, ANSWER_MAX_CELLS - cells)
        if part is None or type(part) is Part:
            at = part.end if part else at + 1
            continue
        if plain < at:
            parts.append(Part(plain, at))
        parts.append(part)
        cells += len(part.rows) * len(part.alignments) if isinstance(part, Table) else 0
        plain = at = part.end
    if plain < at:
        parts.append(Part(plain, at))
    return parts


def find_pipes(line: str) -> list[int]:
    """Return the places of the pipes that part the cells of a row: none after a backslash, or in a reference."""
    if SCHEME in line:
        line = mask_references(line)
    return [match.start() for match in _PIPE.finditer(line)]


def split_row(line: str) -> list[str]:
    """Return the cells of a row; the pipes at its ends are optional."""
    row = line.strip()
    pipes = find_pipes(row)
    starts = [0, *(place + 1 for place in pipes)]
    cells = [row[start:end] for start, end in zip(starts, [*pipes, len(row)], strict=True)]
    cells = cells[1:] if pipes and pipes[0] == 0 else cells
    cells = cells[:-1] if len(cells) > 1 and pipes[-1] == len(row) - 1 else cells
    return [cell.replace(r"\|", "|").strip() for cell in cells]


def is_delimiter(line: str) -> bool:
    """Return whether a line is the one below the headings of a table: pipes, dashes and colons."""
    if "|" not in line or not _DELIMITER_CHARACTERS.issuperset(line):
        return False
    return all(_DELIMITER_CELL.fullmatch(cell) for cell in split_row(line))


def _parse_heading(lines: Sequence[str], at: int) -> Heading | None:
    match = _HEADING.fullmatch(lines[at])
    return Heading(at, at + 1, len(match["marks"]), match["text"].rstrip()) if match else None


def _parse_quote(lines: Sequence[str], at: int) -> Quote | None:
    first = _QUOTED.fullmatch(lines[at])
    if first is None or not _begins_paragraph(lines, at) or not _is_quotation(first["text"]):
        return None
    quoted = list(_read_quoted(lines, at))
    return Quote(at, at + len(quoted), tuple(quoted))


def _read_quoted(lines: Sequence[str], at: int) -> Iterator[str]:
    """Yield the lines of a quote without their marks; a mark alone is a blank line."""
    while at < len(lines):
        match = _QUOTED.fullmatch(lines[at])
        if match is None and lines[at].rstrip() != ">":
            break
        yield match["text"].rstrip() if match else ""
        at += 1


def _begins_paragraph(lines: Sequence[str], at: int) -> bool:
    return at == 0 or not lines[at - 1].strip() or _HEADING.fullmatch(lines[at - 1]) is not None


def _is_quotation(text: str) -> bool:
    """Return whether what follows « > » is a quotation, not the greater one of two values, nor a path through menus."""
    if _PATH_STEP.search(text) or _COMPARISON.match(text):
        return False
    return text.startswith(_ELLIPSES) or text.lstrip(_BEFORE_WORD)[:1].isalpha()


def _parse_table(lines: Sequence[str], at: int, room: int) -> Part | None:
    """Return the table whose headings stand in a line; as plain lines where there is no room for its cells."""
    if at + 1 >= len(lines) or not is_delimiter(lines[at + 1]):
        return None
    if not find_pipes(lines[at]) or is_delimiter(lines[at]):
        return None
    headings, marks = split_row(lines[at]), split_row(lines[at + 1])
    if len(headings) != len(marks) or len(headings) > ANSWER_MAX_COLUMNS or not any(headings):
        return None
    end = at + 2
    while end < len(lines) and find_pipes(lines[end]):
        end += 1
    if (end - at - 1) * len(headings) > room:
        return Part(at, end)
    rows = (_fit(split_row(line), len(headings)) for line in lines[at + 2 : end])
    return Table(at, end, tuple(map(_get_alignment, marks)), (tuple(headings), *rows))


def _fit(cells: Sequence[str], columns: int) -> tuple[str, ...]:
    """Return as many cells as there are columns: empty ones are added, and the last one takes those that exceed."""
    if len(cells) > columns:
        return (*cells[: columns - 1], " | ".join(cells[columns - 1 :]))
    return (*cells, *[""] * (columns - len(cells)))


def _get_alignment(mark: str) -> str:
    if mark.endswith(":"):
        return "center" if mark.startswith(":") else "right"
    return "left" if mark.startswith(":") else ""
