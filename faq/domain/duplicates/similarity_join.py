"""The similarity join: all pairs of profiles that share enough, without examining most of the others.

Exhaustive: prefix filtering (AllPairs, Bayardo et al. 2007) only skips what cannot reach the thresholds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.arrays import expand_ranges
from faq.domain.duplicates.features import ProfileKind, pack_keys
from faq.domain.duplicates.postings import (
    Amounts,
    Places,
    Postings,
    containment_threshold,
    reach_threshold,
    resemblance_threshold,
)

_MARGIN = 0.15
"""Share of a profile's weight that is read beyond what the thresholds ask for: fewer candidates then remain."""
_CHUNK = 1_000
"""Profiles whose features are looked up together."""
_SPARSE = 12
"""Ratio of the cost of reading a random place of the table to that of reading the next one."""
_SHORT_LIST = 40
"""Length up to which lists are read together."""


@dataclass(frozen=True, slots=True)
class _Probe:
    """The features of some profiles, with the parts of their lists that have to be read."""

    bounds: Places
    """The places where the features of each profile begin, and where the last ones end."""
    features: NDArray[np.uint32]
    weights: NDArray[np.uint8]
    low: Places
    high: Places


class SimilarityJoin:
    """The join of all profiles of an index with themselves; invalid once anything is added to the index."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._segment = postings.merge_segments()
        by_rank = self._segment.by_rank
        self._weights = self._segment.weights
        self._kinds = postings.kinds.values[by_rank]
        self._owners = postings.owners.values[by_rank]

    def pairs(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the owners of profiles that share reach_threshold, where the lighter one's rank is in [first, last).

        One row per pair, the lower document first, in order.
        """
        found = [np.zeros(0, np.uint64)]
        # Lists are lightest first: the part that a profile has to read begins after all lighter ones.
        passed = self._segment.count_below(first)
        table = np.zeros(len(self._owners), np.uint32)
        for start in range(first, last, _CHUNK):
            profiles = np.arange(start, min(last, start + _CHUNK))
            probe = self._look_up(profiles, passed)
            ones, others = self._find_candidates(probe, profiles, table)
            shared = self._sum_shared(probe, ones - start, others)
            chosen = reach_threshold(shared, self._weights[ones], self._weights[others], self._kinds[ones])
            chosen &= self._kinds[ones] == self._kinds[others]
            ones, others = self._filter_frames(ones[chosen], others[chosen])
            found.append(_pack_pairs(self._owners[ones], self._owners[others]))
        return np.stack(_unpack_pairs(np.unique(np.concatenate(found))), axis=1)

    def _filter_frames(self, ones: Places, others: Places) -> tuple[Places, Places]:
        """Return the pairs without those of frame profiles whose texts have different words."""
        framed = np.flatnonzero(self._kinds[ones] == ProfileKind.FRAME)
        chosen = np.ones(len(ones), np.bool_)
        if len(framed):
            profiles, profiles_others = self._segment.by_rank[ones[framed]], self._segment.by_rank[others[framed]]
            rows = self._postings.rows
            chosen[framed] = self._postings.have_similar_words(rows(profiles), rows(profiles - 1), profiles_others)
        return ones[chosen], others[chosen]

    def _look_up(self, profiles: Places, passed: Places) -> _Probe:
        """Return the features of some profiles, rarest first: the rarer one is, the more of its list has to be read."""
        starts, ends = self._postings.bounds(self._segment.by_rank[profiles])
        lengths = ends - starts
        taken = expand_ranges(starts, ends)
        features, weights = self._postings.features.values[taken], self._postings.feature_weights.values[taken]
        places, _ = self._segment.places(features)
        low, high = self._segment.starts[places] + passed[places], self._segment.starts[places + 1]
        np.add.at(passed, places, 1)
        order = ((np.repeat(profiles, lengths) << np.int64(32)) | (high - low)).argsort()
        features, weights, low, high = features[order], weights[order], low[order], high[order]
        limits = self._rank_limits(profiles, lengths, _preceding_weights(weights, lengths))
        some = np.flatnonzero(limits < len(self._weights))
        high[some] = self._segment.search_limits(low[some], high[some], limits[some])
        return _Probe(np.concatenate([[0], np.cumsum(lengths)]), features, weights, low, high)

    def _rank_limits(self, profiles: Places, lengths: Places, before: Places) -> Places:
        """Return, for each feature, the rank from which no profile can reach a threshold with the features left."""
        weights, kinds = self._weights[profiles], self._kinds[profiles]
        left = np.repeat(weights * (1 + _MARGIN), lengths) - before
        heaviest = left / np.repeat(resemblance_threshold(kinds), lengths)
        heaviest[np.repeat(containment_threshold(weights, kinds), lengths) <= left] = np.inf
        return np.asarray(np.searchsorted(self._weights, heaviest, side="right"))

    def _find_candidates(self, probe: _Probe, profiles: Places, table: NDArray[np.uint32]) -> tuple[Places, Places]:
        """Return the pairs of ranks that may share enough; `table`, of counts, is all zero before and after."""
        # Whole numbers like those of the table: comparing them with fractions takes many times as long.
        needed = np.ceil(np.maximum(1, self._weights[profiles] * _MARGIN)).astype(np.uint32)
        hits = []
        for profile, least, (held, amounts) in zip(profiles.tolist(), needed, self._read_lists(probe), strict=True):
            np.add.at(table, held, amounts)
            if len(held) * _SPARSE > len(table) - profile:
                hits.append(np.flatnonzero(table[profile + 1 :] >= least) + (profile + 1))
                table[profiles[0] :] = 0
            else:
                hits.append(held[table[held] >= least])
                table[held] = 0
        pairs = np.unique(pack_keys(np.repeat(profiles, list(map(len, hits))), np.concatenate(hits).astype(np.uint32)))
        ones, others = _unpack_pairs(pairs)
        # The lists may still hold lighter ones among the profiles that are looked up together.
        return ones[others > ones], others[others > ones]

    def _read_lists(self, probe: _Probe) -> Iterator[tuple[Places, NDArray[np.uint32]]]:
        """Yield, profile by profile, the ranks in its lists and the weight that each of them shares by being there."""
        ranks, counts = self._segment.ranks, np.maximum(probe.high - probe.low, 0)
        weights = probe.weights.astype(np.uint32)
        # Most lists are short and read at once; a long one costs less as a slice of its own.
        short, long = np.flatnonzero(counts <= _SHORT_LIST), np.flatnonzero(counts > _SHORT_LIST)
        of_short = ranks[expand_ranges(probe.low[short], probe.low[short] + counts[short])]
        amounts = np.repeat(weights[short], counts[short])
        read = np.concatenate([[0], np.cumsum(counts[short])])[np.searchsorted(short, probe.bounds)].tolist()
        ranges = zip(probe.low[long].tolist(), probe.high[long].tolist(), strict=True)
        slices = [ranks[low:high] for low, high in ranges]
        weights, counts = weights[long], counts[long]
        ends = np.searchsorted(long, probe.bounds).tolist()
        for mine, some in zip(map(slice, read, read[1:]), map(slice, ends, ends[1:]), strict=True):
            yield (
                np.concatenate([of_short[mine], *slices[some]], dtype=np.int64),
                np.concatenate([amounts[mine], weights[some].repeat(counts[some])]),
            )

    def _sum_shared(self, probe: _Probe, places: Places, others: Places) -> Amounts:
        """Return the weight that pairs share: profiles by their places in the probe, the others by their ranks."""
        if not len(others):
            return np.zeros(0)
        wanted = pack_keys(np.repeat(np.arange(len(probe.bounds) - 1), np.diff(probe.bounds)), probe.features)
        order = np.argsort(wanted)
        wanted, weights = wanted[order], probe.weights[order]
        starts, ends = self._postings.bounds(self._segment.by_rank[others])
        counts = ends - starts
        held = pack_keys(np.repeat(places, counts), self._postings.features.values[expand_ranges(starts, ends)])
        # A table indexed by a few bits of each key quickly excludes nearly all that are not wanted.
        known = np.zeros(1 << _BITS, np.bool_)
        known[_short_hash(wanted)] = True
        hits = np.flatnonzero(known[_short_hash(held)])
        found = np.minimum(np.searchsorted(wanted, held[hits]), len(wanted) - 1)
        amounts = np.where(wanted[found] == held[hits], weights[found], 0)
        pairs = np.searchsorted(np.cumsum(counts), hits, side="right")
        return np.bincount(pairs, amounts, minlength=len(others))


def merge_pairs(pairs: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the pairs of several arrays, each once, in order."""
    rows = np.concatenate([np.zeros((0, 2), np.int64), *pairs])
    return np.stack(_unpack_pairs(np.unique(_pack_pairs(rows[:, 0], rows[:, 1]))), axis=1)


def _pack_pairs(ones: Places, others: Places) -> NDArray[np.uint64]:
    """Return each pair of two documents as one number, the lower one first; pairs of one document are left out."""
    apart = ones != others
    return pack_keys(np.minimum(ones, others)[apart], np.maximum(ones, others)[apart].astype(np.uint32))


def _unpack_pairs(pairs: NDArray[np.uint64]) -> tuple[Places, Places]:
    """Return the two numbers of each packed pair."""
    return (pairs >> np.uint64(32)).astype(np.int64), pairs.astype(np.uint32).astype(np.int64)


def _preceding_weights(weights: NDArray[np.uint8], lengths: Places) -> Places:
    """Return, for every feature, the weight of the features before it in its profile."""
    summed = np.concatenate([[0], np.cumsum(weights, dtype=np.int64)])
    starts = np.cumsum(lengths) - lengths
    return np.asarray(summed[:-1] - np.repeat(summed[starts], lengths))


def _short_hash(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray((keys ^ (keys >> np.uint64(27))) & np.uint64((1 << _BITS) - 1))


_BITS = 20
