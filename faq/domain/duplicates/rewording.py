"""Texts that say the same in other words: most words are equal or near in meaning, and every value is kept.

Nearness is that of word vectors. It tells no opposites or roles apart, so that it only ever counts beside many words
that are equal: it fills gaps, and decides nothing alone.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.search.word_vectors import LONGEST_WORD, NO_ROW, read_word_vectors
from faq.domain.text import TokenKind

EQUAL = 0.5
"""Share of each text's weight, at least, in words that the other has too."""
COVERED = 0.67
"""Share of each text's weight, at least, in these and in words that are near to others of the other text."""
FEWEST = 6
"""Content words of each text, at least: fewer words are alike by chance."""
_UNRELATED, _SAME = 0.35, 0.75
"""Cosines of words that have nothing to do with each other, and of those that mean the same."""
_MOST_WORDS = 600
"""Content words up to which texts are compared in this way, as every word meets every other."""
_MOST_CACHED = 20_000
_VALUES = (TokenKind.NUMBER, TokenKind.CODE, TokenKind.NAME, TokenKind.LINK)

Flags = NDArray[np.bool_]


def is_reworded(left: AnalysedText, right: AnalysedText) -> bool:
    """Return whether one of two texts says in other words what the other says."""
    lengths = len(left.content), len(right.content)
    if min(lengths) < FEWEST or max(lengths) > _MOST_WORDS:
        return False
    alone, others = _find_lone(left, right), _find_lone(right, left)
    if _holds_value(left, alone) and _holds_value(right, others):
        return False
    pairs = ((left, alone), (right, others))
    if any(_share(text, np.where(lone, 0.0, 1.0)) < EQUAL for text, lone in pairs):
        return False
    nearness = _measure_nearness(left, alone, right, others)
    covered = (_cover(alone, nearness), _cover(others, nearness.T))
    return all(_share(text, cover) >= COVERED for (text, _), cover in zip(pairs, covered, strict=True))


def _find_lone(text: AnalysedText, other: AnalysedText) -> Flags:
    """Return which content words of a text the other does not have."""
    there = other.hash_set
    return np.array([key_hash not in there for key_hash in text.hashes], np.bool_)


def _holds_value(text: AnalysedText, lone: Flags) -> bool:
    return any(text.content[place].kind in _VALUES for place in np.flatnonzero(lone).tolist())


def _share(text: AnalysedText, cover: NDArray[np.float64]) -> float:
    return float(cover @ np.array(text.weights)) / text.weight


def _measure_nearness(left: AnalysedText, alone: Flags, right: AnalysedText, others: Flags) -> NDArray[np.float64]:
    """Return how near (0–1) each word that one text has alone is to each that the other has alone."""
    cosines = _build_vectors(left, alone) @ _build_vectors(right, others).T
    return np.clip((cosines.astype(np.float64) - _UNRELATED) / (_SAME - _UNRELATED), 0, 1)


def _cover(lone: Flags, nearness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how well each word of a text is covered by the other: 1 where the other has it too."""
    cover = np.ones(len(lone))
    cover[lone] = nearness.max(axis=1, initial=0)
    return cover


def _build_vectors(text: AnalysedText, chosen: Flags) -> NDArray[np.float32]:
    """Return the vectors of some content words; that of a word without one is nought."""
    known = read_word_vectors()
    rows = np.array([_find_row(_spell(text, place)) for place in np.flatnonzero(chosen).tolist()], np.intp)
    vectors = np.zeros((len(rows), known.table.shape[1]), np.float32)
    vectors[rows != NO_ROW] = known.unit_vectors(rows[rows != NO_ROW])
    return vectors


def _spell(text: AnalysedText, place: int) -> str:
    """Return a content word as it is written, in small letters."""
    found = text.placed_tokens[text.places[place]]
    return text.text[found.start : found.end].lower() if found.token.kind is TokenKind.WORD else ""


@lru_cache(_MOST_CACHED)
def _find_row(word: str) -> int:
    return int(read_word_vectors().find_rows(np.array([word.encode()[:LONGEST_WORD]], np.bytes_))[0])
