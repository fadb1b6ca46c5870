"""The sentences that a text no longer says once others are put in its place, compared in their normal form."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz, process

from faq.domain.diff import Change, Line, Segment, diff_line
from faq.domain.markup import blank_markup, find_media_references
from faq.domain.text import normalise

_END = re.compile(r"(?<=[.!?…])[\"»”)]{0,2}\s+(?=[\"«“(]?\s?[^\W_a-zà-ÿ])")
"""A sentence ends before a capital letter or a number; « art. 5 » cut in two only lists its halves apart."""
_LIST_MARK = re.compile(r"\A\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_REWORDED = 80
"""Likeness in percent from which a sentence is shown as changed: the same threshold shows a typo and a new date."""
_MOST_COMPARED = 250_000
"""Pairs of sentences that are compared for likeness; beyond, every sentence is listed as it was."""


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, line by line, without the marks of lists; references to files stand alone."""
    words = blank_markup(text)
    for reference in reversed(find_media_references(text)):
        # An image, or a document, is a sentence of its own.
        start, end = reference.start, reference.end
        words = f"{words[:start]}\n{text[start:end]}\n{words[end:]}"
    return [sentence for line in words.split("\n") for sentence in _split_line(line)]


def list_dropped(before: Iterable[str], after: Iterable[str]) -> list[Line]:
    """Return the sentences of some texts that others do not say, once each, in reading order.

    A sentence is said where one of equal normal form is. One that stays nearly as it was is a CHANGED line, with what
    became of it; the others are REMOVED.
    """
    said = [sentence for text in after for sentence in split_sentences(text)]
    forms = {normalise(sentence) for sentence in said}
    dropped = {normalise(sentence): sentence for text in before for sentence in split_sentences(text)}
    gone = [sentence for form, sentence in dropped.items() if form not in forms]
    if len(gone) * len(said) > _MOST_COMPARED:
        return [_removed(sentence) for sentence in gone]
    return [_describe(sentence, said) for sentence in gone]


def _split_line(line: str) -> Iterator[str]:
    mark = _LIST_MARK.match(line)
    for sentence in _END.split(line[mark.end() :] if mark else line):
        if normalise(sentence):
            yield sentence.strip()


def _describe(sentence: str, said: Sequence[str]) -> Line:
    nearest = process.extractOne(sentence, said, scorer=fuzz.ratio, score_cutoff=_REWORDED)
    return diff_line(sentence, nearest[0]) if nearest else _removed(sentence)


def _removed(sentence: str) -> Line:
    return Line(Change.REMOVED, (Segment(Change.REMOVED, sentence),))
