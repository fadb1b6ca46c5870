"""All couples of profiles that share enough, found without looking at most of the others.

Exhaustive: prefix filtering (AllPairs, Bayardo et al. 2007) only skips what cannot reach the thresholds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.arrays import expand_ranges
from faq.domain.duplicates.features import ProfileKind, keyed
from faq.domain.duplicates.postings import Amounts, Places, Postings, contained, enough, resembling

_MARGIN = 0.15
"""Share of a profile's weight that is read beyond what the thresholds ask for: fewer candidates then remain."""
_CHUNK = 1_000
"""Profiles whose features are looked up together."""
_SPARSE = 12
"""Looking at a place in the table that was counted in costs that many times what looking at the next one costs."""
_SHORT_LIST = 40
"""Profiles up to which a list is read together with others."""


@dataclass(frozen=True, slots=True)
class _Probe:
    """The features of some profiles, by rank, with the parts of their lists that have to be read."""

    bounds: Places
    """Where the features of each profile begin; one more, where the last ones end."""
    features: NDArray[np.uint32]
    weights: NDArray[np.uint8]
    low: Places
    high: Places


class SimilarityJoin:
    """The couples among all profiles of an index; to be used before anything is added to it."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self._segment = postings.whole()
        by_rank = self._segment.by_rank
        self._weights = self._segment.weights
        self._kinds = postings.kinds.values[by_rank]
        self._owners = postings.owners.values[by_rank]

    def couples(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the owners of profiles that share enough, where the lighter one's rank is in [first, last).

        A row for each couple, its lower owner first, in order.
        """
        found = [np.zeros(0, np.uint64)]
        # Lists are lightest first: what a profile has to look at begins after all that are lighter.
        passed = self._segment.passed(first)
        table = np.zeros(len(self._owners), np.uint32)
        for start in range(first, last, _CHUNK):
            profiles = np.arange(start, min(last, start + _CHUNK))
            probe = self._probe(profiles, passed)
            ones, others = self._possible(probe, profiles, table)
            shared = self._shared(probe, ones - start, others)
            chosen = enough(shared, self._weights[ones], self._weights[others], self._kinds[ones])
            chosen &= self._kinds[ones] == self._kinds[others]
            ones, others = self._worded(ones[chosen], others[chosen])
            found.append(_coupled(self._owners[ones], self._owners[others]))
        return np.stack(_parted(np.unique(np.concatenate(found))), axis=1)

    def _worded(self, ones: Places, others: Places) -> tuple[Places, Places]:
        """Leave out the couples of frames that are of texts with other words."""
        framed = np.flatnonzero(self._kinds[ones] == ProfileKind.FRAME)
        chosen = np.ones(len(ones), np.bool_)
        if len(framed):
            profiles, profiles_others = self._segment.by_rank[ones[framed]], self._segment.by_rank[others[framed]]
            rows = self._postings.rows
            chosen[framed] = self._postings.worded(rows(profiles), rows(profiles - 1), profiles_others)
        return ones[chosen], others[chosen]

    def _probe(self, profiles: Places, passed: Places) -> _Probe:
        """Look up the features of some profiles; the rarer, the more of its list has to be read."""
        starts, ends = self._postings.bounds(self._segment.by_rank[profiles])
        lengths = ends - starts
        taken = expand_ranges(starts, ends)
        features, weights = self._postings.features.values[taken], self._postings.feature_weights.values[taken]
        places, _ = self._segment.places(features)
        low, high = self._segment.starts[places] + passed[places], self._segment.starts[places + 1]
        np.add.at(passed, places, 1)
        order = ((np.repeat(profiles, lengths) << np.int64(32)) | (high - low)).argsort()
        features, weights, low, high = features[order], weights[order], low[order], high[order]
        limits = self._limits(profiles, lengths, _sums_before(weights, lengths))
        some = np.flatnonzero(limits < len(self._weights))
        high[some] = self._segment.upto(low[some], high[some], limits[some])
        return _Probe(np.concatenate([[0], np.cumsum(lengths)]), features, weights, low, high)

    def _limits(self, profiles: Places, lengths: Places, before: Places) -> Places:
        """Return, for each feature, the rank from which no profile can reach a threshold with the features left."""
        weights, kinds = self._weights[profiles], self._kinds[profiles]
        left = np.repeat(weights * (1 + _MARGIN), lengths) - before
        heaviest = left / np.repeat(resembling(kinds), lengths)
        heaviest[np.repeat(contained(weights, kinds), lengths) <= left] = np.inf
        return np.asarray(np.searchsorted(self._weights, heaviest, side="right"))

    def _possible(self, probe: _Probe, profiles: Places, table: NDArray[np.uint32]) -> tuple[Places, Places]:
        """Return the pairs of ranks that may share enough; `table`, of counts, is all zero before and after."""
        # Whole numbers like the table's: comparing those with fractions takes many times as long.
        needed = np.ceil(np.maximum(1, self._weights[profiles] * _MARGIN)).astype(np.uint32)
        hits = []
        for profile, least, (held, amounts) in zip(profiles.tolist(), needed, self._read(probe), strict=True):
            np.add.at(table, held, amounts)
            if len(held) * _SPARSE > len(table) - profile:
                hits.append(np.flatnonzero(table[profile + 1 :] >= least) + (profile + 1))
                table[profiles[0] :] = 0
            else:
                hits.append(held[table[held] >= least])
                table[held] = 0
        couples = np.unique(keyed(np.repeat(profiles, list(map(len, hits))), np.concatenate(hits).astype(np.uint32)))
        ones, others = _parted(couples)
        # Of the profiles that are looked up together, some lighter ones are not passed yet.
        return ones[others > ones], others[others > ones]

    def _read(self, probe: _Probe) -> Iterator[tuple[Places, NDArray[np.uint32]]]:
        """Give, profile by profile, the ranks in its lists, and what each of them shares by being there."""
        ranks, counts = self._segment.ranks, np.maximum(probe.high - probe.low, 0)
        weights = probe.weights.astype(np.uint32)
        # Most lists are short and read all at once; for a long one, a slice of its own costs less.
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

    def _shared(self, probe: _Probe, places: Places, others: Places) -> Amounts:
        """Return what couples share: a profile, by its place in the probe, and another, by its rank."""
        if not len(others):
            return np.zeros(0)
        wanted = keyed(np.repeat(np.arange(len(probe.bounds) - 1), np.diff(probe.bounds)), probe.features)
        order = np.argsort(wanted)
        wanted, weights = wanted[order], probe.weights[order]
        starts, ends = self._postings.bounds(self._segment.by_rank[others])
        counts = ends - starts
        held = keyed(np.repeat(places, counts), self._postings.features.values[expand_ranges(starts, ends)])
        # A table by a few bits tells quickly, of nearly all, that they are not wanted.
        known = np.zeros(1 << _BITS, np.bool_)
        known[_short(wanted)] = True
        hits = np.flatnonzero(known[_short(held)])
        found = np.minimum(np.searchsorted(wanted, held[hits]), len(wanted) - 1)
        amounts = np.where(wanted[found] == held[hits], weights[found], 0)
        couples = np.searchsorted(np.cumsum(counts), hits, side="right")
        return np.bincount(couples, amounts, minlength=len(others))


def merged(couples: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the couples of several arrays, each once, in order."""
    rows = np.concatenate([np.zeros((0, 2), np.int64), *couples])
    return np.stack(_parted(np.unique(_coupled(rows[:, 0], rows[:, 1]))), axis=1)


def _coupled(ones: Places, others: Places) -> NDArray[np.uint64]:
    """Put two owners into one number, the lower one first; a couple of one owner is none."""
    apart = ones != others
    return keyed(np.minimum(ones, others)[apart], np.maximum(ones, others)[apart].astype(np.uint32))


def _parted(couples: NDArray[np.uint64]) -> tuple[Places, Places]:
    """Take two whole numbers out of one, as they were put into it."""
    return (couples >> np.uint64(32)).astype(np.int64), couples.astype(np.uint32).astype(np.int64)


def _sums_before(weights: NDArray[np.uint8], lengths: Places) -> Places:
    """Give, for every feature of profiles of these lengths, the weight of the profile's features before it."""
    summed = np.concatenate([[0], np.cumsum(weights, dtype=np.int64)])
    starts = np.cumsum(lengths) - lengths
    return np.asarray(summed[:-1] - np.repeat(summed[starts], lengths))


def _short(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray((keys ^ (keys >> np.uint64(27))) & np.uint64((1 << _BITS) - 1))


_BITS = 20
