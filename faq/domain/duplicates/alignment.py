"""The alignment of two texts: which word of one is which word of the other, moved and misspelt ones included."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA, LCSseq

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.search.french_words import is_french_word
from faq.domain.text import Token, TokenKind

NONE = -1
MOST_LONGER = 3
"""Letters by which a word and its misspelling may differ in length."""
_SPELT_RIGHT = 0.3
"""Share of the shorter text's words that must be the same before misspellings are looked for."""
_SLACK = 4
"""Words by which a gap may exceed twice the other one's length and still hold misspellings of its words."""
_MOST_SPELT = 40_000
"""Pairs of words of two gaps up to which misspellings are looked for."""
_MOST_MOVES = 6
"""Rounds in which moved blocks are looked for in what is left: enough for a dozen shuffled sentences."""


@dataclass(frozen=True)
class Alignment:
    """For each content word of two texts, the place of its partner in the other text, or NONE."""

    left: list[int]
    right: list[int]
    misspelt: frozenset[int]
    """Places of the left text whose partner is spelt differently."""

    @cached_property
    def gaps(self) -> list[tuple[list[int], list[int]]]:
        """The gaps where one wording stands for another: the places without a partner on either side."""
        return [(ones, opposite) for ones, opposite in _gaps(self.left, self.right) if opposite]


def align(left: AnalysedText, right: AnalysedText) -> Alignment:
    """Return the alignment of two texts: words in order first, then moved blocks, moved words, misspellings."""
    partners = [NONE] * len(left.hashes)
    others = [NONE] * len(right.hashes)
    for one, other in _pair_equal_words(left.hashes, right.hashes):
        partners[one], others[other] = other, one
    misspelt = set()
    matched = len(partners) - partners.count(NONE)
    few = matched < _SPELT_RIGHT * min(len(partners), len(others))
    for ones, opposite in [] if few else _gaps(partners, others):
        if len(opposite) > 2 * len(ones) + _SLACK or len(ones) * len(opposite) > _MOST_SPELT:
            continue
        for one, other in _pair_misspellings(left.content, right.content, ones, opposite):
            partners[one], others[other] = other, one
            misspelt.add(one)
    return Alignment(partners, others, frozenset(misspelt))


def _pair_equal_words(left: Sequence[int], right: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield pairs of equal words: the longest common subsequence first, then that of what is left."""
    ones, others = list(range(len(left))), list(range(len(right)))
    for _ in range(_MOST_MOVES):
        found = LCSseq.editops([left[i] for i in ones], [right[i] for i in others]).as_matching_blocks()
        matched = [(ones[b.a + k], others[b.b + k]) for b in found for k in range(b.size)]
        if not matched:
            return
        yield from matched
        taken, taken_others = {one for one, _ in matched}, {other for _, other in matched}
        ones = [one for one in ones if one not in taken]
        others = [other for other in others if other not in taken_others]
        if not ones or not others or {left[i] for i in ones}.isdisjoint(right[i] for i in others):
            return
    yield from _pair_moved_words(left, right, ones, others)


def _pair_moved_words(
    left: Sequence[int], right: Sequence[int], ones: list[int], others: list[int]
) -> Iterator[tuple[int, int]]:
    free = defaultdict(list)
    for other in reversed(others):
        free[right[other]].append(other)
    for one in ones:
        if free[left[one]]:
            yield one, free[left[one]].pop()


def _gaps(partners: list[int], others: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield each run without partners in the left text, and the run that stands for it in the right text."""
    place = 0
    while place < len(partners):
        if partners[place] != NONE:
            place += 1
            continue
        end = place
        while end < len(partners) and partners[end] == NONE:
            end += 1
        before = partners[place - 1] if place else NONE
        after = partners[end] if end < len(partners) else len(others)
        yield list(range(place, end)), _opposite(others, before, after, at_start=place == 0)
        place = end


def _opposite(others: list[int], before: int, after: int, *, at_start: bool) -> list[int]:
    """Return the run without partners that follows one place or precedes another."""
    found = []
    place = before + 1
    while (before != NONE or at_start) and place < len(others) and others[place] == NONE:
        found.append(place)
        place += 1
    if found and place == after:
        return found
    place = after - 1
    preceding = []
    while place >= 0 and others[place] == NONE:
        preceding.append(place)
        place -= 1
    return found if len(found) > len(preceding) else preceding[::-1]


def _pair_misspellings(
    left: list[Token], right: list[Token], ones: list[int], others: list[int]
) -> Iterator[tuple[int, int]]:
    free = list(others)
    for one in ones:
        spelt = left[one].folded
        for other in free:
            # A misspelling keeps the first letter or the last: this test is cheaper than the next.
            if (spelt[0] == right[other].folded[0] or spelt[-1] == right[other].folded[-1]) and is_misspelling(
                left[one], right[other]
            ):
                yield one, other
                free.remove(other)
                break


def is_misspelling(one: Token, other: Token) -> bool:
    """Return whether one of two words may be a misspelling of the other, by one to three letters."""
    if TokenKind.NEGATION in (one.kind, other.kind):
        return TokenKind.WORD in (one.kind, other.kind) and OSA.distance(one.folded, other.folded, score_cutoff=1) <= 1
    if one.kind not in _SPELT or other.kind not in _SPELT:
        return False
    shorter, longer = one.folded, other.folded
    if len(shorter) > len(longer):
        shorter, longer = longer, shorter
    least = 6 if TokenKind.NAME in (one.kind, other.kind) else 3
    if len(shorter) < least or len(longer) < 4 or len(longer) - len(shorter) > MOST_LONGER:
        return False
    if longer.endswith(shorter) and longer[: -len(shorter)] in _NEGATING:
        return False
    allowed = 1 if len(shorter) < 7 else 2 if len(shorter) < 13 else 3
    distance = OSA.distance(shorter, longer, score_cutoff=allowed)
    # Two letters apart, « attente » and « antenne » are two words of French.
    return distance <= min(allowed, 1) or (
        distance <= allowed and not (one.key != other.key and is_french_word(shorter) and is_french_word(longer))
    )


_SPELT = (TokenKind.WORD, TokenKind.NAME)
_NEGATING = ("in", "im", "ir", "il", "non", "de", "des", "dis", "mal", "anti", "re")
