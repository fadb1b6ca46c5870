"""Words of a query that stand side by side in a text: there they say what they say in the query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from faq.domain.search.senses import Sense
from faq.domain.text import TokenKind, tokenize

MOST_COMPARED = 20
"""Of the entries that a search finds: the best, whose texts are looked through."""
_BONUS = 0.3
"""How much better an entry is placed whose question says all words of the query side by side, in order."""
_IN_ANSWER = 0.4
"""What it counts for in the answer."""

Said = frozenset[str]
"""What one word of a query may be said by: stems."""
Neighbours = tuple[Said, Said]


@dataclass(frozen=True)
class Phrase:
    """The words of a query in their order; those that a text cannot be looked through for are left out."""

    neighbours: tuple[Neighbours, ...]

    @classmethod
    def of(cls, senses: Iterable[Sense]) -> "Phrase":
        """Read a query's words, however they may be said."""
        return cls(tuple(pairwise(word for sense in senses for word in _words(sense))))

    def bonus(self, question: str, answer: str) -> float:
        """Return by what the score of an entry is multiplied: from 1, the more neighbours stay neighbours."""
        if not self.neighbours:
            return 1.0
        missing = self._missing(self.neighbours, question)
        gone = self._missing(missing, answer) if missing else missing
        kept = len(self.neighbours) - len(missing) + _IN_ANSWER * (len(missing) - len(gone))
        return 1 + _BONUS * kept / len(self.neighbours)

    @staticmethod
    def _missing(neighbours: Sequence[Neighbours], text: str) -> list[Neighbours]:
        """Return those that do not stand side by side in a text, function words aside."""
        keys = [token.key for token in tokenize(text) if token.kind is not TokenKind.STOP]
        stand = set(pairwise(keys))
        return [both for both in neighbours if stand.isdisjoint(product(*both))]


def placed(best: Sequence[tuple[int, float]], phrase: Phrase, texts: Mapping[int, tuple[str, str]]) -> list[int]:
    """Put entries in order, given with their scores, by what they say side by side: questions and answers by number."""
    scores = {number: score * phrase.bonus(*texts.get(number, ("", ""))) for number, score in best}
    return sorted(scores, key=lambda number: -scores[number])


def _words(sense: Sense) -> list[Said]:
    if len(sense.words) > 1:
        return [frozenset((word.key,)) for word in sense.words]
    said = frozenset(way.keys[0] for way in sense.ways if len(way.keys) == 1)
    return [said] if said else []
