"""The search index in memory: the entries that match a query, and their scores.

Entry numbers are places in all arrays, as in `faq.domain.search.postings`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.filing import NO_FILING, TermFiling
from faq.domain.search.postings import Postings, WeakWeights, Weights, compute_idf
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.query_terms import Expansion, QueryExpander, QueryTerm
from faq.domain.search.vocabulary import Vocabulary

EntryNumbers = NDArray[np.intp]
Scores = NDArray[np.float32]

_SHARE_OF_QUERY, _SHARE_OF_BEST = 0.15, 0.4
"""The shares that a match holds at least: of a query's idf, and of what the best match holds."""
_SHARE_BY_ONE_WORD, _SHARE_BY_KNOWN_WORD = 0.36, 0.25
"""The shares of a query's idf that one word of three or more holds at least: it may be about something else.

Where some entry holds each of the other words, the query is about what the entries are about: less is enough.
"""
FEW_MATCHES = 10
"""Fewer matches are brought to this number by entries that hold words near in meaning."""
_SHARE_BY_MEANING = 0.5
"""The share of a query's idf that an entry holds at least, by words or their neighbours in meaning, to be added."""
_IDF_POWER = 0.6
COVERAGE_BASE, LITERAL_BONUS = 0.3, 15.0
"""An addend to the share of a query's idf that an entry holds, for all entries, and for those with every word.

A synonym must not outrank the word itself: the bonus outweighs all that the lengths of texts make of a word.
"""
USEFULNESS_BOOST = 0.15
"""The share by which usefulness raises or lowers a score at most."""
MOST_NEAREST = 5
_UNKNOWN_FACTOR = 0.85
_MANY_WORDS = 3
_ROUNDING = np.float32(1e-6)
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
    """The entries that hold some term of the query, or a word near to one, best first, in case nothing matches."""
    scores: Scores = field(repr=False)
    """By entry number; 0 for those that do not match."""
    best_share: float = 0.0
    """The largest share of the query's idf that an entry holds."""
    by_meaning: BitMap = field(default_factory=BitMap)
    """Those of the entries that do not say enough of the query, but words near in meaning: they come last."""

    def rank(self, within: BitMap) -> "IndexRanking":
        """Return the matches that are among some others, best first; of equal ones the smaller number first."""
        parts = [within & (self.entries - self.by_meaning), within & self.by_meaning]
        ranked = [
            _sort_by_score(np.frombuffer(part.to_array(), np.uint32).astype(np.intp), self.scores) for part in parts
        ]
        return IndexRanking(*map(np.concatenate, zip(*ranked, strict=True)))


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
        return QueryExpander(self.vocabulary, self.postings.frequencies, len(self.entries), synonyms, filing, typing)

    def search(
        self, query: Query, synonyms: Synonyms, filing: TermFiling = NO_FILING, *, typing: bool = False
    ) -> IndexMatches:
        """Return the entries that match a query, those that say less after those that say all.

        With `typing`, the last word may be unfinished.
        """
        expander = self.expander(synonyms, filing, typing=typing)
        terms = tuple(expander.expand(query))
        weights = [self._term_weights(term) for term in terms]
        present = [weight > 0 for weight in weights]
        idf = idf_weights(terms, [int(np.count_nonzero(there)) for there in present], len(self.entries))
        near: list[WeakWeights] = []
        # An entry with all words of the query needs no help from others.
        wanted = bool(present) and not typing and not np.logical_and.reduce(present).any()
        if wanted:
            terms = expander.add_neighbours(terms, query)
            near = [
                self.postings.weak_weights([(one.stems[0], one.factor) for one in term.neighbours]) for term in terms
            ]
        some = np.flatnonzero(np.logical_or.reduce([*present, *near])) if terms else np.empty(0, np.intp)
        if not len(some):
            return IndexMatches(BitMap(), terms, [], np.zeros(0, np.float32))
        measured = measure_matches([there[some] for there in present], [(there > 0)[some] for there in near], idf)
        scored = [np.maximum(mine, others) for mine, others in zip(weights, near, strict=True)] if near else weights
        # Where no entry holds all words, one can hold all words themselves only if a negation is left out.
        is_any_literal = not wanted or any(term.word.negation for term in terms)
        literal = self._find_literal(terms, weights) if is_any_literal else None
        counted = ranking_weights(terms, idf) if wanted else idf
        scores = self._compute_scores(some, scored, counted, measured.held, literal)
        added, _ = _sort_by_score(some[measured.addable], scores)
        matching = some[measured.enough]
        if not len(matching):
            return IndexMatches(BitMap(), terms, added[:MOST_NEAREST].tolist(), np.zeros(0, np.float32))
        by_meaning = added[: max(0, FEW_MATCHES - len(matching))]
        mask = np.zeros(self.postings.size, np.bool_)
        mask[matching] = mask[by_meaning] = True
        best_share = float(measured.held.max())
        return IndexMatches(bitmap_from_mask(mask), terms, [], scores, best_share, BitMap(by_meaning.tolist()))

    def _term_weights(self, term: QueryTerm) -> Weights:
        weights = self._expansion_weights(term.expansions)
        if term.filed:
            there = np.frombuffer(term.filed.to_array(), np.uint32)
            there = there[there < self.postings.size]
            weights[there] = np.maximum(weights[there], np.uint8(FILING_WEIGHT))
        return weights

    def _find_literal(self, terms: Sequence[QueryTerm], weights: Sequence[Weights]) -> NDArray[np.bool_] | None:
        """Return which entries hold every word itself, by number; None where no query needs to know."""
        wanted = literal_terms(terms)
        if not wanted:
            return None
        each = [
            (self._expansion_weights(term.literal) if term.has_others else weight) > 0
            for term, weight in zip(terms, weights, strict=True)
            if term in wanted
        ]
        literal: NDArray[np.bool_] = np.logical_and.reduce(each)
        return literal

    def _expansion_weights(self, expansions: Sequence[Expansion]) -> Weights:
        """Return the weight of the best expansion for each entry; that of several stems is the least of theirs."""
        weights = self.postings.weights([(one.stems[0], one.factor) for one in expansions if len(one.stems) == 1])
        for expansion in expansions:
            if len(expansion.stems) > 1:
                each = [self.postings.weights([(stem, expansion.factor)]) for stem in expansion.stems]
                np.maximum(weights, np.minimum.reduce(each), out=weights)
        return weights

    def _compute_scores(
        self,
        numbers: EntryNumbers,
        weights: Sequence[Weights | WeakWeights],
        idf: Sequence[float],
        held: Scores,
        literal: NDArray[np.bool_] | None,
    ) -> Scores:
        """Return the scores of these entries, by number: weights times idf, times what they hold of the query."""
        score = np.zeros(len(numbers), np.float32)
        for weight, share in zip(weights, idf, strict=True):
            score += weight[numbers] * np.float32(share)
        coverage = held + np.float32(COVERAGE_BASE)
        if literal is not None:
            coverage += literal[numbers] * np.float32(LITERAL_BONUS)
        score *= coverage * (1 + self.usefulness[numbers] * np.float32(USEFULNESS_BOOST / 100))
        scores = np.zeros(self.postings.size, np.float32)
        scores[numbers] = score
        return scores


def idf_weights(terms: Sequence[QueryTerm], holding: Sequence[int], total: int) -> list[float]:
    """Return the inverse document frequency of each query term, as in BM25.

    `holding` counts the entries that match each term, among `total`. What no entry holds may be a slip as well as the
    subject: it counts a little less than its rarity.
    """
    return [
        term.word.importance * compute_idf(held, total) * (1.0 if held else _UNKNOWN_FACTOR)
        for term, held in zip(terms, holding, strict=True)
    ]


def ranking_weights(terms: Sequence[QueryTerm], idf: Sequence[float]) -> list[float]:
    """Return how much each query term counts in a score: rare words of a long query stand there by chance too."""
    return [
        term.word.importance ** (1 - _IDF_POWER) * share**_IDF_POWER for term, share in zip(terms, idf, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class MeasuredMatches:
    """The part of a query that some entries hold."""

    held: Scores
    """The share of its idf."""
    enough: NDArray[np.bool_]
    """Whether this is enough for a match."""
    addable: NDArray[np.bool_]
    """Whether an entry that is no match can be added to few matches, or be proposed where nothing matches."""


def measure_matches(
    present: Sequence[NDArray[np.bool_]], near: Sequence[NDArray[np.bool_]], idf: Sequence[float]
) -> MeasuredMatches:
    """Return what each of some entries holds of a query.

    `present` holds, for each term, whether each entry matches it; `near` whether it holds a word near in meaning, and
    is empty where meaning was not asked for.
    """
    held: Scores = np.zeros(len(present[0]), np.float32)
    words = np.zeros(len(present[0]), np.uint8)
    known = 0.0
    for there, share in zip(present, idf, strict=True):
        held += there * np.float32(share / sum(idf))
        words += there
        known += share / sum(idf) if there.any() else 0.0
    # A long story has many words that no entry holds: two words together are measured by those that some entry does.
    if len(present) < _MANY_WORDS:
        alone = _SHARE_OF_QUERY
    else:
        alone = _SHARE_BY_KNOWN_WORD if all(there.any() for there in present) else _SHARE_BY_ONE_WORD
    least = np.where(words > 1, np.float32(_SHARE_OF_QUERY * known), np.float32(alone))
    # A sum of 32-bit shares may fall short by its rounding.
    enough = held >= np.maximum(least, _SHARE_OF_BEST * held.max(initial=0)) - _ROUNDING
    covered, several = held.copy(), words.copy()
    for there, close, share in zip(present, near, idf, strict=False):
        covered += (close & ~there) * np.float32(share / sum(idf))
        several += close & ~there
    is_near = covered >= _SHARE_BY_MEANING
    addable = is_near & (several > 1) if enough.any() else is_near | (words > 0)
    return MeasuredMatches(held, enough, addable & ~enough)


def literal_terms(terms: Sequence[QueryTerm]) -> tuple[QueryTerm, ...]:
    """Return the terms whose words an entry has to hold to come first; none where no entry can, or all do."""
    wanted = tuple(term for term in terms if not term.word.negation)
    if not all(term.literal for term in wanted):
        return ()
    return wanted if len(wanted) > 1 or any(term.has_others for term in wanted) else ()


def _sort_by_score(numbers: EntryNumbers, scores: Scores) -> tuple[EntryNumbers, Scores]:
    """Return entries, given in rising order, best first, and their scores.

    Scores that differ by less than one in 65,535 are equal.
    """
    mine = scores[numbers]
    coarse = np.round(mine * (_FINEST_SCORE / mine.max(initial=1e-9))).astype(np.uint16)
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
