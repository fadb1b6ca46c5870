"""The search index in memory: the entries that match a query, and their scores.

Entry numbers are places in all arrays, as in `faq.domain.search.postings`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.filing import NO_FILING, TermFiling
from faq.domain.search.postings import Postings, Weights
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.query_terms import Expansion, QueryExpander, QueryTerm
from faq.domain.search.vocabulary import Vocabulary

EntryNumbers = NDArray[np.intp]
Scores = NDArray[np.float32]

FEWEST_FULL_MATCHES = 3
"""Entries that match all terms of a query. Where there are fewer, partial matches are found too."""
PARTIAL_MATCH_SHARE = 0.35
"""The share of a query's idf that a partial match holds at least."""
_COMMON_FACTOR, _NEGATION_FACTOR = 0.5, 0.25
"""The share of its idf that a very common word, or a negation, keeps."""
USEFULNESS_BOOST = 0.15
"""The share by which usefulness raises or lowers a score at most."""
MOST_NEAREST = 5
FILING_WEIGHT = 1
"""The weight of an entry that is only filed under what a query names: that of the least word."""
_FINEST_SCORE = 65_535
_NO_RUNS_MARK, _CONTAINER_SIZE, _LARGEST_ARRAY = 12_346, 1 << 16, 4_096
"""RoaringFormatSpec: the cookie of sets without runs, numbers of a container, entries of an array container."""


@dataclass(frozen=True)
class IndexMatches:
    """The entries that match a query, with their scores."""

    entries: BitMap
    terms: tuple[QueryTerm, ...]
    nearest: list[int]
    """The entries that hold some term of the query, best first, in case nothing matches."""
    scores: Scores = field(repr=False)
    """By entry number; 0 for those that do not match."""

    def rank(self, within: BitMap) -> "IndexRanking":
        """Return the matches that are among some others, best first; of equal ones the smaller number first."""
        numbers = np.frombuffer((within & self.entries).to_array(), np.uint32).astype(np.intp)
        return IndexRanking(*_sort_by_score(numbers, self.scores))


@dataclass(frozen=True)
class IndexRanking:
    """Entries, best first."""

    _numbers: EntryNumbers
    _scores: Scores

    def page(self, start: int, stop: int) -> list[tuple[int, float]]:
        """Return the entries from one place to before another, each with its score."""
        return list(zip(self._numbers[start:stop].tolist(), self._scores[start:stop].tolist(), strict=True))


@dataclass(frozen=True)
class SearchIndex:
    """All that searches read. Never changed, so that threads share it: a change makes another that shares the rest."""

    vocabulary: Vocabulary
    postings: Postings
    entries: BitMap
    """The numbers of the entries that hold a word."""
    usefulness: NDArray[np.int8]
    """From -100 (useful to nobody) over 0 (not known) to 100, by entry number."""

    @classmethod
    def build(
        cls, vocabulary: Vocabulary, entries: Iterable[tuple[int, bytes]], usefulness: Mapping[int, int]
    ) -> "SearchIndex":
        """Index entries as `Postings.build` takes them, with the usefulness of those where it is known."""
        numbers = BitMap()

        def with_words() -> Iterable[tuple[int, bytes]]:
            for number, stems in entries:
                if stems:
                    numbers.add(number)
                    yield number, stems

        postings = Postings.build(with_words())
        by_number = np.zeros(postings.size, np.int8)
        for number, value in usefulness.items():
            if number in numbers:
                by_number[number] = value
        return cls(vocabulary, postings, numbers, by_number)

    def patched(
        self, vocabulary: Vocabulary, entries: Mapping[int, bytes], usefulness: Mapping[int, int]
    ) -> "SearchIndex":
        """Return the index after changes to some entries; those without stored words leave it."""
        postings = self.postings.patched(entries)
        by_number = np.zeros(postings.size, np.int8)
        by_number[: len(self.usefulness)] = self.usefulness
        for number in entries:
            by_number[number] = usefulness.get(number, 0)
        numbers = self.entries - BitMap(entries) | BitMap(number for number, stems in entries.items() if stems)
        return replace(self, vocabulary=vocabulary, postings=postings, entries=numbers, usefulness=by_number)

    def expander(self, synonyms: Synonyms, filing: TermFiling = NO_FILING, *, typing: bool = False) -> QueryExpander:
        """Return what expands queries by the words of this index."""
        return QueryExpander(self.vocabulary, self.postings.frequencies, synonyms, filing, typing)

    def search(
        self, query: Query, synonyms: Synonyms, filing: TermFiling = NO_FILING, *, typing: bool = False
    ) -> IndexMatches:
        """Return the entries that match all terms of a query; where those are few, partial matches too.

        With `typing`, the last word may be unfinished.
        """
        terms = tuple(self.expander(synonyms, filing, typing=typing).expand(query))
        weights = [self._term_weights(term) for term in terms]
        present = [weight > 0 for weight in weights]
        idf = idf_weights(terms, [int(np.count_nonzero(there)) for there in present], len(self.entries))
        if not sum(idf):
            return IndexMatches(BitMap(), terms, [], np.zeros(0, np.float32))
        required = [there for there, term in zip(present, terms, strict=True) if not term.negation]
        matching = np.logical_and.reduce(required or present)
        if np.count_nonzero(matching) < FEWEST_FULL_MATCHES:
            held = sum(there * np.float32(share) for there, share in zip(present, idf, strict=True))
            matching |= held >= PARTIAL_MATCH_SHARE * sum(idf)
        if matching.any():
            scores = self._compute_scores(np.flatnonzero(matching), weights, idf)
            return IndexMatches(bitmap_from_mask(matching), terms, [], scores)
        some = np.flatnonzero(np.logical_or.reduce(present))
        nearest, _ = _sort_by_score(some, self._compute_scores(some, weights, idf))
        return IndexMatches(BitMap(), terms, nearest[:MOST_NEAREST].tolist(), np.zeros(0, np.float32))

    def _term_weights(self, term: QueryTerm) -> Weights:
        weights = self._expansion_weights(term.expansions)
        if term.filed:
            there = np.frombuffer(term.filed.to_array(), np.uint32)
            there = there[there < self.postings.size]
            weights[there] = np.maximum(weights[there], np.uint8(FILING_WEIGHT))
        return weights

    def _expansion_weights(self, expansions: Sequence[Expansion]) -> Weights:
        """Return the weight of the best expansion for each entry; that of several stems is the least of theirs."""
        weights = self.postings.weights([(one.stems[0], one.factor) for one in expansions if len(one.stems) == 1])
        for expansion in expansions:
            if len(expansion.stems) > 1:
                each = [self.postings.weights([(stem, expansion.factor)]) for stem in expansion.stems]
                np.maximum(weights, np.minimum.reduce(each), out=weights)
        return weights

    def _compute_scores(self, numbers: EntryNumbers, weights: Sequence[Weights], idf: Sequence[float]) -> Scores:
        """Return the scores of these entries, by number: weights times idf, times the share of the idf they hold."""
        score = np.zeros(len(numbers), np.float32)
        held = np.zeros(len(numbers), np.float32)
        for weight, share in zip(weights, idf, strict=True):
            mine = weight[numbers]
            score += mine * np.float32(share)
            held += (mine > 0) * np.float32(share)
        score *= held / np.float32(sum(idf))
        score *= 1 + self.usefulness[numbers] * np.float32(USEFULNESS_BOOST / 100)
        scores = np.zeros(self.postings.size, np.float32)
        scores[numbers] = score
        return scores


def idf_weights(terms: Sequence[QueryTerm], holding: Sequence[int], total: int) -> list[float]:
    """Return the inverse document frequency of each query term, as in BM25.

    `holding` counts the entries that match each term, among `total`. A term that no entry matches gets the mean of
    the others.
    """
    known = []
    for term, held in zip(terms, holding, strict=True):
        rarity = math.log1p((total - held + 0.5) / (held + 0.5))
        factor = _NEGATION_FACTOR if term.negation else _COMMON_FACTOR if term.common else 1.0
        known.append(rarity * factor if held else 0.0)
    average = sum(known) / max(1, sum(map(bool, known)))
    return [idf or average for idf in known]


def _sort_by_score(numbers: EntryNumbers, scores: Scores) -> tuple[EntryNumbers, Scores]:
    """Return entries, given in rising order, best first, and their scores.

    Scores that differ by less than one in 65,535 are equal.
    """
    mine = scores[numbers]
    coarse = np.round(mine * (_FINEST_SCORE / scores.max(initial=1e-9))).astype(np.uint16)
    order = np.argsort(_FINEST_SCORE - coarse, kind="stable")
    return numbers[order], mine[order]


def bitmap_from_mask(mask: NDArray[np.bool_]) -> BitMap:
    """Return the places of a mask that are true as a set, through the serialised form of sets.

    That form is public (RoaringFormatSpec); the package would take the numbers one after the other.
    """
    parts = [mask[first : first + _CONTAINER_SIZE] for first in range(0, len(mask), _CONTAINER_SIZE)]
    held = [(high, count, part) for high, part in enumerate(parts) if (count := int(np.count_nonzero(part)))]
    containers = [
        _array_container(part) if count <= _LARGEST_ARRAY else _bit_container(part) for _, count, part in held
    ]
    before = 8 + 8 * len(held)
    offsets = before + np.cumsum([0, *map(len, containers)])[:-1]
    keys = np.array([(high, count - 1) for high, count, _ in held], "<u2")
    head = np.array([_NO_RUNS_MARK, len(held)], "<u4").tobytes() + keys.tobytes() + offsets.astype("<u4").tobytes()
    return BitMap.deserialize(head + b"".join(containers))


def _array_container(part: NDArray[np.bool_]) -> bytes:
    return np.flatnonzero(part).astype("<u2").tobytes()


def _bit_container(part: NDArray[np.bool_]) -> bytes:
    return np.packbits(part, bitorder="little").tobytes().ljust(_CONTAINER_SIZE // 8, b"\0")
