"""Postings: for each stem, the entries that hold it and its weight there, with a small layer of later changes.

Entry numbers are below 2**32, and few are unused: a search adds up arrays with a place for each number.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.uint8]
"""The weight of a stem or query term in each entry, by entry number: 0 for those without it."""

WeakWeights = NDArray[np.float32]
"""The same, with fractions."""

DocumentFrequencies = NDArray[np.int32]
"""The number of entries that hold each stem, by the stem's number."""

StemWeights = Mapping[int, int]
"""The weights of one entry's stems, by the stem's number."""

BLOCK = 1 << 14
"""The number of entries whose postings form one block: sorting one block at a time bounds the memory it takes."""
MOST_STEMS = 1 << 24

_WEIGHT_BITS = 8
_PACKED = np.dtype("<u4")
_ITEM = _PACKED.itemsize


def pack(weights: Mapping[int, int]) -> bytes:
    """Return the stored form of the weights of one entry's stems.

    Raises OverflowError for a number of MOST_STEMS or more.
    """
    if weights and max(weights) >= MOST_STEMS:
        raise OverflowError("too many stems were ever indexed: index everything again")
    items = np.fromiter((stem << _WEIGHT_BITS | weight for stem, weight in sorted(weights.items())), _PACKED)
    return items.tobytes()


def unpack(words: bytes) -> dict[int, int]:
    """Return the weights of one entry's stems from their stored form."""
    packed = np.frombuffer(words, _PACKED)
    return dict(zip(_stems(packed).tolist(), packed.astype(np.uint8).tolist(), strict=True))


def compute_idf(held: int, total: int) -> float:
    """Return the inverse document frequency, as in BM25, of what so many of all entries hold."""
    return math.log1p((max(total, held) - held + 0.5) / (held + 0.5))


@dataclass(frozen=True, slots=True)
class _Layer:
    """Postings of some entries, sorted by stem, then by entry."""

    first: int
    """The entry number from which `entries` counts."""
    stems: NDArray[np.uint32]
    """Those that some entry holds, in rising order."""
    ends: NDArray[np.uint32]
    """The place after the last posting of each stem."""
    entries: NDArray[np.uint16] | NDArray[np.uint32]
    weights: Weights

    @classmethod
    def build(cls, first: int, rows: Mapping[int, bytes], kind: type[np.uint16] | type[np.uint32]) -> "_Layer":
        """Build the postings of entries from their stored stems, by number in rising order."""
        packed = np.frombuffer(b"".join(rows.values()), _PACKED)
        stems = _stems(packed)
        order = _order(stems)
        sizes = np.fromiter((len(words) // _ITEM for words in rows.values()), np.int64, len(rows))
        entries = np.repeat(np.fromiter((number - first for number in rows), kind, len(rows)), sizes)
        stems = stems[order]
        last = np.append(stems[1:] != stems[:-1], True)[: len(stems)]
        ends = (np.flatnonzero(last) + 1).astype(np.uint32)
        return cls(first, stems[ends - 1], ends, entries[order], packed[order].astype(np.uint8))

    def raise_weights(self, found: Weights, stems: Iterable[tuple[int, Weights | None]]) -> None:
        """Raise the weights in an array to those of some stems.

        Each stem comes with the table that scales its weights; None where they stay and the array is still empty.
        """
        for stem, scale in stems:
            mine = self.places_of(stem)
            entries = self.entries[mine]
            weights = self.weights[mine]
            if scale is not None:
                weights = np.maximum(found[entries], scale[weights])
            found[entries] = weights

    def raise_weak_weights(self, found: WeakWeights, stems: NDArray[np.uint32], factors: Sequence[float]) -> None:
        """Raise the weights in an array to those of some stems, each times its factor."""
        mine = [
            (slice(first, last), factor)
            for first, last, factor in zip(*self._find_all_places(stems), factors, strict=True)
            if first < last
        ]
        if mine:
            entries = np.concatenate([self.entries[places] for places, _ in mine])
            weights = np.concatenate([self.weights[places] * np.float32(factor) for places, factor in mine])
            np.maximum.at(found, entries, weights)

    def _find_all_places(self, stems: NDArray[np.uint32]) -> tuple[list[int], list[int]]:
        """Return where the postings of each of some stems begin, and where they end: the same for unknown ones."""
        if not len(self.stems):
            return [0] * len(stems), [0] * len(stems)
        places = np.searchsorted(self.stems, stems)
        known = np.minimum(places, len(self.stems) - 1)
        firsts = np.where(places > 0, self.ends[places - 1], 0)
        return firsts.tolist(), np.where(self.stems[known] == stems, self.ends[known], firsts).tolist()

    def stems_of(self, number: int) -> NDArray[np.uint32]:
        """Return the stems of one entry."""
        places = np.flatnonzero(self.entries == number - self.first)
        return self.stems[np.searchsorted(self.ends, places, side="right")]

    def places_of(self, stem: int) -> slice:
        """Return the places of the postings of a stem."""
        place = int(np.searchsorted(self.stems, np.uint32(stem)))
        if place == len(self.stems) or self.stems[place] != stem:
            return slice(0, 0)
        return slice(int(self.ends[place - 1]) if place else 0, int(self.ends[place]))


@dataclass(frozen=True)
class Postings:
    """The postings of all entries. Never changed: threads share it, and a change makes another that shares the rest."""

    size: int
    """One more than the highest number of an entry."""
    frequencies: DocumentFrequencies
    _blocks: tuple[_Layer, ...]
    _changed: Mapping[int, bytes]
    """The stored stems of entries that changed since the blocks were built; empty for those that left the index."""
    _layer: _Layer
    """The same, as postings."""
    _masked: NDArray[np.intp]
    """The changed entries that the blocks hold too, in rising order: their old postings are ignored."""

    @classmethod
    def build(cls, entries: Iterable[tuple[int, bytes]]) -> "Postings":
        """Build postings from (number, stored stems), in rising order."""
        blocks = tuple(_Layer.build(first, rows, np.uint16) for first, rows in _by_block(entries))
        last = blocks[-1] if blocks else None
        size = last.first + int(last.entries.max(initial=0)) + 1 if last else 0
        frequencies = np.zeros(
            max((int(block.stems[-1]) + 1 for block in blocks if len(block.stems)), default=0), np.int32
        )
        for block in blocks:
            frequencies[block.stems] += np.diff(block.ends, prepend=0).astype(np.int32)
        return cls(size, frequencies, blocks, {}, _Layer.build(0, {}, np.uint32), np.empty(0, np.intp))

    @property
    def changes(self) -> int:
        """The number of entries that changed since the blocks were built."""
        return len(self._changed)

    def patched(self, entries: Mapping[int, bytes]) -> "Postings":
        """Return the postings after changes to some entries; those without stored stems leave the index."""
        changed = dict(sorted({**self._changed, **entries}.items()))
        layer = _Layer.build(0, {number: words for number, words in changed.items() if words}, np.uint32)
        masked = np.fromiter((number for number in changed if number < self.size), np.intp)
        return replace(
            self,
            size=max(self.size, max(entries, default=-1) + 1),
            frequencies=self._recount(entries),
            _changed=changed,
            _layer=layer,
            _masked=masked,
        )

    def _recount(self, entries: Mapping[int, bytes]) -> DocumentFrequencies:
        after = {number: _stems(words) for number, words in entries.items()}
        highest = max((int(stems.max(initial=0)) for stems in after.values()), default=0)
        counted = np.zeros(max(len(self.frequencies), highest + 1), np.int32)
        counted[: len(self.frequencies)] = self.frequencies
        for number, stems in after.items():
            counted[self._previous_stems(number)] -= 1
            counted[stems] += 1
        return counted

    def _previous_stems(self, number: int) -> NDArray[np.uint32]:
        """Return the stems that these postings hold of an entry."""
        if number in self._changed:
            return _stems(self._changed[number])
        blocks = (block for block in self._blocks if block.first <= number < block.first + BLOCK)
        return next((block.stems_of(number) for block in blocks), np.empty(0, np.uint32))

    def weights(self, stems: Sequence[tuple[int, float]]) -> Weights:
        """Return the weight of the best of some stems in each entry; each comes with a factor up to 1."""
        # The first stem finds an empty array: unscaled, it can be copied.
        scaled = [(stem, _scale(factor) if rank or factor != 1 else None) for rank, (stem, factor) in enumerate(stems)]
        found = np.zeros(self.size, np.uint8)
        for block in self._blocks:
            block.raise_weights(found[block.first : block.first + BLOCK], scaled)
        found[self._masked] = 0
        self._layer.raise_weights(found, scaled)
        return found

    def weak_weights(self, stems: Sequence[tuple[int, float]]) -> WeakWeights:
        """Return the same for many stems with small factors, for which whole numbers would be too coarse."""
        found = np.zeros(self.size, np.float32)
        sought, factors = np.array([stem for stem, _ in stems], np.uint32), [factor for _, factor in stems]
        for block in self._blocks:
            block.raise_weak_weights(found[block.first : block.first + BLOCK], sought, factors)
        found[self._masked] = 0
        self._layer.raise_weak_weights(found, sought, factors)
        return found

    def frequency(self, stem: int) -> int:
        """Return the number of entries that hold a stem."""
        return int(self.frequencies[stem]) if stem < len(self.frequencies) else 0


def _stems(words: bytes | NDArray[np.uint32]) -> NDArray[np.uint32]:
    packed = np.frombuffer(words, _PACKED)
    return packed >> np.uint32(_WEIGHT_BITS)


@cache
def _scale(factor: float) -> Weights:
    """Return the table of all weights times a factor, rounded up so that no weight becomes 0."""
    scale: Weights = np.ceil(np.arange(1 << _WEIGHT_BITS) * factor).astype(np.uint8)
    return scale


def _order(stems: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return the stable order by stem; NumPy sorts 16 bits at a time in linear time."""
    order = np.argsort((stems & 0xFFFF).astype(np.uint16), kind="stable")
    high = (stems >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order


def _by_block(entries: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, dict[int, bytes]]]:
    first = 0
    rows: dict[int, bytes] = {}
    for number, words in entries:
        if number - first >= BLOCK:
            if rows:
                yield first, rows
            first, rows = number - number % BLOCK, {}
        rows[number] = words
    if rows:
        yield first, rows
