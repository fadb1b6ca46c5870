"""The search index: which entries a query finds, the most telling first.

The numbers of entries are their places in all arrays, as in `faq.domain.search.postings`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.filed import NOWHERE, Filed
from faq.domain.search.postings import Postings, Weights
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.senses import Reader, Sense, Way
from faq.domain.search.vocabulary import Vocabulary

Numbers = NDArray[np.intp]
Amounts = NDArray[np.float32]

FEW = 3
"""Entries that hold all words. Where there are fewer, those that hold most of them follow."""
MOST = 0.35
"""Of what the words of a query tell together: what « most of them » tell at least."""
_COMMON, _NEGATION = 0.5, 0.25
"""What words tell that nearly every answer holds, or that only deny."""
USEFUL = 0.15
"""How much better, or worse, an entry is placed that all visitors found useful, or none."""
NEAREST = 5
FILED = 1
"""What an entry weighs that is only filed under what a query names: as little as the least word."""
_FINEST = 65_535
_PLAIN, _PART, _SPARSE = 12_346, 1 << 16, 4_096
"""Of stored sets: the mark of those without runs, the numbers of a part, and how many of them are listed at most."""


@dataclass(frozen=True)
class Found:
    """What a query finds."""

    entries: BitMap
    """The numbers of the entries."""
    senses: tuple[Sense, ...]
    nearest: list[int]
    """Where nothing is found: the entries that hold something of the query, best first."""
    scores: Amounts = field(repr=False)
    """By number; those that are not found have none."""

    def ranked(self, within: BitMap) -> "Ranked":
        """Return those that are among some others, best first; of equal ones the smaller number first."""
        numbers = np.frombuffer((within & self.entries).to_array(), np.uint32).astype(np.intp)
        return Ranked(*_ranked(numbers, self.scores))


@dataclass(frozen=True)
class Ranked:
    """Entries, best first."""

    _numbers: Numbers
    _scores: Amounts

    def best(self, limit: int) -> list[tuple[int, float]]:
        """Return the first ones, each with its score."""
        return list(zip(self._numbers[:limit].tolist(), self._scores[:limit].tolist(), strict=True))

    def numbers(self, start: int, stop: int) -> list[int]:
        """Return those from one place to before another."""
        found: list[int] = self._numbers[start:stop].tolist()
        return found


@dataclass(frozen=True)
class Index:
    """Everything that is searched. Never changed: threads share it, and a change makes another that shares the rest."""

    vocabulary: Vocabulary
    postings: Postings
    entries: BitMap
    """The numbers of the entries that are indexed: those that hold a word."""
    usefulness: NDArray[np.int8]
    """From -100 (useful to nobody) over 0 (not known) to 100, by number."""

    @classmethod
    def build(cls, vocabulary: Vocabulary, entries: Iterable[tuple[int, bytes]], useful: Mapping[int, int]) -> "Index":
        """Take entries as `Postings.build` does, and what is known of the usefulness of some."""
        numbers = BitMap()

        def noted() -> Iterable[tuple[int, bytes]]:
            for number, stems in entries:
                if stems:
                    numbers.add(number)
                    yield number, stems

        postings = Postings.build(noted())
        usefulness = np.zeros(postings.size, np.int8)
        for number, value in useful.items():
            if number in numbers:
                usefulness[number] = value
        return cls(vocabulary, postings, numbers, usefulness)

    def patched(self, vocabulary: Vocabulary, entries: Mapping[int, bytes], useful: Mapping[int, int]) -> "Index":
        """Return the index after changes to some entries; no stored words: it is not indexed any more."""
        postings = self.postings.patched(entries)
        usefulness = np.zeros(postings.size, np.int8)
        usefulness[: len(self.usefulness)] = self.usefulness
        for number in entries:
            usefulness[number] = useful.get(number, 0)
        numbers = self.entries - BitMap(entries) | BitMap(number for number, stems in entries.items() if stems)
        return replace(
            self,
            vocabulary=vocabulary,
            postings=postings,
            entries=numbers,
            usefulness=usefulness,
        )

    def reader(self, synonyms: Synonyms, filed: Filed = NOWHERE, *, typing: bool = False) -> Reader:
        """Return who reads queries as this index does."""
        return Reader(self.vocabulary, self.postings.frequencies, synonyms, filed, typing)

    def search(self, query: Query, synonyms: Synonyms, filed: Filed = NOWHERE, *, typing: bool = False) -> Found:
        """Find the entries that say everything that the query does; where those are few, most of it.

        With `typing`, the last word may go on.
        """
        senses = tuple(self.reader(synonyms, filed, typing=typing).senses(query))
        weights = [self._weights(sense) for sense in senses]
        present = [weight > 0 for weight in weights]
        amounts = telling(senses, [int(np.count_nonzero(there)) for there in present], len(self.entries))
        if not sum(amounts):
            return Found(BitMap(), senses, [], np.zeros(0, np.float32))
        needed = [there for there, sense in zip(present, senses, strict=True) if not sense.negation]
        matching = np.logical_and.reduce(needed or present)
        if np.count_nonzero(matching) < FEW:
            told = sum(there * np.float32(amount) for there, amount in zip(present, amounts, strict=True))
            matching |= told >= MOST * sum(amounts)
        if matching.any():
            return Found(as_set(matching), senses, [], self._scores(np.flatnonzero(matching), weights, amounts))
        some = np.flatnonzero(np.logical_or.reduce(present))
        nearest, _ = _ranked(some, self._scores(some, weights, amounts))
        return Found(BitMap(), senses, nearest[:NEAREST].tolist(), np.zeros(0, np.float32))

    def _weights(self, sense: Sense) -> Weights:
        found = self._said(sense.ways)
        if sense.filed:
            there = np.frombuffer(sense.filed.to_array(), np.uint32)
            there = there[there < self.postings.size]
            found[there] = np.maximum(found[there], np.uint8(FILED))
        return found

    def _said(self, ways: Sequence[Way]) -> Weights:
        found = self.postings.weights([(way.stems[0], way.factor) for way in ways if len(way.stems) == 1])
        for way in ways:
            if len(way.stems) > 1:
                each = [self.postings.weights([(stem, way.factor)]) for stem in way.stems]
                np.maximum(found, np.minimum.reduce(each), out=found)
        return found

    def _scores(self, numbers: Numbers, weights: Sequence[Weights], amounts: Sequence[float]) -> Amounts:
        """Return what these entries score, by number: what they say of the query, and how much of it."""
        score = np.zeros(len(numbers), np.float32)
        told = np.zeros(len(numbers), np.float32)
        for weight, amount in zip(weights, amounts, strict=True):
            said = weight[numbers]
            score += said * np.float32(amount)
            told += (said > 0) * np.float32(amount)
        score *= told / np.float32(sum(amounts))
        score *= 1 + self.usefulness[numbers] * np.float32(USEFUL / 100)
        scores = np.zeros(self.postings.size, np.float32)
        scores[numbers] = score
        return scores


def telling(senses: Sequence[Sense], holding: Sequence[int], total: int) -> list[float]:
    """Return how much each part of a query tells: the more, the fewer entries say it.

    As in BM25; `holding` says how many do, of how many in all. What no entry says tells as much as the rest on
    the average.
    """
    known = []
    for sense, held in zip(senses, holding, strict=True):
        rare = math.log1p((total - held + 0.5) / (held + 0.5))
        factor = _NEGATION if sense.negation else _COMMON if sense.common else 1.0
        known.append(rare * factor if held else 0.0)
    average = sum(known) / max(1, sum(map(bool, known)))
    return [amount or average for amount in known]


def _ranked(numbers: Numbers, scores: Amounts) -> tuple[Numbers, Amounts]:
    """Put entries, in rising order, in that of their scores, best first, and give these too.

    Scores that differ by less than one in 65,535 are equal.
    """
    mine = scores[numbers]
    coarse = np.round(mine * (_FINEST / scores.max(initial=1e-9))).astype(np.uint16)
    order = np.argsort(_FINEST - coarse, kind="stable")
    return numbers[order], mine[order]


def as_set(present: NDArray[np.bool_]) -> BitMap:
    """Return the numbers of the places that are true as a set, through the form in which sets are stored.

    That form is public (RoaringFormatSpec); the package would take the numbers one after the other.
    """
    parts = [present[first : first + _PART] for first in range(0, len(present), _PART)]
    held = [(high, count, part) for high, part in enumerate(parts) if (count := int(np.count_nonzero(part)))]
    stored = [_as_list(part) if count <= _SPARSE else _as_bits(part) for _, count, part in held]
    before = 8 + 8 * len(held)
    offsets = before + np.cumsum([0, *map(len, stored)])[:-1]
    said = np.array([(high, count - 1) for high, count, _ in held], "<u2")
    head = np.array([_PLAIN, len(held)], "<u4").tobytes() + said.tobytes() + offsets.astype("<u4").tobytes()
    return BitMap.deserialize(head + b"".join(stored))


def _as_list(part: NDArray[np.bool_]) -> bytes:
    return np.flatnonzero(part).astype("<u2").tobytes()


def _as_bits(part: NDArray[np.bool_]) -> bytes:
    return np.packbits(part, bitorder="little").tobytes().ljust(_PART // 8, b"\0")
