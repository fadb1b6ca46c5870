"""All indexed words in alphabetical order: looked up whole, by prefix, or by their letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from faq.domain.search.analysis import MAX_WORD_BYTES
from faq.domain.search.meaning import WordMeanings

WordArray = NDArray[np.bytes_]
"""In UTF-8, without case and accents, in rising order."""
NumberArray = NDArray[np.uint32]
LetterBits = NDArray[np.uint64]

_STEM = np.dtype([("word", f"S{MAX_WORD_BYTES}"), ("number", np.uint32)])
_FORM = np.dtype(
    [("word", f"S{MAX_WORD_BYTES}"), ("number", np.uint32), ("stem", np.uint32), ("shown", f"S{MAX_WORD_BYTES}")]
)
FormRow = tuple[int, str, int, str]
"""The number of a form, the form, the number of its stem, and the form as people write it."""
_LETTERS = 26
_A = ord("a")


@dataclass(frozen=True)
class Vocabulary:
    """The stems of an index, and the forms in which people write them. Never changed: threads share it."""

    keys: WordArray
    """The stems."""
    numbers: NumberArray
    """The numbers of the stems in the postings."""
    forms: WordArray
    ids: NumberArray
    """The number of each form."""
    stems: NumberArray
    """The number of each form's stem."""
    letters: LetterBits
    """The letters that each form has once, and twice, as bits; 0 for a form with other characters."""
    shown: WordArray
    """Each form as people write it, cut at its longest."""

    @classmethod
    def build(cls, stems: Iterable[tuple[int, str]], forms: Iterable[FormRow]) -> "Vocabulary":
        """Build a vocabulary from stems, as (number, key), and forms."""
        # Forms are read before stems: no form that is added meanwhile lacks its stem.
        written = np.fromiter(((form.encode(), id, stem, shown.encode()) for id, form, stem, shown in forms), _FORM)
        known = np.fromiter(((key.encode(), number) for number, key in stems), _STEM)
        known, written = known[np.argsort(known["word"])], written[np.argsort(written["word"])]
        # Copies: a column of the structured array would keep all of it in memory.
        words = written["word"].copy()
        return cls(
            known["word"].copy(),
            known["number"].copy(),
            words,
            written["number"].copy(),
            written["stem"].copy(),
            _letter_bits(words),
            written["shown"].copy(),
        )

    @cached_property
    def meanings(self) -> WordMeanings:
        """The meanings of its words, looked up when a search first needs them."""
        return WordMeanings.build(self.forms, self.shown, self.stems)

    @property
    def latest(self) -> tuple[int, int]:
        """The highest numbers of a stem and of a form; new words get higher ones."""
        return int(self.numbers.max(initial=0)), int(self.ids.max(initial=0))

    def with_words(self, stems: Iterable[tuple[int, str]], forms: Iterable[FormRow]) -> "Vocabulary":
        """Return a vocabulary with some more words."""
        added = Vocabulary.build(stems, forms)
        if not len(added.keys) and not len(added.forms):
            return self
        keys, words = np.searchsorted(self.keys, added.keys), np.searchsorted(self.forms, added.forms)
        extended = Vocabulary(
            np.insert(self.keys, keys, added.keys),
            np.insert(self.numbers, keys, added.numbers),
            np.insert(self.forms, words, added.forms),
            np.insert(self.ids, words, added.ids),
            np.insert(self.stems, words, added.stems),
            np.insert(self.letters, words, added.letters),
            np.insert(self.shown, words, added.shown),
        )
        if "meanings" in vars(self):
            vars(extended)["meanings"] = self.meanings.extended(added.forms, added.shown, added.stems)
        return extended

    def number(self, key: str) -> int | None:
        """Return the number of a stem; None where it is unknown."""
        place = _find_place(self.keys, key)
        return None if place is None else int(self.numbers[place])

    def select_known(self, keys: Iterable[str]) -> dict[str, int]:
        """Return those of some stems that are known, with their numbers: looked up all at once."""
        sought = list(keys)
        if not sought or not len(self.keys):
            return {}
        encoded = np.array([_encode(key) for key in sought], self.keys.dtype)
        places = np.minimum(np.searchsorted(self.keys, encoded), len(self.keys) - 1)
        hits = np.flatnonzero(self.keys[places] == encoded)
        return {sought[hit]: int(self.numbers[places[hit]]) for hit in hits.tolist()}

    def key(self, number: int) -> str:
        """Return the stem with a number."""
        return _decode(self.keys[np.flatnonzero(self.numbers == number)[0]])

    def form(self, place: int) -> str:
        """Return the form at a place."""
        return _decode(self.forms[place])

    def get_shown(self, form: str) -> str:
        """Return a form as people write it; « » for an unknown one."""
        place = _find_place(self.forms, form)
        return "" if place is None else _decode(self.shown[place])

    def has_form(self, form: str) -> bool:
        """Return whether some entry ever held this word."""
        return _find_place(self.forms, form) is not None

    def forms_with_prefix(self, prefix: str) -> slice:
        """Return the places of the forms with a prefix."""
        encoded = _encode(prefix)
        first = int(np.searchsorted(self.forms, np.bytes_(encoded)))
        # No byte of UTF-8 is as high; a prefix of full length is a form itself.
        after = encoded + b"\xff" if len(encoded) < MAX_WORD_BYTES else encoded
        return slice(first, int(np.searchsorted(self.forms, np.bytes_(after), side="right")))

    def candidates_for(self, word: str, mistakes: int) -> NDArray[np.intp]:
        """Return the places of the forms that so many mistakes may turn into a word, and of some others."""
        # A mistake adds a letter, takes one away, or both; of a pair it changes the bit for « twice ».
        different = np.bitwise_count(self.letters ^ np.uint64(_letter_bits_of_word(word)))
        return np.flatnonzero((different <= 2 * mistakes) & (self.letters != 0))


def _find_place(words: WordArray, word: str) -> int | None:
    encoded = _encode(word)
    place = int(np.searchsorted(words, np.bytes_(encoded)))
    return place if place < len(words) and words[place] == encoded else None


def _encode(word: str) -> bytes:
    return word.encode("utf-8", "replace")[:MAX_WORD_BYTES]


def _decode(word: np.bytes_) -> str:
    return bytes(word).decode("utf-8", "ignore")


def _letter_bits(forms: WordArray) -> LetterBits:
    """Return the letters of words as bits; 0 for words with other characters."""
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


def _letter_bits_of_word(word: str) -> int:
    """Return the letters of one word as bits, other characters aside."""
    once = twice = 0
    for letter in word:
        bit = 1 << place if 0 <= (place := ord(letter) - _A) < _LETTERS else 0
        twice |= once & bit
        once |= bit
    return once | twice << _LETTERS
