"""The inverted index: which views hold a feature, and which views share enough of them.

Exhaustive: prefix filtering (AllPairs, Bayardo et al. 2007) only skips what cannot reach the thresholds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.columns import Column, spans
from faq.domain.duplicates.features import Batch

CONTAINED = 0.35
"""Share of the shorter text's word pairs, by weight, found in the other, from which two texts are always judged."""
CONTAINED_SHORT = 0.22
"""The same where the shorter text is short: a few misspellings there leave little whole."""
SHORT_WEIGHT = 80
"""Weight of word pairs up to which a text is short: a dozen words that count."""
RESEMBLING = 0.15
"""The same for texts about as long as one another: this share of the word pairs of both."""
SPELT_ALIKE = 0.5
"""Share of the runs of letters, of both, from which two short texts are always judged."""
_MARGIN = 0.12
"""Share of a view's weight that its prefix is longer by than it must: far fewer views then remain possible."""
_CHUNK = 1_000
"""Views whose features are looked up together."""
_TABLE = 300_000
"""Cells of the table in which views are counted: what fits into a processor's cache."""
_SPARSE = 16
"""Sorting a list of views costs that many times what counting one costs."""
_MERGED_FROM = 1_000
"""Views added one by one from which they may be merged into the sorted array."""

Places = NDArray[Any]
"""Whole numbers: of places in an array, of views, of ranks."""
Amounts = NDArray[Any]
"""Weights, of one or several features."""
Flags = NDArray[np.bool_]


def enough(shared: Amounts, weights: Amounts, others: Amounts | float, paired: Flags | bool) -> Flags:
    """Tell which couples of views, of these weights each, share enough."""
    light, heavy = np.minimum(weights, others), np.maximum(weights, others)
    contained = np.where(light <= SHORT_WEIGHT, CONTAINED_SHORT, CONTAINED)
    in_words = (shared >= RESEMBLING * heavy) | (shared >= contained * light)
    return np.asarray((shared > 0) & np.where(paired, in_words, shared >= SPELT_ALIKE * heavy))


class Postings:
    """Views by their features: a sorted array for most, a dictionary for those added since it was sorted."""

    def __init__(self) -> None:
        self.owners = Column(np.int32)
        self._paired = Column(np.bool_)
        self._weights = Column(np.float64)
        self._ends = Column(np.int64)
        self._features = Column(np.uint32)
        self._feature_weights = Column(np.uint8)
        self._sorted = np.zeros(0, np.uint64)
        """Feature and rank of each feature of each view, in order."""
        self._by_rank = np.zeros(0, np.int32)
        """The views, lightest first: their ranks are their places herein."""
        self._recent: dict[int, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        """Give the number of views."""
        return len(self.owners)

    def extend(self, batches: Iterable[Batch]) -> None:
        """Take in many views at once."""
        for batch in batches:
            self._append(batch)
        self.merge()

    def add(self, batch: Batch) -> None:
        """Take in a few views."""
        first = len(self.owners)
        views, features = self._append(batch)
        for view, feature in zip(views.tolist(), features.tolist(), strict=True):
            self._recent[feature].append(first + view)
        if len(self.owners) - len(self._by_rank) > max(_MERGED_FROM, len(self._by_rank) // 8):
            self.merge()

    def merge(self) -> None:
        """Sort everything anew: lookups are quickest afterwards."""
        number = len(self.owners)
        if len(self._by_rank) == number:
            return
        self._by_rank = np.argsort(self._weights.values, kind="stable").astype(np.int32)
        ranks = np.empty(number, np.uint64)
        ranks[self._by_rank] = np.arange(number, dtype=np.uint64)
        self._sorted = self._features.values.astype(np.uint64) << np.uint64(32)
        self._sorted |= np.repeat(ranks, np.diff(self._ends.values, prepend=0))
        self._sorted.sort()
        self._recent.clear()

    def like(self, batch: Batch) -> set[int]:
        """Give the owners of the views that share enough with one of the batch, which is not taken in."""
        found: set[int] = set()
        if not len(self.owners) or not batch.lengths:
            return found
        views, features, weights = batch.features()
        for view in range(len(batch.lengths)):
            mine = views == view
            found |= self._like(features[mine], weights[mine], paired=batch.paired[view])
        return found

    def pairs(self, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int]]:
        """Give the owners of views that share enough, where the lighter one's rank is in [first, last).

        A pair may come more than once, by several of its views. All views must have been merged.
        """
        last = len(self.owners) if last is None else last
        for start in range(first, last, _CHUNK):
            yield from self._pairs(start, min(last, start + _CHUNK))

    def _append(self, batch: Batch) -> tuple[Places, NDArray[np.uint32]]:
        if not batch.lengths:
            return np.zeros(0, np.int64), np.zeros(0, np.uint32)
        views, features, weights = batch.features()
        number = len(batch.lengths)
        base = len(self._features)
        self.owners.extend(np.array(batch.owners, np.int32))
        self._paired.extend(np.array(batch.paired, np.bool_))
        self._ends.extend(base + np.cumsum(np.bincount(views, minlength=number)))
        self._weights.extend(np.bincount(views, weights, minlength=number))
        self._features.extend(features)
        self._feature_weights.extend(weights)
        return views, features

    def _like(self, features: NDArray[np.uint32], weights: NDArray[np.uint8], *, paired: bool) -> set[int]:
        """Add up what every view shares: a text that may be the longer one of a pair allows no prefix."""
        low, high = self._ranges(features)
        views = self._by_rank[self._ranks(low, high)]
        shared = np.bincount(views, np.repeat(weights, high - low), minlength=len(self.owners))
        if self._recent:
            for feature, weight in zip(features.tolist(), weights.tolist(), strict=True):
                for view in self._recent.get(feature, ()):
                    shared[view] += weight
        some = np.flatnonzero(shared)
        chosen = enough(shared[some], self._weights.values[some], float(weights.sum()), paired)
        return set(self.owners.values[some[chosen]].tolist())

    def _least(self, views: Places) -> Amounts:
        """Give the least share of its own weight that each view has to find in a heavier one."""
        return np.where(self._paired.values[views], RESEMBLING, SPELT_ALIKE)

    def _ranges(self, features: NDArray[np.uint32]) -> tuple[Places, Places]:
        keys = features.astype(np.uint64) << np.uint64(32)
        return self._sorted.searchsorted(keys), self._sorted.searchsorted(keys + np.uint64(1 << 32))

    def _ranks(self, low: Places, high: Places) -> Places:
        return (self._sorted[spans(low, high)] & np.uint64(0xFFFFFFFF)).astype(np.int64)

    def _pairs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        probe = self._probe(first, last)
        # In groups of about as many views, so that counting them all takes a bounded table.
        size = max(1, _TABLE // max(1, len(self.owners)))
        for start in range(first, last, size):
            yield from self._group_pairs(probe, start, min(last, start + size))

    def _probe(self, first: int, last: int) -> "_Probe":
        """Look up the features of some views, those of each view that the fewest heavier ones have first."""
        found = self._by_rank[first:last].astype(np.int64)
        starts, ends = self._bounds(found)
        taken = spans(starts, ends)
        features, weights = self._features.values[taken], self._feature_weights.values[taken]
        ranks = np.repeat(np.arange(first, last), ends - starts)
        low, high = self._heavier_ranges(features, ranks)
        order = np.lexsort((high - low, ranks))
        summed = np.cumsum(weights[order], dtype=np.int64)
        base = np.concatenate([[0], summed])[np.searchsorted(ranks, ranks)]
        before = summed - weights[order] - base
        # What is left after the prefix is too light to reach the thresholds by itself.
        views = self._by_rank[ranks]
        prefix = before <= (1 - self._least(views) + _MARGIN) * self._weights.values[views]
        rest = np.bincount(ranks[~prefix] - first, weights[order][~prefix], minlength=last - first)
        useful = prefix & (high > low)[order]
        chosen = order[useful]
        return _Probe(
            first, ranks[useful], weights[chosen], low[chosen], high[chosen],
            rest, ranks[~prefix], features[order[~prefix]], weights[order[~prefix]],
        )  # fmt: skip

    def _heavier_ranges(self, features: NDArray[np.uint32], ranks: Places) -> tuple[Places, Places]:
        """Give where the views of higher rank stand that have each feature."""
        # In order, neighbouring lookups touch neighbouring memory.
        order = np.argsort(features)
        keys = features[order].astype(np.uint64) << np.uint64(32)
        low, high = np.empty(len(order), np.int64), np.empty(len(order), np.int64)
        low[order] = self._sorted.searchsorted(keys | ranks[order].astype(np.uint64), side="right")
        high[order] = self._sorted.searchsorted(keys | np.uint64(0xFFFFFFFF), side="right")
        return low, high

    def _bounds(self, views: Places) -> tuple[Places, Places]:
        """Give where the features of each view begin and end."""
        return np.where(views > 0, self._ends.values[views - 1], 0), self._ends.values[views]

    def _group_pairs(self, probe: "_Probe", first: int, last: int) -> Iterator[tuple[int, int]]:
        begin, end = np.searchsorted(probe.ranks, [first, last])
        ones, others, shared = self._added_up(probe, slice(int(begin), int(end)), first, last)
        views, views_others = self._by_rank[ones], self._by_rank[others]
        shared = shared + self._shared_rest(probe, ones, views_others, first, last)
        weights = self._weights.values
        chosen = enough(shared, weights[views], weights[views_others], self._paired.values[views])
        owners = self.owners.values
        yield from zip(owners[views[chosen]].tolist(), owners[views_others[chosen]].tolist(), strict=True)

    def _added_up(self, probe: "_Probe", mine: slice, first: int, last: int) -> tuple[Places, Places, Amounts]:
        """Give what views share with heavier ones by their prefixes, where it may yet become enough."""
        low, high = probe.low[mine], probe.high[mine]
        counts = high - low
        number = len(self.owners)
        couples = self._ranks(low, high)
        couples += np.repeat((probe.ranks[mine] - first) * number, counts)
        amounts = np.repeat(probe.weights[mine], counts)
        views = self._by_rank[first:last]
        needed = self._least(views) * self._weights.values[views] - probe.rest[first - probe.first : last - probe.first]
        needed = np.maximum(needed, 1)
        if len(couples) * _SPARSE > (last - first) * number:
            table = np.bincount(couples, amounts, minlength=(last - first) * number)
            found = np.flatnonzero(table.reshape(-1, number) >= needed[:, np.newaxis])
            shared = table[found]
        else:
            found, places = np.unique(couples, return_inverse=True)
            shared = np.bincount(places, amounts, minlength=len(found))
            possible = shared >= needed[found // number]
            found, shared = found[possible], shared[possible]
        return found // number + first, found % number, shared

    def _shared_rest(self, probe: "_Probe", ones: Places, others: Places, first: int, last: int) -> Amounts:
        """Give how much the second view of each couple holds of what is not in the first one's prefix."""
        begin, end = np.searchsorted(probe.rest_ranks, [first, last])
        if not len(ones) or begin == end:
            return np.zeros(len(ones))
        wanted = _keyed(probe.rest_ranks[begin:end] - first, probe.rest_features[begin:end])
        order = np.argsort(wanted)
        wanted, weights = wanted[order], probe.rest_weights[begin:end][order]
        starts, ends = self._bounds(others)
        counts = ends - starts
        held = _keyed(np.repeat(ones - first, counts), self._features.values[spans(starts, ends)])
        # A table by a few bits tells quickly, of nearly all, that they are not wanted.
        table = np.zeros(1 << _BITS, np.bool_)
        table[_short(wanted)] = True
        hits = np.flatnonzero(table[_short(held)])
        places = np.minimum(np.searchsorted(wanted, held[hits]), len(wanted) - 1)
        amounts = np.where(wanted[places] == held[hits], weights[places], 0)
        couples = np.searchsorted(np.cumsum(counts), hits, side="right")
        return np.bincount(couples, amounts, minlength=len(ones))


@dataclass(frozen=True, slots=True)
class _Probe:
    """The features of some views: those of the prefixes with their ranges, and the others."""

    first: int
    ranks: Places
    weights: NDArray[np.uint8]
    low: Places
    high: Places
    rest: Amounts
    """The weight of each view's other features."""
    rest_ranks: Places
    rest_features: NDArray[np.uint32]
    rest_weights: NDArray[np.uint8]


def _keyed(views: Places, features: NDArray[np.uint32]) -> NDArray[np.uint64]:
    return (views.astype(np.uint64) << np.uint64(32)) | features


def _short(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray((keys ^ (keys >> np.uint64(27))) & np.uint64((1 << _BITS) - 1))


_BITS = 18
