"""Correction of misspelt words: the likeliest word of the vocabulary near an unknown one."""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from faq.domain.search.vocabulary import Vocabulary

SHORTEST = 4
"""Letters. Shorter words are mostly acronyms, where one letter makes another acronym."""
LONG = 8
"""Letters from which a word may hold two mistakes."""
_MOST_COMPARED = 500
_PLAIN_LEAD = 0.1
"""The distance in cost from the likeliest word to all others where it is plain."""

_BESIDE = {frozenset(pair) for row in ("azertyuiop", "qsdfghjklm", "wxcvbn") for pair in pairwise(row)}
"""Letters that are neighbours on a French keyboard."""
_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("[sc]h"), "x"),
    (re.compile("ss|[sc](?=[eiy])|t(?=ion)"), "s"),
    (re.compile("qu|[qc]"), "k"),
    (re.compile("gu(?=[ei])"), "q"),
    (re.compile("g(?=[eiy])"), "j"),
    (re.compile("e?au"), "o"),
    (re.compile("ai|ei|er$|ez$"), "e"),
    (re.compile("[ea][nm](?![aeiouymn])"), "an"),
    (re.compile("y"), "i"),
    (re.compile("h|(?:(?<=^.)|(?<=[^edstxz]))[edstxz]++$"), ""),
    (re.compile(r"(.)\1"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Correction:
    """The form that was most likely meant by a misspelt word."""

    place: int
    is_plain: bool
    """Whether no other word is nearly as likely."""


def find_correction(word: str, vocabulary: Vocabulary, frequency: Callable[[int], int]) -> Correction | None:
    """Return the form that was most likely meant; None where no form is near enough.

    `word` is without case and accents; `frequency` returns the number of entries that hold a stem. One mistake is a
    letter missing, added, replaced, or swapped with its neighbour; long words may hold two.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return None
    for mistakes in (1, 2) if len(word) >= LONG else (1,):
        costs: list[tuple[float, int]] = []
        for place in vocabulary.candidates_for(word, mistakes)[:_MOST_COMPARED].tolist():
            candidate = vocabulary.form(place)
            if OSA.distance(word, candidate, score_cutoff=mistakes) > mistakes:
                continue
            if entries := frequency(int(vocabulary.stems[place])):
                costs.append((_compute_cost(word, candidate, entries), place))
        if costs:
            lowest, best = min(costs)
            others = [cost for cost, place in costs if vocabulary.stems[place] != vocabulary.stems[best]]
            return Correction(best, is_plain=min(others, default=math.inf) >= lowest + _PLAIN_LEAD)
    return None


def _compute_cost(word: str, candidate: str, entries: int) -> float:
    """Return the cost of a candidate: low for the same sound, swapped or doubled letters, a neighbouring key."""
    cost = -0.08 * math.log(entries)
    if word[0] != candidate[0]:
        cost += 0.3
    if _phonetic_key(word) == _phonetic_key(candidate):
        return cost - 0.3
    gone, come = Counter(word) - Counter(candidate), Counter(candidate) - Counter(word)
    if not gone and not come:
        return cost - 0.3
    if gone and come:
        return cost if frozenset((*gone, *come)) in _BESIDE else cost + 0.1
    doubled = set(gone or come) <= set(candidate)
    return cost - (0.2 if doubled else 0.1)


def _phonetic_key(word: str) -> str:
    for written, spoken in _SOUNDS:
        word = written.sub(spoken, word)
    return word
