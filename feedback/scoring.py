"""What votes tell of an answer, and how surely: rates, bounds, trends, and which versions share a score.

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
    """Votes, counted: how many said yes, how many no; neither is negative."""

    yes: int = 0
    no: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Count two groups of votes together."""
        return Tally(self.yes + other.yes, self.no + other.no)

    @property
    def votes(self) -> int:
        """How many there are."""
        return self.yes + self.no

    @property
    def is_enough(self) -> bool:
        """Whether there are enough to tell anything."""
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
        """The share of yes that the answer has at least, with 95 % confidence; None for too few votes."""
        return self.interval[0] if self.interval else None

    @property
    def useless_lower_bound(self) -> float | None:
        """The share of no that the answer has at least, with 95 % confidence; None for too few votes.

        What answers are ranked by, the worst first: one no out of one vote says less than fifty out of a hundred.
        """
        return 1 - self.interval[1] if self.interval else None


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """A version that was live at some time, as far as scores go."""

    number: int
    minor: bool
    """Whether it only mended a slip."""
    text: str
    """What tells its text from another: equal where the text did not change, but for the filing."""


@dataclass(frozen=True, slots=True)
class VersionRun:
    """Versions that share a score: one that was written, and those that only mended slips in it."""

    numbers: tuple[int, ...]
    tally: Tally

    @property
    def first(self) -> int:
        """The number of the version that the score began with."""
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
    """Return whether two shares differ by more than chance: their intervals have nothing in common."""
    if before.interval is None or after.interval is None:
        return False
    return before.interval[1] < after.interval[0] or after.interval[1] < before.interval[0]


def build_runs(versions: Iterable[LiveVersion], tallies: Mapping[int, Tally]) -> list[VersionRun]:
    """Put together the scores of the versions of one entry that were live, in the order of their numbers.

    A version that is minor, or whose text is that of the one before, keeps the score; any other starts afresh.
    `tallies` gives the votes by the number of the version that was read.
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
