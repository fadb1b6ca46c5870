"""All words that are indexed, in alphabetical order: found whole, by their beginning, or by their letters."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.domain.search.analysis import LONGEST_WORD

Words = NDArray[np.bytes_]
"""In UTF-8, without case and accents, in rising order."""
Numbers = NDArray[np.uint32]
Letters = NDArray[np.uint64]

_STEM = np.dtype([("word", f"S{LONGEST_WORD}"), ("number", np.uint32)])
_FORM = np.dtype([("word", f"S{LONGEST_WORD}"), ("number", np.uint32), ("stem", np.uint32)])
_LETTERS = 26
_A = ord("a")


@dataclass(frozen=True)
class Vocabulary:
    """The stems of an index, and the forms in which people write them. Never changed: threads share it."""

    keys: Words
    """The stems."""
    numbers: Numbers
    """By which postings know them."""
    forms: Words
    ids: Numbers
    """The number of each form."""
    stems: Numbers
    """The number of each form's stem."""
    letters: Letters
    """Which letters each form has, and which twice, as bits; 0 where it is not made of plain letters."""

    @classmethod
    def build(cls, stems: Iterable[tuple[int, str]], forms: Iterable[tuple[int, str, int]]) -> "Vocabulary":
        """Take stems as (number, key), and forms as (number, form, number of the stem)."""
        # Forms are read before stems: those that become known meanwhile leave no form without its stem.
        written = np.fromiter(((form.encode(), id, stem) for id, form, stem in forms), _FORM)
        known = np.fromiter(((key.encode(), number) for number, key in stems), _STEM)
        known, written = known[np.argsort(known["word"])], written[np.argsort(written["word"])]
        # Copies that lie together: a column of the table would keep all of it.
        words = written["word"].copy()
        return cls(
            known["word"].copy(),
            known["number"].copy(),
            words,
            written["number"].copy(),
            written["stem"].copy(),
            _letters(words),
        )

    @property
    def latest(self) -> tuple[int, int]:
        """The highest numbers of a stem and of a form: words that become known get higher ones."""
        return int(self.numbers.max(initial=0)), int(self.ids.max(initial=0))

    def with_words(self, stems: Iterable[tuple[int, str]], forms: Iterable[tuple[int, str, int]]) -> "Vocabulary":
        """Return a vocabulary with some more."""
        added = Vocabulary.build(stems, forms)
        if not len(added.keys) and not len(added.forms):
            return self
        keys, words = np.searchsorted(self.keys, added.keys), np.searchsorted(self.forms, added.forms)
        return Vocabulary(
            np.insert(self.keys, keys, added.keys),
            np.insert(self.numbers, keys, added.numbers),
            np.insert(self.forms, words, added.forms),
            np.insert(self.ids, words, added.ids),
            np.insert(self.stems, words, added.stems),
            np.insert(self.letters, words, added.letters),
        )

    def number(self, key: str) -> int | None:
        """Return the number by which postings know a stem; none where it is unknown."""
        place = _place(self.keys, key)
        return None if place is None else int(self.numbers[place])

    def key(self, number: int) -> str:
        """Return the stem of that number."""
        return _text(self.keys[np.flatnonzero(self.numbers == number)[0]])

    def form(self, place: int) -> str:
        """Return the form at a place."""
        return _text(self.forms[place])

    def has_form(self, form: str) -> bool:
        """Return whether people write this word."""
        return _place(self.forms, form) is not None

    def beginning_with(self, beginning: str) -> slice:
        """Return where the forms stand that begin so."""
        encoded = _encoded(beginning)
        first = int(np.searchsorted(self.forms, np.bytes_(encoded)))
        # No byte of UTF-8 is as high; of the longest words there is one of each.
        after = encoded + b"\xff" if len(encoded) < LONGEST_WORD else encoded
        return slice(first, int(np.searchsorted(self.forms, np.bytes_(after), side="right")))

    def with_letters_of(self, word: str, mistakes: int) -> NDArray[np.intp]:
        """Return where the forms stand that so many mistakes may turn into this word; and some others."""
        # A mistake adds a letter, takes one away, or both; of a pair it changes the bit for « twice ».
        different = np.bitwise_count(self.letters ^ np.uint64(_letters_of(word)))
        return np.flatnonzero((different <= 2 * mistakes) & (self.letters != 0))


def _place(words: Words, word: str) -> int | None:
    encoded = _encoded(word)
    place = int(np.searchsorted(words, np.bytes_(encoded)))
    return place if place < len(words) and words[place] == encoded else None


def _encoded(word: str) -> bytes:
    return word.encode("utf-8", "replace")[:LONGEST_WORD]


def _text(word: np.bytes_) -> str:
    return bytes(word).decode("utf-8", "ignore")


def _letters(forms: Words) -> Letters:
    """Return the letters of words as bits; 0 for those that are not made of letters."""
    if not len(forms):
        return np.empty(0, np.uint64)
    # One letter of all words at a time: a hundred thousand words take less than a tenth of a second.
    written = np.ascontiguousarray(forms.view(np.uint8).reshape(len(forms), -1).T)
    found = np.zeros(len(forms), np.uint64)
    counted = np.zeros(len(forms), np.uint8)
    for bit in range(_LETTERS):
        times = (written == _A + bit).sum(axis=0, dtype=np.uint8)
        counted += times
        found |= (times >= 1).astype(np.uint64) << np.uint64(bit)
        found |= (times >= 2).astype(np.uint64) << np.uint64(bit + _LETTERS)
    return np.where(counted == (written != 0).sum(axis=0, dtype=np.uint8), found, np.uint64(0))


def _letters_of(word: str) -> int:
    """Return the letters of one word as the same bits, whatever else it is made of."""
    once = twice = 0
    for letter in word:
        bit = 1 << place if 0 <= (place := ord(letter) - _A) < _LETTERS else 0
        twice |= once & bit
        once |= bit
    return once | twice << _LETTERS
