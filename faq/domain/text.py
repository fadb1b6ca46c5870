"""How texts are compared: one normal form for equality, one folding for search."""

import hashlib
import re
import unicodedata

FINGERPRINT_LENGTH = 32
"""Hexadecimal digits of a fingerprint (128 bits: a clash by chance needs about 2**64 texts)."""

_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033"
_HYPHENS = "\u2010\u2011"

_SAME_CHARACTER = (
    dict.fromkeys(_ZERO_WIDTH, "")
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys(_HYPHENS, "-")
)
# Few characters of a text are among these: a pattern finds them several times faster than str.translate.
_TRANSLATED = re.compile(f"[{''.join(_SAME_CHARACTER)}]")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""The blocks of combining diacritical marks."""
_GUILLEMETS = re.compile(r"\u00ab\s*|\s*\u00bb")


def normalise(text: str) -> str:
    """Give the form in which two texts are « the same text ».

    Unicode composition (NFC), zero-width characters, kinds of quotes, of hyphens and of white
    space do not count; letters, case, accents, digits and other punctuation do. Line breaks are
    white space. The function is idempotent.
    """
    composed = unicodedata.normalize("NFC", _translate(text))
    # Composition may give a quote (U+1FEF becomes a grave accent), hence the second translation.
    quoted = _GUILLEMETS.sub('"', _translate(composed))
    return " ".join(quoted.split())


def fingerprint(text: str) -> str:
    """Give the key of a text: equal exactly for texts of equal normal form.

    BLAKE2b (RFC 7693) of the normal form in UTF-8, as FINGERPRINT_LENGTH hexadecimal digits. The
    fingerprint of a text with nothing in it is the empty string: nothing equals nothing.
    """
    normal = normalise(text)
    if not normal:
        return ""
    return hashlib.blake2b(normal.encode(), digest_size=FINGERPRINT_LENGTH // 2).hexdigest()


def fold(text: str) -> str:
    """Give the normal form without case and accents, for lookups that SQLite and PostgreSQL answer alike."""
    decomposed = unicodedata.normalize("NFKD", normalise(text).casefold())
    # Compatibility forms may come apart into capitals, quotes and spaces of their own.
    return normalise(_MARKS.sub("", decomposed).casefold())


def _translate(text: str) -> str:
    return _TRANSLATED.sub(lambda found: _SAME_CHARACTER[found[0]], text)
