"""The sorted segments of the inverted index."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[Any]
_PARTS = 16
"""Parts in which a large segment is sorted, which divides the memory that sorting takes."""
_SORTED_IN_PARTS_FROM = 1_000_000
"""Features from which a segment is sorted in parts."""


@dataclass(frozen=True, slots=True)
class Segment:
    """An inverted index of a range of profiles: for every feature a list of ranks, the lightest profile's first."""

    first: int
    last: int
    """The profiles are range(first, last)."""
    by_rank: NDArray[np.int32]
    """The profiles in the order of their ranks, lightest first."""
    weights: NDArray[np.float32]
    """The weight of each rank."""
    known: NDArray[np.uint32]
    """The features, in rising order."""
    starts: NDArray[np.int64]
    """The places in `ranks` where the list of each feature begins, and where the last one ends."""
    ranks: NDArray[np.int32]
    """The lists of all features, one after the other."""

    @classmethod
    def build(
        cls, first: int, weights: NDArray[np.float64], lengths: Places, features: NDArray[np.uint32]
    ) -> "Segment":
        """Return the segment of profiles with these weights; `lengths` says how many of the features each has."""
        order = np.argsort(weights, kind="stable")
        rank_of = np.empty(len(order), np.uint32)
        rank_of[order] = np.arange(len(order), dtype=np.uint32)
        holders = np.repeat(rank_of, lengths)
        ranks = np.empty(len(features), np.int32)
        known, counts, end = [], [], 0
        for chosen in _parts(features):
            keys = features[chosen].astype(np.uint64) << np.uint64(32)
            keys |= holders[chosen]
            keys.sort()
            start, end = end, end + len(keys)
            ranks[start:end] = keys
            heads = keys >> np.uint64(32)
            begins = np.flatnonzero(np.diff(heads, prepend=np.uint64(2**64 - 1)))
            known.append(heads[begins].astype(np.uint32))
            counts.append(np.diff(begins, append=len(keys)))
        by_rank = (order + first).astype(np.int32)
        lightest_first = weights[order].astype(np.float32)
        known_in_order, starts = np.concatenate(known), np.concatenate([[0], np.cumsum(np.concatenate(counts))])
        return cls(first, first + len(order), by_rank, lightest_first, known_in_order, starts.astype(np.int64), ranks)

    def places(self, features: NDArray[np.uint32]) -> tuple[Places, NDArray[np.bool_]]:
        """Return the place of each feature in `known`, and whether it is there."""
        # Lookups in rising order find their memory in the processor's cache.
        order = features.argsort()
        places = np.empty(len(features), np.int64)
        places[order] = self.known.searchsorted(features[order])
        places[places == len(self.known)] = 0
        there = self.known[places] == features if len(self.known) else np.zeros(len(features), np.bool_)
        return places, there

    def lists(self, features: NDArray[np.uint32]) -> list[NDArray[np.int32]]:
        """Return the list of each feature, an empty one where it is not known."""
        if not len(self.known):
            return [self.ranks] * len(features)
        places, there = self.places(features)
        low = self.starts[places]
        high = np.where(there, self.starts[places + 1], low)
        return [self.ranks[start:end] for start, end in zip(low.tolist(), high.tolist(), strict=True)]

    def count_below(self, rank: int) -> NDArray[np.int64]:
        """Return how many ranks of each list are below a rank."""
        if not len(self.ranks):
            return np.zeros(0, np.int64)
        return np.add.reduceat(self.ranks < rank, self.starts[:-1], dtype=np.int64)

    def search_limits(self, low: Places, high: Places, limits: Places) -> Places:
        """Return, for each part low–high of `ranks`, the place of the first rank that is not below its limit."""
        low, high = low.copy(), high.copy()
        while np.any(searching := low < high):
            middle = (low + high) // 2
            below = searching & (self.ranks[np.where(searching, middle, 0)] < limits)
            low = np.where(below, middle + 1, low)
            high = np.where(searching & ~below, middle, high)
        return low


def _parts(features: NDArray[np.uint32]) -> list[Any]:
    """Return the parts of the features to sort one after the other, lowest first."""
    if len(features) < _SORTED_IN_PARTS_FROM:
        return [slice(None)]
    shares = features >> np.uint32(28)
    return [np.flatnonzero(shares == part) for part in range(_PARTS)]
