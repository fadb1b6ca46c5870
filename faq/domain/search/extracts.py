"""Where the words of a query stand in a text, for those who read the results."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress

from faq.domain.search.queries import Keys
from faq.domain.text import fold, stem

EXTRACT_LENGTH = 260
"""Characters of an extract, more or less a word."""

Piece = tuple[str, bool]
"""Some text, and whether it is what was searched for."""

_WORD = re.compile(r"[^\W_]+")
_MARKUP = re.compile(r"\[([^\]\n]*)\]\([^)\s]*\)|\*\*|__|^[ \t]*(?:[-•–*]|\d+[.)])[ \t]+", re.MULTILINE)
_BLANK = re.compile(r"[ \t\r\n]+")
_PLURAL = re.compile(r"(?<=[aeiltr])s$")
_MOST_PARTS = 4
_MOST_WORDS = 16
"""Of what is highlighted together."""
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
    _seen: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

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

    def may_begin_with(self, word: str) -> bool:
        """Tell whether a match may begin with a word; texts are made of few words that come again and again."""
        known = self._seen.get(word)
        if known is None:
            folded, key = _read(word)
            first = _PLURAL.sub("", folded)
            known = self._seen[word] = (
                any(name.startswith((key, first)) for name in self.words)
                or any(expression[0] == key for expression in self.expressions)
                or folded.startswith(self.beginnings or ("\0",))
            )
        return known


def highlighted(text: str, marks: Marks) -> list[Piece]:
    """Give a whole text in pieces: those that were searched for, and those between."""
    return _pieces(text, _places(text, marks))


def extract(text: str, marks: Marks) -> list[Piece]:
    """Give the part of an answer that holds most of what was searched for, in pieces, without markup."""
    flat = _BLANK.sub(" ", _MARKUP.sub(r"\1", text)).strip()
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
    words = _WORD.findall(text)
    may_begin = [marks.may_begin_with(word) for word in words]
    if not any(may_begin):
        return []
    starts = _starts(text, words)
    places: list[tuple[int, int]] = []
    for number in compress(range(len(words)), may_begin):
        if places and starts[number] < places[-1][1]:
            continue
        read = [_read(word) for word in words[number : number + _MOST_WORDS]]
        if length := _length(read, marks) or _length_of_name(read, marks):
            last = number + length - 1
            places.append((starts[number], starts[last] + len(words[last])))
    return places


def _starts(text: str, words: Sequence[str]) -> list[int]:
    """Give where words stand that follow each other in a text, with nothing between that a word is made of."""
    starts = []
    place = 0
    for word in words:
        start = text.find(word, place)
        starts.append(start)
        place = start + len(word)
    return starts


def _length(read: Sequence[tuple[str, str]], marks: Marks) -> int:
    """Give how many of these words, from the first on, are to be highlighted together."""
    folded, key = read[0]
    for expression in marks.expressions:
        if tuple(key for _, key in read[: len(expression)]) == expression:
            return len(expression)
    return int(key in marks.words or (bool(marks.beginnings) and folded.startswith(marks.beginnings)))


def _length_of_name(read: Sequence[tuple[str, str]], marks: Marks) -> int:
    """Give how many of these words, from the first on, make up a name, which is marked as one word."""
    joined = ""
    for length, (folded, _) in enumerate(read[:_MOST_PARTS], start=1):
        joined += _PLURAL.sub("", folded)
        if joined in marks.words:
            return length
    return 0


def _window(text: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Give where the extract begins and ends: where most different words stand, the earlier the better."""
    best, begin = 0, 0
    for start, _ in places:
        held = {
            _read(text[one:other]) for one, other in places if start <= one and other <= start + EXTRACT_LENGTH - _LEAD
        }
        if len(held) > best:
            best, begin = len(held), start
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


@lru_cache(maxsize=20_000)
def _read(word: str) -> tuple[str, str]:
    """Give a word without case and accents, and its stem."""
    folded = fold(word)
    return folded, stem(folded)
