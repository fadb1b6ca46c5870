"""Notations with blanks inside: a number, date, code or name of several chunks, « 1 500 » or « Pro Santé Connect ».

A chunk is a stretch of text between blanks. Most chunks cannot begin a notation, and of the others most are not
followed by one that can continue it: both are remembered by chunk, as texts repeat few words.
"""

import re
from collections.abc import Sequence
from enum import IntFlag
from itertools import compress

from faq.domain.text.french import (
    JOINER,
    LABELS,
    MONTHS,
    NAME_BEGINNINGS,
    NAME_CONTINUATIONS,
    NAMES,
    NUMBERS,
    SPELT_NUMBER,
    STOP_WORDS,
    UNIT_SIGNS,
)
from faq.domain.text.normalisation import ZERO_WIDTH, fold

LETTER = f"(?:[^\\W\\d_]|[\u0300-\u036f{ZERO_WIDTH}])"
DASH = "[\u2010-\u2014-]"
_NUMBER_WORDS = "|".join(sorted((*NUMBERS, "cents", "vingts"), key=len, reverse=True))
_E, _U = "(?:e\u0301?|é)", "(?:u\u0302?|û)"
MONTH_NAMES = (
    rf"janvier|f{_E}vrier|mars|avril|mai|juin|juillet|ao{_U}t|septembre|octobre|novembre|d{_E}cembre"
    rf"|janv|f{_E}vr|f{_E}v|avr|juil|sept|oct|nov|d{_E}c"
)
UNITS = "|".join(sorted(map(re.escape, UNIT_SIGNS), key=len, reverse=True))

_J = JOINER
_NO_LETTER_BEFORE = f"(?<![\\w\u0300-\u036f{ZERO_WIDTH}])"
_MOST_CHUNKS = 8
"""Chunks of the longest notation that is found whole."""
_LONGEST_CHUNK = 40
"""Characters of the longest chunk that is read as part of a notation."""
_CACHE_SIZE = 30_000


class _Kind(IntFlag):
    """The kinds of notations that a chunk may begin or continue, as bits."""

    NAME = 1
    NUMBER = 2
    WORDS = 4
    CODE = 8


_BEGINNINGS = [
    (_Kind.NAME, re.compile(rf"{_NO_LETTER_BEFORE}(?:{NAME_BEGINNINGS}|e|(?-i:[A-Z])\.)\Z", re.IGNORECASE)),
    (_Kind.NUMBER, re.compile(r"\d(?:er|ᵉʳ|[ /.])?\Z", re.IGNORECASE)),
    (_Kind.WORDS, re.compile(rf"{_NO_LETTER_BEFORE}(?:{_NUMBER_WORDS}|un|\d+)\Z", re.IGNORECASE)),
    (
        _Kind.CODE,
        re.compile(
            rf"{_NO_LETTER_BEFORE}(?:(?![ayo]\b)[a-z]|[alrdv]\.|version|(?:{MONTH_NAMES})\.?|(?-i:[A-Z]{{1,6}}))\Z",
            re.IGNORECASE,
        ),
    ),
]
_CONTINUATIONS = [
    (_Kind.NAME, re.compile(rf"(?:{NAME_CONTINUATIONS})|[^\W\d_]{{2}}|(?-i:[A-Z])\.", re.IGNORECASE)),
    (
        _Kind.NUMBER,
        re.compile(
            rf"\d{{3}}(?!\d)|(?:{MONTH_NAMES})\b|(?:{UNITS})(?![\w'’])|[/.]|(?:k|md?)€|au\b|et\b|milli", re.IGNORECASE
        ),
    ),
    (_Kind.WORDS, re.compile(rf"(?:{_NUMBER_WORDS}|et|pour|millions?|milliards?)\b", re.IGNORECASE)),
    (_Kind.CODE, re.compile(r"\d")),
]
_NOTATION = re.compile(
    rf"""
    {_NO_LETTER_BEFORE}(?:
        {NAMES}
        |e{_J}{LETTER}{{2,}}
        |(?-i:[A-Z])\.(?:{_J}(?-i:[A-Z])\.)+
        |(?:{SPELT_NUMBER}|\d+(?:[.,]\d+)?){_J}pour{_J}cent\b
        |(?:{SPELT_NUMBER}|un){_J}(?:millions?|milliards?)\b
        |{SPELT_NUMBER}
        |(?P<code>(?P<word>{LETTER}+)\.?){_J}(?P<number>\d[\w.-]*)
    )
    |(?<![\w.,/:-])(?:
        [1-9]\d{{0,2}}(?:{_J}\d\d\d(?!\d))+(?:[.,]\d+)?(?:{_J}(?=(?:{UNITS})(?![\w'’])))?
        |\d{{1,2}}(?:er|ᵉʳ)?{_J}(?:{MONTH_NAMES})\b\.?(?:{_J}\d{{4}}(?!\w))?
        |\d{{1,2}}{_J}?(?P<mark>[/.]){_J}?\d{{1,2}}{_J}?(?P=mark){_J}?\d{{4}}(?!\w)
        |(?:[01]?\d|2[0-3]){_J}?h{_J}[0-5]\d(?!\w|{_J}(?:{UNITS})(?!\w))
        |\d{{1,2}}(?:er|ᵉʳ)?{_J}(?:au|et){_J}\d{{1,2}}{_J}(?:{MONTH_NAMES})\b\.?(?:{_J}\d{{4}}(?!\w))?
        |\d+(?:{_J}\d\d\d(?!\d))*(?:[.,]\d+)?{_J}(?:(?:k|md?)€|(?:millions?|milliards?)\b)
        |\d+(?:[.,]\d+)?{_J}(?=(?:{UNITS})(?![\w'’]))
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD_START = re.compile(rf"{_NO_LETTER_BEFORE}\w")
_VERSION_WORDS = ("version", "v")
_ARTICLE_LETTERS = ("l", "r", "d", "a")
_LONGEST_ACRONYM = 6
_NO_CODE_LETTERS = ("a", "y", "o", "A")
"""Letters that are words by themselves."""


class _Kinds(dict[str, int]):
    """The kinds of notations that the chunks seen lately may begin, or continue."""

    def __init__(self, patterns: Sequence[tuple[_Kind, re.Pattern[str]]], search: str) -> None:
        self._patterns = [(int(kind), getattr(pattern, search)) for kind, pattern in patterns]

    def __missing__(self, chunk: str) -> int:
        if len(chunk) > _LONGEST_CHUNK:
            return 0
        if len(self) >= _CACHE_SIZE:
            self.clear()
        self[chunk] = kinds = sum(kind for kind, is_found in self._patterns if is_found(chunk))
        return kinds


_BEGINS = _Kinds(_BEGINNINGS, "search")
_CONTINUES = _Kinds(_CONTINUATIONS, "match")


def find_notations(chunks: Sequence[str]) -> list[tuple[int, int]]:
    """Return the notations of several chunks in a line: the places of the first chunk and after the last."""
    found: list[tuple[int, int]] = []
    end, last = 0, len(chunks) - 1
    for place in compress(range(last), map(_BEGINS.__getitem__, chunks)):
        if place >= end and _BEGINS[chunks[place]] & _CONTINUES[chunks[place + 1]]:
            end = place + _notation_length(chunks[place : place + _MOST_CHUNKS])
            if end > place + 1:
                found.append((place, end))
    return found


def _notation_length(chunks: Sequence[str]) -> int:
    """Return how many chunks, from the first on, are one notation; 1 where it is none."""
    window = JOINER.join(chunk[:_LONGEST_CHUNK] for chunk in chunks)
    length = len(chunks[0])
    for start in _WORD_START.finditer(window, 0, length):
        found = _NOTATION.match(window, start.start())
        if found is None or found.end() <= length:
            continue
        if not found["code"] or _is_code(found["code"], found["word"], found["number"]):
            return 1 + window.count(JOINER, 0, found.end())
    return 1


def _is_code(before: str, word: str, number: str) -> bool:
    """Return whether a word and a number are one code: « F 414 », « version 2 », « L. 1110-4 », « mai 2026 »."""
    folded = fold(word)
    if folded in MONTHS:
        return len(number.rstrip(".")) == 4
    if before != word:
        return folded in (*_VERSION_WORDS, *_ARTICLE_LETTERS)
    if folded in _VERSION_WORDS:
        return True
    if len(word) == 1:
        return word not in _NO_CODE_LETTERS and word.isascii()
    is_acronym = word.isupper() and len(word) <= _LONGEST_ACRONYM and folded not in STOP_WORDS | LABELS
    return is_acronym and len(number) > 1
