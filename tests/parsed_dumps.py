"""Whole dumps in memory: tests compare what is stored and exported with what such a dump says."""

import io
from dataclasses import dataclass

from faq.domain.dumps import ParsedPassage, ParsedTail, scan_dump


@dataclass(frozen=True, slots=True)
class ParsedDump:
    """A whole dump in memory."""

    passages: tuple[ParsedPassage, ...]
    tail: str

    @property
    def header(self) -> str:
        """Return the text before the first answer."""
        return self.passages[0].lead


def parse_dump(data: bytes) -> ParsedDump:
    """Return a whole dump. Raises DumpError where the bytes are not one."""
    parts = list(scan_dump(io.BytesIO(data)))
    passages = tuple(part for part in parts if isinstance(part, ParsedPassage))
    return ParsedDump(passages, "".join(part.text for part in parts if isinstance(part, ParsedTail)))


def render_dump(dump: ParsedDump) -> bytes:
    """Return the bytes that a dump was parsed from."""
    parts = [part for passage in dump.passages for part in (passage.lead, passage.answer, passage.closing)]
    return "".join([*parts, dump.tail]).encode()
