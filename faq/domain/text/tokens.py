"""Tokens: the words of a text in the form in which they are compared."""

import re
import zlib
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from faq.domain.text.french import COMMON_WORDS, NEGATIONS, NUMBERS, STOP_WORDS
from faq.domain.text.normalisation import fold
from faq.domain.text.stemming import stem

COMMON_WEIGHT = 2
"""Weight of the words that nearly every answer may hold."""
_COMMON_KEYS = frozenset(map(stem, COMMON_WORDS))
_LINK_DRESS = re.compile(r"^(?:https?://)?(?:www\.)?|/$")
_ORDINAL = re.compile(r"^(\d+)(?:ere?|re|e|eme|nde?)$")
_PLURAL = re.compile(r"(?<=[aeiltr])s\b")
_NOT_LETTERS = re.compile(r"[^\w%€]+|_+")


class TokenKind(Enum):
    """The kind of a token, which decides how its words are compared and how much they weigh."""

    STOP = "mot outil"
    WORD = "mot"
    NEGATION = "négation"
    NUMBER = "nombre"
    CODE = "code"
    NAME = "nom"
    LINK = "lien"


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared, wherever it stands."""

    key: str
    """The stem without accents, the value of a number, an address without its scheme."""
    folded: str
    """The word itself without case and accents, by which misspellings are recognised."""
    kind: TokenKind
    weight: int
    """How much sharing it tells about two texts: 0 for function words, up to 4. Equal for equal keys."""
    key_hash: int
    """A 32-bit hash of the key."""
    is_capitalised: bool = False
    """Whether it is written with a capital."""
    is_common: bool = False
    """Whether formulas that any answer may end with are made of such: common words and links."""


class PlacedToken(NamedTuple):
    """A token with its place in a text: `text[start:end]`."""

    token: Token
    start: int
    end: int
    starts_sentence: bool
    """Whether a sentence, or a line, begins with it."""


def build_token(group: str, surface: str) -> Token | None:
    """Return the token of a word that matched a group of the tokenizer's pattern; None where no letter remains."""
    folded = fold(surface)
    if group == "link":
        return _build(_LINK_DRESS.sub("", folded), folded, TokenKind.LINK)
    if group == "number":
        return _build(_number_value(folded), folded, TokenKind.NUMBER)
    if group == "code":
        return _build(_ORDINAL.sub(r"\1e", folded), folded, TokenKind.CODE)
    if group == "name":
        # « Sages-femmes » is « sage-femme »; but a name that ends in « ps » or « ss » is no plural.
        key = _NOT_LETTERS.sub("", _PLURAL.sub("", folded))
        return _build(key, key, TokenKind.NAME)
    return _build_word(surface, _NOT_LETTERS.sub("", folded))


def _build_word(surface: str, folded: str) -> Token | None:
    if not folded:
        return None
    if folded in NEGATIONS:
        return _build("non", folded, TokenKind.NEGATION)
    if folded in NUMBERS:
        return _build(str(NUMBERS[folded]), folded, TokenKind.NUMBER)
    if folded in STOP_WORDS or (len(folded) == 1 and folded.isalpha()):
        return _build(folded, folded, TokenKind.STOP)
    has_capitals = sum(letter.isupper() for letter in surface) > 1
    kind = TokenKind.NAME if has_capitals else TokenKind.WORD
    return _build(stem(folded), folded, kind, is_capitalised=surface[0].isupper())


def _build(key: str, folded: str, kind: TokenKind, *, is_capitalised: bool = False) -> Token:
    weight = _weight(key, kind)
    is_common = 0 < weight <= COMMON_WEIGHT or kind is TokenKind.LINK
    return Token(key, folded, kind, weight, zlib.crc32(key.encode()), is_capitalised, is_common)


def _weight(key: str, kind: TokenKind) -> int:
    if kind is TokenKind.STOP:
        return 0
    if kind is TokenKind.NEGATION:
        return 1
    return COMMON_WEIGHT if kind is TokenKind.NUMBER or key in _COMMON_KEYS else 4


def _number_value(number: str) -> str:
    """Return one form for the spellings of a number without spaces: 01 is 1, 2,50 is 2.50."""
    return number.replace(",", ".").lstrip("0") or "0"
