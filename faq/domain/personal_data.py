"""The masking of personal data in what people type, before anything is stored.

Masked are e-mail addresses, telephone numbers, social security numbers (NIR, which an INS is made of too), numbers
of health professionals (RPPS, ADELI), of bank cards and of bank accounts. Error codes, versions, dates, amounts and
numbers of companies stay, as questions are about them.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

Check = Callable[[str], bool]
"""Returns whether the digits and letters of what looks like a number of a kind are one."""

_SPACE = "[ \u00a0\u202f]"
_GAP = "[ .\u00a0\u202f\u2011-]?"
_ALONE = r"(?<![\w+])(?<!\d[.,/\u2011-])"
_ENDS = r"(?!\w)(?![.,/\u2011-]\d)"

_EMAIL = re.compile(r"[\w.+-]+(?:@|\s?[\[(]\s?(?:at|arobase)\s?[\])]\s?)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_IBAN = re.compile(
    rf"{_ALONE}[a-z]{{2}}\d\d(?:{_SPACE}?[a-z0-9]{{4}}){{2,7}}(?:{_SPACE}?[a-z0-9]{{1,3}})?{_ENDS}", re.I
)
_NIR = re.compile(
    rf"{_ALONE}[1-478]{_GAP}\d\d{_GAP}\d\d{_GAP}(?:\d\d|2[ab]){_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?{_ENDS}", re.I
)
_CARD = re.compile(
    rf"{_ALONE}[2-6]\d{{3}}(?:{_GAP}\d{{4}}){{3}}{_ENDS}|{_ALONE}3[47]\d\d{_GAP}\d{{6}}{_GAP}\d{{5}}{_ENDS}"
)
_PROFESSIONAL = re.compile(rf"{_ALONE}8?1\d{{10}}{_ENDS}|{_ALONE}1\d(?:{_SPACE}\d{{3}}){{3}}{_ENDS}")
_NAMED_PROFESSIONAL = re.compile(
    rf"(\b(?<!\[)(?:rpps|adeli)\W{{0,3}}(?:n\W{{0,2}})?)\d(?:{_GAP}\d){{7,11}}{_ENDS}", re.IGNORECASE
)
_PHONE = re.compile(
    rf"(?:(?<![\w+])(?:\+|00)\d{{1,3}}{_GAP}(?:\(0\){_GAP})?\d(?:{_GAP}\d){{7,10}}"
    rf"|{_ALONE}0[1-9](?P<gap>{_GAP})\d\d(?:(?P=gap)\d\d){{3}}"
    rf"|{_ALONE}0{_SPACE}?[1-9]\d\d(?P<wide>{_SPACE}|\.)\d{{3}}(?P=wide)\d{{3}}){_ENDS}"
)
_SIGNS = re.compile(r"\W")


def mask_personal_data(text: str) -> str:
    """Return a text with personal data replaced by its kind, as « [téléphone] »; idempotent."""
    for pattern, check, mask in _KINDS:
        text = pattern.sub(partial(_mask, check, mask), text)
    return _NAMED_PROFESSIONAL.sub(r"\1[RPPS]", text)


def _mask(check: Check, mask: str, found: re.Match[str]) -> str:
    return mask if check(_SIGNS.sub("", found[0]).upper()) else found[0]


def _anything(number: str) -> bool:
    return True


def _is_nir(number: str) -> bool:
    """Return whether month and department may be those of a NIR; the key is not checked, as it may be mistyped."""
    month, department = int(number[3:5]), number[5:7]
    return (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) and department != "00"


def _is_iban(number: str) -> bool:
    """Return whether the key of an account number is right (ISO 13616)."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _follows_luhn(number: str) -> bool:
    """Return whether the last digit of a number is right (ISO/IEC 7812)."""
    digits = [int(digit) for digit in reversed(number[-16:])]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_professional(number: str) -> bool:
    """Return whether eleven digits, perhaps after an 8, are the national number of a health professional."""
    return _follows_luhn(number[-11:])


_KINDS: Sequence[tuple[re.Pattern[str], Check, str]] = (
    (_EMAIL, _anything, "[adresse électronique]"),
    (_IBAN, _is_iban, "[compte bancaire]"),
    (_NIR, _is_nir, "[NIR]"),
    (_CARD, _follows_luhn, "[carte bancaire]"),
    (_PROFESSIONAL, _is_professional, "[RPPS]"),
    (_PHONE, _anything, "[téléphone]"),
)
