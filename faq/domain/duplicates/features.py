"""What texts are found by: words that stand near one another, the frame around them, the letters of short texts.

Pairs of words are far rarer than words, which keeps the lists short that have to be read, and survive
what happens to texts: sentences that move, words that are changed or added between two others. Where
most of the words that count were changed for others, the function words around them still follow one
another as before (stop-word n-grams, Stamatatos 2011).
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.pairs import Document
from faq.domain.text import Token, tokenize

SHORT = 8
"""Content words up to which a text is also found by its letters: a misspelling there is a large part of it."""
NEARBY = (1, 2)
"""How far apart words of a pair may stand, function words left out."""
FRAME = 7
"""Function words that follow one another in a run: fewer stand in too many texts, more are too easily broken."""
_FRAMED = 2 * FRAME
"""Function words from which a text has a frame."""
_QUESTION = 0x5BD1E995
_LETTERS = 0x2C1B3C6D
_RUNS = np.uint32(0x27D4EB2F)
_MIX = np.uint32(0x9E3779B1)

HashArray = NDArray[np.uint32]
WeightArray = NDArray[np.uint8]


class ProfileKind(IntEnum):
    """One way to look at a text."""

    WORDS = 0
    """By its pairs of words that count."""
    LETTERS = 1
    """By its runs of letters."""
    FRAME = 2
    """By its runs of function words."""


@dataclass(slots=True)
class FeatureBatch:
    """The profiles of some documents, one after the other, as flat arrays."""

    owners: list[int] = field(default_factory=list)
    """Which document each profile is of."""
    lengths: list[int] = field(default_factory=list)
    kinds: list[ProfileKind] = field(default_factory=list)
    hashes: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[int]" = field(default_factory=lambda: array("B"))

    def add(self, owner: int, document: Document) -> None:
        """Take in the profiles of a document: of its answer, and of its question but for the frame."""
        for text, salt in ((document.answer, 0), (document.question, _QUESTION)):
            words = tokenize(text or "")
            content = [token for token in words if token.weight]
            if len(content) > 1:
                self._add_profile(
                    owner, ProfileKind.WORDS, [token.key_hash ^ salt for token in content], (t.weight for t in content)
                )
                if not salt and len(words) - len(content) >= _FRAMED:
                    # Right after the words of the same text: the two are looked at together.
                    self._alike(owner, ProfileKind.FRAME, [token.key_hash for token in words if not token.weight])
            if words and len(content) <= SHORT:
                self._alike(owner, ProfileKind.LETTERS, [key_hash ^ salt for key_hash in _letters(content or words)])

    def _alike(self, owner: int, kind: ProfileKind, hashes: Sequence[int]) -> None:
        """Take in a profile all of whose features tell as much."""
        self._add_profile(owner, kind, hashes, bytes([1]) * len(hashes))

    def _add_profile(self, owner: int, kind: ProfileKind, hashes: Sequence[int], weights: Iterable[int]) -> None:
        self.owners.append(owner)
        self.lengths.append(len(hashes))
        self.kinds.append(kind)
        self.hashes.extend(hashes)
        self.weights.extend(weights)

    def profiles(self) -> "Profiles":
        """Return the profiles with each feature once, in order."""
        hashes, weights = np.array(self.hashes, np.uint32), np.array(self.weights, np.uint8)
        places = np.repeat(np.arange(len(self.lengths), dtype=np.uint64), self.lengths)
        kinds = np.repeat(np.array(self.kinds, np.uint8), self.lengths)
        words, letters, frame = (kinds == kind for kind in ProfileKind)
        keys = np.concatenate(
            [
                _packed(places[letters], hashes[letters], weights[letters]),
                *(_pairs(places[words], hashes[words], weights[words], step) for step in NEARBY),
                _runs(places[frame], hashes[frame]),
            ]
        )
        keys.sort()
        keys = keys[np.diff(keys, prepend=np.uint64(2**64 - 1)) != 0]
        held_by = (keys >> np.uint64(40)).astype(np.int64)
        return Profiles(
            np.array(self.owners, np.int32),
            np.array(self.kinds, np.uint8),
            FeatureRows(
                np.bincount(held_by, minlength=len(self.lengths)),
                (keys >> np.uint64(8)).astype(np.uint32),
                keys.astype(np.uint8),
            ),
        )


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """Features with their weights, row after row; `lengths` tells how many each row has."""

    lengths: NDArray[np.int64]
    features: HashArray
    weights: WeightArray

    @property
    def totals(self) -> NDArray[np.float64]:
        """The weight of each row."""
        return np.bincount(self.numbers, self.weights, minlength=len(self.lengths)).astype(np.float64)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The row of each feature."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def row(self, number: int) -> "FeatureRows":
        """Return one row."""
        end = int(self.lengths[: number + 1].sum())
        mine = slice(end - int(self.lengths[number]), end)
        return FeatureRows(self.lengths[number : number + 1], self.features[mine], self.weights[mine])

    def times(self, number: int) -> "FeatureRows":
        """Repeat all rows."""
        return FeatureRows(np.tile(self.lengths, number), np.tile(self.features, number), np.tile(self.weights, number))

    def likeness(self, other: "FeatureRows") -> NDArray[np.float64]:
        """Return the share of the heavier of two rows that stands in both, row by row (0–1)."""
        mine, theirs = keyed(self.numbers, self.features), keyed(other.numbers, other.features)
        places = np.minimum(mine.searchsorted(theirs), len(mine) - 1)
        amounts = np.where(mine[places] == theirs, other.weights, 0)
        shared = np.bincount(other.numbers, amounts, minlength=len(self.lengths))
        return np.asarray(shared / np.maximum(self.totals, other.totals))


@dataclass(frozen=True, slots=True)
class Profiles:
    """Some profiles as arrays: whose, of what kind, and their features."""

    owners: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    rows: FeatureRows


def keyed(rows: NDArray[np.int64], features: HashArray) -> NDArray[np.uint64]:
    """Put a row, or a profile, and a feature into one number; in order, where the features of each row are."""
    return (rows.astype(np.uint64) << np.uint64(32)) | features


def _pairs(profiles: NDArray[np.uint64], hashes: HashArray, weights: WeightArray, step: int) -> NDArray[np.uint64]:
    """Return the pairs of words that stand so many places apart, whichever comes first."""
    together = profiles[step:] == profiles[:-step]
    ones, others = hashes[:-step][together], hashes[step:][together]
    low, high = np.minimum(ones, others), np.maximum(ones, others)
    mixed = (low * _MIX) ^ (high + (high << np.uint32(13)) + (high >> np.uint32(7)))
    both = (weights[:-step][together] + weights[step:][together] + 1) // 2
    return _packed(profiles[step:][together], mixed, both)


def _runs(profiles: NDArray[np.uint64], hashes: HashArray) -> NDArray[np.uint64]:
    """Return the runs of FRAME function words."""
    number = max(0, len(hashes) - FRAME + 1)
    mixed = np.full(number, _RUNS)
    for step in range(FRAME):
        mixed = (mixed ^ hashes[step : step + number]) * _MIX
        mixed ^= mixed >> np.uint32(15)
    together = profiles[:number] == profiles[len(profiles) - number :]
    return _packed(profiles[:number][together], mixed[together], np.ones(int(together.sum()), np.uint8))


def _packed(profiles: NDArray[np.uint64], hashes: HashArray, weights: WeightArray) -> NDArray[np.uint64]:
    """Put profile (24 bits), feature (32) and weight (8) into one number, to sort by."""
    packed = profiles << np.uint64(40)
    packed |= hashes.astype(np.uint64) << np.uint64(8)
    packed |= weights
    return packed


def _letters(content: list[Token]) -> Iterator[int]:
    """Return the hashes of a text's runs of three letters, word limits included."""
    text = " ".join(["", *(token.folded for token in content), ""])
    for start in range(len(text) - 2):
        yield zlib.crc32(text[start : start + 3].encode()) ^ _LETTERS
