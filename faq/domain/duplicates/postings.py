"""The inverted index: the profiles that hold a feature, and those that a profile is compared with.

A feature that many hold says little, and would make their number of pairs grow with its square. So it links those
alone that came first, the ones with the lowest keys; each later one is linked to its neighbours by its anchors. What is
linked to a profile of a key depends on lower keys alone: a new document changes nothing among the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.arrays import GrowingArray, expand_ranges
from faq.domain.duplicates.features import (
    SIGNATURE,
    FeatureRows,
    ProfileKind,
    Profiles,
    Signatures,
    is_anchor,
    pack_keys,
)
from faq.domain.duplicates.segments import Places, Segment

CONTAINED = {40.0: 0.25, 80.0: 0.4, 120.0: 0.5}
"""Share of the lighter text's word pairs that the other must hold for the two to be compared, by the lighter one's
weight: in a text of half a dozen content words, a few misspellings leave few pairs whole."""
RESEMBLING = 0.3
"""The same as a share of the heavier text's word pairs, for texts of about the same length."""
SPELT_ALIKE = 0.5
"""Share of the heavier text's runs of letters from which two short texts are compared."""
SKETCHED_ALIKE = 0.06
"""Share of the heavier text's sketch from which two texts are compared…"""
WORDED_ALIKE = 0.38
"""… if they share this part of the telling words of the one that has more."""
FIRST_HOLDERS = 24
"""Holders of a feature that it links, those with the lowest keys."""
LINKED = 0.04
"""Share of the lighter profile's weight that two must share by links, unless an anchor links them."""
NEIGHBOURS = 3
"""Holders of an anchor that it links to each one, those with the highest keys below its own."""
_RECENT = 500
"""Profiles added one by one after which they make a segment that is not sorted again with each addition."""
_SHARE = 1_000
"""Parts of a share of which the likeness counts whole ones."""

Keys = NDArray[np.int64]
Amounts = NDArray[Any]
"""Weights of features, or sums of them."""
Flags = NDArray[np.bool_]
_RESEMBLING = np.array([RESEMBLING, SPELT_ALIKE, SKETCHED_ALIKE])
"""The thresholds by kind of profile."""


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


@dataclass(frozen=True, slots=True)
class Query:
    """The profiles of some documents that are looked up together, those of one document next to each other."""

    rows: FeatureRows
    kinds: NDArray[np.uint8]
    owners: Places
    """The number of the document of each profile, from 0."""
    keys: Keys
    """The key of each document."""
    signatures: Signatures

    @classmethod
    def build(cls, profiles: Profiles, keys: Keys) -> "Query":
        """Return the profiles of one document."""
        return cls(profiles.rows, profiles.kinds, np.zeros(len(profiles.kinds), np.int64), keys, profiles.signatures)

    @property
    def row_keys(self) -> Keys:
        """The key of the document of each profile."""
        return self.keys[self.owners]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Documents, each with some of those before it, by their keys."""

    later: Keys
    earlier: Keys


@dataclass(frozen=True, slots=True)
class Followers:
    """The keys of the documents after a document that have to do with it."""

    alike: Keys
    """Those that share enough with it to be compared."""
    moved: Keys
    """Those that it links to others, or keeps from being linked, by standing where it does."""


class Postings:
    """The inverted index: sorted segments, the earlier the larger."""

    def __init__(self) -> None:
        self.keys = GrowingArray(np.int64)
        self.kinds = GrowingArray(np.uint8)
        self.weights = GrowingArray(np.int32)
        self.features = GrowingArray(np.uint32)
        self.feature_weights = GrowingArray(np.uint8)
        self.signatures = GrowingArray(np.uint64)
        self._ends = GrowingArray(np.int64)
        self._segments: list[Segment] = []

    def __len__(self) -> int:
        """Return the number of profiles."""
        return len(self.keys)

    def extend(self, batches: Iterable[Profiles]) -> None:
        """Add many profiles at once."""
        for profiles in batches:
            self._append(profiles)
        self.merge_segments()

    def add(self, profiles: Profiles) -> None:
        """Add the profiles of a document in about a millisecond; now and then segments are sorted together."""
        is_open = bool(self._segments) and self._segments[-1].last - self._segments[-1].first < _RECENT
        first = self._segments.pop().first if is_open else len(self)
        self._append(profiles)
        if len(self) - first >= _RECENT:
            while self._segments and 2 * (len(self) - first) >= first - self._segments[-1].first:
                first = self._segments.pop().first
        self._segments.append(self._build_segment(first))

    def remove(self, key: int) -> None:
        """Remove the profiles of a document; their memory is freed when everything is sorted again."""
        for profile in self._profiles_of(key).tolist():
            [segment] = [one for one in self._segments if one.first <= profile < one.last]
            segment.remove(profile, self.rows(np.array([profile])).features)
            self.keys.values[profile] = _REMOVED

    def merge_segments(self) -> None:
        """Sort everything into one segment, which makes lookups quickest."""
        alive = self.keys.values != _REMOVED
        if not alive.all():
            self._compact(alive)
        if len(self._segments) != 1:
            self._segments = [self._build_segment(0)]

    def query(self, keys: Keys) -> Query:
        """Return the profiles of some documents of the index."""
        found = [self._profiles_of(key) for key in keys.tolist()]
        owners = np.repeat(np.arange(len(keys)), list(map(len, found)))
        profiles = np.concatenate([_NOTHING, *found])
        return Query(self.rows(profiles), self.kinds.values[profiles], owners, keys, self._signatures_of(profiles))

    def rows(self, profiles: Places) -> FeatureRows:
        """Return the features of some profiles, one row each."""
        ends = self._ends.values
        starts, ends = np.where(profiles > 0, ends[profiles - 1], 0), ends[profiles]
        places = expand_ranges(starts, ends)
        return FeatureRows(ends - starts, self.features.values[places], self.feature_weights.values[places])

    def find_nearest(self, query: Query, most: int, most_of_many: int) -> Nearest:
        """Return, for each document, those with lower keys that are alike: up to `most`, or the best of many.

        Among those equally alike the higher keys come first.
        """
        numbers, profiles, likeness = self._choose(query, *self._find_linked(query))
        owners, keys = query.owners[numbers], self.keys.values[profiles]
        # A document may be found by several of its profiles.
        order = np.lexsort((keys, owners))
        owners, keys, likeness = owners[order], keys[order], likeness[order]
        heads = np.flatnonzero((np.diff(owners, prepend=-1) != 0) | (np.diff(keys, prepend=_REMOVED) != 0))
        if len(heads):
            owners, keys, likeness = owners[heads], keys[heads], np.add.reduceat(likeness, heads)
        order = np.lexsort((-keys, -likeness, owners))
        owners, keys = owners[order], keys[order]
        counts = np.bincount(owners, minlength=len(query.keys))
        chosen = _number_within(counts) < np.where(counts > most, most_of_many, counts)[owners]
        return Nearest(query.keys[owners[chosen]], keys[chosen])

    def count_neighbours(self, query: Query) -> int:
        """Return the number of documents that have an anchor in common with one: those made from its template."""
        anchors = query.rows.features[is_anchor(query.rows.features)]
        holders = [np.zeros(len(anchors), np.int64)]
        for segment in self._segments:
            low, high = segment.bounds(anchors, np.full(len(anchors), _REMOVED))
            holders.append(high - low)
        return int(np.sum(holders, axis=0).max(initial=0))

    def find_followers(self, query: Query, changed: Flags) -> Followers:
        """Return the documents after one, which need not be in the index; `changed` says which features come or go."""
        key = int(query.keys[0])
        features, anchors = query.rows.features, is_anchor(query.rows.features)
        before = np.zeros(len(features), np.int64)
        places, profiles = [_NOTHING], [_NOTHING]
        for segment in self._segments:
            low, middle = segment.bounds(features, np.full(len(features), key))
            _, after = segment.bounds(features, np.full(len(features), key + 1))
            before += middle - low
            ends = np.minimum(segment.ends(features), after + max(FIRST_HOLDERS, NEIGHBOURS))
            places.append(np.repeat(np.arange(len(features)), ends - after))
            profiles.append(segment.profiles(expand_ranges(after, ends)))
        place, profile = np.concatenate(places), np.concatenate(profiles)
        order = np.lexsort((self.keys.values[profile], place))
        place, profile = place[order], profile[order]
        turn = _number_within(np.bincount(place, minlength=len(features)))
        room = np.where(anchors, NEIGHBOURS, FIRST_HOLDERS - 1 - before)[place]
        # A follower loses or gains the last one that it is linked to: by an anchor, if it has others before.
        follows = (turn < room) & (before[place] + turn >= NEIGHBOURS)
        moved = changed[place] & np.where(anchors[place], follows, turn == room)
        linked = np.unique(pack_keys(query.rows.numbers[place], profile.astype(np.uint32))[turn < room])
        numbers, others = _unpack(linked)
        everything = np.ones(len(features), np.bool_)
        _, alike, _ = self._choose(query, numbers, others, np.zeros(len(others), np.int64), everything)
        keys = self.keys.values
        return Followers(np.unique(keys[alike]), np.unique(keys[profile[moved]]))

    def _find_linked(self, query: Query) -> tuple[Places, Places, Amounts, Flags]:
        """Return the numbers of profiles, the earlier ones linked to each, the weights shared by links; and the hidden.

        The hidden features are those that may be shared without a link.
        """
        features, keys = query.rows.features, query.row_keys[query.rows.numbers]
        anchors = is_anchor(features)
        bounds = [segment.bounds(features, keys) for segment in self._segments]
        before = np.zeros(len(features), np.int64)
        for low, middle in bounds:
            before += middle - low
        hidden = ~anchors & (before >= FIRST_HOLDERS)
        places, profiles = [_NOTHING], [_NOTHING]
        for segment, (low, middle) in zip(self._segments, bounds, strict=True):
            starts = np.where(hidden, middle, np.where(anchors, np.maximum(low, middle - NEIGHBOURS), low))
            places.append(np.repeat(np.arange(len(features)), middle - starts))
            profiles.append(segment.profiles(expand_ranges(starts, middle)))
        place, profile = np.concatenate(places), np.concatenate(profiles)
        if len(self._segments) > 1:
            order = np.lexsort((-self.keys.values[profile], place))
            place, profile = place[order], profile[order]
            near = ~anchors[place] | (_number_within(np.bincount(place, minlength=len(features))) < NEIGHBOURS)
            place, profile = place[near], profile[near]
        packed = query.rows.numbers[place].astype(np.uint64) << np.uint64(40)
        packed |= profile.astype(np.uint64) << np.uint64(8)
        packed |= np.where(anchors, _BY_ANCHOR, query.rows.weights)[place]
        packed.sort()
        pairs = packed >> np.uint64(8)
        heads = np.flatnonzero(np.diff(pairs, prepend=np.uint64(2**64 - 1)))
        if not len(heads):
            return _NOTHING, _NOTHING, _NOTHING, hidden
        ones, others = _unpack(pairs[heads])
        shared = np.add.reduceat(packed & (_BY_ANCHOR - np.uint64(1)), heads).astype(np.int64)
        by_anchor = np.maximum.reduceat(packed & _BY_ANCHOR, heads) > 0
        light = np.minimum(query.rows.totals[ones], self.weights.values[others])
        linked = by_anchor | (shared >= LINKED * light)
        return ones[linked], others[linked], shared[linked], hidden

    def _choose(
        self, query: Query, numbers: Places, profiles: Places, shared: Amounts, hidden: Flags
    ) -> tuple[Places, Places, Places]:
        """Return the pairs of profiles that share enough, with their likeness.

        `shared` is the weight that each shares without the hidden features.
        """
        totals = query.rows.totals
        hidden_weights = np.bincount(query.rows.numbers, query.rows.weights * hidden, minlength=len(totals))
        some = query.kinds[numbers] == self.kinds.values[profiles]
        numbers, profiles, shared = numbers[some], profiles[some], shared[some]
        weights, kinds = totals[numbers], query.kinds[numbers]
        some = reach_threshold(shared + hidden_weights[numbers], weights, self.weights.values[profiles], kinds)
        numbers, profiles, shared = numbers[some], profiles[some], shared[some]
        if hidden.any():
            shared = shared + self._sum_shared(query.rows, hidden, numbers, profiles)
        some = reach_threshold(shared, totals[numbers], self.weights.values[profiles], query.kinds[numbers])
        numbers, profiles, shared = numbers[some], profiles[some], shared[some].astype(np.int64)
        if (sketched := np.flatnonzero(query.kinds[numbers] == ProfileKind.SKETCH)).size:
            some = np.ones(len(numbers), np.bool_)
            some[sketched] = self._have_similar_words(query.signatures[numbers[sketched]], profiles[sketched])
            numbers, profiles, shared = numbers[some], profiles[some], shared[some]
        # Whole numbers: they add up alike in any order.
        likeness = sum(
            _SHARE * shared // weights for weights in (totals[numbers].astype(np.int64), self.weights.values[profiles])
        )
        return numbers, profiles, likeness

    def _have_similar_words(self, signatures: Signatures, profiles: Places) -> Flags:
        """Return which of some sketches, given by their signatures, belong to texts whose words are similar enough."""
        others = self._signatures_of(profiles)
        shared, mine, theirs = (
            np.bitwise_count(bits).sum(axis=1, dtype=np.int64) for bits in (signatures & others, signatures, others)
        )
        # So many words share a bit by chance.
        chance = mine * theirs / SIGNATURE
        return np.asarray(shared - chance >= WORDED_ALIKE * (np.maximum(mine, theirs) - chance))

    def _signatures_of(self, profiles: Places) -> Signatures:
        return self.signatures.values.reshape(-1, SIGNATURE // 64)[profiles]

    def _sum_shared(self, rows: FeatureRows, hidden: Flags, numbers: Places, profiles: Places) -> Amounts:
        """Return the weight that pairs of a row and a profile share by the hidden features of the row."""
        wanted, weights = pack_keys(rows.numbers[hidden], rows.features[hidden]), rows.weights[hidden]
        others = self.rows(profiles)
        held = pack_keys(np.repeat(numbers, others.lengths), others.features)
        # A table indexed by a few bits of each key quickly excludes nearly all that are not wanted.
        known = np.zeros(1 << _BITS, np.bool_)
        known[_short_hash(wanted)] = True
        hits = np.flatnonzero(known[_short_hash(held)])
        found = np.minimum(np.searchsorted(wanted, held[hits]), len(wanted) - 1)
        amounts = np.where(wanted[found] == held[hits], weights[found], 0)
        return np.bincount(others.numbers[hits], amounts, minlength=len(numbers)).astype(np.int64)

    def _profiles_of(self, key: int) -> Places:
        """Return the profiles of a document, in order."""
        found: list[Places] = [_NOTHING]
        for segment in self._segments:
            low, high = segment.keys.searchsorted([key, key + 1]).tolist()
            found.append(segment.by_rank[low:high])
        profiles = np.concatenate(found)
        return np.sort(profiles[self.keys.values[profiles] == key])

    def _append(self, profiles: Profiles) -> None:
        self.keys.extend(profiles.keys)
        self.kinds.extend(profiles.kinds)
        self._ends.extend(len(self.features) + np.cumsum(profiles.rows.lengths))
        self.weights.extend(profiles.rows.totals)
        self.features.extend(profiles.rows.features)
        self.feature_weights.extend(profiles.rows.weights)
        self.signatures.extend(profiles.signatures.ravel())

    def _build_segment(self, first: int) -> Segment:
        start = int(self._ends.values[first - 1]) if first else 0
        lengths = np.diff(self._ends.values[first:], prepend=start)
        keys, features = self.keys.values[first:], self.features.values[start:]
        alive = keys != _REMOVED
        if not alive.all():
            features, lengths = features[np.repeat(alive, lengths)], lengths * alive
        return Segment.build(first, keys, lengths, features)

    def _compact(self, alive: Flags) -> None:
        """Drop the profiles of removed documents."""
        lengths = np.diff(self._ends.values, prepend=0)
        features = np.repeat(alive, lengths)
        for column in (self.keys, self.kinds, self.weights):
            column.keep(alive)
        for column in (self.features, self.feature_weights):
            column.keep(features)
        self.signatures.keep(np.repeat(alive, SIGNATURE // 64))
        self._ends = GrowingArray(np.int64)
        self._ends.extend(np.cumsum(lengths[alive]))
        self._segments = []


def _number_within(counts: Places) -> Places:
    """Return the numbers from 0 within each of consecutive groups of these lengths."""
    return np.asarray(np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts))


def _unpack(pairs: NDArray[np.uint64]) -> tuple[Places, Places]:
    """Return the two numbers of each packed pair."""
    return (pairs >> np.uint64(32)).astype(np.int64), pairs.astype(np.uint32).astype(np.int64)


def _short_hash(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray((keys ^ (keys >> np.uint64(27))) & np.uint64((1 << _BITS) - 1))


_BITS = 20
_BY_ANCHOR = np.uint64(128)
"""The bit of a link by an anchor, above all weights."""
_NOTHING: Places = np.zeros(0, np.int64)
_REMOVED = np.iinfo(np.int64).max
"""The key of the profiles of removed documents."""
