"""Which stored text a new one looks like: a sketch index to find candidates, an edit ratio to judge them."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from faq.domain.text import fold

SHINGLE_WORDS = 3
SKETCH_SIZE = 12
"""Shingles kept per text: two texts that share half of their shingles share one of these in 999 cases of 1,000."""
LOOKALIKE_RATIO = 75.0
"""Least rapidfuzz.fuzz.ratio (0–100, normalised edit similarity) of two folded texts that look alike."""
_MOST_CANDIDATES = 5
_MOST_COUNTED = 1_000
"""Entries counted for one text, from its rarest shingles on: bounds the time of an import."""


class SketchIndex:
    """Texts by the smallest hashes of their word shingles (bottom-k sketches, Broder 1997).

    Holds about a kilobyte per text and not the text itself.
    """

    def __init__(self) -> None:
        self._keys: dict[int, list[int]] = {}

    def add(self, key: int, text: str) -> None:
        """Index a text under a key."""
        for mark in _sketch(text):
            self._keys.setdefault(mark, []).append(key)

    def candidates(self, text: str) -> list[int]:
        """Give the keys of the texts that share most of the sketch, best first, a handful at most."""
        postings = sorted((self._keys.get(mark, []) for mark in _sketch(text)), key=len)
        shared: Counter[int] = Counter()
        for keys in postings:
            # What a thousand texts have in common tells little, and would make every import quadratic.
            if shared.total() + len(keys) > _MOST_COUNTED:
                break
            shared.update(keys)
        best = heapq.nsmallest(_MOST_CANDIDATES, shared.items(), key=lambda item: (-item[1], item[0]))
        return [key for key, _ in best]


def looks_like(text: str, candidates: Iterable[tuple[int, str]]) -> int | None:
    """Give the key of the candidate that the text looks most like, or None where it looks like none."""
    folded = fold(text)
    scored = [(fuzz.ratio(folded, fold(other), score_cutoff=LOOKALIKE_RATIO), -key) for key, other in candidates]
    score, key = max(scored, default=(0.0, 0))
    return -key if score else None


def _sketch(text: str) -> list[int]:
    return heapq.nsmallest(SKETCH_SIZE, {_hash(shingle) for shingle in _shingles(text)})


def _shingles(text: str) -> Iterator[str]:
    words = fold(text).split()
    for start in range(max(1, len(words) - SHINGLE_WORDS + 1)):
        yield " ".join(words[start : start + SHINGLE_WORDS])


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest())
