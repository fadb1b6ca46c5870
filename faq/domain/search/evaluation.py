"""How well searches find what people look for: their figures over queries whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, and at which places (1 is the first) the entries stand that it should find."""

    kind: str
    query: str
    places: tuple[int | None, ...]
    """One for each entry wanted; none where it was not found."""
    found: int
    """How many entries were found in all."""

    @property
    def best(self) -> int | None:
        """The place of the first that was wanted."""
        return min((place for place in self.places if place is not None), default=None)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of several queries."""

    queries: int
    reciprocal_rank: float
    """MRR: the mean of one over the place of the first entry wanted; 0 where none was found."""
    recall: tuple[float, ...]
    """The share of what was wanted, and could stand there, within the first places, for each of DEPTHS."""


def judged(kind: str, query: str, ranked: Sequence[str], wanted: Sequence[str]) -> Judged:
    """Judge what a query found, best first, by what it should have found."""
    places = {answer: place for place, answer in enumerate(ranked, start=1)}
    return Judged(kind, query, tuple(places.get(answer) for answer in wanted), len(ranked))


def figures(queries: Sequence[Judged]) -> Figures:
    """Sum queries up. Raises ValueError where there are none."""
    if not queries:
        raise ValueError("there is no query to judge by")
    return Figures(
        len(queries),
        fmean(1 / query.best if query.best else 0.0 for query in queries),
        tuple(fmean(_recall(query, depth) for query in queries) for depth in DEPTHS),
    )


def _recall(query: Judged, depth: int) -> float:
    """Return the share of what was wanted within the first places; of three wanted, one alone can be the first."""
    within = sum(place is not None and place <= depth for place in query.places)
    return within / min(len(query.places), depth)
