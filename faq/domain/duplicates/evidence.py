"""What two texts share and where they differ, word by word, for people to see."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from faq.domain.duplicates.alignment import NONE, align
from faq.domain.duplicates.pairs import Verdict
from faq.domain.duplicates.reading import Reading
from faq.domain.duplicates.verdict import in_turn, judge


class Mark(StrEnum):
    """What a stretch of text is to the other text."""

    SAME = "same"
    MISSPELT = "misspelt"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive words with the same mark: text[start:end]."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verdict on two texts, and both of them in stretches, in order; function words go with their neighbours."""

    verdict: Verdict | None
    left: tuple[Stretch, ...]
    right: tuple[Stretch, ...]


def explain(left: str, right: str) -> Evidence:
    """Show what the verdict on two texts rests upon."""
    one, other = Reading(left), Reading(right)
    if not in_turn(one, other):
        there = explain(right, left)
        return Evidence(judge(one, other), there.right, there.left)
    alignment = align(one, other)
    misspelt_right = {alignment.left[place] for place in alignment.misspelt}
    return Evidence(
        judge(one, other),
        tuple(_stretches(one, alignment.left, alignment.misspelt)),
        tuple(_stretches(other, alignment.right, misspelt_right)),
    )


def _stretches(reading: Reading, partners: list[int], misspelt: frozenset[int] | set[int]) -> Iterator[Stretch]:
    stretch: Stretch | None = None
    for place, at in enumerate(reading.places):
        token = reading.tokens[at]
        mark = Mark.MISSPELT if place in misspelt else Mark.SAME if partners[place] != NONE else Mark.DIFFERENT
        if stretch and mark is stretch.mark:
            stretch = Stretch(stretch.start, token.end, mark)
            continue
        if stretch:
            yield stretch
        stretch = Stretch(token.start, token.end, mark)
    if stretch:
        yield stretch
