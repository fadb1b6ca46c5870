"""The text of a page about the site: sections under headings, each with a text as answers have it."""

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^## +(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, "" for what stands before the first one, and the text below it."""

    heading: str
    text: str


def sections(text: str) -> list[Section]:
    """Cut a text at the lines that begin with « ## ». Only LF ends a line; what is empty is left out."""
    parts = _HEADING.split(text)
    cut = zip(["", *parts[1::2]], parts[::2], strict=True)
    found = [Section(heading.strip(), below.strip()) for heading, below in cut]
    return [section for section in found if section.heading or section.text]
