"""Query expansion: the stems by which an entry can match each word or expression of a query."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.filing import NO_FILING, TermFiling
from faq.domain.search.french_words import is_french_word
from faq.domain.search.meaning import MOST_NEIGHBOURS
from faq.domain.search.postings import DocumentFrequencies, compute_idf
from faq.domain.search.queries import Query, QueryWord, StemKeys, Synonyms
from faq.domain.search.relatives import related_stems
from faq.domain.search.spelling import find_correction
from faq.domain.search.vocabulary import Vocabulary
from faq.domain.text import stem

_EXACT_FACTOR, _SYNONYM_FACTOR, _PREFIX_FACTOR, _RELATIVE_FACTOR = 1.0, 0.9, 0.7, 0.6
"""The share of its weight that a stem keeps when it matches in one of these ways."""
_NEIGHBOUR_FACTOR = 0.8
"""The share of its weight that a stem of the same meaning keeps, times its nearness."""
_PRESENT_FACTOR = 0.85
"""The share that a synonym keeps where some entry holds the word itself."""
_SHORTEST_PREFIX = 3
_SHORTEST_CODE, _LONGEST_CODE = 2, 12
_COMPOUND, _SEPARATOR = re.compile(r"(?<![\w./-])\d+(?:[/.-]\d+)+(?![\w/-])"), re.compile("[/.-]")
_VERSION_MARK = re.compile(r"^v(?=\d)")
_MOST_JOINED, _LONGEST_JOINED = 4, 30
"""Words that are typed without spaces between them, and the letters of them all."""
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
    is_synonym: bool = False
    """Whether it asks for a synonym of the word."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of a query, with all the ways to match it."""

    word: QueryWord
    expansions: tuple[Expansion, ...]
    correction: int | None = None
    """The number of the form that was searched for instead of a misspelt one."""
    suggestion: int | None = None
    """The number of a form that may have been meant, and was not searched for."""
    filed: BitMap = field(default_factory=BitMap)
    """The entries filed under the taxonomy term that it names."""
    neighbours: tuple[Expansion, ...] = ()
    """The stems near in meaning, looked up where few entries match all words: an entry with such does not match it."""

    @property
    def unknown(self) -> bool:
        """Whether no entry can match it."""
        return not self.expansions and not self.filed

    @property
    def literal(self) -> tuple[Expansion, ...]:
        """The expansions by the word itself, not by its synonyms."""
        return tuple(one for one in self.expansions if not one.is_synonym)

    @property
    def has_others(self) -> bool:
        """Whether entries can match it without the word itself."""
        return bool(self.filed) or len(self.literal) < len(self.expansions)


@dataclass(frozen=True)
class QueryExpander:
    """All that is needed to turn a query into query terms: words, their frequencies, synonyms and filing."""

    vocabulary: Vocabulary
    frequencies: DocumentFrequencies
    total: int
    """The number of entries."""
    synonyms: Synonyms
    filing: TermFiling = NO_FILING
    typing: bool = False
    """Whether the last word may be unfinished."""

    def expand(self, query: Query) -> Iterator[QueryTerm]:
        """Yield the terms of a query in its order; each word of an expression matches by the expression's synonyms."""
        # Function words are indexed where they are written as acronyms alone.
        words = query.words or tuple(word for word in query.function_words if self._all_of((word.key,), _EXACT_FACTOR))
        filed = self.filing.entries_by_word(words)
        while words:
            length, synonyms = self.synonyms.match_longest(words)
            expression, words = words[:length], words[length:]
            there, filed = BitMap.intersection(*filed[:length]), filed[length:]
            there |= self.filing.entries_under(synonym.keys for synonym in synonyms)
            keys = tuple(word.key for word in expression)
            others = tuple(one for synonym in synonyms for one in self._expand_synonym(synonym.keys, keys))
            for word in expression:
                own = self._expand_word(word, query)
                if own or others or there:
                    yield QueryTerm(word, (*own, *others), filed=there)
                else:
                    yield self._correct(word, as_typed=query.is_quoted)

    def add_neighbours(self, terms: Iterable[QueryTerm], query: Query) -> tuple[QueryTerm, ...]:
        """Return the terms of a query with the stems near to each in meaning."""
        return tuple(replace(term, neighbours=self._find_neighbours(term, query.text)) for term in terms)

    def _find_neighbours(self, term: QueryTerm, text: str) -> tuple[Expansion, ...]:
        word = term.word
        if term.correction is not None or word.negation or _may_be_a_name(text, word):
            return ()
        written = self.vocabulary.get_shown(word.form) or text[word.start : word.end].lower()
        own = {stem for expansion in term.expansions for stem in expansion.stems}
        near = (
            Expansion((number,), factor, ())
            for number, nearness in self.vocabulary.meanings.find_neighbours(word.form, written)
            if (factor := round(_NEIGHBOUR_FACTOR * nearness, 2)) and number not in own and self.frequency(number)
        )
        return tuple(islice(near, MOST_NEIGHBOURS))

    def _expand_word(self, word: QueryWord, query: Query) -> list[Expansion]:
        """Return the ways to match a word by its letters alone."""
        expansions = self._with_relatives(word.key)
        if self._may_be_unfinished(word, query):
            expansions += self._expand_prefix(word.form)
        expansions += self._join_number(word, query)
        if not expansions and word.parts:
            expansions = self._all_of(word.parts, _EXACT_FACTOR) or self._split_code(word.parts)
        return expansions or self._split_joined_words(word.form)

    def _may_be_unfinished(self, word: QueryWord, query: Query) -> bool:
        """Return whether a word may be the beginning of others: one of French is whole, beside others at least."""
        if self.typing and query.words and word.end == len(query.text):
            return True
        return not self.vocabulary.has_form(word.form) and (len(query.words) == 1 or not is_french_word(word.form))

    def _expand_synonym(self, keys: StemKeys, replaced: StemKeys) -> list[Expansion]:
        """Return the expansions of a synonym: one that stands in more entries than what it replaces weighs less."""
        factor = _SYNONYM_FACTOR
        if common := self._rarity(replaced):
            factor *= min(1.0, self._rarity(keys) / common) * _PRESENT_FACTOR
        factor = round(factor, 2)
        return [replace(one, is_synonym=True) for one in self._all_of(keys, factor)]

    def _rarity(self, keys: StemKeys) -> float:
        """Return the idf of an expression, as that of its rarest stem; 0 where one of its stems is in no entry."""
        numbers = [self.vocabulary.number(key) for key in keys]
        held = [self.frequency(number) if number is not None else 0 for number in numbers]
        return compute_idf(min(held), self.total) if all(held) else 0.0

    def _correct(self, word: QueryWord, *, as_typed: bool) -> QueryTerm:
        """Return the term of a word that stands in no entry: a word of French is never taken for another."""
        found = find_correction(word.form, self.vocabulary, self.frequency)
        if found is None:
            return QueryTerm(word, ())
        form = int(self.vocabulary.ids[found.place])
        if as_typed or not found.is_plain or is_french_word(word.form):
            return QueryTerm(word, (), suggestion=form)
        key = self.vocabulary.key(int(self.vocabulary.stems[found.place]))
        expansions = tuple(self._with_relatives(key))
        return QueryTerm(word, expansions, form, filed=self.filing.entries_under([(key,)]))

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
        known = self.vocabulary.select_known((key, *related_stems(key)))
        return [
            Expansion((number,), _EXACT_FACTOR if other == key else _RELATIVE_FACTOR, (other,))
            for other, number in known.items()
            if self.frequency(number)
        ]

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

    def _split_code(self, parts: StemKeys) -> list[Expansion]:
        """Return the expansion that asks for the parts of a code written apart: « EX PSC 28 » for « EXPSC 28 »."""
        split = [self._split_part(part) for part in parts]
        return self._all_of(tuple(key for keys in split for key in keys), _EXACT_FACTOR) if all(split) else []

    def _split_part(self, part: str) -> Sequence[str]:
        """Return the known stems that a part of a code is made of; none where it is not made of such."""
        # A number with several points counts as a version, unless it is within a code.
        plain = _VERSION_MARK.sub("", part)
        known = [key for key in (part, plain) if self.vocabulary.number(key) is not None]
        if known or len(part) > _LONGEST_CODE:
            return known[:1]
        return [stem(form) for form in self._split_into_forms(part, _MOST_JOINED, _SHORTEST_CODE)]

    def _join_number(self, word: QueryWord, query: Query) -> list[Expansion]:
        """Return the expansions that ask for what a number may be a part of.

        « 2017-745 » may be written « 2017/745 », « ann 2.1.2 » as one code or « ANN.2.1.2 ».
        """
        if not word.form[:1].isdigit():
            return []
        around = next((one for one in _COMPOUND.finditer(query.text) if one.start() <= word.start < one.end()), None)
        keys = [_SEPARATOR.sub(sign, around[0]) for sign in "/-."] if around else []
        before = next((one for one in query.words if one.end == word.start - 1 and one.form.isalpha()), None)
        keys += [before.form + word.form] if before else []
        keys += [word.form] if word.form != word.key else []
        return [expansion for key in keys for expansion in self._all_of((key,), _EXACT_FACTOR)]

    def _split_joined_words(self, form: str) -> list[Expansion]:
        """Return the expansion that asks for the words that were typed without a space between them."""
        parts = [""] if len(form) > _LONGEST_JOINED else self._split_into_forms(form, _MOST_JOINED)
        return self._all_of(tuple(map(stem, parts)), _EXACT_FACTOR) if len(parts) > 1 else []

    def _split_into_forms(self, form: str, most: int, shortest: int = _SHORTEST_PREFIX) -> list[str]:
        """Return the fewest known words, so many at most, that make up a form; none where it is not made of such."""
        if self._is_known_part(form, shortest):
            return [form]
        best: list[str] = []
        for place in range(len(form) - _SHORTEST_CODE, _SHORTEST_CODE - 1, -1) if most > 1 else ():
            if self._is_known_part(form[:place], shortest):
                rest = self._split_into_forms(form[place:], (len(best) or most + 1) - 2, shortest)
                best = [form[:place], *rest] if rest else best
        return best

    def _is_known_part(self, part: str, shortest: int) -> bool:
        """Return whether a part of a word that was typed joined is a word of its own, or a code such as « R2 »."""
        if part.isalpha():
            return len(part) >= shortest and self.vocabulary.has_form(part)
        return len(part) >= _SHORTEST_CODE and self.vocabulary.number(part) is not None


def _may_be_a_name(text: str, word: QueryWord) -> bool:
    """Return whether a capital tells a word of a query from the others: an acronym, or a name."""
    surface = text[word.start : word.end]
    if surface.islower() or text.isupper():
        return False
    return word.start > 0 or not surface[1:].islower()
