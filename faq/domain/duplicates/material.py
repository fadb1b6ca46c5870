"""The material part of a text: a decision about it stays valid until this changes."""

import re
import unicodedata
from collections.abc import Callable

from faq.domain.duplicates.pairs import Document
from faq.domain.markup import blank_markup
from faq.domain.text import fingerprint, fold

_SIGNS = ("Sm", "Sc")
"""Unicode categories: mathematics, currencies."""
_OTHER_SIGNS = "%‰°&§"
_NO_SIGNS = "|~"
_ARROWS = range(0x2190, 0x2200)
# Folding removes the stroke, which would leave the opposite sign.
_STRUCK = str.maketrans({"≠": "<>", "≰": ">", "≱": "<", "≮": "≥", "≯": "≤"})
_MINUS = re.compile(r"(?<![^\s(<>=≤≥])[-\u2010-\u2013](?=\d)")
_AROUND = ".,;:!?\"'()[]{}*_•·…/\\-\u2013\u2014|~"
"""Punctuation that has no meaning before or after a word."""


def material_fingerprint(document: Document, fold: Callable[[str], str] = fold) -> str:
    """Return a fingerprint of the words, numbers and signs (≥, +, −, %…) of a document.

    Case, accents, kinds of spaces and of quotes, and plain punctuation around words do not count. Migrations pass the
    folding of their time.
    """
    text = f"{document.question or ''}\n{blank_markup(document.answer)}".translate(_STRUCK)
    folded = fold(_MINUS.sub("\u2212", text))
    return fingerprint(
        " ".join(word for piece in _split(folded) if (word := piece.strip(_AROUND)) and _is_material(word))
    )


def _split(folded: str) -> list[str]:
    """Return the words and signs of a folded text; a sign is set apart, with spaces around it or not."""
    for sign in filter(_is_sign, set(folded)):
        folded = folded.replace(sign, f" {sign} ")
    return folded.split()


def _is_material(word: str) -> bool:
    return any(map(str.isalnum, word)) or _is_sign(word[0])


def _is_sign(character: str) -> bool:
    if character in _NO_SIGNS or ord(character) in _ARROWS:
        return False
    return character in _OTHER_SIGNS or unicodedata.category(character) in _SIGNS
