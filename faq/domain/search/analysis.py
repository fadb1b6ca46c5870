"""What is indexed of an entry: its words, and how much the entry is about each."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from faq.domain.text import Token, TokenKind, find_names, placed_tokens, tokenize

GENERATION = 1
"""To be raised with every change of what is indexed: what was stored by another generation is analysed again."""

LONGEST_WORD = 32
"""Bytes of a word that count: longer ones, such as addresses, are told apart by their beginning."""
HEAVIEST = 255

# As in BM25F: a word counts less the more often it came before, and the longer the text that it stands in.
_QUESTION_BOOST = 5.0
_USUAL_QUESTION, _USUAL_ANSWER = 7, 50
"""Words, function words aside."""
_LENGTH_MATTERS_IN_QUESTION, _LENGTH_MATTERS_IN_ANSWER = 0.5, 0.6
_HALF_WAY = 2.5

_WRITTEN = {TokenKind.WORD, TokenKind.NAME}
"""Kinds of words that people begin to type, and mistype."""
_BETWEEN_PARTS = re.compile(r"[\s\u2010\u2011-]+")
_ELECTRONIC = re.compile(r"(?i)\be[\u2010\u2011-]([^\W\d_]{2,})")
_SHOUTED = re.compile(r"(?<!\w)[A-Z]{2,5}(?!\w)")
"""« NOS » and « MES » are acronyms too."""
_MOST_NAMES = 5_000


@dataclass(frozen=True, slots=True)
class Analysis:
    """The words of an entry."""

    weights: Mapping[str, int]
    """From 1 to HEAVIEST, by key: the stem that all forms of a word share."""
    forms: Mapping[str, str]
    """The key of each word as it is written, without case and accents; numbers, codes and addresses aside."""


def analyse(question: str, answer: str) -> Analysis:
    """Return what is indexed of an entry; it depends on these two texts alone."""
    asked, answered = list(_words(question)), list(_words(answer))
    in_question = Counter(clipped(token.key) for token in asked)
    in_answer = Counter(clipped(token.key) for token in answered)
    of_question = _by_length(len(asked), _USUAL_QUESTION, _LENGTH_MATTERS_IN_QUESTION)
    of_answer = _by_length(len(answered), _USUAL_ANSWER, _LENGTH_MATTERS_IN_ANSWER)
    weights = {
        key: _weight(_QUESTION_BOOST * in_question[key] / of_question + in_answer[key] / of_answer)
        for key in in_question | in_answer
    }
    written = [token for token in (*asked, *answered) if token.kind in _WRITTEN]
    return Analysis(weights, {clipped(token.folded): clipped(token.key) for token in written})


def surfaces(text: str) -> dict[str, str]:
    """Return the words of a text as people may be shown them, by the word without case and accents."""
    found: dict[str, str] = {}
    for placed in placed_tokens(text):
        surface = text[placed.start : placed.end]
        found.setdefault(
            clipped(placed.token.folded), surface if placed.token.kind is TokenKind.NAME else surface.lower()
        )
    for token, surface in _parts_of_names(text):
        found.setdefault(clipped(token.folded), surface)
    return found


def name_parts(name: str) -> list[str]:
    """Return the words that a name is made of: « Pro Santé Connect » is one word, and three."""
    return [part for part in _BETWEEN_PARTS.split(name) if len(part) > 1]


def clipped(word: str) -> str:
    """Return as much of a word as is indexed."""
    if word.isascii():
        return word[:LONGEST_WORD]
    encoded = word.encode("utf-8", "replace")
    return word if len(encoded) <= LONGEST_WORD else encoded[:LONGEST_WORD].decode("utf-8", "ignore")


def _words(text: str) -> Iterator[Token]:
    for token in tokenize(text):
        if token.kind is not TokenKind.STOP:
            yield token
    for token, _ in _parts_of_names(text):
        yield token
    for shouted in _SHOUTED.findall(text):
        yield from (token for token in tokenize(shouted) if token.kind is TokenKind.STOP)


def _parts_of_names(text: str) -> Iterator[tuple[Token, str]]:
    """Return the words within names of several, which a search may give alone."""
    for start, end in find_names(text):
        yield from _known_parts(text[start:end])
    for name in _ELECTRONIC.finditer(text):
        yield from _known_parts(name[1])


def _known_parts(name: str) -> tuple[tuple[Token, str], ...]:
    parts = _NAME_PARTS.get(name)
    if parts is None:
        if len(_NAME_PARTS) >= _MOST_NAMES:
            _NAME_PARTS.clear()
        split = [
            (token, part) for part in name_parts(name) for token in tokenize(part) if token.kind is not TokenKind.STOP
        ]
        parts = _NAME_PARTS[name] = tuple(split)
    return parts


_NAME_PARTS: dict[str, tuple[tuple[Token, str], ...]] = {}


def _by_length(length: int, usual: int, matters: float) -> float:
    return 1 - matters + matters * length / usual


def _weight(frequency: float) -> int:
    return max(1, round(HEAVIEST * frequency / (frequency + _HALF_WAY)))
