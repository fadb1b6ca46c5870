"""The verdict on two texts; it depends on them alone, not on what else is stored or in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rapidfuzz.distance import LCSseq

from faq.domain.duplicates.alignment import NONE, Alignment, align
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.differences import find_contradiction, find_other_subject, find_other_words
from faq.domain.duplicates.pairs import Cause, PairKind, Reason, Verdict
from faq.domain.duplicates.rewording import is_reworded
from faq.domain.duplicates.substitutions import find_changes, names_other_things

CONTAINED = 0.8
"""Share of the shorter text's weight in the longer from which one contains the other."""
IN_RUNS = 0.5
"""Share of it that must stand in runs of words: scattered words are no containment."""
AS_LONG = 0.8
"""Ratio of the weights from which two texts count as equally long: near rather than contained."""
NEARLY_AS_LONG = 0.5
"""Ratio of the weights from which two texts can resemble one another."""
RESEMBLING = 0.55
"""Mean of the shares of each text in the other from which they are near."""
SAME_FRAME = 0.6
"""Share of all words, function words included, that stand in the same order in both texts…"""
REWORDED = 0.25
"""… from which texts whose content words were replaced are near, with this mean of the shares at least."""
LEAST_WEIGHT = 12
"""Weight, of about three words, from which a text can be contained in another."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """The shares of weight (0–1) by which two texts stand in one another; left is the lighter one."""

    runs: float
    """Weight that stands in runs of at least four words, over the lighter text's weight."""
    compact: bool
    """Whether these runs stand close together in the heavier text, which only matters for a short lighter one."""
    left: float
    right: float
    ratio: float
    """The lighter text's weight over the heavier's."""

    @property
    def contained(self) -> float:
        """Return the larger of the two shares."""
        return max(self.left, self.right)

    @property
    def mean(self) -> float:
        """Return the mean of the two shares."""
        return (self.left + self.right) / 2


def compare_texts(left: AnalysedText, right: AnalysedText) -> Verdict | None:
    """Return the verdict on two texts in either order, None where they have nothing in common."""
    if not is_in_order(left, right):
        verdict = _compare_in_order(right, left)
        return replace(verdict, reason=_swap(verdict.reason)) if verdict and verdict.reason else verdict
    return _compare_in_order(left, right)


def is_in_order(left: AnalysedText, right: AnalysedText) -> bool:
    """Return whether two texts stand in the order in which they are aligned, the lighter one first."""
    if left.weight != right.weight:
        return left.weight < right.weight
    return left.spelling <= right.spelling


def _swap(reason: Reason) -> Reason:
    return Reason(reason.cause, reason.right, reason.left)


def _compare_in_order(left: AnalysedText, right: AnalysedText) -> Verdict | None:
    if left.weight == right.weight and left.spelling == right.spelling:
        return Verdict(PairKind.EXACT, 1.0) if left.spelling else None
    if not left.weight or not right.weight or _cannot_match(left, right):
        return None
    alignment = align(left, right)
    similarity = measure_similarity(left, right, alignment)
    kind = classify(left, right, similarity)
    if kind is None:
        if similarity.ratio < NEARLY_AS_LONG or not is_reworded(left, right):
            return None
        kind = PairKind.NEAR
    score = round(similarity.contained if kind is PairKind.CONTAINS else similarity.mean, 4)
    if reason := find_other_subject(left, right, alignment):
        return Verdict(PairKind.SIBLINGS, score, reason)
    changes = find_changes(left, right, alignment)
    reason = find_contradiction(left, right, alignment, changes)
    if reason and not (reason.cause in _DENIALS and changes.rewordings >= _MUCH_REWORDED):
        # Another number about another thing contradicts nothing.
        if reason.cause is Cause.NUMBER and names_other_things(changes, reason):
            return Verdict(PairKind.SIBLINGS, score, reason)
        return Verdict(PairKind.CONFLICT, score, reason)
    if reason := find_other_words(changes):
        return Verdict(PairKind.SIBLINGS, score, reason)
    return Verdict(kind, min(score, 0.9999))


def classify(left: AnalysedText, right: AnalysedText, similarity: Similarity) -> PairKind | None:
    """Return near or contains, by the shares alone; None where they are too low."""
    if similarity.contained >= CONTAINED and min(left.weight, right.weight) >= LEAST_WEIGHT:
        if similarity.ratio >= AS_LONG:
            return PairKind.NEAR
        if similarity.runs >= IN_RUNS and similarity.compact:
            return PairKind.CONTAINS
    if similarity.ratio < NEARLY_AS_LONG:
        return None
    if similarity.mean >= RESEMBLING or (similarity.mean >= REWORDED and _share_in_order(left, right) >= SAME_FRAME):
        return PairKind.NEAR
    return None


def _cannot_match(left: AnalysedText, right: AnalysedText) -> bool:
    """Return whether two texts share too little for any alignment to give a verdict, which settles most of them.

    Some of the shared words may be misspelt, but not most of them.
    """
    shared = _share_in_common(left, right)
    if left.weight / right.weight >= NEARLY_AS_LONG:
        return shared < REWORDED or (shared < RESEMBLING * _SPELT_RIGHT and _share_in_order(left, right) < SAME_FRAME)
    most = CONTAINED * _SPELT_RIGHT_IN_PART
    return shared < most or LCSseq.similarity(left.hashes, right.hashes) < most * len(left.hashes)


def _share_in_common(left: AnalysedText, right: AnalysedText) -> float:
    """Return the share of the lighter text's weight in words that the other has too, wherever they stand (0–1)."""
    there = right.hash_set
    return (
        sum([weight for key_hash, weight in zip(left.hashes, left.weights, strict=True) if key_hash in there])
        / left.weight
    )


def _share_in_order(left: AnalysedText, right: AnalysedText) -> float:
    """Return the share of all words that stand in the same order in both texts (0–1)."""
    return LCSseq.normalized_similarity(left.all_hashes, right.all_hashes, score_cutoff=SAME_FRAME)


def measure_similarity(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Similarity:
    """Return the shares of an alignment, the lighter text on the left; a single word between gaps counts for half."""
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
    """Yield the runs of places whose partners follow one another, with two words between them at most."""
    run: list[int] = []
    for place, partner in enumerate(partners):
        if partner == NONE:
            continue
        if run and (place - run[-1] > _MAX_STEP or not 0 < partner - partners[run[-1]] <= _MAX_STEP):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


_MAX_STEP = 3
"""Distance of two words of a run."""
_LONG_RUN = 3
_FRAGMENT = 25
"""Content words up to which a text is contained in another only if it stands there in one place."""
_SPELT_RIGHT = 0.8
"""Share of what two texts must have in common that must be spelt the same, unless their frame is the same."""
_SPELT_RIGHT_IN_PART = 0.625
"""The same for a part of a text, which may be so short that one word in three is misspelt."""
_DENIALS = (Cause.NEGATION, Cause.OPPOSITE)
_MUCH_REWORDED = 4
"""Rewordings from which a negation tells nothing: « il est absent » rewords « il n'est pas là »."""
