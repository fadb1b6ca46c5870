"""Reranking by proximity: entries that keep neighbouring words of the query side by side come first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from pyroaring import BitMap

from faq.domain.search.query_terms import QueryTerm
from faq.domain.text import TokenKind, tokenize

RERANK_DEPTH = 20
"""The number of best matches whose texts are read."""
_BONUS = 0.8
"""The share by which a score rises where the question holds all words of the query side by side, in order."""
_ANSWER_FACTOR = 0.4
"""The share of the bonus that counts for neighbours in the answer."""
_NONE = BitMap()
_LONGEST_CACHED = 2_000
"""Characters of the longest text whose stems are cached."""

StemSet = frozenset[str]
"""The stems that match one word of a query."""
Neighbours = tuple[StemSet, StemSet]


@dataclass(frozen=True)
class Phrase:
    """The pairs of neighbouring words of a query; words that no single stem matches are left out."""

    neighbours: tuple[Neighbours, ...]

    @classmethod
    def from_terms(cls, terms: Iterable[QueryTerm]) -> "Phrase":
        """Build the phrase of a query's terms."""
        return cls(tuple(pairwise(stems for term in terms if (stems := _get_stems(term)))))

    def compute_bonus(self, question: str, answer: str) -> float:
        """Return the factor for the score of an entry, from 1 up: more neighbours that stay neighbours raise it."""
        if not self.neighbours:
            return 1.0
        not_in_question = self._missing_in(self.neighbours, question)
        nowhere = self._missing_in(not_in_question, answer) if not_in_question else not_in_question
        kept = len(self.neighbours) - len(not_in_question) + _ANSWER_FACTOR * (len(not_in_question) - len(nowhere))
        return 1 + _BONUS * kept / len(self.neighbours)

    @staticmethod
    def _missing_in(neighbours: Sequence[Neighbours], text: str) -> list[Neighbours]:
        """Return those that are not side by side in a text, function words aside."""
        side_by_side = set(pairwise(_read_keys(text) if len(text) <= _LONGEST_CACHED else _find_keys(text)))
        return [both for both in neighbours if side_by_side.isdisjoint(product(*both))]


def rerank_by_proximity(
    best: Sequence[tuple[int, float]],
    phrase: Phrase,
    texts: Mapping[int, tuple[str, str]],
    last: BitMap = _NONE,
) -> list[int]:
    """Return entries, given with their scores, in the order of their scores times their bonus.

    `texts` holds questions and answers by entry number; those in `last` stay behind all others.
    """
    scores = {number: score * phrase.compute_bonus(*texts.get(number, ("", ""))) for number, score in best}
    return sorted(scores, key=lambda number: (number in last, -scores[number]))


def _find_keys(text: str) -> tuple[str, ...]:
    """Return the stems of a text in order, without function words."""
    return tuple(token.key for token in tokenize(text) if token.kind is not TokenKind.STOP)


@lru_cache(maxsize=2_000)
def _read_keys(text: str) -> tuple[str, ...]:
    """Return the same of a text that searches keep finding: few entries are the best of many queries."""
    return _find_keys(text)


def _get_stems(term: QueryTerm) -> StemSet:
    return frozenset(expansion.keys[0] for expansion in term.expansions if len(expansion.keys) == 1)
