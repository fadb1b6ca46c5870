"""The evidence of a verdict: what two texts share and where they differ, word by word, for people to see."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from faq.domain.duplicates.alignment import NONE, align
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Verdict
from faq.domain.duplicates.verdict import compare_texts, is_in_order
from faq.domain.markup import blank_markup


class Mark(StrEnum):
    """The relation of a span of text to the other text."""

    SAME = "same"
    MISSPELT = "misspelt"
    DIFFERENT = "different"
    DECIDING = "deciding"
    """The words that decide the verdict: the number, name or negation that distinguishes the two texts."""


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Consecutive words with the same mark: text[start:end]."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verdict on two texts, and the marked spans of both, in order; function words belong to their neighbours."""

    verdict: Verdict | None
    left: tuple[MarkedSpan, ...]
    right: tuple[MarkedSpan, ...]


def explain(left: str, right: str) -> Evidence:
    """Return the evidence of the verdict on two texts."""
    one, other = (AnalysedText(blank_markup(text)) for text in (left, right))
    if not is_in_order(one, other):
        there = explain(right, left)
        return Evidence(compare_texts(one, other), there.right, there.left)
    alignment = align(one, other)
    verdict = compare_texts(one, other)
    deciding = (verdict.reason.left, verdict.reason.right) if verdict and verdict.reason else ("", "")
    misspelt_right = {alignment.left[place] for place in alignment.misspelt}
    return Evidence(
        verdict,
        tuple(_spans(one, _marks(one, alignment.left, alignment.misspelt, deciding[0]))),
        tuple(_spans(other, _marks(other, alignment.right, misspelt_right, deciding[1]))),
    )


def _marks(text: AnalysedText, partners: list[int], misspelt: AbstractSet[int], deciding: str) -> dict[int, Mark]:
    """Return the mark of each content word by its place among all words; `deciding` are the words that decide."""
    marks = {}
    for place, at in enumerate(text.places):
        marks[at] = Mark.MISSPELT if place in misspelt else Mark.SAME if partners[place] != NONE else Mark.DIFFERENT
    return marks | dict.fromkeys(_find_deciding(text, marks, deciding.split()), Mark.DECIDING)


def _find_deciding(text: AnalysedText, marks: Mapping[int, Mark], deciding: Collection[str]) -> set[int]:
    """Return the places of the deciding words that only this text has, with the unit or label that belongs to them."""
    named = {at for at, token in enumerate(text.words) if token.folded in deciding or token.key in deciding}
    alone = {at for at in named if marks.get(at) is Mark.DIFFERENT} or named & {0}
    return {at for at in named if any(abs(at - one) <= _TOGETHER for one in alone)}


def _spans(text: AnalysedText, marks: Mapping[int, Mark]) -> Iterator[MarkedSpan]:
    span: MarkedSpan | None = None
    for at, mark in sorted(marks.items()):
        token = text.placed_tokens[at]
        if span and mark is span.mark:
            span = MarkedSpan(span.start, token.end, mark)
            continue
        if span:
            yield span
        span = MarkedSpan(token.start, token.end, mark)
    if span:
        yield span


_TOGETHER = 3
"""Words within which a unit, a label or a negated word belongs to a deciding word."""
