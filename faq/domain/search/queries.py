"""What somebody asks for: the words of a query, and the expressions of several words that mean the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faq.domain.search.analysis import clipped, name_parts
from faq.domain.text import COMMON_WEIGHT, PlacedToken, TokenKind, placed_tokens

LONGEST_QUERY = 200
"""Characters. What follows is not read."""
MOST_WORDS = 16
LONGEST_EXPRESSION_WORDS = 8
"""Of a synonym; function words aside."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")

Keys = tuple[str, ...]
"""The words of an expression, each by the stem that all its forms share."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query that says something."""

    key: str
    form: str
    """Without case and accents."""
    start: int
    end: int
    parts: Keys
    """The words that a name is made of; none where it is of one."""
    common: bool
    """Whether nearly every answer may hold it."""
    negation: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is read."""

    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another way to say what an expression says."""

    text: str
    keys: Keys


class Synonyms:
    """Expressions that mean the same, as editors name them. Never changed."""

    def __init__(self, groups: Iterable[tuple[Sequence[str], bool]]) -> None:
        """Take groups as (expressions, one way): in those of one way, the first leads to the others only."""
        self._others: dict[Keys, dict[Keys, Synonym]] = {}
        self._longest = 1
        for expressions, one_way in groups:
            said = [Synonym(text, keys) for text in expressions if (keys := expression_keys(text))]
            for one in said[:1] if one_way else said:
                others = self._others.setdefault(one.keys, {})
                others.update((other.keys, other) for other in said if other.keys != one.keys)
                self._longest = max(self._longest, len(one.keys))

    def longest(self, words: Sequence[Word]) -> tuple[int, Iterable[Synonym]]:
        """Return how many words, at the beginning of these, are an expression, and what else it may be called."""
        for length in range(min(self._longest, len(words)), 0, -1):
            if others := self._others.get(tuple(word.key for word in words[:length])):
                return length, others.values()
        return 1, ()


def read_query(text: str) -> Query:
    """Read what somebody typed, whatever it is; words that say nothing are left out, and what is too much of it."""
    seen = _UNSEEN.sub(" ", text[: 4 * LONGEST_QUERY].encode("utf-8", "replace").decode()).strip()[:LONGEST_QUERY]
    found: dict[str, Word] = {}
    for placed in _telling(seen):
        word = _word(seen, placed)
        found.setdefault(word.key, word)
    return Query(seen, tuple(found.values())[:MOST_WORDS])


def expression_keys(text: str) -> Keys:
    """Return the words of an expression; none where it says nothing."""
    return tuple(clipped(placed.token.key) for placed in _telling(text))


def _telling(text: str) -> list[PlacedToken]:
    """Return the words that say something; « NOS » is an acronym where not everything is in capitals."""
    found = placed_tokens(text)
    telling = [placed for placed in found if placed.token.kind is not TokenKind.STOP]
    if not text.isupper() or not telling:
        telling += [placed for placed in found if placed.token.kind is TokenKind.STOP and _is_shouted(text, placed)]
    return sorted(telling, key=lambda placed: placed.start)


def _is_shouted(text: str, placed: PlacedToken) -> bool:
    return placed.end - placed.start > 1 and text[placed.start : placed.end].isupper()


def _word(text: str, placed: PlacedToken) -> Word:
    token = placed.token
    surface = text[placed.start : placed.end]
    parts = name_parts(surface) if token.kind is TokenKind.NAME else []
    keys = tuple(key for part in parts for key in expression_keys(part))
    return Word(
        key=clipped(token.key),
        form=clipped(token.folded),
        start=placed.start,
        end=placed.end,
        parts=keys if parts != [surface] else (),
        common=token.weight <= COMMON_WEIGHT,
        negation=token.kind is TokenKind.NEGATION,
    )
