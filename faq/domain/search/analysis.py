"""Analysis of an entry for the index: its stems with their weights, and the forms in which they are written."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from faq.domain.markup import blank_markup
from faq.domain.text import Token, TokenKind, fold, placed_tokens, tokenize

GENERATION = 4
"""Raise this with every change of the analysis: rows of another generation are analysed again."""

MAX_WORD_BYTES = 32
"""Bytes of a word that are indexed: longer ones, such as addresses, differ by their beginning only."""
MAX_WEIGHT = 255

# As in BM25F: a repeated word counts less each time, and less in a long text.
_QUESTION_BOOST = 5.0
_USUAL_QUESTION, _USUAL_ANSWER = 7, 50
"""The usual length of both in words, function words aside."""
_QUESTION_LENGTH_FACTOR, _ANSWER_LENGTH_FACTOR = 0.5, 0.8
_SATURATION = 5.0

_WRITTEN = {TokenKind.WORD, TokenKind.NAME}
"""Kinds of tokens that are completed and corrected."""
_BETWEEN_PARTS = re.compile(r"[\s\u2010\u2011-]+")
_SHOUTED = re.compile(r"(?<!\w)[A-Z]{2,5}(?!\w)")
"""« NOS » and « MES » are acronyms too."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysed words of an entry."""

    weights: Mapping[str, int]
    """From 1 to MAX_WEIGHT, by stem."""
    forms: Mapping[str, str]
    """The stem of each written form, without case and accents; numbers, codes and addresses aside."""


def analyse(question: str, answer: str) -> Analysis:
    """Return the analysis of an entry, which depends on these two texts alone."""
    asked, answered = list(_indexed_tokens(question)), list(_indexed_tokens(blank_markup(answer)))
    in_question = Counter(truncate_word(token.key) for token in asked)
    in_answer = Counter(truncate_word(token.key) for token in answered)
    of_question = _length_norm(len(asked), _USUAL_QUESTION, _QUESTION_LENGTH_FACTOR)
    of_answer = _length_norm(len(answered), _USUAL_ANSWER, _ANSWER_LENGTH_FACTOR)
    weights = {
        key: _saturate(_QUESTION_BOOST * in_question[key] / of_question + in_answer[key] / of_answer)
        for key in in_question | in_answer
    }
    written = [token for token in (*asked, *answered) if token.kind in _WRITTEN]
    return Analysis(weights, {truncate_word(token.folded): truncate_word(token.key) for token in written})


def surface_forms(text: str) -> dict[str, str]:
    """Return the words of a text as they are written, by their form without case and accents."""
    found: dict[str, str] = {}
    for placed in placed_tokens(text):
        surface = text[placed.start : placed.end]
        is_name = placed.token.kind is TokenKind.NAME
        found.setdefault(truncate_word(placed.token.folded), surface if is_name else surface.lower())
        for part in split_name(surface) if placed.token.parts and is_name else ():
            found.setdefault(truncate_word(fold(part)), part)
    return found


def split_name(name: str) -> list[str]:
    """Return the words that a name is made of: « Pro Santé Connect » is one word, and three."""
    return [part for part in _BETWEEN_PARTS.split(name) if len(part) > 1]


def truncate_word(word: str) -> str:
    """Return the part of a word that is indexed: its first MAX_WORD_BYTES."""
    if word.isascii():
        return word[:MAX_WORD_BYTES]
    encoded = word.encode("utf-8", "replace")
    return word if len(encoded) <= MAX_WORD_BYTES else encoded[:MAX_WORD_BYTES].decode("utf-8", "ignore")


def _indexed_tokens(text: str) -> Iterator[Token]:
    for token in tokenize(text):
        if token.kind is not TokenKind.STOP:
            yield token
            yield from token.parts
    for shouted in _SHOUTED.findall(text):
        yield from (token for token in tokenize(shouted) if token.kind is TokenKind.STOP)


def _length_norm(length: int, usual: int, matters: float) -> float:
    return 1 - matters + matters * length / usual


def _saturate(frequency: float) -> int:
    return max(1, round(MAX_WEIGHT * frequency / (frequency + _SATURATION)))
