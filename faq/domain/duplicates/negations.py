"""The negations of two texts, and those by which one denies what the other says."""

from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import OSA

from faq.domain.duplicates.alignment import NONE, Alignment
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Cause, Reason
from faq.domain.duplicates.substitutions import Changes
from faq.domain.text import Token, TokenKind, stem

_REACH = 3
"""Distance in content words within which a negation applies to another word."""
_RESTRICTION = 8
"""Words within which « que » follows « ne » where it means « only »."""
_NE = ("ne", "n")
_PROMPTLY = frozenset("attendre tarder delai retard faute doute cesse".split())
"""Words with which « sans » makes an adverb: « sans attendre » denies nothing."""
_DENIALS = frozenset(map(stem, "interdit interdire interdiction proscrire exclu exclue impossible".split()))
"""Words that forbid: « il est interdit de » is « il ne faut pas »."""


def find_negation(left: AnalysedText, right: AnalysedText, alignment: Alignment, changes: Changes) -> Iterator[Reason]:
    """Yield the negations by which one of two texts denies what the other says."""
    one, other = (reading.words[0].folded if reading.words else "" for reading in (left, right))
    if {one, other} == {"oui", "non"}:
        yield Reason(Cause.NEGATION, one, other)
    things = [words for one in changes.substitutions if one.is_of_things for words in (one.left, one.right)]
    named = {token.folded for words in things if len(words) > 1 for token in words}
    for place in _lone_negations(left, alignment.left, right, alignment.right):
        if left.content[place].folded == "sans" and "sans" in named:
            # « Le réseau sans fil » is a thing.
            continue
        yield Reason(Cause.NEGATION, _words_around(left, left.places[place]), "")
    for place in _lone_negations(right, alignment.right, left, alignment.left):
        if right.content[place].folded == "sans" and "sans" in named:
            continue
        yield Reason(Cause.NEGATION, "", _words_around(right, right.places[place]))
    for start, other_start in changes.reworded:
        if _denies(left, start) != _denies(right, other_start) and is_odd(left, start) != is_odd(right, other_start):
            yield Reason(
                Cause.NEGATION,
                _words_around(left, start) if _denies(left, start) else "",
                _words_around(right, other_start) if _denies(right, other_start) else "",
            )


def _denies(text: AnalysedText, place: int) -> bool:
    """Return whether « ne » stands at a place or right after it, without « que »."""
    words = text.words[place : place + 2]
    return any(token.key in _NE for token in words) and _count_negations(_sentence(text, place)) > 0


def _lone_negations(
    reading: AnalysedText, partners: list[int], other: AnalysedText, others: list[int]
) -> Iterator[int]:
    """Yield the places of negations between two words that the other text has without a negation."""
    for place, token in enumerate(reading.content):
        if token.kind is TokenKind.NEGATION and partners[place] == NONE and not _is_adverbial(reading, place):
            before = next((p for p in range(place - 1, max(-1, place - 3), -1) if partners[p] != NONE), None)
            after = next((p for p in range(place + 1, min(len(partners), place + 3)) if partners[p] != NONE), None)
            if before is None or after is None:
                continue
            low, high = sorted((partners[before], partners[after]))
            of_one_sentence = reading.sentence_of[reading.places[after]] == reading.sentence_of[reading.places[place]]
            beside = partners[after if of_one_sentence else before]
            if (
                high - low <= _REACH
                and not _is_negated(other, others, low, high, token)
                and is_odd(reading, reading.places[place]) != is_odd(other, other.places[beside])
            ):
                yield place


def _is_adverbial(reading: AnalysedText, place: int) -> bool:
    """Return whether a negation makes an adverb with the word after it."""
    at = reading.places[place]
    return reading.words[at].folded == "sans" and any(
        token.folded in _PROMPTLY for token in reading.words[at + 1 : at + 2]
    )


def _is_negated(reading: AnalysedText, partners: list[int], low: int, high: int, negation: Token) -> bool:
    """Return whether a negation, or a misspelling of this one, stands around two places."""
    # A negation that has a partner applies to something else.
    for place in range(max(0, low - 1), min(len(partners), high + 2)):
        if reading.content[place].kind is TokenKind.NEGATION and partners[place] == NONE:
            return True
    between = reading.words[reading.places[low] + 1 : reading.places[high]]
    return len(negation.folded) > 3 and any(
        OSA.distance(token.folded, negation.folded, score_cutoff=1) <= 1 for token in between
    )


def is_denial(token: Token) -> bool:
    """Return whether a word denies by itself."""
    return token.kind is TokenKind.NEGATION or token.key in _DENIALS


def is_odd(text: AnalysedText, place: int) -> bool:
    """Return whether the sentence of a word denies what it says: two negations, « ne … sans », affirm it."""
    return _count_negations(_sentence(text, place)) % 2 == 1


def _sentence(text: AnalysedText, place: int) -> Sequence[Token]:
    return text.sentences[text.sentence_of[min(place, len(text.words) - 1)]] if text.words else ()


def _count_negations(sentence: Sequence[Token]) -> int:
    without = sum(
        token.folded == "sans" and not any(after.folded in _PROMPTLY for after in sentence[place + 1 : place + 2])
        for place, token in enumerate(sentence)
    )
    others = sum(token.kind is TokenKind.NEGATION and token.folded != "sans" for token in sentence)
    clauses = sum(
        not _is_restriction(sentence[place + 1 : place + 1 + _RESTRICTION])
        for place, token in enumerate(sentence)
        if token.key in _NE
    )
    denials = sum(token.key in _DENIALS for token in sentence)
    return without + denials + max(others, clauses)


def _is_restriction(following: Iterable[Token]) -> bool:
    for token in following:
        if token.kind is TokenKind.NEGATION or token.key == "plus":
            return False
        if token.key in ("que", "qu"):
            return True
    return False


def _words_around(text: AnalysedText, at: int) -> str:
    return " ".join(token.folded for token in text.words[max(0, at - 2) : at + 2])
