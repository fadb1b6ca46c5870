"""The differences that distinguish two texts that are otherwise alike: a number, code, name, role or negation."""

from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from faq.domain.duplicates.alignment import NONE, Alignment
from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Cause, Reason
from faq.domain.text import Token, TokenKind, stem
from faq.domain.text.french import LABELS, OPPOSED_FACTS, OPPOSED_THINGS, ROLES, UNITS

# Names of several words are not stemmed.
_ROLES = frozenset(map(stem, ROLES)) | ROLES
_UNITS = frozenset(map(stem, UNITS))
_LABELS = frozenset(map(stem, LABELS))
_FACTS = frozenset(frozenset(map(stem, pair.split("/"))) for pair in OPPOSED_FACTS)
_THINGS = frozenset(frozenset(map(stem, pair.split("/"))) for pair in OPPOSED_THINGS)
_REACH = 3
"""Distance in content words within which a negation applies to another word."""


def find_other_subject(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Reason | None:
    """Return the words by which two texts are about two things, None where they may be about one."""
    return next(_other_subjects(left, right, alignment), None)


def find_contradiction(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Reason | None:
    """Return the words by which two texts contradict each other about one thing, None where they may agree."""
    return next(_other_facts(left, right, alignment), None)


def _other_subjects(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Iterator[Reason]:
    for ones, others in alignment.gaps:
        if found := _find_numbers(left, right, ones, others, labelled=True):
            yield Reason(_number_cause(left, found[0]), _number_words(left, found[0]), _number_words(right, found[1]))
        for cause, of_left, of_right in (
            (Cause.CODE, _keys_of_kind(left, ones, TokenKind.CODE), _keys_of_kind(right, others, TokenKind.CODE)),
            (Cause.ROLE, _roles(left, ones), _roles(right, others)),
            (Cause.ENTITY, _names(left, right, ones), _names(right, left, others)),
        ):
            if of_left and of_right and not of_left & of_right:
                yield Reason(cause, " ".join(sorted(of_left)), " ".join(sorted(of_right)))
        if pair := _find_opposed(left, right, ones, others, _THINGS):
            yield Reason(Cause.OPPOSITE, *pair)


def _other_facts(left: AnalysedText, right: AnalysedText, alignment: Alignment) -> Iterator[Reason]:
    for ones, others in alignment.gaps:
        if found := _find_numbers(left, right, ones, others, labelled=False):
            yield Reason(Cause.NUMBER, _number_words(left, found[0]), _number_words(right, found[1]))
        if pair := _find_opposed(left, right, ones, others, _FACTS):
            yield Reason(Cause.OPPOSITE, *pair)
        if pair := _find_other_units(left, right, ones, others):
            yield Reason(Cause.NUMBER, *pair)
    yield from _compare_openings(left, right)
    for place in _lone_negations(left, alignment.left, right, alignment.right):
        yield Reason(Cause.NEGATION, _words_around(left, place), "")
    for place in _lone_negations(right, alignment.right, left, alignment.left):
        yield Reason(Cause.NEGATION, "", _words_around(right, place))


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


def _roles(reading: AnalysedText, places: Iterable[int]) -> frozenset[str]:
    return frozenset(reading.content[place].key for place in places if reading.content[place].key in _ROLES)


def _names(reading: AnalysedText, other: AnalysedText, places: Iterable[int]) -> frozenset[str]:
    return frozenset(
        reading.content[place].key
        for place in places
        if reading.is_name(place) and reading.content[place].key_hash not in other.hash_set
    )


def _find_opposed(
    left: AnalysedText, right: AnalysedText, ones: list[int], others: list[int], pairs: frozenset[frozenset[str]]
) -> tuple[str, str] | None:
    # A word replaces another only in the same place of a gap.
    for one, other in zip(ones, others, strict=False):
        if frozenset((left.content[one].key, right.content[other].key)) in pairs:
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


def _compare_openings(left: AnalysedText, right: AnalysedText) -> Iterator[Reason]:
    """Yield the contradiction of « Oui » and « Non » at the beginning of two texts."""
    one, other = (reading.words[0].folded if reading.words else "" for reading in (left, right))
    if {one, other} == {"oui", "non"}:
        yield Reason(Cause.NEGATION, one, other)


def _lone_negations(
    reading: AnalysedText, partners: list[int], other: AnalysedText, others: list[int]
) -> Iterator[int]:
    """Yield the places of negations between two words that the other text has without a negation."""
    for place, token in enumerate(reading.content):
        if token.kind is TokenKind.NEGATION and partners[place] == NONE:
            before = next((p for p in range(place - 1, max(-1, place - 3), -1) if partners[p] != NONE), None)
            after = next((p for p in range(place + 1, min(len(partners), place + 3)) if partners[p] != NONE), None)
            if before is None or after is None:
                continue
            low, high = sorted((partners[before], partners[after]))
            if high - low <= _REACH and not _is_negated(other, others, low, high, token):
                yield place


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


def _words_around(reading: AnalysedText, place: int) -> str:
    at = reading.places[place]
    return " ".join(token.folded for token in reading.words[max(0, at - 2) : at + 2])


_VAGUE = stem("vague")
