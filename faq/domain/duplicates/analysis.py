"""The analysis of a text for its verdicts: its tokens, its content words and their weights."""

from dataclasses import dataclass
from functools import cached_property

from faq.domain.duplicates.concepts import concept
from faq.domain.text import PlacedToken, Token, TokenKind, placed_tokens, tokenize_sentences

MOST_WORDS = 3_000
"""Words of a text that are compared, function words included; whether two texts are equal is judged on all of them."""
BOILERPLATE = 0.7
"""Share of common words and links from which a sentence is boilerplate that any answer may end with."""
_BOILERPLATE_WORDS = 4
"""Content words that a boilerplate sentence has at least."""
_BOILERPLATE_FACTOR = 0.2
"""Factor of the weights of a boilerplate sentence; that of other sentences is 1."""


@dataclass(frozen=True)
class AnalysedText:
    """A text with its tokens, each property computed once, when it is first read.

    Content words are the tokens that have a weight: all but function words.
    """

    text: str

    @cached_property
    def _all_sentences(self) -> list[list[Token]]:
        return tokenize_sentences(self.text)

    @cached_property
    def sentences(self) -> list[list[Token]]:
        """The tokens, sentence by sentence, the first MOST_WORDS of them."""
        return cut_sentences(self._all_sentences)

    @cached_property
    def words(self) -> list[Token]:
        """The tokens of all sentences, in order."""
        return [token for sentence in self.sentences for token in sentence]

    @cached_property
    def places(self) -> list[int]:
        """The index in `words` of each content word."""
        return [place for place, token in enumerate(self.words) if token.weight]

    @cached_property
    def sentence_of(self) -> list[int]:
        """The number of the sentence of each word."""
        return [number for number, sentence in enumerate(self.sentences) for _ in sentence]

    @cached_property
    def _content(self) -> list[list[Token]]:
        return [[token for token in sentence if token.weight] for sentence in self.sentences]

    @cached_property
    def content(self) -> list[Token]:
        """The content words, in order."""
        return [token for sentence in self._content for token in sentence]

    @cached_property
    def _concepts(self) -> list[list[tuple[int, int]]]:
        return [[concept(token) for token in sentence] for sentence in self._content]

    @cached_property
    def hashes(self) -> list[int]:
        """The hash of what each content word means."""
        return [key_hash for sentence in self._concepts for key_hash, _ in sentence]

    @cached_property
    def all_hashes(self) -> list[int]:
        """The hash of each word."""
        return [token.key_hash for token in self.words]

    @cached_property
    def hash_set(self) -> frozenset[int]:
        """The hashes of the content words, once each."""
        return frozenset(self.hashes)

    @cached_property
    def weights(self) -> list[float]:
        """The weight of each content word in its sentence."""
        found: list[float] = []
        for content, concepts in zip(self._content, self._concepts, strict=True):
            factor = sentence_factor(len(content), sum([token.is_common for token in content]))
            found += [weight * factor for _, weight in concepts]
        return found

    @cached_property
    def weight(self) -> float:
        """The sum of the weights."""
        return sum(self.weights)

    @cached_property
    def spelling(self) -> tuple[str, ...]:
        """All words without case and accents: equal for texts that differ in typography alone."""
        return tuple(token.folded for sentence in self._all_sentences for token in sentence)

    @cached_property
    def placed_tokens(self) -> list[PlacedToken]:
        """All tokens with their places in the text."""
        return placed_tokens(self.text)

    @cached_property
    def is_in_capitals(self) -> bool:
        """Whether most letters of the text are capitals, so that a capital is no sign of a name."""
        capitals = sum(map(str.isupper, self.text))
        return capitals > sum(map(str.islower, self.text))

    def is_name(self, place: int) -> bool:
        """Return whether the content word at a place is written as a name."""
        token = self.content[place]
        if token.kind in (TokenKind.NAME, TokenKind.LINK):
            return not self.is_in_capitals
        return (
            token.is_capitalised
            and not self.is_in_capitals
            and not self.placed_tokens[self.places[place]].starts_sentence
        )


def cut_sentences(sentences: list[list[Token]]) -> list[list[Token]]:
    """Return the first MOST_WORDS tokens of some sentences."""
    cut: list[list[Token]] = []
    room = MOST_WORDS
    for sentence in sentences:
        if len(sentence) >= room:
            return [*cut, sentence[:room]]
        cut.append(sentence)
        room -= len(sentence)
    return cut


def sentence_factor(content: int, common: int) -> float:
    """Return the factor of the weights of a sentence with so many content words, so many of them common."""
    is_boilerplate = content >= _BOILERPLATE_WORDS and common >= BOILERPLATE * content
    return _BOILERPLATE_FACTOR if is_boilerplate else 1
