"""Highlighting: the matches of a query in a text, and the extract that holds most of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress
from typing import NamedTuple

from faq.domain.markup import blank_markup
from faq.domain.search.queries import StemKeys
from faq.domain.text import fold, stem

EXTRACT_LENGTH = 260
"""Characters of an extract, give or take a word."""

Fragment = tuple[str, bool]
"""Some text, and whether it is a match."""

# Accents that stand apart are rare: the first letters of a word are read without a look at them.
_WORD = re.compile("(?:[^\\W_]++|[\u0300-\u036f]++[^\\W_]*+)(?:[\u0300-\u036f]++[^\\W_]*+)*+")
_WORDS = re.compile(f"({_WORD.pattern})")
# Each begins with characters that are rare in a text, which regular expressions find fast; none may scan past the
# next bracket, or a row of brackets would take quadratic time.
_ITEM = re.compile(r"\n[ \t]*(?:[-•–*]|\d+[.)])[ \t]+")
_MARKUP = re.compile(r"\[([^\[\]\n]*+)\]\([^)\s\[]*+\)|\*\*|__")
_BLANK = re.compile(r"[\t\r\n][ \t\r\n]*| [ \t\r\n]+")
_PLURAL = re.compile(r"(?<=[aeiltr])s$")
_MOST_PARTS = 4
_LEAD = 60
"""Characters shown before the first match, give or take a word."""


@dataclass(frozen=True)
class HighlightTerms:
    """The stems, expressions and prefixes to highlight."""

    words: frozenset[str]
    """Stems; names of several words without the spaces between them."""
    expressions: frozenset[StemKeys] = frozenset()
    """Stems of words in a row."""
    prefixes: tuple[str, ...] = ()
    """Without case and accents."""

    @classmethod
    def from_expansions(cls, expansions: Iterable[tuple[StemKeys, str]]) -> "HighlightTerms":
        """Build the terms from the stems and the prefix of each expansion."""
        given = list(expansions)
        split = [tuple(key for part in keys for key in _WORD.findall(part)) for keys, _ in given]
        return cls(
            frozenset(keys[0] for keys in split if len(keys) == 1),
            frozenset(keys for keys in split if len(keys) > 1),
            tuple(sorted({prefix for _, prefix in given if prefix})),
        )

    @cached_property
    def may_start(self) -> Mapping[str, bool]:
        """Whether a match may start with a word: remembered, because a text repeats few words many times."""
        return _MatchStarts(self.words, frozenset(keys[0] for keys in self.expressions), self.prefixes)

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest match."""
        return max([_MOST_PARTS, *map(len, self.expressions)])


class _MatchStarts(dict[str, bool]):
    """The words looked up so far, and whether a match may start with them."""

    def __init__(self, words: frozenset[str], first: frozenset[str], prefixes: tuple[str, ...]) -> None:
        self._words, self._first, self._prefixes = words, first, prefixes or ("\0",)
        self._initials = {name[0] for name in (*words, *first, *prefixes)}

    def __missing__(self, word: str) -> bool:
        folded, key, singular = _fold_word(word)
        # Most words begin with another letter.
        self[word] = known = not self._initials.isdisjoint((folded[:1], key[:1])) and (
            any(name.startswith((key, singular)) for name in self._words)
            or key in self._first
            or folded.startswith(self._prefixes)
        )
        return known


def highlight(text: str, marks: HighlightTerms) -> list[Fragment]:
    """Return a whole text as fragments."""
    return _split_into_fragments(text, _find_matches(text, marks))


def build_extract(text: str, marks: HighlightTerms) -> list[Fragment]:
    """Return the part of an answer that holds most matches as fragments, without markup."""
    flat = _BLANK.sub(" ", _MARKUP.sub(r"\1", _ITEM.sub("\n", f"\n{blank_markup(text)}"))).strip()
    places = _find_matches(flat, marks)
    if len(flat) <= EXTRACT_LENGTH:
        return _split_into_fragments(flat, places)
    first, last = _choose_window(flat, places)
    inside = [(start - first, end - first) for start, end in places if first <= start and end <= last]
    fragments = _split_into_fragments(flat[first:last], inside)
    before = [("… ", False)] if first else []
    after = [(" …", False)] if last < len(flat) else []
    return [*before, *fragments, *after]


def _find_matches(text: str, marks: HighlightTerms) -> list[tuple[int, int]]:
    parts = _WORDS.split(text)
    words = parts[1::2]
    hits = list(compress(range(len(words)), map(marks.may_start.__getitem__, words)))
    if not hits:
        return []
    places: list[tuple[int, int]] = []
    read, end = 0, 0
    for number in hits:
        if 2 * number + 1 < read:
            continue
        following = words[number : number + marks.longest]
        if length := _match_length(following, marks) or _name_length(following, marks):
            # The words are the odd parts; what stands before each is an even one.
            start = end + len("".join(parts[read : 2 * number + 1]))
            read = 2 * (number + length)
            end = start + len("".join(parts[2 * number + 1 : read]))
            places.append((start, end))
    return places


def _match_length(words: Sequence[str], marks: HighlightTerms) -> int:
    """Return how many of these words, from the first on, form one match."""
    for expression in marks.expressions:
        if tuple(_fold_word(word).key for word in words[: len(expression)]) == expression:
            return len(expression)
    first = _fold_word(words[0])
    return int(first.key in marks.words or (bool(marks.prefixes) and first.folded.startswith(marks.prefixes)))


def _name_length(words: Sequence[str], marks: HighlightTerms) -> int:
    """Return how many words, at the beginning of these, are a name, which is one stem."""
    joined = ""
    for length, word in enumerate(words[:_MOST_PARTS], start=1):
        joined += _fold_word(word).singular
        if joined in marks.words or stem(joined) in marks.words:
            return length
    return 0


def _choose_window(text: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return where the extract begins and ends: around most different matches, the earlier the better."""
    found = [_fold_word(text[start:end]) for start, end in places]
    best, begin = 0, 0
    beyond = 0
    for number, (start, _) in enumerate(places):
        while beyond < len(places) and places[beyond][1] <= start + EXTRACT_LENGTH - _LEAD:
            beyond += 1
        held = len(set(found[number:beyond]))
        if held > best:
            best, begin = held, start
    first = text.rfind(" ", 0, max(0, begin - _LEAD) + 1) + 1 if begin > _LEAD else 0
    last = first + EXTRACT_LENGTH
    return (first, len(text)) if last >= len(text) else (first, max(text.rfind(" ", first, last + 1), first + _LEAD))


def _split_into_fragments(text: str, places: Iterable[tuple[int, int]]) -> list[Fragment]:
    fragments = []
    done = 0
    for start, end in places:
        fragments += [(text[done:start], False), (text[start:end], True)]
        done = end
    fragments.append((text[done:], False))
    return [fragment for fragment in fragments if fragment[0]]


class _FoldedWord(NamedTuple):
    """A word in the forms that are compared."""

    folded: str
    """Without case and accents."""
    key: str
    """Its stem."""
    singular: str
    """Without case, accents and the ending of a plural: what names are made of."""


@lru_cache(maxsize=20_000)
def _fold_word(word: str) -> _FoldedWord:
    folded = fold(word)
    return _FoldedWord(folded, stem(folded), _PLURAL.sub("", folded))
