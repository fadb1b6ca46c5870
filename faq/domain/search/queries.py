"""What somebody asks for: the words of a query, and the expressions of several words that mean the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faq.domain.search.analysis import clipped, name_parts
from faq.domain.text import COMMON_WEIGHT, Kind, Token, tokens

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
    for token in _telling(seen):
        word = _word(seen, token)
        found.setdefault(word.key, word)
    return Query(seen, tuple(found.values())[:MOST_WORDS])


def expression_keys(text: str) -> Keys:
    """Return the words of an expression; none where it says nothing."""
    return tuple(clipped(token.term.key) for token in _telling(text))


def _telling(text: str) -> list[Token]:
    """Return the words that say something; « NOS » is an acronym where not everything is in capitals."""
    found = tokens(text)
    telling = [token for token in found if token.term.kind is not Kind.STOP]
    if not text.isupper() or not telling:
        telling += [token for token in found if token.term.kind is Kind.STOP and _is_shouted(text, token)]
    return sorted(telling, key=lambda token: token.start)


def _is_shouted(text: str, token: Token) -> bool:
    return token.end - token.start > 1 and text[token.start : token.end].isupper()


def _word(text: str, token: Token) -> Word:
    term = token.term
    surface = text[token.start : token.end]
    parts = name_parts(surface) if term.kind is Kind.NAME else []
    keys = tuple(key for part in parts for key in expression_keys(part))
    return Word(
        key=clipped(term.key),
        form=clipped(term.folded),
        start=token.start,
        end=token.end,
        parts=keys if parts != [surface] else (),
        common=term.weight <= COMMON_WEIGHT,
        negation=term.kind is Kind.NEGATION,
    )
