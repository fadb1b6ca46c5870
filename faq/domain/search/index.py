"""The search index: which entries a query finds, the most telling first.

The numbers of entries are their places in all arrays, as in `faq.domain.search.postings`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.postings import Postings, Weights
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.senses import Reader, Sense, Way
from faq.domain.search.vocabulary import Vocabulary

Numbers = NDArray[np.intp]
Amounts = NDArray[np.float32]

FEW = 3
"""Entries that hold all words. Where there are fewer, those that hold most of them follow."""
_MOST = 0.35
"""Of what the words of a query tell together: what « most of them » tell at least."""
_COMMON, _NEGATION = 0.5, 0.25
"""What words tell that nearly every answer holds, or that only deny."""
_USEFUL = 0.15
"""How much better, or worse, an entry is placed that all visitors found useful, or none."""
_NEAREST = 5
MOST_COMPLETIONS = 6
_FINEST = 65_535
_PLAIN, _SPARSE = 12_346, 4_096
"""Of stored sets: the mark of those without runs, and how many numbers of one high half are listed at most."""


@dataclass(frozen=True)
class Found:
    """What a query finds."""

    numbers: Numbers
    """Of the entries, best first; of equal ones the smaller number first."""
    entries: BitMap
    """The same as a set."""
    senses: tuple[Sense, ...]
    nearest: Numbers
    """Where nothing is found: the entries that hold something of the query, best first."""


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
        """Give the index after changes to some entries; no stored words: it is not indexed any more."""
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

    def search(self, query: Query, synonyms: Synonyms, *, typing: bool = False) -> Found:
        """Find the entries that say everything that the query does; where those are few, most of it.

        With `typing`, the last word may go on.
        """
        reader = Reader(self.vocabulary, self.postings, synonyms, typing)
        senses = tuple(reader.senses(query))
        weights = [self._weights(sense.ways) for sense in senses]
        telling = self._telling(senses, weights)
        if not sum(telling):
            return Found(np.empty(0, np.intp), BitMap(), senses, np.empty(0, np.intp))
        score, told = self._added_up(weights, telling)
        needed = [number for number, sense in enumerate(senses) if not sense.negation]
        everything = np.logical_and.reduce([weights[number] > 0 for number in needed or range(len(senses))])
        matching = np.flatnonzero(everything)
        if len(matching) < FEW:
            matching = np.flatnonzero(everything | (told >= _MOST * sum(telling)))
        ranked = _ranked(matching, score)
        nearest = _ranked(np.flatnonzero(told), score)[:_NEAREST] if not len(ranked) else ranked[:0]
        return Found(ranked, _as_set(matching), senses, nearest)

    def completions(self, beginning: str) -> list[int]:
        """Give the numbers of forms that begin so, one for each stem, those in the most entries first."""
        places = self.vocabulary.beginning_with(beginning)
        reader = Reader(self.vocabulary, self.postings, Synonyms(()))
        stems = reader.beginning_with(beginning)[:MOST_COMPLETIONS].tolist()
        # The shortest form of a stem is its plainest: not the plural, not the feminine.
        shortest: dict[int, tuple[int, int]] = {}
        for place in range(places.start, places.stop):
            stem, length = int(self.vocabulary.stems[place]), len(self.vocabulary.forms[place])
            if stem in stems and (stem not in shortest or length < shortest[stem][0]):
                shortest[stem] = length, int(self.vocabulary.ids[place])
        return [shortest[stem][1] for stem in stems]

    def _weights(self, ways: Sequence[Way]) -> Weights:
        found = self.postings.weights([(way.stems[0], way.factor) for way in ways if len(way.stems) == 1])
        for way in ways:
            if len(way.stems) > 1:
                each = [self.postings.weights([(stem, way.factor)]) for stem in way.stems]
                np.maximum(found, np.minimum.reduce(each), out=found)
        return found

    def _telling(self, senses: Sequence[Sense], weights: Sequence[Weights]) -> list[float]:
        """Give how much each part of a query tells: the more, the fewer entries say it.

        As in BM25. What no entry says tells as much as the rest on the average.
        """
        known = []
        for sense, weight in zip(senses, weights, strict=True):
            holding = int(np.count_nonzero(weight))
            rare = math.log1p((len(self.entries) - holding + 0.5) / (holding + 0.5))
            factor = _NEGATION if sense.negation else _COMMON if sense.common else 1.0
            known.append(rare * factor if holding else 0.0)
        average = sum(known) / max(1, sum(map(bool, known)))
        return [amount or average for amount in known]

    def _added_up(self, weights: Sequence[Weights], telling: Sequence[float]) -> tuple[Amounts, Amounts]:
        """Give the score of each entry, and how much of what the query tells it tells."""
        score = np.zeros(self.postings.size, np.float32)
        told = np.zeros(self.postings.size, np.float32)
        for weight, amount in zip(weights, telling, strict=True):
            score += weight * np.float32(amount)
            told += (weight > 0) * np.float32(amount)
        score *= told / np.float32(sum(telling))
        score *= 1 + self.usefulness * np.float32(_USEFUL / 100)
        return score, told


def _ranked(numbers: Numbers, score: Amounts) -> Numbers:
    """Put entries in order, best first; scores that differ by less than one in 65,535 are equal."""
    if not len(numbers):
        return numbers
    scores = score[numbers]
    coarse = np.round(scores * (_FINEST / scores.max())).astype(np.uint16)
    return numbers[np.argsort(_FINEST - coarse, kind="stable")]


def _as_set(numbers: Numbers) -> BitMap:
    """Give numbers in rising order as a set, through the form in which sets are stored.

    That form is public (RoaringFormatSpec); the package would take the numbers one after the other.
    """
    high, starts = np.unique(numbers >> 16, return_index=True)
    parts = [part.astype("<u2") for part in np.split(numbers & 0xFFFF, starts[1:])] if len(numbers) else []
    said = np.array([(key, len(part) - 1) for key, part in zip(high, parts, strict=True)], "<u2")
    stored = [part.tobytes() if len(part) <= _SPARSE else _as_bits(part) for part in parts]
    before = 8 + 8 * len(parts)
    offsets = before + np.cumsum([0, *map(len, stored)])[:-1]
    head = np.array([_PLAIN, len(parts)], "<u4").tobytes() + said.tobytes() + offsets.astype("<u4").tobytes()
    return BitMap.deserialize(head + b"".join(stored))


def _as_bits(part: NDArray[np.uint16]) -> bytes:
    bits = np.zeros(1 << 16, np.bool_)
    bits[part] = True
    return np.packbits(bits, bitorder="little").tobytes()
