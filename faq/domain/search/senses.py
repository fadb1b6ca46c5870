"""What the words of a query mean in an index: the ways in which an entry may say each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from faq.domain.search.filed import NOWHERE, Filed
from faq.domain.search.postings import Counts
from faq.domain.search.queries import Keys, Query, Synonyms, Word
from faq.domain.search.relatives import relatives
from faq.domain.search.spelling import meant
from faq.domain.search.vocabulary import Vocabulary
from faq.domain.text import stem

_ITSELF, _SYNONYM, _BEGINNING, _RELATIVE = 1.0, 0.9, 0.7, 0.6
"""What finding a word counts for when it is found otherwise than it was typed."""
_SHORTEST_BEGINNING = 3
MOST_COMPLETIONS = 6
_MOST_BEGINNINGS = 40
"""The words that begin so in the most entries."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say something: words that an entry must all hold."""

    stems: tuple[int, ...]
    factor: float
    keys: Keys
    """The same words, for those who show where they stand; none where it is all those that begin alike."""
    beginning: str = ""
    """How these begin."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What one word or expression of a query means."""

    words: tuple[Word, ...]
    ways: tuple[Way, ...]
    correction: int | None = None
    """The place in the vocabulary of the word that was probably meant."""
    filed: BitMap = field(default_factory=BitMap)
    """The entries filed under what it names."""

    @property
    def unknown(self) -> bool:
        """Whether no entry can say it."""
        return not self.ways and not self.filed

    @property
    def common(self) -> bool:
        """Whether nearly every answer may say it."""
        return all(word.common for word in self.words)

    @property
    def negation(self) -> bool:
        """Whether it only denies something."""
        return all(word.negation for word in self.words)


@dataclass(frozen=True)
class Reader:
    """What is known of words when a query is read."""

    vocabulary: Vocabulary
    counts: Counts
    """In how many entries each word stands, by the number of its stem."""
    synonyms: Synonyms
    filed: Filed = NOWHERE
    typing: bool = False
    """Whether the last word may go on."""

    def senses(self, query: Query) -> Iterator[Sense]:
        """Return what a query means, expression after expression."""
        words, filed = query.words, self.filed.by_word(query.words)
        while words:
            length, others = self.synonyms.longest(words)
            expression, words = words[:length], words[length:]
            there, filed = BitMap.intersection(*filed[:length]), filed[length:]
            there |= self.filed.under(other.keys for other in others)
            synonyms = [way for other in others for way in self._together(other.keys, _SYNONYM)]
            unfinished = self.typing and not words and expression[-1].end == len(query.text)
            if length > 1:
                itself = self._together(tuple(word.key for word in expression), _ITSELF)
                yield Sense(expression, (*itself, *synonyms), filed=there)
            else:
                yield self._sense(expression[0], synonyms, there, unfinished=unfinished)

    def _sense(self, word: Word, synonyms: Sequence[Way], there: BitMap, *, unfinished: bool) -> Sense:
        ways = [*self._of(word.key), *synonyms]
        if unfinished or not self.vocabulary.has_form(word.form):
            ways += self._beginning_with(word.form)
        if not ways and word.parts:
            ways = self._together(word.parts, _ITSELF)
        if not ways:
            ways = self._run_together(word.form)
        if ways or there:
            return Sense((word,), tuple(ways), filed=there)
        return self._corrected(word)

    def _corrected(self, word: Word) -> Sense:
        place = meant(word.form, self.vocabulary, self.frequency)
        if place is None:
            return Sense((word,), ())
        key = self.vocabulary.key(int(self.vocabulary.stems[place]))
        return Sense((word,), tuple(self._of(key)), place, self.filed.under([(key,)]))

    def frequency(self, stem: int) -> int:
        """Count the entries in which a word stands."""
        return int(self.counts[stem]) if stem < len(self.counts) else 0

    def completions(self, beginning: str) -> list[int]:
        """Return the numbers of forms that begin so, one for each stem, those in the most entries first."""
        places = self.vocabulary.beginning_with(beginning)
        stems = self.beginning_with(beginning)[:MOST_COMPLETIONS].tolist()
        # The shortest form of a stem is its plainest: not the plural, not the feminine.
        shortest: dict[int, tuple[int, int]] = {}
        for place in range(places.start, places.stop):
            stem, length = int(self.vocabulary.stems[place]), len(self.vocabulary.forms[place])
            if stem in stems and (stem not in shortest or length < shortest[stem][0]):
                shortest[stem] = length, int(self.vocabulary.ids[place])
        return [shortest[stem][1] for stem in stems]

    def _of(self, key: str) -> list[Way]:
        """Return the ways to say one word: itself, and others of its family."""
        itself = self._together((key,), _ITSELF)
        return itself + [way for other in relatives(key) for way in self._together((other,), _RELATIVE)]

    def _together(self, keys: Keys, factor: float) -> list[Way]:
        """Return the way that says all these words, if there are entries for each."""
        numbers = [self.vocabulary.number(key) for key in keys]
        stems = tuple(number for number in numbers if number is not None and self.frequency(number))
        return [Way(stems, factor, keys)] if len(stems) == len(keys) else []

    def _beginning_with(self, beginning: str) -> list[Way]:
        if len(beginning) < _SHORTEST_BEGINNING:
            return []
        stems = self.beginning_with(beginning)[:_MOST_BEGINNINGS]
        return [Way((stem,), _BEGINNING, (), beginning) for stem in stems.tolist()]

    def beginning_with(self, beginning: str) -> NDArray[np.uint32]:
        """Return the stems of the words that begin so, those in the most entries first."""
        stems = np.unique(self.vocabulary.stems[self.vocabulary.beginning_with(beginning)])
        stems = stems[stems < len(self.counts)]
        counts = self.counts[stems]
        return stems[np.argsort(-counts, kind="stable")][: np.count_nonzero(counts)]

    def _run_together(self, form: str) -> list[Way]:
        """Return the two words that somebody typed without a space between them."""
        for place in range(_SHORTEST_BEGINNING, len(form) - _SHORTEST_BEGINNING + 1):
            halves = form[:place], form[place:]
            if all(map(self.vocabulary.has_form, halves)) and (
                ways := self._together((stem(halves[0]), stem(halves[1])), _ITSELF)
            ):
                return ways
        return []
