"""Results of finders: a part of the text and the words that replace it."""

from collections.abc import Iterable
from dataclasses import dataclass

BLANK = "\0"
"""Stands in a view for what is masked. It is no letter, digit or separator, so that no finder reads across it."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a text that is personal data, and its mask, as « [NIR] »; without a mask, a part that is none."""

    start: int
    end: int
    mask: str = ""


def blank_spans(view: str, spans: Iterable[Span]) -> str:
    """Return a view of the same length in which parts, which do not overlap, are blank."""
    return _rebuild(view, ((span.start, span.end, BLANK * (span.end - span.start)) for span in sorted(spans)))


def replace_spans(text: str, spans: Iterable[Span]) -> str:
    """Return a text in which parts, which do not overlap, are replaced by their masks."""
    return _rebuild(text, ((span.start, span.end, span.mask) for span in sorted(spans)))


def _rebuild(text: str, replacements: Iterable[tuple[int, int, str]]) -> str:
    pieces, done = [], 0
    for start, end, replacement in replacements:
        pieces += [text[done:start], replacement]
        done = end
    return "".join([*pieces, text[done:]])
