"""What needs no reading: of many texts that share a little with one, most are plainly nothing to it."""

from collections import defaultdict

from faq.domain.duplicates.alignment import MOST_LONGER, is_misspelling
from faq.domain.duplicates.analysis import AnalysedText, worth
from faq.domain.duplicates.verdict import CONTAINED, NEARLY_AS_LONG
from faq.domain.text import SENTENCE_ENDS, Token, split_chunks, tokenize_chunk

_ROUNDING = 1e-5
"""More than what is lost in short fractions."""


class QuickFilter:
    """A text beside which others are looked at, many of them made of the same words.

    A word of the text can only have a partner in another one that has the same word, or this one mistyped: each
    stretch between two spaces is asked once which words it may be the partner of, wherever it stands.
    """

    def __init__(self, text: AnalysedText) -> None:
        self._weight = text.weight
        self._weights = text.weights
        self._chunks = _Chunks(text.content)
        self._ruled_out: dict[int, bool] = {}

    def cannot_match(self, other: str) -> bool:
        """Tell for sure that another text is nothing to this one; False: perhaps it is not.

        Only of much longer ones, which would have to contain this one.
        """
        places, weight = self._seen(other)
        if self._weight >= weight * NEARLY_AS_LONG * (1 - _ROUNDING):
            return False
        known = self._ruled_out.get(places)
        if known is None:
            found = sum(weight for place, weight in enumerate(self._weights) if places >> place & 1)
            known = self._ruled_out[places] = found < self._weight * CONTAINED * (1 - _ROUNDING)
        return known

    def _seen(self, other: str) -> tuple[int, float]:
        """Return the places of the words that may have a partner in another text, and what there is to share in it."""
        places, weight = 0, 0.0
        known = self._chunks
        for line in split_chunks(other):
            counting = common = heavy = 0
            for chunk in line:
                there, counting_there, common_there, heavy_there, ends = known[chunk]
                places |= there
                counting += counting_there
                common += common_there
                heavy += heavy_there
                if ends:
                    weight += heavy * worth(counting, common)
                    counting = common = heavy = 0
            weight += heavy * worth(counting, common)
        return places, weight


class _Chunks(dict[str, tuple[int, int, int, int, bool]]):
    """What stands between two spaces of other texts, once it was looked at.

    The places of the text's words that may have a partner in it, one bit each; how many words that count it holds,
    how many of them are common, and their weight; whether it ends a sentence.
    """

    def __init__(self, content: list[Token]) -> None:
        self._same: dict[int, int] = defaultdict(int)
        self._alike: dict[tuple[int, str], list[tuple[int, Token]]] = defaultdict(list)
        for place, token in enumerate(content):
            self._same[token.key_hash] |= 1 << place
            for end in _ends(token):
                for length in range(len(token.folded) - MOST_LONGER, len(token.folded) + MOST_LONGER + 1):
                    self._alike[length, end].append((1 << place, token))

    def __missing__(self, chunk: str) -> tuple[int, int, int, int, bool]:
        content = [token for token in tokenize_chunk(chunk) if token.weight]
        places = 0
        for token in content:
            places |= self._partners(token)
        self[chunk] = found = (
            places,
            len(content),
            sum([token.is_common for token in content]),
            sum([token.weight for token in content]),
            chunk[-1] in SENTENCE_ENDS,
        )
        return found

    def _partners(self, other: Token) -> int:
        """Return the places of the words that are the same, or that one of the two may be the other mistyped."""
        places = self._same.get(other.key_hash, 0)
        length = len(other.folded)
        for end in _ends(other):
            for place, token in self._alike.get((length, end), ()):
                if not places & place and is_misspelling(token, other):
                    places |= place
        return places


def _ends(token: Token) -> tuple[str, str]:
    """Whatever is mistyped in between, the first letter or the last is still the same."""
    return f"{token.folded[0]}…", f"…{token.folded[-1]}"
