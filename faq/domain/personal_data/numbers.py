"""Numbers that identify people: found by shape, with any signs between the digits, then decided by key and context."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from stdnum import iban, luhn
from stdnum.fr import nir

from faq.domain.personal_data.codes import find_codes
from faq.domain.personal_data.context import Context, Opinion
from faq.domain.personal_data.spans import BLANK, Span, blank_spans
from faq.domain.personal_data.views import ACCOUNT, CARD, FINESS, INVISIBLE, NIR, PHONE, PROFESSIONAL


class Likelihood(IntEnum):
    """How much the digits alone say that a number is one of a kind."""

    NO = 0
    IF_CLOSE = 1
    """Only a word next to it can say so."""
    IF_SAID = 2
    """Only the context can say so."""
    UNLESS_DENIED = 3
    """It looks like one: only the context can say that it is none."""
    CERTAIN = 4
    """Its key is right, by chance in one of a hundred."""


_DECIDED_BY = {
    Opinion.CLOSE: Likelihood.IF_CLOSE,
    Opinion.FOR: Likelihood.IF_SAID,
    Opinion.NONE: Likelihood.UNLESS_DENIED,
    Opinion.AGAINST: Likelihood.CERTAIN,
}
"""The least likelihood with which a number is masked, by what its context says."""

_GAP = rf"[ .,;/|:_()*~{INVISIBLE}-]{{0,3}}"
_SIGNS = ".,/|:_-"
_STARTS = rf"(?<![\d_{BLANK}])(?:(?<![\d{BLANK}][{_SIGNS}])|(?<=\d{{9}}[,/|:-]))"
"""A number is not cut out of a longer one; long ones may follow each other: « 0612345678/0712345678 »."""
_ENDS = rf"(?![\d_{BLANK}])(?![{_SIGNS}](?!\d{{9}})[\d{BLANK}])(?![^\W\d_]{{1,2}}(?![^\W\d_])|[^\W\d_]+\d)"


def _digits(number: int) -> str:
    return rf"(?:{_GAP}\d){{{number}}}"


@dataclass(frozen=True, slots=True)
class NumberKind:
    """A kind of number: its shapes, how likely its digits are one, and the words that announce it, folded."""

    mask: str
    shapes: tuple[re.Pattern[str], ...]
    likelihood: Callable[[str, str], Likelihood]
    """Takes the number as typed, and its digits and letters alone."""
    cues: re.Pattern[str]


def find_numbers(view: str) -> Iterator[Span]:
    """Yield the numbers of a view that tell who somebody is."""
    view = blank_spans(view, [Span(found.start(), found.end()) for found in _NOTATIONS.finditer(view)])
    view = blank_spans(view, find_codes(view, _PERSONAL_CUES))
    context = Context(view)
    for kind in _KINDS:
        if found := list(_find(kind, view, context)):
            view = blank_spans(view, found)
            context = Context(view)
            yield from found


def find_finess_numbers(view: str) -> Iterator[Span]:
    """Yield the numbers of establishments (FINESS) of a view, known by the word."""
    return _find(_FINESS, view, Context(view))


def _find(kind: NumberKind, view: str, context: Context) -> Iterator[Span]:
    """Yield the numbers of a kind. A place where one shape does not hold may start another shape."""
    for shape in kind.shapes:
        found = []
        match = shape.search(view)
        while match is not None:
            is_one = _is_one(kind, match, context)
            if is_one:
                found.append(Span(match.start(), match.end(), kind.mask))
            match = shape.search(view, match.end() if is_one else match.start() + 1)
        yield from found
        if found:
            view = blank_spans(view, found)


def _is_one(kind: NumberKind, match: re.Match[str], context: Context) -> bool:
    raw = match[0]
    likelihood = kind.likelihood(raw, re.sub(r"[\W_]", "", raw).upper())
    if likelihood in (Likelihood.NO, Likelihood.CERTAIN):
        return likelihood is Likelihood.CERTAIN
    opinion = context.judge(*match.span(), kind.cues)
    if opinion is not Opinion.CLOSE and _is_part_of_code(kind, match):
        return False
    if opinion is Opinion.NONE and (_is_enumeration(raw) or _is_dotted_identifier(raw)):
        return False
    return likelihood >= _DECIDED_BY[opinion]


def _is_part_of_code(kind: NumberKind, match: re.Match[str]) -> bool:
    """Return whether letters stick to a number: « RDV0612345678 », « Q-0612345678 »."""
    before = match.string[max(0, match.start() - 7) : match.start()]
    if kind.mask == PHONE and _GLUED_LETTER.search(before):
        return False
    return before[-1:].isalpha() or bool(match[0].isdecimal() and _REFERENCE.search(before))


_GLUED_LETTER = re.compile(r"(?<![\w-])(?:[TPMF]-?|[a-zà])$")
"""A letter that announces a telephone, or a small one that was typed too much; other capitals make a reference."""
_REFERENCE = re.compile(r"(?<![\w-])(?:[A-Z]{1,4}|[a-z])[-/#]$")


def _is_enumeration(raw: str) -> bool:
    """Return whether numbers follow each other upwards, near each other: « 01 03 04 05 08 »."""
    members = [int(member) for member in re.findall(r"\d+", raw)]
    rises = all(first < second for first, second in pairwise(members))
    return len(members) >= 5 and rises and members[-1] - members[0] <= 30


def _is_dotted_identifier(raw: str) -> bool:
    """Return whether a number is an IPv4 address or an object identifier (OID, ITU-T X.660)."""
    if not re.fullmatch(r"\d+(?:\.\d+)+", raw):
        return False
    parts = raw.split(".")
    if len(parts) == 4:
        return all(int(part) <= 255 for part in parts)
    is_numbered = parts[0] in "012" and any(len(part) > 1 for part in parts)
    return len(parts) >= 5 and is_numbered and [len(part) for part in parts[:6]] != [1, 2, 2, 2, 3, 3]


def _rate_account(raw: str, number: str) -> Likelihood:
    # The library computes the key too, in several times longer.
    if int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 != 1:
        return Likelihood.IF_CLOSE
    return Likelihood.CERTAIN if iban.is_valid(number, check_country=False) else Likelihood.IF_CLOSE


def _rate_french_account(raw: str, number: str) -> Likelihood:
    """Rate a RIB: bank, branch, account and key, letters counting as on the keys of a telephone moved by one."""
    digits = number.translate(_RIB_LETTERS)
    bank, branch, account, key = int(digits[:5]), int(digits[5:10]), int(digits[10:21]), int(digits[21:])
    is_right = key == 97 - (89 * bank + 15 * branch + 3 * account) % 97
    return Likelihood.UNLESS_DENIED if is_right else Likelihood.IF_CLOSE


_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def _rate_nir(raw: str, number: str) -> Likelihood:
    """Rate a social security number; a wrong key may be a mistyped one, and thirteen digits have none."""
    number = re.sub(r"CL[EÉ]F?(?:DECONTR[OÔ]LE)?", "", number)
    if nir.is_valid(number):
        return Likelihood.CERTAIN
    month, department = int(number[3:5]), number[5:7]
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) or department == "00":
        return Likelihood.NO
    if number[0] in "12" and (len(number) == 15 or (month <= 12 and department != "96")):
        return Likelihood.UNLESS_DENIED
    return Likelihood.IF_SAID


def _rate_card(raw: str, number: str) -> Likelihood:
    return Likelihood.UNLESS_DENIED if luhn.is_valid(number) else Likelihood.IF_CLOSE


def _rate_professional(raw: str, number: str) -> Likelihood:
    """Rate an RPPS number, perhaps after the 8 that stands for the kind of identifier, or an ADELI number."""
    if len(number) >= 11 and number[-11:-9] in ("10", "11") and luhn.is_valid(number[-11:]):
        return Likelihood.IF_SAID if _is_dotted_identifier(raw) else Likelihood.UNLESS_DENIED
    return Likelihood.IF_CLOSE


def _rate_phone(raw: str, number: str) -> Likelihood:
    """Rate a telephone number; a decimal number and a date with an hour look like one.

    A letter O stands for the zero where pairs of digits follow it, elsewhere it may belong to a code.
    """
    if number[0] == "O" and not re.fullmatch(r"O\W?\d(?:\W{1,3}\d\d){4}", raw, re.IGNORECASE):
        return Likelihood.IF_SAID
    if re.fullmatch(r"0[.,]\d{9}", raw):
        return Likelihood.NO
    if re.fullmatch(r"\d\d[ ,]{1,2}\d\d[ ,]{1,2}(?:19|20)\d\d\D{1,3}\d\d", raw):
        return Likelihood.IF_SAID
    return Likelihood.UNLESS_DENIED


def _rate_announced(raw: str, number: str) -> Likelihood:
    return Likelihood.IF_CLOSE


def _rate_without_sign(raw: str, number: str) -> Likelihood:
    """Rate « 33 6 12 34 56 78 », whose sign is missing: the pairs say as much as the sign."""
    return Likelihood.UNLESS_DENIED if re.fullmatch(r"33\W[1-9](?:\W\d\d){4}", raw) else Likelihood.IF_SAID


_DAY, _MONTH, _YEAR, _TIME = r"\d{1,2}", r"\d{1,2}", r"(?:19|20)\d\d", r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,6})?)?"
_NOTATIONS = re.compile(
    rf"(?<!\d)(?<!\d[./-])(?:{_DAY}(?P<sep>[./-]){_MONTH}(?P=sep){_YEAR}|{_YEAR}(?P<iso>[./-]){_MONTH}(?P=iso){_DAY})"
    rf"(?![./-]?\d)(?:[T ]{{1,2}}{_TIME}(?![:\d]))?|(?<![\d:]){_TIME}(?![:\d])"
)
"""Dates and times, which are no parts of a longer number."""

_PHONE_CUES = re.compile(
    r"tel|tels?|telephon\w*|portables?|mobiles?|fixes?|fax|telecopie|gsm|sms|texto|whatsapp|appel\w*|rappel\w*|"
    r"joindre|joignables?|recontact\w*|contact|contact(?:ez|er)|standard|secretariat|phone|"
    r"coordonnees|lignes?|repondeur"
)
_STRONG_PHONE_CUES = re.compile(r"tels?|telephones?|portables?|mobiles?|fax|gsm|whatsapp|phone")
_NIR_CUES = re.compile(
    r"nir|ins|insi?c?|nia|secu|securite|sociale|assure\w*|immatriculation|matricule|vitale|patient\w*|beneficiaire\w*|"
    r"ssn|insee"
)
_PROFESSIONAL_CUES = re.compile(r"rpps|adeli|idnps|idpp")
_CARD_CUES = re.compile(r"cb|bancaires?|visa|mastercard|amex|paiement|carte|credit|debit|blue")
_ACCOUNT_CUES = re.compile(r"iban|rib|virements?|prelevements?|bancaires?|comptes?")

_PERSONAL_CUES = re.compile(
    r"\b(?:"
    + "|".join(cues.pattern for cues in (_PHONE_CUES, _NIR_CUES, _PROFESSIONAL_CUES, _CARD_CUES, _ACCOUNT_CUES))
    + r"|t[ée]l[ée]phone|t[ée]l)\b",
    re.IGNORECASE,
)
"""Words that announce a number of a person, be they between the noun of a code and a number."""

_COUNTRY = (
    # French numbers have nine digits, their leading zero is often left between parentheses.
    rf"(?:(?:33|262|590|594|596|508)\)?{_GAP}(?:0{_GAP})?[1-9]{_digits(8)}"
    rf"|687\)?{_digits(6)}|1\)?{_GAP}[2-9]{_digits(9)}|(?:[2-9]\d{{0,2}})\)?(?:[ .,/|"
    rf"_(){INVISIBLE}-]{{0,2}}\d){{6,12}})"
)

_KINDS = (
    NumberKind(
        ACCOUNT,
        tuple(
            re.compile(
                rf"(?<![\w{BLANK}])[a-z]{{2}}{_GAP}\d{_GAP}\d(?:{_GAP}[a-z0-9]){{{length}}}(?![^\W_])", re.IGNORECASE
            )
            for length in sorted({29, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 12, 11}, reverse=True)
        ),
        _rate_account,
        _ACCOUNT_CUES,
    ),
    NumberKind(
        ACCOUNT,
        (re.compile(rf"{_STARTS}\d{_digits(9)}(?:{_GAP}[a-z0-9]){{11}}{_digits(2)}{_ENDS}", re.IGNORECASE),),
        _rate_french_account,
        _ACCOUNT_CUES,
    ),
    NumberKind(
        NIR,
        tuple(
            re.compile(
                rf"{_STARTS}[1-478]{_digits(4)}{_GAP}(?:\d{_GAP}\d|2{_GAP}[ab]){_digits(6)}{key}{_ENDS}", re.IGNORECASE
            )
            for key in (rf"{_GAP}cl[ée]f?(?: de contr[oô]le)?=?{_digits(2)}", _digits(2), "")
        ),
        _rate_nir,
        _NIR_CUES,
    ),
    NumberKind(
        CARD,
        (re.compile(rf"{_STARTS}[2-6]{_digits(15)}{_ENDS}"), re.compile(rf"{_STARTS}3{_GAP}[47]{_digits(13)}{_ENDS}")),
        _rate_card,
        _CARD_CUES,
    ),
    NumberKind(
        PROFESSIONAL,
        (
            re.compile(rf"{_STARTS}8{_digits(11)}{_ENDS}"),
            re.compile(rf"{_STARTS}1{_digits(10)}{_ENDS}"),
            re.compile(rf"{_STARTS}(?:\d{_GAP}[\dab]{_digits(7)}|\d{_digits(7)}){_ENDS}", re.IGNORECASE),
        ),
        _rate_professional,
        _PROFESSIONAL_CUES,
    ),
    NumberKind(
        PHONE, (re.compile(rf"(?:(?<![\w+])\(?\+|{_STARTS}\(?00){_GAP}{_COUNTRY}{_ENDS}"),), _rate_phone, _PHONE_CUES
    ),
    NumberKind(
        PHONE,
        (
            re.compile(rf"{_STARTS}(?:\((?=\d{{1,3}}\)))?[0o]{_GAP}[1-9]{_digits(8)}{_ENDS}", re.IGNORECASE),
            # Pairs on lines of their own; a longer column of numbers is none.
            re.compile(
                rf"{_STARTS}(?<!\d\n)0[1-9](?:[ .,/-]{{0,2}}\n?[ .,/-]{{0,2}}\d\d){{4}}(?!\n\d\d?(?!\d)){_ENDS}"
            ),
        ),
        _rate_phone,
        _PHONE_CUES,
    ),
    NumberKind(PHONE, (re.compile(rf"{_STARTS}33{_GAP}[1-9]{_digits(8)}{_ENDS}"),), _rate_without_sign, _PHONE_CUES),
    NumberKind(
        PHONE, (re.compile(rf"{_STARTS}\d{_digits(7)}(?:{_GAP}\d){{0,4}}{_ENDS}"),), _rate_announced, _STRONG_PHONE_CUES
    ),
)
"""The longer kinds stand first: a telephone number may stand inside a social security number."""

_FINESS = NumberKind(
    FINESS,
    (re.compile(rf"{_STARTS}\d{_GAP}[\dab]{_digits(7)}{_ENDS}", re.IGNORECASE),),
    _rate_announced,
    re.compile(r"finess"),
)
