"""The words of an answer in their places: its text with blanks instead of the markup that holds no words."""

import re

from faq.domain.markup.media import SCHEME, find_media_references
from faq.domain.markup.structure import Heading, Part, Quote, Table, find_pipes, parse_parts

_BETWEEN_CELLS = "·"


_CUT_REFERENCE = re.compile(rf"\]\({SCHEME}[0-9a-z.]{{0,40}}$")


def opening_words(text: str) -> str:
    """Return the words of the beginning of an answer on one line; a reference to a file may have been cut."""
    return " ".join(_CUT_REFERENCE.sub("", blank_markup(text)).split())


def blank_markup(text: str) -> str:
    """Return a text of the same length without what is no word: references to files, pipes, marks of lines.

    Words keep their places, so that what is found here can be marked in the text itself. A middle dot stands between
    the cells of a row. For the search, extracts and comparisons of texts.
    """
    if "|" in text or "## " in text or "> " in text:
        lines = text.split("\n")
        for part in parse_parts(lines):
            for number in range(part.start, part.end):
                lines[number] = _blank_line(lines[number], part, number)
        text = "\n".join(lines)
    return _blank_references(text) if SCHEME in text else text


def _blank_references(text: str) -> str:
    pieces, done = [], 0
    for reference in find_media_references(text):
        start = text.index("[", reference.start) + 1
        end = text.rindex("](", start, reference.end)
        pieces += [text[done : reference.start], " " * (start - reference.start), text[start:end]]
        pieces.append(" " * (reference.end - end))
        done = reference.end
    return "".join([*pieces, text[done:]])


def _blank_line(line: str, part: Part, number: int) -> str:
    match part:
        case Heading() | Quote():
            words = line.lstrip("#> \t\u00a0\u202f")
            return " " * (len(line) - len(words)) + words
        case Table():
            if number == part.start + 1:
                return " " * len(line)
            characters = list(line)
            first, last = len(line) - len(line.lstrip()), len(line.rstrip()) - 1
            for place in find_pipes(line):
                characters[place] = " " if place in (first, last) else _BETWEEN_CELLS
            return "".join(characters)
    return line
