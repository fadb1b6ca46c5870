"""The inverted index: which views hold a feature, and which views share enough of them with a text."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.columns import Column, spans
from faq.domain.duplicates.features import Batch, View
from faq.domain.duplicates.segments import Segment

CONTAINED = 0.4
"""Share of the shorter text's word pairs, by weight, found in the other, from which two texts are always judged."""
CONTAINED_SHORT = 0.22
"""The same where the shorter text is very short: a few misspellings there leave little whole."""
SHORT_WEIGHTS = (40, 100)
"""Weights of word pairs between which the one share becomes the other: half a dozen words that count, and 15."""
RESEMBLING = 0.3
"""The same for texts about as long as one another: this share of the word pairs of the longer one."""
SPELT_ALIKE = 0.5
"""Share of the runs of letters of the longer one from which two short texts are always judged."""
FRAMED_ALIKE = 0.2
"""Share of the runs of function words of the longer one from which two texts are always judged…"""
FRAMED_AND_WORDED = 0.42
"""… if this and the share of the longer one's word pairs, added up, are that much."""
_RECENT = 500
"""Views added one by one from which they are sorted into a segment."""

Places = NDArray[Any]
"""Whole numbers: of places in an array, of views, of ranks."""
Amounts = NDArray[Any]
"""Weights, of one or several features."""
Flags = NDArray[np.bool_]
_RESEMBLING = np.array([RESEMBLING, SPELT_ALIKE, FRAMED_ALIKE])
"""By kind of view."""


def enough(shared: Amounts, weights: Amounts | float, others: Amounts, kinds: Places | int) -> Flags:
    """Tell which couples of views, of these weights each and both of one kind, share enough."""
    light, heavy = np.minimum(weights, others), np.maximum(weights, others)
    least = np.minimum(resembling(kinds) * heavy, contained(light, kinds))
    return np.asarray((shared > 0) & (shared >= least))


def resembling(kinds: Places | int) -> Amounts:
    """Give the share of the heavier of two views of a kind from which they resemble one another."""
    return np.asarray(_RESEMBLING[kinds])


def contained(weights: Amounts, kinds: Places | int) -> Amounts:
    """Give the weight of a view from which it is contained in a heavier one; only words can be."""
    share = np.interp(weights, SHORT_WEIGHTS, (CONTAINED_SHORT, CONTAINED))
    return np.asarray(np.where(np.equal(kinds, View.WORDS), share * weights, np.inf))


@dataclass(frozen=True, slots=True)
class Rows:
    """Features with their weights, row after row; `lengths` tells how many each row has."""

    lengths: Places
    features: NDArray[np.uint32]
    weights: NDArray[np.uint8]

    def likeness(self, other: "Rows") -> Amounts:
        """Give the share of the heavier of two rows that stands in both, row by row (0–1)."""
        mine, theirs = self._keys(), other._keys()
        places = np.minimum(mine.searchsorted(theirs), len(mine) - 1)
        amounts = np.where(mine[places] == theirs, other.weights, 0)
        shared = np.bincount((theirs >> np.uint64(32)).astype(np.int64), amounts, minlength=len(self.lengths))
        return np.asarray(shared / np.maximum(self._totals(), other._totals()))

    def times(self, number: int) -> "Rows":
        """Repeat all rows."""
        return Rows(np.tile(self.lengths, number), np.tile(self.features, number), np.tile(self.weights, number))

    def _totals(self) -> Amounts:
        return np.bincount(self._numbers(), self.weights, minlength=len(self.lengths))

    def _numbers(self) -> Places:
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def _keys(self) -> NDArray[np.uint64]:
        """Give row and feature in one number; in order, because the features of a row are."""
        return keyed(self._numbers(), self.features)


def keyed(rows: Places, features: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Put a row, or a view, and a feature into one number."""
    return (rows.astype(np.uint64) << np.uint64(32)) | features


class Postings:
    """Views by their features, in sorted segments, the earlier the larger; those added last are not sorted yet."""

    def __init__(self) -> None:
        self.owners = Column(np.int32)
        self.kinds = Column(np.uint8)
        self.weights = Column(np.float64)
        self.features = Column(np.uint32)
        self.feature_weights = Column(np.uint8)
        self._ends = Column(np.int64)
        self._segments: list[Segment] = []
        self._recent: dict[int, list[int]] = defaultdict(list)
        self._gone: set[int] = set()

    def __len__(self) -> int:
        """Give the number of views."""
        return len(self.owners)

    def extend(self, batches: Iterable[Batch]) -> None:
        """Take in many views at once."""
        for batch in batches:
            self._append(batch)
        self.whole()

    def add(self, batch: Batch) -> None:
        """Take in a few views: a millisecond or so, and the time to sort anew those that came with them, at times."""
        first = len(self.owners)
        views, features = self._append(batch)
        for view, feature in zip(views.tolist(), features.tolist(), strict=True):
            self._recent[feature].append(first + view)
        if len(self.owners) - self._sorted_upto() > _RECENT:
            self._sort_recent()

    def forget(self, owner: int) -> None:
        """Leave out what an owner had; the room is won back when everything is sorted anew."""
        self._gone.add(owner)

    def whole(self) -> Segment:
        """Have one segment hold everything: lookups are quickest afterwards."""
        if self._gone:
            self._compact()
        if len(self._segments) != 1 or self._sorted_upto() < len(self.owners):
            self._recent.clear()
            self._segments = [self._segment(0)]
        return self._segments[0]

    def like(self, batch: Batch) -> set[int]:
        """Give the owners of the views that share enough with one of the batch, which is not taken in."""
        found: set[int] = set()
        if not len(self.owners) or not batch.lengths:
            return found
        places, features, weights = batch.features()
        before = None
        for view, kind in enumerate(batch.kinds):
            mine = places == view
            row = Rows(np.array([int(mine.sum())]), features[mine], weights[mine])
            views = self._like(row, kind)
            if kind is View.FRAME and before and len(views):
                views = views[self.worded(row.times(len(views)), before.times(len(views)), views)]
            before = row
            found.update(self.owners.values[views].tolist())
        return found - self._gone

    def rows(self, views: Places) -> Rows:
        """Give the features of some views."""
        starts, ends = self.bounds(views)
        places = spans(starts, ends)
        return Rows(ends - starts, self.features.values[places], self.feature_weights.values[places])

    def worded(self, frames: Rows, words: Rows, others: Places) -> Flags:
        """Tell which frames that are alike are of texts whose words are alike enough for that; others are views."""
        # The words of a text come just before its frame.
        likeness = frames.likeness(self.rows(others)) + words.likeness(self.rows(others - 1))
        return np.asarray(likeness >= FRAMED_AND_WORDED)

    def bounds(self, views: Places) -> tuple[Places, Places]:
        """Give where the features of each view begin and end."""
        ends = self._ends.values
        return np.where(views > 0, ends[views - 1], 0), ends[views]

    def _append(self, batch: Batch) -> tuple[Places, NDArray[np.uint32]]:
        if not batch.lengths:
            return np.zeros(0, np.int64), np.zeros(0, np.uint32)
        views, features, weights = batch.features()
        number = len(batch.lengths)
        base = len(self.features)
        self.owners.extend(np.array(batch.owners, np.int32))
        self.kinds.extend(np.array(batch.kinds, np.uint8))
        self._ends.extend(base + np.cumsum(np.bincount(views, minlength=number)))
        self.weights.extend(np.bincount(views, weights, minlength=number))
        self.features.extend(features)
        self.feature_weights.extend(weights)
        return views, features

    def _like(self, row: Rows, kind: View) -> Places:
        """Add up what every view shares: a text that may be the longer one of a pair allows no shortcut."""
        views, shared = self._added_up(row.features, row.weights)
        mine = self.kinds.values[views] == kind
        views, shared = views[mine], shared[mine]
        chosen = enough(shared, float(row.weights.sum()), self.weights.values[views], kind)
        return np.asarray(views[chosen])

    def _added_up(self, features: NDArray[np.uint32], weights: NDArray[np.uint8]) -> tuple[Places, Amounts]:
        """Give the views that hold any of some features, and how much of them."""
        views: list[Places] = [np.zeros(0, np.int64)]
        shared: list[Amounts] = [np.zeros(0)]
        for segment in self._segments:
            low, high = segment.ranges(features)
            summed = np.bincount(segment.ranks[spans(low, high)], np.repeat(weights, high - low))
            holding = np.flatnonzero(summed)
            views.append(segment.by_rank[holding])
            shared.append(summed[holding])
        if self._recent:
            first = self._sorted_upto()
            recent = np.zeros(len(self.owners) - first)
            for feature, weight in zip(features.tolist(), weights.tolist(), strict=True):
                for view in self._recent.get(feature, ()):
                    recent[view - first] += weight
            holding = np.flatnonzero(recent)
            views.append(holding + first)
            shared.append(recent[holding])
        return np.concatenate(views), np.concatenate(shared)

    def _sorted_upto(self) -> int:
        return self._segments[-1].last if self._segments else 0

    def _sort_recent(self) -> None:
        """Sort what was added one by one, together with the segments that are not much larger."""
        first, last = self._sorted_upto(), len(self.owners)
        while self._segments and 2 * (last - first) >= first - self._segments[-1].first:
            first = self._segments.pop().first
        self._recent.clear()
        self._segments.append(self._segment(first))

    def _segment(self, first: int) -> Segment:
        start = int(self._ends.values[first - 1]) if first else 0
        lengths = np.diff(self._ends.values[first:], prepend=start)
        return Segment.of(first, self.weights.values[first:], lengths, self.features.values[start:])

    def _compact(self) -> None:
        """Drop the views of owners that are gone."""
        kept = ~np.isin(self.owners.values, list(self._gone))
        lengths = np.diff(self._ends.values, prepend=0)
        features = np.repeat(kept, lengths)
        for column in (self.owners, self.kinds, self.weights):
            column.keep(kept)
        for column in (self.features, self.feature_weights):
            column.keep(features)
        self._ends = Column(np.int64)
        self._ends.extend(np.cumsum(lengths[kept]))
        self._segments, self._gone = [], set()
