"""The inverted index: which profiles hold a feature, and which profiles share enough of them with a text."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.arrays import GrowingArray, expand_ranges
from faq.domain.duplicates.features import FeatureRows, ProfileKind, Profiles
from faq.domain.duplicates.segments import Segment

CONTAINED = {40.0: 0.22, 80.0: 0.32, 120.0: 0.5}
"""Share of the shorter text's word pairs, found in the other, from which two texts are always judged, by its weight of
word pairs: in a very short text, of half a dozen words that count, a few misspellings leave little whole."""
RESEMBLING = 0.3
"""The same for texts about as long as one another: this share of the word pairs of the longer one."""
SPELT_ALIKE = 0.5
"""Share of the runs of letters of the longer one from which two short texts are always judged."""
FRAMED_ALIKE = 0.2
"""Share of the runs of function words of the longer one from which two texts are always judged…"""
FRAMED_AND_WORDED = 0.42
"""… if this and the share of the longer one's word pairs, added up, are that much."""
_RECENT = 500
"""Profiles added one by one from which they are sorted into a segment."""

Places = NDArray[Any]
"""Whole numbers: of places in an array, of profiles, of ranks."""
Amounts = NDArray[Any]
"""Weights, of one or several features."""
Flags = NDArray[np.bool_]
_RESEMBLING = np.array([RESEMBLING, SPELT_ALIKE, FRAMED_ALIKE])
"""By kind of profile."""
_LEAST = min(*CONTAINED.values(), *_RESEMBLING)
"""No threshold is lower, in shares of the lighter text."""
_LEAST_ROUGHLY = np.float32(0.99 * _LEAST)
"""The same, whatever is lost in short fractions."""


def enough(shared: Amounts, weights: Amounts | float, others: Amounts, kinds: Places | int) -> Flags:
    """Return which couples of profiles, of these weights each and both of one kind, share enough."""
    light, heavy = np.minimum(weights, others), np.maximum(weights, others)
    least = np.minimum(resembling(kinds) * heavy, contained(light, kinds))
    return np.asarray((shared > 0) & (shared >= least))


def resembling(kinds: Places | int) -> Amounts:
    """Return the share of the heavier of two profiles of a kind from which they resemble one another."""
    return np.asarray(_RESEMBLING[kinds])


def contained(weights: Amounts, kinds: Places | int) -> Amounts:
    """Return the weight of a profile from which it is contained in a heavier one; only words can be."""
    share = np.interp(weights, list(CONTAINED), list(CONTAINED.values()))
    return np.asarray(np.where(np.equal(kinds, ProfileKind.WORDS), share * weights, np.inf))


class Postings:
    """Profiles by their features, in sorted segments, the earlier the larger; those added last are not sorted yet."""

    def __init__(self) -> None:
        self.owners = GrowingArray(np.int32)
        self.kinds = GrowingArray(np.uint8)
        self.weights = GrowingArray(np.float64)
        self.features = GrowingArray(np.uint32)
        self.feature_weights = GrowingArray(np.uint8)
        self._ends = GrowingArray(np.int64)
        self._segments: list[Segment] = []
        self._recent: dict[int, list[int]] = defaultdict(list)
        self._gone: set[int] = set()

    def __len__(self) -> int:
        """Return the number of profiles."""
        return len(self.owners)

    def extend(self, batches: Iterable[Profiles]) -> None:
        """Take in many profiles at once."""
        for profiles in batches:
            self._append(profiles)
        self.whole()

    def add(self, profiles: Profiles) -> None:
        """Add a few profiles in about a millisecond; now and then the latest ones are sorted into a segment."""
        first = len(self.owners)
        self._append(profiles)
        for profile, feature in zip(profiles.rows.numbers.tolist(), profiles.rows.features.tolist(), strict=True):
            self._recent[feature].append(first + profile)
        if len(self.owners) - self._sorted_upto() > _RECENT:
            self._sort_recent()

    def forget(self, owner: int) -> None:
        """Leave out what an owner had; the room is won back when everything is sorted again."""
        self._gone.add(owner)

    def whole(self) -> Segment:
        """Have one segment hold everything: lookups are quickest afterwards."""
        if self._gone:
            self._compact()
        if len(self._segments) != 1 or self._sorted_upto() < len(self.owners):
            self._recent.clear()
            self._segments = [self._segment(0)]
        return self._segments[0]

    def like(self, looked_for: Profiles) -> set[int]:
        """Return the owners of the profiles that share enough with one of these, which are not taken in."""
        found: set[int] = set()
        before = None
        for number, kind in enumerate(looked_for.kinds.tolist()):
            row = looked_for.rows.row(number)
            profiles = self._like(row, ProfileKind(kind))
            if kind == ProfileKind.FRAME and before and len(profiles):
                profiles = profiles[self.worded(row.times(len(profiles)), before.times(len(profiles)), profiles)]
            before = row
            found.update(self.owners.values[profiles].tolist())
        return found - self._gone

    def rows(self, profiles: Places) -> FeatureRows:
        """Return the features of some profiles."""
        starts, ends = self.bounds(profiles)
        places = expand_ranges(starts, ends)
        return FeatureRows(ends - starts, self.features.values[places], self.feature_weights.values[places])

    def worded(self, frames: FeatureRows, words: FeatureRows, others: Places) -> Flags:
        """Return which of the frames belong to texts whose words are similar enough too; `others` are profiles."""
        # The words of a text come just before its frame.
        likeness = frames.likeness(self.rows(others)) + words.likeness(self.rows(others - 1))
        return np.asarray(likeness >= FRAMED_AND_WORDED)

    def bounds(self, profiles: Places) -> tuple[Places, Places]:
        """Return where the features of each profile begin and end."""
        ends = self._ends.values
        return np.where(profiles > 0, ends[profiles - 1], 0), ends[profiles]

    def _append(self, profiles: Profiles) -> None:
        self.owners.extend(profiles.owners)
        self.kinds.extend(profiles.kinds)
        self._ends.extend(len(self.features) + np.cumsum(profiles.rows.lengths))
        self.weights.extend(profiles.rows.totals)
        self.features.extend(profiles.rows.features)
        self.feature_weights.extend(profiles.rows.weights)

    def _like(self, row: FeatureRows, kind: ProfileKind) -> Places:
        """Add up what every profile shares: a text that may be the longer one of a pair allows no shortcut."""
        weight = float(row.weights.sum())
        profiles, shared = self._sharing(row, weight)
        chosen = enough(shared, weight, self.weights.values[profiles], kind)
        return np.asarray(profiles[chosen & (self.kinds.values[profiles] == kind)])

    def _sharing(self, row: FeatureRows, weight: float) -> tuple[Places, Amounts]:
        """Return the profiles that may share enough with a row of this weight, and how much they share."""
        profiles, shared = self._sharing_recent(row)
        found, amounts = [profiles], [shared]
        for segment in self._segments:
            lists = segment.lists(row.features)
            ranks = np.concatenate([np.zeros(0, np.int32), *lists], dtype=np.int64)
            summed = np.zeros(len(segment.by_rank), np.float32)
            np.add.at(summed, ranks, np.repeat(row.weights.astype(np.float32), list(map(len, lists))))
            # Most profiles share a little: one look at them all leaves few to look at closely.
            some = np.flatnonzero(summed >= np.minimum(segment.weights, np.float32(weight)) * _LEAST_ROUGHLY)
            found.append(segment.by_rank[some])
            amounts.append(summed[some])
        return np.concatenate(found), np.concatenate(amounts)

    def _sharing_recent(self, row: FeatureRows) -> tuple[Places, Amounts]:
        """Return the profiles that are not sorted yet and share anything with a row, and how much."""
        shared: dict[int, int] = defaultdict(int)
        for feature, weight in zip(row.features.tolist(), row.weights.tolist(), strict=True) if self._recent else ():
            for profile in self._recent.get(feature, ()):
                shared[profile] += weight
        return np.array(list(shared), np.int64), np.array(list(shared.values()), np.float64)

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
        """Drop the profiles of owners that are gone."""
        kept = ~np.isin(self.owners.values, list(self._gone))
        lengths = np.diff(self._ends.values, prepend=0)
        features = np.repeat(kept, lengths)
        for column in (self.owners, self.kinds, self.weights):
            column.keep(kept)
        for column in (self.features, self.feature_weights):
            column.keep(features)
        self._ends = GrowingArray(np.int64)
        self._ends.extend(np.cumsum(lengths[kept]))
        self._segments, self._gone = [], set()
