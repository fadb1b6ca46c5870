"""What needs no reading: of many texts that share a little with one, most are plainly nothing to it."""

from collections import defaultdict
from functools import reduce
from operator import or_

from faq.domain.duplicates.alignment import is_misspelling
from faq.domain.duplicates.reading import Reading
from faq.domain.duplicates.verdict import CONTAINED, NEARLY_AS_LONG
from faq.domain.text import Term, chunks, terms

_ROUNDING = 1e-5
"""More than what is lost in short fractions."""


class Glance:
    """A text beside which others are looked at, many of them made of the same words.

    A word of the text can only have a partner in another one that has the same word, or this one mistyped: each
    stretch between two spaces is asked once which words it may be the partner of, wherever it stands.
    """

    def __init__(self, text: Reading) -> None:
        self._weight = text.weight
        self._weights = text.weights
        self._places_of = _Partners(text.content)
        self._ruled_out: dict[int, bool] = {}

    def rules_out(self, other: str, weight: float) -> bool:
        """Tell for sure, of a text with so much to share, that it is nothing to this one; False: perhaps it is not.

        Only of much longer ones, which would have to contain this one.
        """
        if self._weight >= weight * NEARLY_AS_LONG * (1 - _ROUNDING):
            return False
        places = reduce(or_, map(self._places_of.__getitem__, chunks(other)), 0)
        known = self._ruled_out.get(places)
        if known is None:
            found = sum(weight for place, weight in enumerate(self._weights) if places >> place & 1)
            known = self._ruled_out[places] = found < self._weight * CONTAINED * (1 - _ROUNDING)
        return known


class _Partners(dict[str, int]):
    """The places of a text's words that may have a partner in a chunk of another text, one bit each, by chunk."""

    def __init__(self, content: list[Term]) -> None:
        self._same: dict[int, int] = defaultdict(int)
        self._alike: dict[str, list[tuple[int, Term]]] = defaultdict(list)
        for place, term in enumerate(content):
            self._same[term.mark] |= 1 << place
            # Whatever is mistyped in between, the first letter or the last is still the same.
            for letter in {f"{term.folded[0]}…", f"…{term.folded[-1]}"}:
                self._alike[letter].append((place, term))

    def __missing__(self, chunk: str) -> int:
        places = 0
        for other in terms(chunk):
            if other.weight:
                places |= self._same.get(other.mark, 0)
                for letter in (f"{other.folded[0]}…", f"…{other.folded[-1]}"):
                    for place, term in self._alike.get(letter, ()):
                        if not places >> place & 1 and is_misspelling(term, other):
                            places |= 1 << place
        self[chunk] = places
        return places
