"""The differences that distinguish two texts that are otherwise alike: a number, code, name or negation."""

from collections.abc import Iterable, Iterator

from faq.domain.duplicates.alignment import Alignment
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.negations import find_negation, is_denial, is_odd
from faq.domain.duplicates.pairs import Cause, Reason
from faq.domain.duplicates.substitutions import Changes, find_other_thing
from faq.domain.text import Token, TokenKind, stem
from faq.domain.text.french import LABELS, OPPOSED_FACTS, OPPOSED_THINGS, UNITS

_UNITS = frozenset(map(stem, UNITS))
_LABELS = frozenset(map(stem, LABELS))
_FACTS = frozenset(frozenset(map(stem, pair.split("/"))) for pair in OPPOSED_FACTS)
_THINGS = frozenset(frozenset(map(stem, pair.split("/"))) for pair in OPPOSED_THINGS)


def find_other_subject(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Reason | None:
    """Return the words by which two texts are about two things, None where they may be about one."""
    return next(_other_subjects(left, right, alignment), None)


def find_other_words(changes: Changes) -> Reason | None:
    """Return the things by which two texts in the same frame differ, None where one rewords the other."""
    found = find_other_thing(changes)
    return Reason(Cause.ENTITY, _text_of(found.left), _text_of(found.right)) if found else None


def _text_of(words: Iterable[Token]) -> str:
    return " ".join(token.folded for token in words)


def find_contradiction(
    left: AnalysedText, right: AnalysedText, alignment: Alignment, changes: Changes
) -> Reason | None:
    """Return the words by which two texts contradict each other about one thing, None where they may agree."""
    return next(_other_facts(left, right, alignment, changes), None)


def _other_subjects(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Iterator[Reason]:
    for ones, others in alignment.gaps:
        if found := _find_numbers(left, right, ones, others, labelled=True):
            yield Reason(_number_cause(left, found[0]), _number_words(left, found[0]), _number_words(right, found[1]))
        for cause, of_left, of_right in (
            (Cause.CODE, _keys_of_kind(left, ones, TokenKind.CODE), _keys_of_kind(right, others, TokenKind.CODE)),
            (Cause.ENTITY, _names(left, right, ones), _names(right, left, others)),
        ):
            if of_left and of_right and not of_left & of_right:
                yield Reason(cause, " ".join(sorted(of_left)), " ".join(sorted(of_right)))
        if pair := _find_opposed(left, right, ones, others, _THINGS):
            yield Reason(Cause.OPPOSITE, *pair)


def _other_facts(left: AnalysedText, right: AnalysedText, alignment: Alignment, changes: Changes) -> Iterator[Reason]:
    for ones, others in alignment.gaps:
        if found := _find_numbers(left, right, ones, others, labelled=False):
            yield Reason(Cause.NUMBER, _number_words(left, found[0]), _number_words(right, found[1]))
        if pair := _find_opposed(left, right, ones, others, _FACTS):
            yield Reason(Cause.OPPOSITE, *pair)
        if pair := _find_other_units(left, right, ones, others):
            yield Reason(Cause.NUMBER, *pair)
    yield from find_negation(left, right, alignment, changes)


def _find_numbers(
    left: AnalysedText, right: AnalysedText, ones: list[int], others: list[int], *, labelled: bool
) -> tuple[int, int] | None:
    """Return the places of the first two numbers that differ, among those with a label or among those without."""
    of_left, of_right = _numerals(left, ones), _numerals(right, others)
    known = {left.content[one].key for one in of_left} & {right.content[other].key for other in of_right}
    of_left = [one for one in of_left if left.content[one].key not in known]
    of_right = [other for other in of_right if right.content[other].key not in known]
    for one, other in zip(of_left, of_right, strict=False):
        if (_label(left, one) is not None and _label(right, other) is not None) is labelled:
            return one, other
    return None


def _numerals(reading: AnalysedText, places: Iterable[int]) -> list[int]:
    return [place for place in places if reading.content[place].kind is TokenKind.NUMBER]


def _label(reading: AnalysedText, place: int) -> Token | None:
    """Return the noun that a number belongs to, « vague » in « vague 2 », unless a unit follows the number."""
    at = reading.places[place]
    if any(token.key in _UNITS for token in reading.words[at + 1 : at + 2]):
        return None
    before = [
        token
        for token in reading.words[max(0, at - 3) : at]
        if token.kind is not TokenKind.STOP or token.key in _LABELS
    ]
    if before and before[-1].kind is TokenKind.NAME:
        return before[-1]
    return next((token for token in reversed(before) if token.key in _LABELS), None)


def _number_cause(reading: AnalysedText, place: int) -> Cause:
    label = _label(reading, place)
    return Cause.VAGUE if label is not None and label.key == _VAGUE else Cause.CODE


def _number_words(reading: AnalysedText, place: int) -> str:
    """Return the words of a number, with its label before it and its unit after it."""
    at = reading.places[place]
    label = _label(reading, place)
    after = [token.folded for token in reading.words[at + 1 : at + 2] if token.key in _UNITS]
    return " ".join([*([label.folded] if label else []), reading.words[at].folded, *after])


def _keys_of_kind(reading: AnalysedText, places: Iterable[int], kind: TokenKind) -> frozenset[str]:
    return frozenset(reading.content[place].key for place in places if reading.content[place].kind is kind)


def _names(reading: AnalysedText, other: AnalysedText, places: Iterable[int]) -> frozenset[str]:
    return frozenset(
        reading.content[place].key
        for place in places
        if reading.is_name(place) and reading.hashes[place] not in other.hash_set
    )


def _find_opposed(
    left: AnalysedText, right: AnalysedText, ones: list[int], others: list[int], pairs: frozenset[frozenset[str]]
) -> tuple[str, str] | None:
    # A word replaces another only in the same place of a gap.
    for one, other in zip(ones, others, strict=False):
        words = left.content[one], right.content[other]
        if frozenset(token.key for token in words) not in pairs:
            continue
        # « Pas fermé » is « ouvert »; « non » and « impossible » deny by themselves.
        if any(map(is_denial, words)) or is_odd(left, left.places[one]) == is_odd(right, right.places[other]):
            return left.content[one].folded, right.content[other].folded
    return None


def _find_other_units(
    left: AnalysedText, right: AnalysedText, ones: list[int], others: list[int]
) -> tuple[str, str] | None:
    for one in ones:
        for other in others:
            units = left.content[one], right.content[other]
            if all(token.key in _UNITS for token in units) and _has_number(left, one) and _has_number(right, other):
                return units[0].folded, units[1].folded
    return None


def _has_number(reading: AnalysedText, place: int) -> bool:
    return place > 0 and reading.content[place - 1].kind is TokenKind.NUMBER


_VAGUE = stem("vague")
