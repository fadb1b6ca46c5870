"""How well the detector tells the planted pairs from all others."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from faq.domain.duplicates.pairs import Pair, PairKind
from faq.domain.duplicates.trial.labelled import OTHER_VALUE, Labelled


@dataclass(slots=True)
class Score:
    """Pairs rightly found, wrongly found, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what was planted that was found; 1 where nothing was planted."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


@dataclass(slots=True)
class Result:
    """The scores of a trial, and every pair that was judged wrongly."""

    total: Score = field(default_factory=Score)
    by_name: dict[str, Score] = field(default_factory=dict)
    """By what was done to plant the pair: found under a wrong kind counts as wrong and as missed."""
    called: dict[str, Counter[PairKind | None]] = field(default_factory=dict)
    """What was said of each sort of planted pair (None: nothing)."""
    faults: list[tuple[int, int, PairKind | None]] = field(default_factory=list)


STRANGERS = "sans rapport"
"""What pairs that were not planted go by."""


def score(labelled: Labelled, pairs: Iterable[Pair]) -> Result:
    """Compare what was found with what was planted."""
    found = {(pair.left, pair.right): pair.verdict.kind for pair in pairs}
    result = Result(by_name={planted.name: Score() for planted in labelled.pairs.values()} | {STRANGERS: Score()})
    for couple in found.keys() | labelled.pairs.keys():
        kind = found.get(couple)
        planted = labelled.pairs.get(couple)
        name = planted.name if planted else STRANGERS
        result.called.setdefault(name, Counter())[kind] += 1
        if not _count(result, name, kind, planted.kinds if planted else frozenset()):
            result.faults.append((*couple, kind))
    return result


def _count(result: Result, name: str, kind: PairKind | None, kinds: frozenset[PairKind]) -> bool:
    """Count one pair; return whether it was judged rightly."""
    said = kind is not None and kind is not PairKind.SIBLINGS
    said = said and not (name == OTHER_VALUE and kind is PairKind.CONFLICT)
    right = kind in kinds
    for counted in (result.total, result.by_name[name]):
        counted.right += right
        counted.wrong += said and not right
        counted.missed += bool(kinds) and not right
    return right or not (said or kinds)
