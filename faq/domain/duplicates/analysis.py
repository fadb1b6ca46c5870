"""A text as it is judged: its words, and those that count."""

from dataclasses import dataclass
from functools import cached_property

from faq.domain.text import PlacedToken, Token, TokenKind, placed_tokens, tokenize_sentences

BOILERPLATE = 0.7
"""Share of common words and links from which a sentence is a formula that any answer may end with."""
_FORMULA_WORDS = 4
"""Words that count which a formula has at least."""
_FORMULA_WORTH = 0.2
"""What sharing a formula is worth, where sharing another sentence is worth 1."""


@dataclass(frozen=True)
class AnalysedText:
    """A text with its words; what is costly is worked out once, when asked for."""

    text: str

    @cached_property
    def sentences(self) -> list[list[Token]]:
        """All words, sentence by sentence."""
        return tokenize_sentences(self.text)

    @cached_property
    def words(self) -> list[Token]:
        """All words, in order."""
        return [token for sentence in self.sentences for token in sentence]

    @cached_property
    def places(self) -> list[int]:
        """Where the words that count stand among all words."""
        return [place for place, token in enumerate(self.words) if token.weight]

    @cached_property
    def _content(self) -> list[list[Token]]:
        return [[token for token in sentence if token.weight] for sentence in self.sentences]

    @cached_property
    def content(self) -> list[Token]:
        """The words that count, in order."""
        return [token for sentence in self._content for token in sentence]

    @cached_property
    def hashes(self) -> list[int]:
        """The hashes of the words that count."""
        return [token.key_hash for token in self.content]

    @cached_property
    def all_hashes(self) -> list[int]:
        """The hashes of all words."""
        return [token.key_hash for token in self.words]

    @cached_property
    def hash_set(self) -> frozenset[int]:
        """The hashes of the words that count, once each."""
        return frozenset(self.hashes)

    @cached_property
    def weights(self) -> list[float]:
        """What sharing each of the words that count tells."""
        found: list[float] = []
        for content in self._content:
            each = worth(len(content), sum([token.is_common for token in content]))
            found += [token.weight * each for token in content]
        return found

    @cached_property
    def weight(self) -> float:
        """How much there is to share."""
        return sum(self.weights)

    @cached_property
    def spelling(self) -> tuple[str, ...]:
        """All words without case and accents: equal for texts that are the same but for typography."""
        return tuple(token.folded for token in self.words)

    @cached_property
    def placed_tokens(self) -> list[PlacedToken]:
        """All words with their places in the text."""
        return placed_tokens(self.text)

    @cached_property
    def shouted(self) -> bool:
        """Whether the text is in capitals throughout, so that a capital letter tells nothing."""
        capitals = sum(map(str.isupper, self.text))
        return capitals > sum(map(str.islower, self.text))

    def is_name(self, place: int) -> bool:
        """Return whether the content word at this place is written as a name."""
        token = self.content[place]
        if token.kind in (TokenKind.NAME, TokenKind.LINK):
            return not self.shouted
        return token.is_capitalised and not self.shouted and not self.placed_tokens[self.places[place]].starts_sentence


def worth(counting: int, common: int) -> float:
    """Return what a sentence of so many words that count, so many of them common, is worth."""
    return _FORMULA_WORTH if counting >= _FORMULA_WORDS and common >= BOILERPLATE * counting else 1
