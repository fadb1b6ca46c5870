"""The filed entries nearest to a text, by the stems that they share: rare stems count most."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from faq.domain.facets import Filing
from faq.domain.search.postings import compute_idf

Weights = Mapping[str, int]
"""The weights of the stems of a text."""


@dataclass(frozen=True, slots=True)
class FiledText:
    """The analysed text of an entry, and its filing."""

    number: int
    weights: Weights
    filing: Filing


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A filed entry that is near a text."""

    number: int
    similarity: float
    """From 0 to 1."""
    filing: Filing


class Neighbourhood:
    """A set of filed texts in which the nearest to another are found. Never changed."""

    def __init__(self, texts: Iterable[FiledText]) -> None:
        self._texts = tuple(texts)
        held = Counter(stem for text in self._texts for stem in text.weights)
        total = len(self._texts)
        self._idf = {stem: compute_idf(count, total) for stem, count in held.items()}
        self._norms = [self._norm(text.weights) for text in self._texts]

    def find_nearest(self, weights: Weights, *, without: int, limit: int) -> list[Neighbour]:
        """Return the nearest texts by the cosine of their weighted stems, best first, but for one entry's own."""
        mine = {stem: self._idf[stem] * weight for stem, weight in weights.items() if stem in self._idf}
        norm = self._norm(weights) or 1.0
        near = []
        for text, its_norm in zip(self._texts, self._norms, strict=True):
            if text.number != without and its_norm:
                shared = mine.keys() & text.weights.keys()
                product = sum(mine[stem] * self._idf[stem] * text.weights[stem] for stem in shared)
                if product:
                    near.append(Neighbour(text.number, product / (norm * its_norm), text.filing))
        return sorted(near, key=lambda one: (-one.similarity, one.number))[:limit]

    def _norm(self, weights: Weights) -> float:
        return math.sqrt(sum((self._idf.get(stem, 0.0) * weight) ** 2 for stem, weight in weights.items()))
