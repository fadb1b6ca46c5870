"""Telephone numbers in words: « zéro six douze trente-quatre… »."""

import re
from collections.abc import Iterator

from faq.domain.personal_data.spans import Span
from faq.domain.personal_data.views import PHONE

_UNIT = r"z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf"
_NUMBER = (
    rf"(?:quatre[ -]vingts?|soixante|cinquante|quarante|trente|vingt|septante|huitante|octante|nonante|"
    rf"dix|onze|douze|treize|"
    rf"quatorze|quinze|seize|{_UNIT}|\d{{1,2}})"
)
_SPOKEN = re.compile(
    rf"\b(?:z[ée]ro|plus[ -]trente[ -]trois)(?:[ ,.-]{{1,3}}(?:et[ -])?{_NUMBER}(?!\w)){{5,20}}", re.IGNORECASE
)


def find_spoken_phones(view: str) -> Iterator[Span]:
    """Yield the telephone numbers of a view that are written in words: a zero and five numbers more, at least."""
    for found in _SPOKEN.finditer(view):
        yield Span(*found.span(), PHONE)
