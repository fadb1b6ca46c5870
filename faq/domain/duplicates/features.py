"""The features by which texts are found: pairs of nearby words, pairs of words of one passage, letters of short texts.

Pairs of words are far rarer than words, so that their lists are short, and most of them survive sentences
that move and words that are replaced or inserted. Where a text was reworded, few words still stand side by side, but
many still stand in one passage: a few of these pairs, a random choice that is the same in every text, are its sketch.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.analysis import MOST_WORDS
from faq.domain.duplicates.concepts import concept
from faq.domain.duplicates.pairs import Document
from faq.domain.markup import blank_markup
from faq.domain.text import Token, tokenize
from faq.domain.text.tokens import COMMON_WEIGHT

SHORT = 8
"""Content words up to which a text is also found by its letters: a misspelling changes much of its word pairs."""
PASSAGE = 6
"""Distance up to which two telling words make a pair of the sketch."""
SKETCHED = 32
"""Pairs of a sketch, those with the lowest hashes (bottom-k sketch, Broder 1997)."""
_TELLING = 4
"""Telling words, those that are not common, from which a text has a sketch."""
SIGNATURE = 256
"""Bits of the signature of a sketch: each telling word sets one, so that two texts' words are compared at once."""
ANCHORS = 3
"""Features of a profile that are its anchors as well, those with the lowest hashes: a random choice that most of the
texts made from one template share (min-hashing, Broder 1997). The answer as a whole is one more."""
_ANCHOR = np.uint32(1 << 31)
"""The bit that distinguishes anchors, which weigh nothing, from other features."""
_NO_ANCHORS = ~(np.uint64(1 << 31) << np.uint64(8))
_QUESTION = 0x5BD1E995
_LETTERS = 0x2C1B3C6D
_MIX = np.uint32(0x9E3779B1)

HashArray = NDArray[np.uint32]
WeightArray = NDArray[np.uint8]
Signatures = NDArray[np.uint64]
"""A row of SIGNATURE bits for each profile, in words of 64 bits."""


class ProfileKind(IntEnum):
    """The kinds of profiles: of n-grams of words, letters or function words."""

    WORDS = 0
    """Pairs of content words."""
    LETTERS = 1
    """Runs of three letters."""
    SKETCH = 2
    """Pairs of telling words of one passage."""


@dataclass(slots=True)
class FeatureBatch:
    """Collects the profiles of some documents in flat arrays; a profile is the features of one text of one kind."""

    keys: list[int] = field(default_factory=list)
    """The key of the document of each profile."""
    lengths: list[int] = field(default_factory=list)
    kinds: list[ProfileKind] = field(default_factory=list)
    hashes: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[int]" = field(default_factory=lambda: array("B"))
    wholes: list[tuple[int, int]] = field(default_factory=list)
    """The number of a profile of each answer, and the hash of the answer as a whole."""

    def add(self, document: Document) -> None:
        """Add the profiles of a document: of its answer and, but for the sketch, of its question."""
        for text, salt in ((blank_markup(document.answer), 0), (document.question, _QUESTION)):
            words = tokenize(text or "")[:MOST_WORDS]
            content = [token for token in words if token.weight]
            if words and not salt:
                # Of the answer's first profile; a text of words has one.
                self.wholes.append((len(self.keys), zlib.crc32(" ".join([token.folded for token in words]).encode())))
            if len(content) > 1:
                concepts = [concept(token) for token in content]
                self._add_profile(
                    document.key,
                    ProfileKind.WORDS,
                    [key_hash ^ salt for key_hash, _ in concepts],
                    (w for _, w in concepts),
                )
                telling = [key_hash for key_hash, weight in concepts if weight > COMMON_WEIGHT]
                if not salt and len(telling) >= _TELLING:
                    self._add_unweighted(document.key, ProfileKind.SKETCH, telling)
            if words and len(content) <= SHORT:
                self._add_unweighted(
                    document.key, ProfileKind.LETTERS, [key_hash ^ salt for key_hash in _letters(content or words)]
                )

    def _add_unweighted(self, key: int, kind: ProfileKind, hashes: Sequence[int]) -> None:
        """Add a profile whose features all weigh the same."""
        self._add_profile(key, kind, hashes, bytes([1]) * len(hashes))

    def _add_profile(self, key: int, kind: ProfileKind, hashes: Sequence[int], weights: Iterable[int]) -> None:
        self.keys.append(key)
        self.lengths.append(len(hashes))
        self.kinds.append(kind)
        self.hashes.extend(hashes)
        self.weights.extend(weights)

    def profiles(self) -> "Profiles":
        """Return the profiles, the features of each once and in rising order."""
        hashes, weights = np.array(self.hashes, np.uint32), np.array(self.weights, np.uint8)
        places = np.repeat(np.arange(len(self.lengths), dtype=np.uint64), self.lengths)
        kinds = np.repeat(np.array(self.kinds, np.uint8), self.lengths)
        words, letters, sketch = (kinds == kind for kind in ProfileKind)
        keys = np.concatenate(
            [
                _packed(places[letters], hashes[letters], weights[letters]),
                _pairs(places[words], hashes[words], weights[words], 1),
            ]
        )
        keys = _sorted_once(keys & _NO_ANCHORS)
        keys = _sorted_once(
            np.concatenate(
                [keys, _anchors(keys), _sketches(places[sketch], hashes[sketch]) & _NO_ANCHORS, self._whole_anchors()]
            )
        )
        held_by = (keys >> np.uint64(40)).astype(np.int64)
        return Profiles(
            np.array(self.keys, np.int64),
            np.array(self.kinds, np.uint8),
            FeatureRows(
                np.bincount(held_by, minlength=len(self.lengths)),
                (keys >> np.uint64(8)).astype(np.uint32),
                keys.astype(np.uint8),
            ),
            _sign(places[sketch].astype(np.int64), hashes[sketch], len(self.lengths)),
        )

    def _whole_anchors(self) -> NDArray[np.uint64]:
        numbers, hashes = np.array(self.wholes, np.uint64).reshape(-1, 2).T
        return _packed(numbers, hashes.astype(np.uint32) | _ANCHOR, np.zeros(len(numbers), np.uint8))


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """Features with their weights, row after row, each row having as many as `lengths` says."""

    lengths: NDArray[np.int64]
    features: HashArray
    weights: WeightArray

    @property
    def totals(self) -> NDArray[np.float64]:
        """Return the weight of each row."""
        return np.bincount(self.numbers, self.weights, minlength=len(self.lengths)).astype(np.float64)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Return the number of the row of each feature."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles as arrays: the document, kind and features of each, and the signature of each sketch."""

    keys: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    rows: FeatureRows
    signatures: Signatures


def pack_keys(rows: NDArray[np.int64], features: HashArray) -> NDArray[np.uint64]:
    """Return each row number and feature as one number, in the order of rows, then of features."""
    return (rows.astype(np.uint64) << np.uint64(32)) | features


def _pairs(profiles: NDArray[np.uint64], hashes: HashArray, weights: WeightArray, step: int) -> NDArray[np.uint64]:
    """Return the features of pairs of words so many places apart, whichever comes first."""
    together = profiles[step:] == profiles[:-step]
    ones, others = hashes[:-step][together], hashes[step:][together]
    low, high = np.minimum(ones, others), np.maximum(ones, others)
    mixed = (low * _MIX) ^ (high + (high << np.uint32(13)) + (high >> np.uint32(7)))
    both = (weights[:-step][together] + weights[step:][together] + 1) // 2
    return _packed(profiles[step:][together], mixed, both)


def _sketches(profiles: NDArray[np.uint64], hashes: HashArray) -> NDArray[np.uint64]:
    """Return the features of the sketches of some texts, given by their telling words."""
    nothing = np.zeros(len(hashes), np.uint8)
    pairs = [_pairs(profiles, hashes, nothing, step) for step in range(1, PASSAGE + 1)]
    keys = _sorted_once(np.concatenate(pairs))
    keys = keys[_rank_within(keys >> np.uint64(40)) < SKETCHED]
    # What was chosen by its low hash is spread over all hashes again.
    features = (keys >> np.uint64(8)).astype(np.uint32) * _MIX
    return _packed(keys >> np.uint64(40), features, np.ones(len(features), np.uint8))


def _sign(profiles: NDArray[np.int64], hashes: HashArray, number: int) -> Signatures:
    """Return the signatures of profiles, given by the telling words of some of them."""
    signed = np.zeros((number, SIGNATURE), np.bool_)
    signed[profiles, (hashes * _MIX) >> np.uint32(24)] = True
    return np.packbits(signed, axis=1).view(np.uint64)


def _sorted_once(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return packed features in order, each once."""
    keys.sort()
    return np.asarray(keys[np.diff(keys, prepend=np.uint64(2**64 - 1)) != 0])


def is_anchor(features: HashArray) -> NDArray[np.bool_]:
    """Return which features are anchors."""
    return np.asarray((features & _ANCHOR) != 0)


def _anchors(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the anchors of packed features in order: those of each profile whose hashes are the lowest."""
    profiles = keys >> np.uint64(40)
    chosen = _rank_within(profiles) < ANCHORS
    hashes = (keys[chosen] >> np.uint64(8)).astype(np.uint32) * _MIX
    return _packed(profiles[chosen], hashes | _ANCHOR, np.zeros(len(hashes), np.uint8))


def _rank_within(profiles: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the numbers from 0 within each run of equal profiles."""
    starts = np.flatnonzero(np.diff(profiles, prepend=np.uint64(2**64 - 1)))
    return np.asarray(np.arange(len(profiles)) - np.repeat(starts, np.diff(starts, append=len(profiles))))


def _packed(profiles: NDArray[np.uint64], hashes: HashArray, weights: WeightArray) -> NDArray[np.uint64]:
    """Return profile (24 bits), feature (32) and weight (8) as one number, to sort by."""
    packed = profiles << np.uint64(40)
    packed |= hashes.astype(np.uint64) << np.uint64(8)
    packed |= weights
    return packed


def _letters(content: list[Token]) -> Iterator[int]:
    """Yield the hashes of a text's runs of three letters, spaces between words included."""
    text = " ".join(["", *(token.folded for token in content), ""])
    for start in range(len(text) - 2):
        yield zlib.crc32(text[start : start + 3].encode()) ^ _LETTERS
