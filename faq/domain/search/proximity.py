"""Reranking by proximity: entries that keep neighbouring words of the query side by side come first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from faq.domain.search.query_terms import QueryTerm
from faq.domain.text import TokenKind, tokenize

RERANK_DEPTH = 20
"""The number of best matches whose texts are read."""
_BONUS = 0.8
"""The share by which a score rises where the question holds all words of the query side by side, in order."""
_ANSWER_FACTOR = 0.4
"""The share of the bonus that counts for neighbours in the answer."""

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
        keys = [token.key for token in tokenize(text) if token.kind is not TokenKind.STOP]
        side_by_side = set(pairwise(keys))
        return [both for both in neighbours if side_by_side.isdisjoint(product(*both))]


def rerank_by_proximity(
    best: Sequence[tuple[int, float]], phrase: Phrase, texts: Mapping[int, tuple[str, str]]
) -> list[int]:
    """Return entries, given with their scores, in the order of their scores times their bonus.

    `texts` holds questions and answers by entry number.
    """
    scores = {number: score * phrase.compute_bonus(*texts.get(number, ("", ""))) for number, score in best}
    return sorted(scores, key=lambda number: -scores[number])


def _get_stems(term: QueryTerm) -> StemSet:
    return frozenset(expansion.keys[0] for expansion in term.expansions if len(expansion.keys) == 1)
