"""Retrieval metrics of searches over queries whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

RECALL_DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the ranks (1 is the first) of the entries that it should find."""

    kind: str
    query: str
    ranks: tuple[int | None, ...]
    """One for each entry wanted; None where it was not found."""
    found: int
    """The number of all entries found."""

    @property
    def best_rank(self) -> int | None:
        """The rank of the first entry that was wanted."""
        return min((rank for rank in self.ranks if rank is not None), default=None)


@dataclass(frozen=True, slots=True)
class RetrievalMetrics:
    """The metrics of several queries."""

    queries: int
    reciprocal_rank: float
    """MRR: the mean of 1 / best rank; 0 where none was found."""
    recall: tuple[float, ...]
    """For each of RECALL_DEPTHS, the share of the wanted entries within it, of as many as it can hold."""


def judge_query(kind: str, query: str, ranked: Sequence[str], wanted: Sequence[str]) -> JudgedQuery:
    """Return the ranks of the wanted answers among those found, best first."""
    ranks = {answer: rank for rank, answer in enumerate(ranked, start=1)}
    return JudgedQuery(kind, query, tuple(ranks.get(answer) for answer in wanted), len(ranked))


def compute_metrics(queries: Sequence[JudgedQuery]) -> RetrievalMetrics:
    """Return the metrics of some queries. Raises ValueError where there are none."""
    if not queries:
        raise ValueError("there is no query to judge by")
    return RetrievalMetrics(
        len(queries),
        fmean(1 / query.best_rank if query.best_rank else 0.0 for query in queries),
        tuple(fmean(_recall(query, depth) for query in queries) for depth in RECALL_DEPTHS),
    )


def _recall(query: JudgedQuery, depth: int) -> float:
    """Return the share of the wanted entries within a depth; of three wanted, only one can be the first."""
    within = sum(rank is not None and rank <= depth for rank in query.ranks)
    return within / min(len(query.ranks), depth)
