"""Sorted parts of the inverted index."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[Any]
_PARTS = 16
"""Shares in which a large segment is sorted: what this takes in memory, for a moment, is that much less."""
_SHARED_FROM = 1_000_000
"""Features from which it is."""


@dataclass(frozen=True, slots=True)
class Segment:
    """An inverted index of a range of profiles: for every feature a list of ranks, the lightest profile's first."""

    first: int
    last: int
    """The profiles are those from `first` to just before `last`."""
    by_rank: NDArray[np.int32]
    """The profiles, lightest first: their ranks are their places herein."""
    weights: NDArray[np.float32]
    """Their weights, by rank."""
    known: NDArray[np.uint32]
    """The features, in order."""
    starts: NDArray[np.int64]
    """Where the list of each feature begins; one more, where the last one ends."""
    ranks: NDArray[np.int32]
    """The lists, one after the other."""

    @classmethod
    def of(cls, first: int, weights: NDArray[np.float64], lengths: Places, features: NDArray[np.uint32]) -> "Segment":
        """Sort profiles of these weights, with so many features each, which are given one profile after the other."""
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
        """Return the place of each feature among those known, and whether it is known."""
        # Looked up in order, each search begins in memory that the one before it has just read.
        order = features.argsort()
        places = np.empty(len(features), np.int64)
        places[order] = self.known.searchsorted(features[order])
        places[places == len(self.known)] = 0
        there = self.known[places] == features if len(self.known) else np.zeros(len(features), np.bool_)
        return places, there

    def lists(self, features: NDArray[np.uint32]) -> list[NDArray[np.int32]]:
        """Return the list of each feature; one with nothing in it where it is not known."""
        if not len(self.known):
            return [self.ranks] * len(features)
        places, there = self.places(features)
        low = self.starts[places]
        high = np.where(there, self.starts[places + 1], low)
        return [self.ranks[start:end] for start, end in zip(low.tolist(), high.tolist(), strict=True)]

    def passed(self, rank: int) -> NDArray[np.int64]:
        """Return how many of each list come before a rank."""
        if not len(self.ranks):
            return np.zeros(0, np.int64)
        return np.add.reduceat(self.ranks < rank, self.starts[:-1], dtype=np.int64)

    def upto(self, low: Places, high: Places, limits: Places) -> Places:
        """Give, for parts of lists that begin and end so, where the first rank stands that is not below a limit."""
        low, high = low.copy(), high.copy()
        while np.any(searching := low < high):
            middle = (low + high) // 2
            below = searching & (self.ranks[np.where(searching, middle, 0)] < limits)
            low = np.where(below, middle + 1, low)
            high = np.where(searching & ~below, middle, high)
        return low


def _parts(features: NDArray[np.uint32]) -> list[Any]:
    """Return the shares of the features to sort one after the other, lowest first."""
    if len(features) < _SHARED_FROM:
        return [slice(None)]
    shares = features >> np.uint32(28)
    return [np.flatnonzero(shares == part) for part in range(_PARTS)]
