"""The sorted segments of the inverted index."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[Any]
"""Whole numbers: places in an array, profiles, ranks or keys."""
_RANK_BITS = np.uint64(32)
_GONE = np.uint64(2**32 - 1)
"""The rank of what was removed: it stands behind all others of its list."""


@dataclass(frozen=True, slots=True)
class Segment:
    """An inverted index of a range of profiles: the features in order, each with its holders in the order of keys."""

    first: int
    last: int
    """The profiles are range(first, last)."""
    by_rank: NDArray[np.int32]
    """The profiles in the order of their documents' keys."""
    keys: NDArray[np.int64]
    """The key of each rank."""
    entries: NDArray[np.uint64]
    """Each feature with the rank of a holder, as one number, in order."""

    @classmethod
    def build(cls, first: int, keys: NDArray[np.int64], lengths: Places, features: NDArray[np.uint32]) -> "Segment":
        """Return the segment of profiles with these keys; `lengths` says how many of the features each has."""
        order = np.argsort(keys, kind="stable")
        rank_of = np.empty(len(order), np.uint64)
        rank_of[order] = np.arange(len(order), dtype=np.uint64)
        entries = features.astype(np.uint64) << _RANK_BITS
        entries |= np.repeat(rank_of, lengths)
        entries.sort()
        return cls(first, first + len(order), (order + first).astype(np.int32), keys[order], entries)

    def bounds(self, features: NDArray[np.uint32], keys: Places) -> tuple[Places, Places]:
        """Return where the list of each feature begins, and the place in it before which the keys are lower."""
        heads = features.astype(np.uint64) << _RANK_BITS
        ranks = self.keys.searchsorted(keys).astype(np.uint64)
        # Lookups in rising order find their memory in the processor's cache.
        order = features.argsort()
        low, middle = np.empty(len(features), np.int64), np.empty(len(features), np.int64)
        low[order] = self.entries.searchsorted(heads[order])
        middle[order] = self.entries.searchsorted((heads | ranks)[order])
        return low, middle

    def ends(self, features: NDArray[np.uint32]) -> Places:
        """Return where the list of each feature ends."""
        return self.entries.searchsorted((features.astype(np.uint64) << _RANK_BITS) | _GONE)

    def profiles(self, places: Places) -> Places:
        """Return the profiles at some places of the lists."""
        return self.by_rank[(self.entries[places] & _GONE).astype(np.int64)]

    def remove(self, profile: int, features: NDArray[np.uint32]) -> None:
        """Remove a profile from the lists of its features."""
        [rank] = np.flatnonzero(self.by_rank == profile)
        heads = features.astype(np.uint64) << _RANK_BITS
        places, ends = self.entries.searchsorted(heads | np.uint64(rank)), self.ends(features)
        for head, place, end in zip(heads, places.tolist(), ends.tolist(), strict=True):
            self.entries[place : end - 1] = self.entries[place + 1 : end]
            self.entries[end - 1] = head | _GONE
