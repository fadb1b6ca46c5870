"""A quick filter before the verdict: most of the texts that share a few features with one have nothing in common."""

from collections import defaultdict

from faq.domain.duplicates.alignment import MOST_LONGER, is_misspelling
from faq.domain.duplicates.analysis import AnalysedText, sentence_factor
from faq.domain.duplicates.concepts import concept
from faq.domain.duplicates.verdict import CONTAINED, NEARLY_AS_LONG
from faq.domain.text import SENTENCE_ENDS, Token, split_chunks, tokenize_chunk

_LONGEST = 20_000
"""Characters up to which texts are filtered: bits for each word of a longer one would take much memory."""
_ROUNDING = 1e-5
"""A bound above the rounding errors of sums of weights."""


class QuickFilter:
    """A filter of texts that cannot match a given one.

    A word of the text can only be aligned with the same word or a misspelling of it. Which words a chunk of another
    text may be aligned with is computed once per chunk, as candidates repeat the same chunks.
    """

    def __init__(self, text: AnalysedText) -> None:
        self._is_long = len(text.text) > _LONGEST
        if self._is_long:
            return
        self._weight = text.weight
        self._weights = text.weights
        self._chunks = _Chunks(text.content)
        self._known: dict[int, bool] = {}

    def cannot_match(self, other: str) -> bool:
        """Return whether another text certainly gets no verdict beside this one.

        Always False for texts that are not much longer: a longer one would have to contain this one.
        """
        if self._is_long or len(other) > _LONGEST:
            return False
        places, weight = self._measure(other)
        if self._weight >= weight * NEARLY_AS_LONG * (1 - _ROUNDING):
            return False
        known = self._known.get(places)
        if known is None:
            found = sum(weight for place, weight in enumerate(self._weights) if places >> place & 1)
            known = self._known[places] = found < self._weight * CONTAINED * (1 - _ROUNDING)
        return known

    def _measure(self, other: str) -> tuple[int, float]:
        """Return the places of the words that may be aligned with another text, as bits, and that text's weight."""
        places, weight = 0, 0.0
        known = self._chunks
        for line in split_chunks(other):
            content = common = summed = 0
            for chunk in line:
                chunk_places, chunk_content, chunk_common, chunk_weight, ends_sentence = known[chunk]
                places |= chunk_places
                content += chunk_content
                common += chunk_common
                summed += chunk_weight
                if ends_sentence:
                    weight += summed * sentence_factor(content, common)
                    content = common = summed = 0
            weight += summed * sentence_factor(content, common)
        return places, weight


class _Chunks(dict[str, tuple[int, int, int, int, bool]]):
    """The chunks of other texts that were seen, each with what `QuickFilter` sums.

    That is: the places of the text's words that may be aligned with it, one bit each; the number of its content
    words, of the common ones among them, and their weight; whether it ends a sentence.
    """

    def __init__(self, content: list[Token]) -> None:
        self._same: dict[int, int] = defaultdict(int)
        self._alike: dict[tuple[int, str], list[tuple[int, Token]]] = defaultdict(list)
        for place, token in enumerate(content):
            self._same[concept(token)[0]] |= 1 << place
            for end in _ends(token):
                for length in range(len(token.folded) - MOST_LONGER, len(token.folded) + MOST_LONGER + 1):
                    self._alike[length, end].append((1 << place, token))

    def __missing__(self, chunk: str) -> tuple[int, int, int, int, bool]:
        content = [token for token in tokenize_chunk(chunk) if token.weight]
        places = 0
        for token in content:
            places |= self._find_partners(token)
        self[chunk] = found = (
            places,
            len(content),
            sum([token.is_common for token in content]),
            sum([concept(token)[1] for token in content]),
            chunk[-1] in SENTENCE_ENDS,
        )
        return found

    def _find_partners(self, other: Token) -> int:
        """Return the places of the words that are the same as another one, or may be the same misspelt, as bits."""
        places = self._same.get(concept(other)[0], 0)
        length = len(other.folded)
        for end in _ends(other):
            for place, token in self._alike.get((length, end), ()):
                if not places & place and is_misspelling(token, other):
                    places |= place
        return places


def _ends(token: Token) -> tuple[str, str]:
    """Return keys for the first and last letter: a misspelling keeps one of them."""
    return f"{token.folded[0]}…", f"…{token.folded[-1]}"
