"""What texts are found by: words that stand near one another, and the letters of short texts.

Pairs of words are far rarer than words, which keeps the lists short that have to be read, and survive
what happens to texts: sentences that move, words that are changed or added between two others.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.pairs import Document
from faq.domain.text import Term, terms

SHORT = 8
"""Content words up to which a text is also found by its letters: a misspelling there is a large part of it."""
NEARBY = (1, 2)
"""How far apart words of a pair may stand, function words left out."""
_QUESTION = 0x5BD1E995
_LETTERS = 0x2C1B3C6D
_MIX = np.uint32(0x9E3779B1)

Words = NDArray[np.uint32]
Weights = NDArray[np.uint8]


@dataclass(slots=True)
class Batch:
    """The views of some documents, one after the other, as flat arrays."""

    owners: list[int] = field(default_factory=list)
    """Which document each view is of."""
    lengths: list[int] = field(default_factory=list)
    paired: list[bool] = field(default_factory=list)
    """Whether a view is of pairs of words; else of letters."""
    marks: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[int]" = field(default_factory=lambda: array("B"))

    def add(self, owner: int, document: Document) -> None:
        """Take in the views of a document: answer, question, and the letters of each if short."""
        for text, salt in ((document.answer, 0), (document.question, _QUESTION)):
            content = [term for term in terms(text or "") if term.weight]
            if len(content) > 1:
                self._view(owner, ((term.mark ^ salt, term.weight) for term in content), paired=True)
            if 0 < len(content) <= SHORT:
                self._view(owner, ((mark ^ salt, 1) for mark in _letters(content)), paired=False)

    def _view(self, owner: int, features: Iterable[tuple[int, int]], *, paired: bool) -> None:
        marks, weights = zip(*features, strict=True)
        self.owners.append(owner)
        self.lengths.append(len(marks))
        self.paired.append(paired)
        self.marks.extend(marks)
        self.weights.extend(weights)

    def features(self) -> tuple[NDArray[np.int64], Words, Weights]:
        """Give each view's features once each, in order: the view's place, the feature, its weight."""
        marks, weights = np.frombuffer(self.marks, np.uint32), np.frombuffer(self.weights, np.uint8)
        views = np.repeat(np.arange(len(self.lengths), dtype=np.uint64), self.lengths)
        paired = np.repeat(np.array(self.paired, bool), self.lengths)
        keys = np.concatenate(
            [
                _packed(views[~paired], marks[~paired], weights[~paired]),
                *(_pairs(views, marks, weights, paired, step) for step in NEARBY),
            ]
        )
        keys.sort()
        keys = keys[np.diff(keys, prepend=np.uint64(2**64 - 1)) != 0]
        return (
            (keys >> np.uint64(40)).astype(np.int64),
            (keys >> np.uint64(8)).astype(np.uint32),
            keys.astype(np.uint8),
        )


def _pairs(
    views: NDArray[np.uint64], marks: Words, weights: Weights, paired: NDArray[np.bool_], step: int
) -> NDArray[np.uint64]:
    """Give the pairs of words that stand so many places apart, whichever comes first."""
    together = paired[step:] & (views[step:] == views[:-step])
    ones, others = marks[:-step][together], marks[step:][together]
    low, high = np.minimum(ones, others), np.maximum(ones, others)
    mixed = (low * _MIX) ^ (high + (high << np.uint32(13)) + (high >> np.uint32(7)))
    both = (weights[:-step][together] + weights[step:][together] + 1) // 2
    return _packed(views[step:][together], mixed, both)


def _packed(views: NDArray[np.uint64], marks: Words, weights: Weights) -> NDArray[np.uint64]:
    """Put view (24 bits), feature (32) and weight (8) into one number, to sort by."""
    packed = views << np.uint64(40)
    packed |= marks.astype(np.uint64) << np.uint64(8)
    packed |= weights
    return packed


def _letters(content: list[Term]) -> Iterator[int]:
    """Give the hashes of a text's runs of three letters, word limits included."""
    text = " ".join(["", *(term.folded for term in content), ""])
    for start in range(len(text) - 2):
        yield zlib.crc32(text[start : start + 3].encode()) ^ _LETTERS
