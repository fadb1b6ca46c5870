"""Canonical values: the one form that all spellings of a number, date, hour or code share.

The functions take the folded spelling, with JOINER in the place of blanks within it.
"""

import re
from decimal import Decimal

from faq.domain.text.french import JOINER, MONTHS, NUMBERS

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|[1-9]\d{0,2}(?:,\d{3})+\.\d+")
_NOT_DIGITS = re.compile(r"\D+")
_ORDINAL = re.compile(r"(?<!\d)(\d++)(?:ere?|re|e|eme|nde?)")
_DATE_WITH_NAME = re.compile(r"(?:(\d{1,2})(?:er)?)?([a-z]+)\.?(\d{4})?")
_CODE_DRESS = re.compile(rf"^([^\W\d_]+)[._{JOINER}-]+(?=\d)")
_VERSION = re.compile(r"^(?:version|v)[.]?(?=\d)")
_PARTS_OF_SPELT = re.compile(r"[^a-z]+")
_SCALED = re.compile(r"(?<![\d.,])([\d.,]++)(k|md?|millions?|milliards?)")
_SCALES = {"k": 10**3, "m": 10**6, "million": 10**6, "millions": 10**6} | dict.fromkeys(
    ("md", "milliard", "milliards"), 10**9
)
_CENTURY = 2000


def number_value(number: str, *, measured: bool = False) -> str:
    """Return the value of a number: 01 is 1; 1.500,00 is 1500; 2,50 is 2.5, and so is 2.50 where a unit follows.

    Without a unit 2.50 stays what it is, as the 50th version after 2.0.
    """
    number = number.replace(JOINER, "")
    if _THOUSANDS.fullmatch(number):
        decimal = max(number.rfind(","), number.rfind(".") if "," in number else -1)
        whole, rest = (number[:decimal], number[decimal + 1 :]) if "," in number else (number, "")
        number, measured = f"{_NOT_DIGITS.sub('', whole)}.{rest}", True
    if number.count(",") == 1:
        number, measured = number.replace(",", "."), True
    if measured and number.count(".") == 1:
        number = number.rstrip("0").rstrip(".")
    return number.replace(",", ".").lstrip("0").removesuffix(".") or "0"


def scaled_value(number: str) -> str:
    """Return the value of a number with its scale: 1,5 M is 1500000, « 2 milliards » 2000000000."""
    found = _SCALED.fullmatch(number.replace(JOINER, ""))
    return number_value(f"{Decimal(number_value(found[1])) * _SCALES[found[2]]:f}", measured=True) if found else number


def date_value(date: str) -> str | None:
    """Return a date as ISO 8601 writes it, None where it is none.

    « 24 décembre » is --12-24, « décembre 2026 » 2026-12.
    """
    date = date.replace(JOINER, "")
    if named := _DATE_WITH_NAME.fullmatch(date):
        day, month, year = int(named[1] or 0), MONTHS.get(named[2], 0), int(named[3] or 0)
        return _iso_date(year, month, day, has_day=named[1] is not None) if day or year else None
    parts = [int(part) for part in _NOT_DIGITS.split(date)]
    lengths = [len(part) for part in _NOT_DIGITS.split(date)]
    if lengths[0] == 4 and len(parts) == 3:
        return _iso_date(*parts, has_day=True)
    if lengths[-1] == 4:
        day = parts[0] if len(parts) == 3 else 0
        return _iso_date(parts[-1], parts[-2], day, has_day=len(parts) == 3)
    if len(parts) == 3:
        return _iso_date(_CENTURY + parts[2], parts[1], parts[0], has_day=True)
    return _iso_date(0, parts[1], parts[0], has_day=True) if lengths == [2, 2] else None


def date_parts(value: str) -> list[str]:
    """Return the spellings of what a date holds, by which it is found too: its day and month, month and year, year."""
    if value.startswith("--"):
        return [_MONTH_OF[int(value[2:4])]]
    year, month, *day = value.split("-")
    return [f"{day[0]}/{month}", f"{month}/{year}"] if day else [_MONTH_OF[int(month)], year]


def hour_value(hour: str) -> str:
    """Return an hour as « 9:30 »."""
    hours, minutes = _NOT_DIGITS.split(hour.replace(JOINER, ""))
    return f"{int(hours)}:{minutes}"


def code_value(code: str) -> str:
    """Return a code in one piece: F 414, F-414 and F414 are f414; version 2.1, v.2_1 are v2.1; 1ère is 1e."""
    if ordinal := _ORDINAL.fullmatch(code):
        return f"{ordinal[1]}e"
    plain = _VERSION.sub("v", _CODE_DRESS.sub(r"\1", code))
    return plain.replace("_", ".") if plain.startswith("v") else plain.replace(JOINER, "")


def spelt_value(words: str) -> str:
    """Return the value of a number in words: « deux mille vingt-six » is 2026."""
    total = group = 0
    for word in _PARTS_OF_SPELT.split(words):
        if word in _SCALES:
            return str((total + group) * _SCALES[word])
        number = NUMBERS.get(word, NUMBERS.get(word.removesuffix("s"), 1 if word in ("un", "une") else 0))
        if number == 1000:
            total, group = total + max(1, group) * number, 0
        elif number == 100:
            group = max(1, group) * number
        elif number == 20 and group % 100 == 4:
            group += 4 * number - 4
        else:
            group += number
    return str(total + group)


def _iso_date(year: int, month: int, day: int, *, has_day: bool) -> str | None:
    if not 1 <= month <= 12 or (has_day and not 1 <= day <= 31):
        return None
    return f"{year or '-'}-{month:02}" + (f"-{day:02}" if has_day else "")


_MONTH_OF = {number: name for name, number in reversed(MONTHS.items())}
