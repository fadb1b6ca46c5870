"""The verdict on two texts. It depends on them alone: what else is stored, and in what order, changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rapidfuzz.distance import LCSseq

from faq.domain.duplicates.alignment import NONE, Alignment, align
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.differences import find_contradiction, find_other_subject
from faq.domain.duplicates.pairs import PairKind, Reason, Verdict

CONTAINED = 0.8
"""Share of the shorter text's weight in the longer from which one contains the other."""
IN_RUNS = 0.5
"""The part of it that must stand in runs of words: words found here and there contain nothing."""
AS_LONG = 0.75
"""Ratio of the weights from which two texts count as equally long: near rather than contained."""
NEARLY_AS_LONG = 0.5
"""The least ratio at which two texts can resemble one another."""
RESEMBLING = 0.5
"""Mean of the shares of each text in the other from which they say the same."""
SAME_FRAME = 0.6
"""Share of all words, function words included, that stand in the same order in both texts…"""
REWORDED = 0.25
"""… from which texts whose content words were changed for others say the same, with this mean at least."""
LEAST_WEIGHT = 12
"""Weight of a text from which another can contain it: three words or so."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """How much of each text stands in the other, in shares of weight (0–1)."""

    runs: float
    """Weight that stands in runs of at least four words, over the shorter text's weight."""

    compact: bool
    """Whether these runs stand close together in the longer text, or are long enough to stand anywhere."""
    left: float
    right: float
    ratio: float
    """The shorter text's weight over the longer's."""

    @property
    def contained(self) -> float:
        """Share of the one that is best found in the other."""
        return max(self.left, self.right)

    @property
    def mean(self) -> float:
        """The two shares' mean."""
        return (self.left + self.right) / 2


def compare_texts(left: AnalysedText, right: AnalysedText) -> Verdict | None:
    """Return what two texts are to each other, whichever comes first; None where they are nothing to each other."""
    if not is_in_order(left, right):
        verdict = _judge(right, left)
        return replace(verdict, reason=_mirrored(verdict.reason)) if verdict and verdict.reason else verdict
    return _judge(left, right)


def is_in_order(left: AnalysedText, right: AnalysedText) -> bool:
    """Return whether two texts stand in the order in which they are aligned, the lighter one first."""
    if left.weight != right.weight:
        return left.weight < right.weight
    return left.spelling <= right.spelling


def _mirrored(reason: Reason) -> Reason:
    return Reason(reason.cause, reason.right, reason.left)


def _judge(left: AnalysedText, right: AnalysedText) -> Verdict | None:
    if left.weight == right.weight and left.spelling == right.spelling:
        return Verdict(PairKind.EXACT, 1.0) if left.spelling else None
    if not left.weight or not right.weight or _unlike_at_sight(left, right):
        return None
    alignment = align(left, right)
    similarity = measure(left, right, alignment)
    kind = related(left, right, similarity)
    if kind is None:
        return None
    score = round(similarity.contained if kind is PairKind.CONTAINS else similarity.mean, 4)
    if reason := find_other_subject(left, right, alignment):
        return Verdict(PairKind.SIBLINGS, score, reason)
    if reason := find_contradiction(left, right, alignment):
        return Verdict(PairKind.CONFLICT, score, reason)
    return Verdict(kind, min(score, 0.9999))


def related(left: AnalysedText, right: AnalysedText, similarity: Similarity) -> PairKind | None:
    """Say near or contains by the shares alone; None where they are too low."""
    if similarity.contained >= CONTAINED and min(left.weight, right.weight) >= LEAST_WEIGHT:
        if similarity.ratio >= AS_LONG:
            return PairKind.NEAR
        if similarity.runs >= IN_RUNS and similarity.compact:
            return PairKind.CONTAINS
    if similarity.ratio < NEARLY_AS_LONG:
        return None
    if similarity.mean >= RESEMBLING or (similarity.mean >= REWORDED and _frame(left, right) >= SAME_FRAME):
        return PairKind.NEAR
    return None


def _unlike_at_sight(left: AnalysedText, right: AnalysedText) -> bool:
    """Tell, of most texts that are nothing to each other, that aligning them would change nothing.

    Some of what can be shared is misspelt, but not most of it.
    """
    sight = _at_sight(left, right)
    if left.weight / right.weight >= NEARLY_AS_LONG:
        return sight < REWORDED or (sight < RESEMBLING * _SPELT_RIGHT and _frame(left, right) < SAME_FRAME)
    most = CONTAINED * _SPELT_RIGHT_IN_PART
    return sight < most or LCSseq.similarity(left.hashes, right.hashes) < most * len(left.hashes)


def _at_sight(left: AnalysedText, right: AnalysedText) -> float:
    """Return the share of the lighter text's weight in words that the other has too, wherever they stand (0–1)."""
    there = right.hash_set
    return (
        sum([weight for key_hash, weight in zip(left.hashes, left.weights, strict=True) if key_hash in there])
        / left.weight
    )


def _frame(left: AnalysedText, right: AnalysedText) -> float:
    """Return the share of all words that stand in the same order in both texts (0–1)."""
    return LCSseq.normalized_similarity(left.all_hashes, right.all_hashes, score_cutoff=SAME_FRAME)


def measure(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Similarity:
    """Weigh what was aligned, the lighter text on the left; a word alone among words that differ counts for half."""
    shared = in_runs = 0.0
    first, last = len(alignment.right), 0
    for run in _runs(alignment.left):
        weight = sum(left.weights[place] for place in run)
        shared += weight if len(run) > 1 else weight / 2
        if len(run) > _LONG_RUN:
            in_runs += weight
            places = [alignment.left[place] for place in run]
            first, last = min(first, *places), max(last, *places)
    shorter = len(left.content)
    compact = shorter > _FRAGMENT or last - first < shorter * 1.5
    in_left, in_right = min(1.0, shared / left.weight), min(1.0, shared / right.weight)
    return Similarity(in_runs / left.weight, compact, in_left, in_right, left.weight / right.weight)


def _runs(partners: list[int]) -> Iterator[list[int]]:
    """Return the runs of places whose partners follow one another, one or two words between them at most."""
    run: list[int] = []
    for place, partner in enumerate(partners):
        if partner == NONE:
            continue
        if run and (place - run[-1] > _STEP or not 0 < partner - partners[run[-1]] <= _STEP):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


_STEP = 3
_LONG_RUN = 3
_FRAGMENT = 25
"""Words that count, up to which a text is found in another only if it stands there in one place."""
_SPELT_RIGHT = 0.8
"""Share of what two texts must have in common, unless their frame is the same, that stands there letter for letter."""
_SPELT_RIGHT_IN_PART = 0.625
"""The same for a part of a text, which may be a few words long: one in three of them may be misspelt."""
