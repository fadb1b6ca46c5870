"""What of a text is material: what a decision about it rests upon."""

import re
import unicodedata

from faq.domain.duplicates.pairs import Document
from faq.domain.text import fingerprint, fold

_SIGNS = ("Sm", "Sc")
"""Unicode categories: mathematics, currencies."""
_OTHER_SIGNS = "%‰°&§"
_NO_SIGNS = "|~"
_ARROWS = range(0x2190, 0x2200)
# Folding takes the stroke away, and would leave the contrary.
_STRUCK = str.maketrans({"≠": "<>", "≰": ">", "≱": "<", "≮": "≥", "≯": "≤"})
_MINUS = re.compile(r"(?<![^\s(<>=≤≥])[-\u2010-\u2013](?=\d)")
_AROUND = ".,;:!?\"'()[]{}*_•·…/\\-\u2013\u2014|~"
"""Punctuation that says nothing before or after a word."""


def material_fingerprint(document: Document) -> str:
    """Name what a text says: its words, numbers and signs such as ≥, +, − and %.

    Case, accents, kinds of spaces and of quotes, and plain punctuation around words do not count.
    """
    text = f"{document.question or ''}\n{document.answer}".translate(_STRUCK)
    folded = fold(_MINUS.sub("\u2212", text))
    return fingerprint(" ".join(word for piece in _pieces(folded) if (word := piece.strip(_AROUND)) and _says(word)))


def _pieces(folded: str) -> list[str]:
    """Cut at spaces, and set signs apart, whether there are spaces about them or not."""
    for sign in filter(_is_sign, set(folded)):
        folded = folded.replace(sign, f" {sign} ")
    return folded.split()


def _says(word: str) -> bool:
    return any(map(str.isalnum, word)) or _is_sign(word[0])


def _is_sign(character: str) -> bool:
    if character in _NO_SIGNS or ord(character) in _ARROWS:
        return False
    return character in _OTHER_SIGNS or unicodedata.category(character) in _SIGNS
