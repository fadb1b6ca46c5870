"""Tokens: the words of a text in the form in which they are compared."""

import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from faq.domain.text.french import ALIASES, COMMON_WORDS, JOINER, NEGATIONS, NUMBERS, STOP_WORDS, UNIT_SIGNS
from faq.domain.text.normalisation import fold
from faq.domain.text.stemming import stem
from faq.domain.text.values import code_value, date_value, hour_value, number_value, scaled_value, spelt_value

COMMON_WEIGHT = 2
"""Weight of the words that nearly every answer may hold."""
_COMMON_KEYS = frozenset(map(stem, COMMON_WORDS))
_LINK_DRESS = re.compile(r"^(?:https?://)?(?:www\.)?|/$")
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
    parts: tuple["Token", ...] = ()
    """The tokens within it, by which it is found too: the words of a name or of an address, the year of a date."""


class PlacedToken(NamedTuple):
    """A token with its place in a text: `text[start:end]`."""

    token: Token
    start: int
    end: int
    starts_sentence: bool
    """Whether a sentence, or a line, begins with it."""


def build_token(group: str, surface: str, parts: Iterable["Token"] = ()) -> Token | None:
    """Return the token of what matched a group of the tokenizer's pattern; None where no letter remains.

    JOINER stands in the place of blanks within it.
    """
    folded = fold(surface)
    if group in ("word", "prefix", "elision"):
        return _build_word(surface, _NOT_LETTERS.sub("", folded), tuple(parts))
    if group in _VALUES:
        kind, get_value = _VALUES[group]
        # A group is joined with nothing, words with a space.
        readable = folded.replace(JOINER, "" if group in ("number", "quantity") else " ")
        return _build(get_value(folded), readable, kind, tuple(parts))
    # « Sages-femmes » is « sage-femme »; but a name that ends in « ps » or « ss » is no plural.
    name = _NOT_LETTERS.sub("", _PLURAL.sub("", folded.replace(JOINER, " ")))
    return _build(stem(name), name, TokenKind.NAME, tuple(parts))


_VALUES: dict[str, tuple[TokenKind, Callable[[str], str]]] = {
    "link": (TokenKind.LINK, lambda folded: _LINK_DRESS.sub("", folded)),
    "date": (TokenKind.NUMBER, lambda folded: date_value(folded) or number_value(folded)),
    "hour": (TokenKind.NUMBER, hour_value),
    "scaled": (TokenKind.NUMBER, scaled_value),
    "version": (TokenKind.CODE, lambda folded: f"v{folded}"),
    "quantity": (TokenKind.NUMBER, lambda folded: number_value(folded, measured=True)),
    "number": (TokenKind.NUMBER, number_value),
    "spelt": (TokenKind.NUMBER, spelt_value),
    "code": (TokenKind.CODE, code_value),
    "percent": (TokenKind.WORD, lambda _: "%"),
    "unit": (TokenKind.WORD, lambda folded: stem(UNIT_SIGNS[folded])),
}
"""The kind of the tokens of each group, and what returns their key."""


def _build_word(surface: str, folded: str, parts: tuple[Token, ...]) -> Token | None:
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
    return _build(stem(ALIASES.get(folded, folded)), folded, kind, parts, is_capitalised=surface[0].isupper())


def _build(
    key: str, folded: str, kind: TokenKind, parts: tuple[Token, ...] = (), *, is_capitalised: bool = False
) -> Token:
    weight = _weight(key, kind)
    is_common = 0 < weight <= COMMON_WEIGHT or kind is TokenKind.LINK
    return Token(key, folded, kind, weight, zlib.crc32(key.encode()), is_capitalised, is_common, parts)


def _weight(key: str, kind: TokenKind) -> int:
    if kind is TokenKind.STOP:
        return 0
    if kind is TokenKind.NEGATION:
        return 1
    return COMMON_WEIGHT if kind is TokenKind.NUMBER or key in _COMMON_KEYS else 4
