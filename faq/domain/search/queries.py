"""Parsing of queries into words, and synonyms: expressions of several words that mean the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faq.domain.search.analysis import truncate_word
from faq.domain.search.relatives import related_stems
from faq.domain.text import PlacedToken, TokenKind, placed_tokens, tokenize

LONGEST_QUERY = 200
"""Characters; the rest of a longer query is ignored."""
MOST_WORDS = 16
LONGEST_EXPRESSION_WORDS = 8
"""Words of a synonym, function words aside."""

_NEGATION = tokenize("non")[0].key
_ASKING = """
    aide aider aimer besoin bonjour bonsoir comprendre conseil cordialement expliquer expliquez idee madame merci
    monsieur pouvoir probleme question questions reponse savoir souci souhaiter svp urgent vouloir voudrais
"""
"""Words of ordinary questioning: they tell little about what is asked."""
_LIGHT = """
    absolument actuellement aille aller allez allons arrive arrivent arriver assez bon bonne chose choses devons devrait
    dois exactement facon faisons fais faites falloir fallait fasse fassent faudra faudrait fera ferai ferait forcement
    juste laisse laisser maintenant maniere meilleur meilleure met mets mettent mettre mieux normalement passe passer
    peux pourrais pouvons prend prendre prends reste rester sait sais savez semble sembler sert servir simplement
    sinon tenir tient toujours trop truc trucs vais vas veulent veut veux venez venir venons viennent viens vient voir
    vois voulait voulez vraiment
"""
"""Verbs and adverbs that may go with anything: « arriver à », « mettre en place », « passer par »."""
_IMPORTANCE = (
    {truncate_word(token.key): 0.5 for token in tokenize(_LIGHT)}
    | {truncate_word(token.key): 0.3 for token in tokenize(_ASKING)}
    | {_NEGATION: 0.25}
)
_QUOTES = {('"', '"'), ("«", "»"), ("“", "”")}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")

StemKeys = tuple[str, ...]
"""The stems of an expression's words."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a query that is no function word."""

    key: str
    form: str
    """Without case and accents."""
    start: int
    end: int
    parts: StemKeys
    """The stems within a name, code or address, which an entry may hold in its place; empty for other words."""
    importance: float
    """The share of its idf that counts, from 0 to 1."""

    @property
    def negation(self) -> bool:
        """Whether it is a negation."""
        return self.key == _NEGATION


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    text: str
    words: tuple[QueryWord, ...]
    function_words: tuple[QueryWord, ...] = ()
    """The function words of a query that holds nothing else: acronyms perhaps, « es » or « mes »."""

    is_cut: bool = False
    """Whether it has words beyond the limit, which are not searched for."""

    @property
    def is_quoted(self) -> bool:
        """Whether it stands within quotation marks: its words are searched for as they are typed."""
        return (self.text[:1], self.text[-1:]) in _QUOTES


@dataclass(frozen=True, slots=True)
class Synonym:
    """An expression that means the same as another."""

    text: str
    keys: StemKeys


class Synonyms:
    """The groups of synonyms that editors keep, by their stems. Never changed."""

    def __init__(self, groups: Iterable[tuple[Sequence[str], bool]]) -> None:
        """Store groups given as (expressions, one way); in a one-way group only the first finds the others."""
        self._others: dict[StemKeys, dict[StemKeys, Synonym]] = {}
        self._longest = 1
        for expressions, one_way in groups:
            said = [Synonym(text, keys) for text in expressions if (keys := parse_expression(text))]
            for one in said[:1] if one_way else said:
                others = self._others.setdefault(one.keys, {})
                others.update((other.keys, other) for other in said if other.keys != one.keys)
                self._longest = max(self._longest, len(one.keys))

    def match_longest(self, words: Sequence[QueryWord]) -> tuple[int, Iterable[Synonym]]:
        """Return how many words, at the beginning of these, are an expression, and its synonyms.

        A word without synonyms has those of the nearest word of its family: « homologation » those of « homologuer ».
        """
        for length in range(min(self._longest, len(words)), 0, -1):
            if others := self._others.get(tuple(word.key for word in words[:length])):
                return length, others.values()
        for stem in related_stems(words[0].key):
            if others := self._others.get((stem,)):
                return 1, others.values()
        return 1, ()


def parse_query(text: str) -> Query:
    """Return the query in what somebody typed, without function words, repetitions and words beyond the limits."""
    cleaned = _UNSEEN.sub(" ", text[: 4 * LONGEST_QUERY].encode("utf-8", "replace").decode()).strip()[:LONGEST_QUERY]
    found: dict[str, QueryWord] = {}
    for placed in significant_tokens(cleaned):
        word = _build_word(placed)
        found.setdefault(word.key, word)
    if found:
        return Query(cleaned, tuple(found.values())[:MOST_WORDS], is_cut=len(found) > MOST_WORDS)
    function_words = {one.token.key: _build_word(one) for one in placed_tokens(cleaned) if one.end - one.start > 1}
    return Query(cleaned, (), tuple(function_words.values())[:MOST_WORDS])


def parse_expression(text: str) -> StemKeys:
    """Return the stems of an expression; empty where it holds only function words."""
    return tuple(truncate_word(placed.token.key) for placed in significant_tokens(text))


def significant_tokens(text: str) -> list[PlacedToken]:
    """Return the words that say something; « NOS » is an acronym where not everything is in capitals."""
    found = placed_tokens(text)
    significant = [placed for placed in found if placed.token.kind is not TokenKind.STOP]
    if not text.isupper() or not significant:
        significant += [placed for placed in found if placed.token.kind is TokenKind.STOP and _is_shouted(text, placed)]
    return sorted(significant, key=lambda placed: placed.start)


def _is_shouted(text: str, placed: PlacedToken) -> bool:
    return placed.end - placed.start > 1 and text[placed.start : placed.end].isupper()


def _build_word(placed: PlacedToken) -> QueryWord:
    token = placed.token
    is_date = token.kind is TokenKind.NUMBER
    return QueryWord(
        key=truncate_word(token.key),
        form=truncate_word(token.folded),
        start=placed.start,
        end=placed.end,
        parts=() if is_date else tuple(truncate_word(part.key) for part in token.parts),
        importance=_IMPORTANCE.get(truncate_word(token.key), 1.0),
    )
