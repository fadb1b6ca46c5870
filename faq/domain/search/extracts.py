"""Where the words of a query stand in a text, for those who read the results."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress
from typing import NamedTuple

from faq.domain.search.queries import Keys
from faq.domain.text import fold, stem

EXTRACT_LENGTH = 260
"""Characters of an extract, more or less a word."""

Piece = tuple[str, bool]
"""Some text, and whether it is what was searched for."""

_WORD = re.compile(r"[^\W_]+")
_WORDS = re.compile(f"({_WORD.pattern})")
# Each begins with what is rare in a text, where an engine looks fast.
_ITEM = re.compile(r"\n[ \t]*(?:[-•–*]|\d+[.)])[ \t]+")
_MARKUP = re.compile(r"\[([^\]\n]*)\]\([^)\s]*\)|\*\*|__")
_BLANK = re.compile(r"[\t\r\n][ \t\r\n]*| [ \t\r\n]+")
_PLURAL = re.compile(r"(?<=[aeiltr])s$")
_MOST_PARTS = 4
_LEAD = 60
"""Characters shown before the first match, more or less a word."""


@dataclass(frozen=True)
class Marks:
    """What is to be highlighted."""

    words: frozenset[str]
    """By stem; names of several words without what stands between them."""
    expressions: frozenset[Keys] = frozenset()
    """Several words in a row, by their stems."""
    beginnings: tuple[str, ...] = ()
    """Of words, without case and accents."""

    @classmethod
    def of(cls, ways: Iterable[tuple[Keys, str]]) -> "Marks":
        """Mark words, words that only together say what was searched for, and words by their beginning."""
        said = list(ways)
        split = [tuple(key for part in keys for key in _WORD.findall(part)) for keys, _ in said]
        return cls(
            frozenset(keys[0] for keys in split if len(keys) == 1),
            frozenset(keys for keys in split if len(keys) > 1),
            tuple(sorted({beginning for _, beginning in said if beginning})),
        )

    @cached_property
    def begin_with(self) -> Mapping[str, bool]:
        """Whether a match may begin with a word; texts are made of few words that come again and again."""
        return _Beginnings(self.words, frozenset(keys[0] for keys in self.expressions), self.beginnings)

    @cached_property
    def longest(self) -> int:
        """How many words of a text a match has at most."""
        return max([_MOST_PARTS, *map(len, self.expressions)])


class _Beginnings(dict[str, bool]):
    """Words that were asked for, and whether a match may begin with them."""

    def __init__(self, words: frozenset[str], first: frozenset[str], beginnings: tuple[str, ...]) -> None:
        self._words, self._first, self._beginnings = words, first, beginnings or ("\0",)
        self._initials = {name[0] for name in (*words, *first, *beginnings)}

    def __missing__(self, word: str) -> bool:
        folded, key, singular = _read(word)
        # Most words begin with another letter.
        self[word] = known = not self._initials.isdisjoint((folded[:1], key[:1])) and (
            any(name.startswith((key, singular)) for name in self._words)
            or key in self._first
            or folded.startswith(self._beginnings)
        )
        return known


def highlighted(text: str, marks: Marks) -> list[Piece]:
    """Return a whole text in pieces: those that were searched for, and those between."""
    return _pieces(text, _places(text, marks))


def extract(text: str, marks: Marks) -> list[Piece]:
    """Return the part of an answer that holds most of what was searched for, in pieces, without markup."""
    flat = _BLANK.sub(" ", _MARKUP.sub(r"\1", _ITEM.sub("\n", f"\n{text}"))).strip()
    places = _places(flat, marks)
    if len(flat) <= EXTRACT_LENGTH:
        return _pieces(flat, places)
    first, last = _window(flat, places)
    inside = [(start - first, end - first) for start, end in places if first <= start and end <= last]
    pieces = _pieces(flat[first:last], inside)
    before = [("… ", False)] if first else []
    after = [(" …", False)] if last < len(flat) else []
    return [*before, *pieces, *after]


def _places(text: str, marks: Marks) -> list[tuple[int, int]]:
    parts = _WORDS.split(text)
    words = parts[1::2]
    hits = list(compress(range(len(words)), map(marks.begin_with.__getitem__, words)))
    if not hits:
        return []
    places: list[tuple[int, int]] = []
    read, end = 0, 0
    for number in hits:
        if 2 * number + 1 < read:
            continue
        following = words[number : number + marks.longest]
        if length := _length(following, marks) or _length_of_name(following, marks):
            # The words are the odd parts; what stands before each is an even one.
            start = end + len("".join(parts[read : 2 * number + 1]))
            read = 2 * (number + length)
            end = start + len("".join(parts[2 * number + 1 : read]))
            places.append((start, end))
    return places


def _length(words: Sequence[str], marks: Marks) -> int:
    """Return how many of these words, from the first on, are to be highlighted together."""
    for expression in marks.expressions:
        if tuple(_read(word).key for word in words[: len(expression)]) == expression:
            return len(expression)
    first = _read(words[0])
    return int(first.key in marks.words or (bool(marks.beginnings) and first.folded.startswith(marks.beginnings)))


def _length_of_name(words: Sequence[str], marks: Marks) -> int:
    """Return how many of these words, from the first on, make up a name, which is marked as one word."""
    joined = ""
    for length, word in enumerate(words[:_MOST_PARTS], start=1):
        joined += _read(word).singular
        if joined in marks.words:
            return length
    return 0


def _window(text: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return where the extract begins and ends: where most different words stand, the earlier the better."""
    said = [_read(text[start:end]) for start, end in places]
    best, begin = 0, 0
    beyond = 0
    for number, (start, _) in enumerate(places):
        while beyond < len(places) and places[beyond][1] <= start + EXTRACT_LENGTH - _LEAD:
            beyond += 1
        held = len(set(said[number:beyond]))
        if held > best:
            best, begin = held, start
    first = text.rfind(" ", 0, max(0, begin - _LEAD) + 1) + 1 if begin > _LEAD else 0
    last = first + EXTRACT_LENGTH
    return (first, len(text)) if last >= len(text) else (first, max(text.rfind(" ", first, last + 1), first + _LEAD))


def _pieces(text: str, places: Iterable[tuple[int, int]]) -> list[Piece]:
    pieces = []
    done = 0
    for start, end in places:
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    pieces.append((text[done:], False))
    return [piece for piece in pieces if piece[0]]


class _Read(NamedTuple):
    """A word as it is compared."""

    folded: str
    """Without case and accents."""
    key: str
    """Its stem."""
    singular: str
    """Without case, accents and the ending of a plural: what names are made of."""


@lru_cache(maxsize=20_000)
def _read(word: str) -> _Read:
    folded = fold(word)
    return _Read(folded, stem(folded), _PLURAL.sub("", folded))
