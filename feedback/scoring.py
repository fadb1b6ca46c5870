"""Rates, confidence bounds and trends of votes, and which versions of an entry share a score.

Nothing is told of fewer than LEAST votes: a rate of three votes is noise, and would point at people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

MIN_VOTES = 10
"""Votes below which no rate, bound or trend is given."""
Z = 1.959963984540054
"""The quantile of the normal distribution that leaves 5 % outside, half of them on each side."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of votes for yes and for no; neither is negative."""

    yes: int = 0
    no: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return the sum of two tallies."""
        return Tally(self.yes + other.yes, self.no + other.no)

    @property
    def votes(self) -> int:
        """The number of votes."""
        return self.yes + self.no

    @property
    def is_enough(self) -> bool:
        """Whether there are enough votes for a rate."""
        return self.votes >= MIN_VOTES

    @property
    def rate(self) -> float | None:
        """The share of yes, from 0 to 1; None for too few votes."""
        return self.yes / self.votes if self.is_enough else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % confidence interval of the share of yes; None for too few votes."""
        return wilson_interval(self.yes, self.votes) if self.is_enough else None

    @property
    def useful_lower_bound(self) -> float | None:
        """The lower bound of the share of yes, with 95 % confidence; None for too few votes."""
        return self.interval[0] if self.interval else None

    @property
    def useless_lower_bound(self) -> float | None:
        """The lower bound of the share of no, with 95 % confidence; None for too few votes.

        Answers are ranked by it, worst first: one no out of one vote says less than fifty out of a hundred.
        """
        return 1 - self.interval[1] if self.interval else None


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """The facts about a version that was live at some time which scores need."""

    number: int
    minor: bool
    """Whether it was a minor correction."""
    text: str
    """A key of its text, equal for versions that differ by their filing only."""


@dataclass(frozen=True, slots=True)
class VersionRun:
    """Versions that share a score: one text, and its minor corrections."""

    numbers: tuple[int, ...]
    tally: Tally

    @property
    def first(self) -> int:
        """The number of the first version of the run."""
        return self.numbers[0]


def wilson_interval(yes: int, votes: int, z: float = Z) -> tuple[float, float]:
    """Return the interval that holds the true share of yes, by Wilson's score.

    E. B. Wilson, « Probable inference, the law of succession, and statistical inference », Journal of the American
    Statistical Association 22 (1927), pages 209 to 212. Unlike the plain one it stays within 0 and 1, and is right
    for few votes and for shares near both ends. `votes` is at least 1.
    """
    share, square = yes / votes, z * z
    middle = share + square / (2 * votes)
    around = z * sqrt(share * (1 - share) / votes + square / (4 * votes * votes))
    whole = 1 + square / votes
    return max(0.0, (middle - around) / whole), min(1.0, (middle + around) / whole)


def compute_trend(before: Tally, after: Tally) -> float | None:
    """Return by how much the share of yes moved from one period to another, from -1 to 1; None for too few votes."""
    if before.rate is None or after.rate is None:
        return None
    return after.rate - before.rate


def differ_significantly(before: Tally, after: Tally) -> bool:
    """Return whether two shares differ by more than chance: their confidence intervals are disjoint."""
    if before.interval is None or after.interval is None:
        return False
    return before.interval[1] < after.interval[0] or after.interval[1] < before.interval[0]


def build_runs(versions: Iterable[LiveVersion], tallies: Mapping[int, Tally]) -> list[VersionRun]:
    """Return the runs of an entry's versions that were live, in the order of their numbers.

    A version that is minor, or has the text of the one before, continues the run; any other begins a new one.
    `tallies` holds the votes by the number of the version that was read.
    """
    found: list[list[LiveVersion]] = []
    for version in sorted(versions, key=lambda one: one.number):
        if found and (version.minor or version.text == found[-1][-1].text):
            found[-1].append(version)
        else:
            found.append([version])
    return [_run([version.number for version in run], tallies) for run in found]


def _run(numbers: Sequence[int], tallies: Mapping[int, Tally]) -> VersionRun:
    return VersionRun(tuple(numbers), sum((tallies.get(number, Tally()) for number in numbers), Tally()))
