"""The view of a text that finders read: signs normalised one by one, so that every place stays the same."""

import re
import unicodedata

from faq.domain.personal_data.spans import Span, blank_spans
from faq.domain.text.normalisation import ZERO_WIDTH

EMAIL, PHONE, NIR, PROFESSIONAL, CARD, ACCOUNT, FINESS, NAME, BIRTH_DATE, POSTAL_ADDRESS = MASKS = (
    "[adresse électronique]",
    "[téléphone]",
    "[NIR]",
    "[RPPS]",
    "[carte bancaire]",
    "[compte bancaire]",
    "[FINESS]",
    "[nom]",
    "[date de naissance]",
    "[adresse postale]",
)
INVISIBLE = "\u200b"
"""Stands for all characters without width: people paste them inside numbers."""

_MASKED = re.compile("|".join(map(re.escape, MASKS)))
_KINDS_OF_SIGNS = {
    "'": "\u2018\u2019\u02bc\u2032\u00b4`",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u23af\u2500\u2501\u2796\u02d7\u30fc\u00ad",
    ".": "\u00b7\u2022\u2219\u22c5\u2024",
    "/": "\u2044\u2215",
    # Patterns that ignore case take these for one of a to z.
    "I": "\u0130",
    "i": "\u0131",
    "|": "\u00a6\u2502\u2503",
    # What makes a picture of the sign before is as good as invisible.
    INVISIBLE: ZERO_WIDTH.replace("\u00ad", "") + "\ufe0e\ufe0f\u20e3",
}


class _Signs(dict[int, str]):
    """Maps code points to the plain sign each stands for; those of letters to themselves."""

    def __missing__(self, point: int) -> str:
        sign = chr(point)
        compatible = unicodedata.normalize("NFKC", sign)
        if sign.isdecimal():
            plain = str(unicodedata.decimal(sign))
        elif sign.isspace() and sign != "\n":
            plain = " "
        elif unicodedata.category(sign) == "Pd":
            plain = "-"
        else:
            # A sign that stands for several, as ½ or …, would move all that follows.
            plain = compatible if len(compatible) == 1 else sign
        self[point] = plain
        return plain


_SIGNS = _Signs({ord(variant): plain for plain, variants in _KINDS_OF_SIGNS.items() for variant in variants})


def build_view(text: str) -> str:
    """Return a view of a text: as long, with plain digits, spaces and dashes, and blank where it is masked already."""
    masked = [Span(found.start(), found.end()) for found in _MASKED.finditer(text)]
    return blank_spans(text.translate(_SIGNS), masked)
