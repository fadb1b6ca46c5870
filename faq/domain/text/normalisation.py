"""The two forms in which texts are compared: the normal form for equality, the folded form for lookups."""

import hashlib
import re
import unicodedata

FINGERPRINT_LENGTH = 32
"""Hexadecimal digits of a fingerprint (128 bits: a clash by chance needs about 2**64 texts)."""

ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033"
_HYPHENS = "\u2010\u2011"
_REPLACEMENTS = (
    dict.fromkeys(ZERO_WIDTH, "")
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys(_HYPHENS, "-")
)
# Few characters of a text are among these: a pattern finds them several times faster than str.translate.
_REPLACED = re.compile(f"[{''.join(_REPLACEMENTS)}]")
_COMBINING_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""The Unicode blocks of combining diacritical marks."""


def normalise(text: str) -> str:
    """Return the normal form of a text: two texts are « the same text » where their normal forms are equal.

    Unicode composition (NFC), zero-width characters, kinds of quotes, of hyphens and of white
    space do not count; letters, case, accents, digits and other punctuation do. Line breaks are
    white space. The function is idempotent.
    """
    composed = unicodedata.normalize("NFC", _replace_variants(text))
    # Composition may produce a quote (U+1FEF becomes a grave accent), hence the second replacement.
    spaced = " ".join(_replace_variants(composed).split())
    return spaced.replace("\u00ab ", '"').replace("\u00ab", '"').replace(" \u00bb", '"').replace("\u00bb", '"')


def fingerprint(text: str) -> str:
    """Return a hash that is equal exactly for texts of equal normal form; "" for a text with nothing in it.

    BLAKE2b (RFC 7693) of the normal form in UTF-8, as FINGERPRINT_LENGTH hexadecimal digits.
    """
    normal = normalise(text)
    if not normal:
        return ""
    return hashlib.blake2b(normal.encode(), digest_size=FINGERPRINT_LENGTH // 2).hexdigest()


def fold(text: str) -> str:
    """Return the normal form without case and accents, for lookups that give the same on SQLite and PostgreSQL."""
    # Compatibility forms may decompose into capitals, quotes and spaces.
    return normalise(remove_accents(normalise(text).casefold()).casefold())


def remove_accents(text: str) -> str:
    """Return a text in compatibility decomposition (NFKD) without its combining marks."""
    return _COMBINING_MARKS.sub("", unicodedata.normalize("NFKD", text))


def _replace_variants(text: str) -> str:
    return _REPLACED.sub(lambda found: _REPLACEMENTS[found[0]], text)
