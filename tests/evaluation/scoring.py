"""Score the pairs that the detector found against those that were planted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from faq.domain.duplicates.pairs import FoundPair, PairKind
from tests.evaluation.dataset import LabelledDataset


@dataclass(slots=True)
class Tally:
    """Counts of pairs that were found rightly, found wrongly, or missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Return the share of what was found that is right; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what was planted that was found; 1 where nothing was planted."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


@dataclass(slots=True)
class Evaluation:
    """The tallies of a run of the detector, and every pair that it judged wrongly."""

    total: Tally = field(default_factory=Tally)
    by_name: dict[str, Tally] = field(default_factory=dict)
    """Tallies by the name of the planted pair; a pair found under a wrong kind counts as wrong and as missed."""
    verdicts: dict[str, Counter[PairKind | None]] = field(default_factory=dict)
    """Counts of the kinds that were found, by the name of the planted pair; None counts pairs that were not found."""
    faults: list[tuple[int, int, PairKind | None]] = field(default_factory=list)


STRANGERS = "sans rapport"
"""The name of pairs that were not planted."""


def evaluate(dataset: LabelledDataset, pairs: Iterable[FoundPair]) -> Evaluation:
    """Return how the pairs that were found compare with those that were planted."""
    found = {(pair.left, pair.right): pair.verdict.kind for pair in pairs}
    result = Evaluation(by_name={planted.name: Tally() for planted in dataset.pairs.values()} | {STRANGERS: Tally()})
    for couple in found.keys() | dataset.pairs.keys():
        kind = found.get(couple)
        planted = dataset.pairs.get(couple)
        name = planted.name if planted else STRANGERS
        result.verdicts.setdefault(name, Counter())[kind] += 1
        if not _count(result, name, kind, planted.kinds if planted else frozenset()):
            result.faults.append((*couple, kind))
    return result


def _count(result: Evaluation, name: str, kind: PairKind | None, kinds: frozenset[PairKind]) -> bool:
    """Count one pair and return whether it was judged rightly."""
    is_trap = PairKind.SIBLINGS in kinds or not kinds
    said = kind is not None and kind is not PairKind.SIBLINGS
    right = kind in kinds and kind is not PairKind.SIBLINGS
    for counted in (result.total, result.by_name[name]):
        counted.right += right
        counted.wrong += said and not right
        counted.missed += not is_trap and not right
    return right or (is_trap and not said)
