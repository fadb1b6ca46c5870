"""What two texts share and where they differ, word by word, for people to see."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from faq.domain.duplicates.alignment import NONE, align
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Verdict
from faq.domain.duplicates.verdict import compare_texts, is_in_order


class Mark(StrEnum):
    """What a stretch of text is to the other text."""

    SAME = "same"
    MISSPELT = "misspelt"
    DIFFERENT = "different"
    DECIDING = "deciding"
    """What the verdict rests upon: the number, name or negation that tells the two texts apart."""


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Consecutive words with the same mark: text[start:end]."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verdict on two texts, and both of them in stretches, in order; function words go with their neighbours."""

    verdict: Verdict | None
    left: tuple[MarkedSpan, ...]
    right: tuple[MarkedSpan, ...]


def explain(left: str, right: str) -> Evidence:
    """Show what the verdict on two texts rests upon."""
    one, other = AnalysedText(left), AnalysedText(right)
    if not is_in_order(one, other):
        there = explain(right, left)
        return Evidence(compare_texts(one, other), there.right, there.left)
    alignment = align(one, other)
    verdict = compare_texts(one, other)
    said = (verdict.reason.left, verdict.reason.right) if verdict and verdict.reason else ("", "")
    misspelt_right = {alignment.left[place] for place in alignment.misspelt}
    return Evidence(
        verdict,
        tuple(_stretches(one, _marks(one, alignment.left, alignment.misspelt, said[0]))),
        tuple(_stretches(other, _marks(other, alignment.right, misspelt_right, said[1]))),
    )


def _marks(reading: AnalysedText, partners: list[int], misspelt: AbstractSet[int], said: str) -> dict[int, Mark]:
    """Return what words are to the other text, by their places among all words; `said` are those that decide."""
    marks = {}
    for place, at in enumerate(reading.places):
        marks[at] = Mark.MISSPELT if place in misspelt else Mark.SAME if partners[place] != NONE else Mark.DIFFERENT
    return marks | dict.fromkeys(_deciding(reading, marks, said.split()), Mark.DECIDING)


def _deciding(reading: AnalysedText, marks: Mapping[int, Mark], said: Collection[str]) -> set[int]:
    """Find the words that decide among those that only this text has, with what belongs to them: a unit, a label."""
    named = {at for at, token in enumerate(reading.words) if token.folded in said or token.key in said}
    alone = {at for at in named if marks.get(at) is Mark.DIFFERENT} or named & {0}
    return {at for at in named if any(abs(at - one) <= _TOGETHER for one in alone)}


def _stretches(reading: AnalysedText, marks: Mapping[int, Mark]) -> Iterator[MarkedSpan]:
    stretch: MarkedSpan | None = None
    for at, mark in sorted(marks.items()):
        token = reading.placed_tokens[at]
        if stretch and mark is stretch.mark:
            stretch = MarkedSpan(stretch.start, token.end, mark)
            continue
        if stretch:
            yield stretch
        stretch = MarkedSpan(token.start, token.end, mark)
    if stretch:
        yield stretch


_TOGETHER = 3
"""Words within which a unit, a label or a negated word belongs to what decides."""
