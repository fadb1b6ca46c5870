"""The sections of a page about the site, each a heading and a text with the markup of answers."""

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^## +(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, "" for what stands before the first one, and the text below it."""

    heading: str
    text: str


def parse_sections(text: str) -> list[Section]:
    """Return the sections of a text, cut at the lines that begin with « ## »; empty ones are left out.

    Only LF ends a line.
    """
    parts = _HEADING.split(text)
    cut = zip(["", *parts[1::2]], parts[::2], strict=True)
    sections = [Section(heading.strip(), below.strip()) for heading, below in cut]
    return [section for section in sections if section.heading or section.text]
