"""Query expansion: the stems by which an entry can match each word or expression of a query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.filing import NO_FILING, TermFiling
from faq.domain.search.postings import DocumentFrequencies
from faq.domain.search.queries import Query, QueryWord, StemKeys, Synonyms
from faq.domain.search.relatives import related_stems
from faq.domain.search.spelling import find_correction
from faq.domain.search.vocabulary import Vocabulary
from faq.domain.text import stem

_EXACT_FACTOR, _SYNONYM_FACTOR, _PREFIX_FACTOR, _RELATIVE_FACTOR = 1.0, 0.9, 0.7, 0.6
"""The share of its weight that a stem keeps when it matches in one of these ways."""
_SHORTEST_PREFIX = 3
MOST_COMPLETIONS = 6
_MOST_PREFIX_STEMS = 40
"""The number of stems that a prefix expands to at most: those in the most entries."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """One way to match a query term: stems that an entry must all hold."""

    stems: tuple[int, ...]
    factor: float
    """The share of the stems' weights that counts."""
    keys: StemKeys
    """The same stems as text, for highlighting; empty for an expansion of a prefix."""
    prefix: str = ""
    """The prefix that was expanded, if one was."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word or expression of a query, with all the ways to match it."""

    words: tuple[QueryWord, ...]
    expansions: tuple[Expansion, ...]
    correction: int | None = None
    """The number of the form that was searched for instead of a misspelt one."""
    filed: BitMap = field(default_factory=BitMap)
    """The entries filed under the taxonomy term that it names."""

    @property
    def unknown(self) -> bool:
        """Whether no entry can match it."""
        return not self.expansions and not self.filed

    @property
    def common(self) -> bool:
        """Whether nearly every answer may hold it."""
        return all(word.common for word in self.words)

    @property
    def negation(self) -> bool:
        """Whether it is only a negation."""
        return all(word.negation for word in self.words)


@dataclass(frozen=True)
class QueryExpander:
    """All that is needed to turn a query into query terms: words, their frequencies, synonyms and filing."""

    vocabulary: Vocabulary
    frequencies: DocumentFrequencies
    synonyms: Synonyms
    filing: TermFiling = NO_FILING
    typing: bool = False
    """Whether the last word may be unfinished."""

    def expand(self, query: Query) -> Iterator[QueryTerm]:
        """Yield the terms of a query in its order; the longest expression that has synonyms is one term."""
        words, filed = query.words, self.filing.entries_by_word(query.words)
        while words:
            length, synonyms = self.synonyms.match_longest(words)
            expression, words = words[:length], words[length:]
            there, filed = BitMap.intersection(*filed[:length]), filed[length:]
            there |= self.filing.entries_under(synonym.keys for synonym in synonyms)
            others = [one for synonym in synonyms for one in self._all_of(synonym.keys, _SYNONYM_FACTOR)]
            unfinished = self.typing and not words and expression[-1].end == len(query.text)
            if length > 1:
                exact = self._all_of(tuple(word.key for word in expression), _EXACT_FACTOR)
                yield QueryTerm(expression, (*exact, *others), filed=there)
            else:
                yield self._expand_word(expression[0], others, there, unfinished=unfinished)

    def _expand_word(
        self, word: QueryWord, synonyms: Sequence[Expansion], filed: BitMap, *, unfinished: bool
    ) -> QueryTerm:
        expansions = [*self._with_relatives(word.key), *synonyms]
        if unfinished or not self.vocabulary.has_form(word.form):
            expansions += self._expand_prefix(word.form)
        if not expansions and word.parts:
            expansions = self._all_of(word.parts, _EXACT_FACTOR)
        if not expansions:
            expansions = self._split_joined_words(word.form)
        if expansions or filed:
            return QueryTerm((word,), tuple(expansions), filed=filed)
        return self._correct(word)

    def _correct(self, word: QueryWord) -> QueryTerm:
        place = find_correction(word.form, self.vocabulary, self.frequency)
        if place is None:
            return QueryTerm((word,), ())
        key = self.vocabulary.key(int(self.vocabulary.stems[place]))
        expansions = tuple(self._with_relatives(key))
        return QueryTerm((word,), expansions, int(self.vocabulary.ids[place]), self.filing.entries_under([(key,)]))

    def frequency(self, stem: int) -> int:
        """Return the number of entries that hold a stem."""
        return int(self.frequencies[stem]) if stem < len(self.frequencies) else 0

    def complete(self, prefix: str) -> list[int]:
        """Return the numbers of forms with a prefix, one for each stem, those in the most entries first."""
        places = self.vocabulary.forms_with_prefix(prefix)
        stems = self._stems_with_prefix(prefix)[:MOST_COMPLETIONS].tolist()
        # The shortest form of a stem is its plainest: not the plural, not the feminine.
        shortest: dict[int, tuple[int, int]] = {}
        for place in range(places.start, places.stop):
            stem, length = int(self.vocabulary.stems[place]), len(self.vocabulary.forms[place])
            if stem in stems and (stem not in shortest or length < shortest[stem][0]):
                shortest[stem] = length, int(self.vocabulary.ids[place])
        return [shortest[stem][1] for stem in stems]

    def _with_relatives(self, key: str) -> list[Expansion]:
        """Return the expansions of one stem: itself, and the related stems that some entry holds."""
        exact = self._all_of((key,), _EXACT_FACTOR)
        return exact + [one for other in related_stems(key) for one in self._all_of((other,), _RELATIVE_FACTOR)]

    def _all_of(self, keys: StemKeys, factor: float) -> list[Expansion]:
        """Return the expansion that asks for all these stems; none where one of them is in no entry."""
        numbers = [self.vocabulary.number(key) for key in keys]
        stems = tuple(number for number in numbers if number is not None and self.frequency(number))
        return [Expansion(stems, factor, keys)] if len(stems) == len(keys) else []

    def _expand_prefix(self, prefix: str) -> list[Expansion]:
        if len(prefix) < _SHORTEST_PREFIX:
            return []
        stems = self._stems_with_prefix(prefix)[:_MOST_PREFIX_STEMS]
        return [Expansion((stem,), _PREFIX_FACTOR, (), prefix) for stem in stems.tolist()]

    def _stems_with_prefix(self, prefix: str) -> NDArray[np.uint32]:
        """Return the stems of the forms with a prefix, those in the most entries first."""
        stems = np.unique(self.vocabulary.stems[self.vocabulary.forms_with_prefix(prefix)])
        stems = stems[stems < len(self.frequencies)]
        counts = self.frequencies[stems]
        return stems[np.argsort(-counts, kind="stable")][: np.count_nonzero(counts)]

    def _split_joined_words(self, form: str) -> list[Expansion]:
        """Return the expansion that asks for the two words that were typed without a space between them."""
        for place in range(_SHORTEST_PREFIX, len(form) - _SHORTEST_PREFIX + 1):
            halves = form[:place], form[place:]
            if all(map(self.vocabulary.has_form, halves)) and (
                expansions := self._all_of((stem(halves[0]), stem(halves[1])), _EXACT_FACTOR)
            ):
                return expansions
        return []
