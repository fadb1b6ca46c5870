"""A text as it is judged: its words, and those that count."""

from dataclasses import dataclass
from functools import cached_property

from faq.domain.text import Kind, Term, Token, sentences, tokens

BOILERPLATE = 0.7
"""Share of common words and links from which a sentence is a formula that any answer may end with."""
_FORMULA_WORDS = 4
"""Words that count which a formula has at least."""
_FORMULA_WORTH = 0.2
"""What sharing a formula is worth, where sharing another sentence is worth 1."""


@dataclass(frozen=True)
class Reading:
    """A text with its words; what is costly is worked out once, when asked for."""

    text: str

    @cached_property
    def sentences(self) -> list[list[Term]]:
        """All words, sentence by sentence."""
        return sentences(self.text)

    @cached_property
    def words(self) -> list[Term]:
        """All words, in order."""
        return [term for sentence in self.sentences for term in sentence]

    @cached_property
    def places(self) -> list[int]:
        """Where the words that count stand among all words."""
        return [place for place, term in enumerate(self.words) if term.weight]

    @cached_property
    def _content(self) -> list[list[Term]]:
        return [[term for term in sentence if term.weight] for sentence in self.sentences]

    @cached_property
    def content(self) -> list[Term]:
        """The words that count, in order."""
        return [term for sentence in self._content for term in sentence]

    @cached_property
    def marks(self) -> list[int]:
        """The hashes of the words that count."""
        return [term.mark for term in self.content]

    @cached_property
    def all_marks(self) -> list[int]:
        """The hashes of all words."""
        return [term.mark for term in self.words]

    @cached_property
    def mark_set(self) -> frozenset[int]:
        """The hashes of the words that count, once each."""
        return frozenset(self.marks)

    @cached_property
    def weights(self) -> list[float]:
        """What sharing each of the words that count tells."""
        found: list[float] = []
        for content in self._content:
            each = worth(len(content), sum([term.common for term in content]))
            found += [term.weight * each for term in content]
        return found

    @cached_property
    def weight(self) -> float:
        """How much there is to share."""
        return sum(self.weights)

    @cached_property
    def spelling(self) -> tuple[str, ...]:
        """All words without case and accents: equal for texts that are the same but for typography."""
        return tuple(term.folded for term in self.words)

    @cached_property
    def tokens(self) -> list[Token]:
        """All words with their places in the text."""
        return tokens(self.text)

    @cached_property
    def shouted(self) -> bool:
        """Whether the text is in capitals throughout, so that a capital letter tells nothing."""
        capitals = sum(map(str.isupper, self.text))
        return capitals > sum(map(str.islower, self.text))

    def is_name(self, place: int) -> bool:
        """Return whether the content word at this place is written as a name."""
        term = self.content[place]
        if term.kind in (Kind.NAME, Kind.LINK):
            return not self.shouted
        return term.capital and not self.shouted and not self.tokens[self.places[place]].opens


def worth(counting: int, common: int) -> float:
    """Return what a sentence of so many words that count, so many of them common, is worth."""
    return _FORMULA_WORTH if counting >= _FORMULA_WORDS and common >= BOILERPLATE * counting else 1
