"""The inverted index: the profiles that hold a feature, and those that share enough features with a text."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.arrays import GrowingArray, expand_ranges
from faq.domain.duplicates.features import FeatureRows, ProfileKind, Profiles
from faq.domain.duplicates.segments import Segment

CONTAINED = {40.0: 0.22, 80.0: 0.32, 120.0: 0.5}
"""Share of the lighter text's word pairs that the other must hold for the two to be compared, by the lighter one's
weight: in a text of half a dozen content words, a few misspellings leave few pairs whole."""
RESEMBLING = 0.25
"""The same as a share of the heavier text's word pairs, for texts of about the same length."""
SPELT_ALIKE = 0.5
"""Share of the heavier text's runs of letters from which two short texts are compared."""
FRAMED_ALIKE = 0.2
"""Share of the heavier text's runs of function words from which two texts are compared…"""
FRAMED_AND_WORDED = 0.42
"""… if it adds up to this with the share of the heavier text's word pairs."""
_RECENT = 500
"""Profiles added one by one after which they are sorted into a segment."""

Places = NDArray[Any]
"""Whole numbers: places in an array, profiles, or ranks."""
Amounts = NDArray[Any]
"""Weights of features, or sums of them."""
Flags = NDArray[np.bool_]
_RESEMBLING = np.array([RESEMBLING, SPELT_ALIKE, FRAMED_ALIKE])
"""The thresholds by kind of profile."""
_LEAST = min(*CONTAINED.values(), *_RESEMBLING)
"""The lowest of all thresholds, as a share of the lighter text."""
_LEAST_ROUGHLY = np.float32(0.99 * _LEAST)
"""The same with a margin for rounding errors."""


def reach_threshold(shared: Amounts, weights: Amounts | float, others: Amounts, kinds: Places | int) -> Flags:
    """Return which pairs of profiles, of these weights and of one kind each, share enough to be compared."""
    light, heavy = np.minimum(weights, others), np.maximum(weights, others)
    least = np.minimum(resemblance_threshold(kinds) * heavy, containment_threshold(light, kinds))
    return np.asarray((shared > 0) & (shared >= least))


def resemblance_threshold(kinds: Places | int) -> Amounts:
    """Return the share of the heavier of two profiles from which they resemble one another, by their kind."""
    return np.asarray(_RESEMBLING[kinds])


def containment_threshold(weights: Amounts, kinds: Places | int) -> Amounts:
    """Return the shared weight from which a profile of a weight is contained in a heavier one; only words can be."""
    share = np.interp(weights, list(CONTAINED), list(CONTAINED.values()))
    return np.asarray(np.where(np.equal(kinds, ProfileKind.WORDS), share * weights, np.inf))


class Postings:
    """The inverted index: sorted segments, the earlier the larger, and the latest profiles, not yet sorted."""

    def __init__(self) -> None:
        self.owners = GrowingArray(np.int32)
        self.kinds = GrowingArray(np.uint8)
        self.weights = GrowingArray(np.float64)
        self.features = GrowingArray(np.uint32)
        self.feature_weights = GrowingArray(np.uint8)
        self._ends = GrowingArray(np.int64)
        self._segments: list[Segment] = []
        self._recent: dict[int, list[int]] = defaultdict(list)
        self._removed: set[int] = set()

    def __len__(self) -> int:
        """Return the number of profiles."""
        return len(self.owners)

    def extend(self, batches: Iterable[Profiles]) -> None:
        """Add many profiles at once."""
        for profiles in batches:
            self._append(profiles)
        self.merge_segments()

    def add(self, profiles: Profiles) -> None:
        """Add a few profiles in about a millisecond; now and then the latest ones are sorted into a segment."""
        first = len(self.owners)
        self._append(profiles)
        for profile, feature in zip(profiles.rows.numbers.tolist(), profiles.rows.features.tolist(), strict=True):
            self._recent[feature].append(first + profile)
        if len(self.owners) - self._sorted_end() > _RECENT:
            self._sort_recent()

    def remove(self, owner: int) -> None:
        """Remove the profiles of a document; their memory is freed when everything is sorted again."""
        self._removed.add(owner)

    def merge_segments(self) -> Segment:
        """Sort everything into one segment, which makes lookups quickest, and return it."""
        if self._removed:
            self._compact()
        if len(self._segments) != 1 or self._sorted_end() < len(self.owners):
            self._recent.clear()
            self._segments = [self._segment(0)]
        return self._segments[0]

    def find_similar(self, looked_for: Profiles) -> set[int]:
        """Return the documents with a profile that shares enough with one of these, which are not in the index."""
        found: set[int] = set()
        before = None
        for number, kind in enumerate(looked_for.kinds.tolist()):
            row = looked_for.rows.row(number)
            profiles = self._find_profiles(row, ProfileKind(kind))
            if kind == ProfileKind.FRAME and before and len(profiles):
                profiles = profiles[
                    self.have_similar_words(row.repeat(len(profiles)), before.repeat(len(profiles)), profiles)
                ]
            before = row
            found.update(self.owners.values[profiles].tolist())
        return found - self._removed

    def rows(self, profiles: Places) -> FeatureRows:
        """Return the features of some profiles, one row each."""
        starts, ends = self.bounds(profiles)
        places = expand_ranges(starts, ends)
        return FeatureRows(ends - starts, self.features.values[places], self.feature_weights.values[places])

    def have_similar_words(self, frames: FeatureRows, words: FeatureRows, others: Places) -> Flags:
        """Return which of the frames belong to texts whose words are similar enough too; `others` are profiles."""
        # The word profile of a text comes just before its frame profile.
        similarity = frames.similarity(self.rows(others)) + words.similarity(self.rows(others - 1))
        return np.asarray(similarity >= FRAMED_AND_WORDED)

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

    def _find_profiles(self, row: FeatureRows, kind: ProfileKind) -> Places:
        """Return the profiles that share enough with a row, from the sums of all: it may be the longer of a pair."""
        weight = float(row.weights.sum())
        profiles, shared = self._sum_shared(row, weight)
        chosen = reach_threshold(shared, weight, self.weights.values[profiles], kind)
        return np.asarray(profiles[chosen & (self.kinds.values[profiles] == kind)])

    def _sum_shared(self, row: FeatureRows, weight: float) -> tuple[Places, Amounts]:
        """Return the profiles that may share enough with a row of a weight, and the weight that each shares."""
        profiles, shared = self._sum_shared_recent(row)
        found, amounts = [profiles], [shared]
        for segment in self._segments:
            lists = segment.lists(row.features)
            ranks = np.concatenate([np.zeros(0, np.int32), *lists], dtype=np.int64)
            summed = np.zeros(len(segment.by_rank), np.float32)
            np.add.at(summed, ranks, np.repeat(row.weights.astype(np.float32), list(map(len, lists))))
            # Most profiles share little: this rough test leaves few for the exact one.
            some = np.flatnonzero(summed >= np.minimum(segment.weights, np.float32(weight)) * _LEAST_ROUGHLY)
            found.append(segment.by_rank[some])
            amounts.append(summed[some])
        return np.concatenate(found), np.concatenate(amounts)

    def _sum_shared_recent(self, row: FeatureRows) -> tuple[Places, Amounts]:
        """Return the unsorted profiles that share any feature with a row, and the weight that each shares."""
        shared: dict[int, int] = defaultdict(int)
        for feature, weight in zip(row.features.tolist(), row.weights.tolist(), strict=True) if self._recent else ():
            for profile in self._recent.get(feature, ()):
                shared[profile] += weight
        return np.array(list(shared), np.int64), np.array(list(shared.values()), np.float64)

    def _sorted_end(self) -> int:
        return self._segments[-1].last if self._segments else 0

    def _sort_recent(self) -> None:
        """Sort the latest profiles, together with the last segments that are not much larger."""
        first, last = self._sorted_end(), len(self.owners)
        while self._segments and 2 * (last - first) >= first - self._segments[-1].first:
            first = self._segments.pop().first
        self._recent.clear()
        self._segments.append(self._segment(first))

    def _segment(self, first: int) -> Segment:
        start = int(self._ends.values[first - 1]) if first else 0
        lengths = np.diff(self._ends.values[first:], prepend=start)
        return Segment.build(first, self.weights.values[first:], lengths, self.features.values[start:])

    def _compact(self) -> None:
        """Drop the profiles of removed documents."""
        kept = ~np.isin(self.owners.values, list(self._removed))
        lengths = np.diff(self._ends.values, prepend=0)
        features = np.repeat(kept, lengths)
        for column in (self.owners, self.kinds, self.weights):
            column.keep(kept)
        for column in (self.features, self.feature_weights):
            column.keep(features)
        self._ends = GrowingArray(np.int64)
        self._ends.extend(np.cumsum(lengths[kept]))
        self._segments, self._removed = [], set()
