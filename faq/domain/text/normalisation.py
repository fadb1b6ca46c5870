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
_MARKS = "".join(chr(code) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code)))
_LONG_TEXT = 1_000
"""Characters from which many combining marks in a row cost time."""
_MARKS_IN_A_ROW = 30
_MARKS_BEYOND = re.compile(f"([{_MARKS}]{{{_MARKS_IN_A_ROW}}})[{_MARKS}]+")
FOLDED_LETTERS = {
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i",
    "‒": "-", "–": "-", "—": "-", "―": "-",
}  # fmt: skip
"""Letters that Unicode does not decompose, and dashes."""
_FOLDED = re.compile(f"[{''.join(FOLDED_LETTERS)}]")
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters without a shape, which Unicode counts among the letters of Korean."""
_SIGNS = re.compile(rf"(\d?)(?:[_{_FILLERS}]|[^\w+#])+(?=(\d?))")
_LETTER_OR_DIGIT = re.compile(rf"[^\W_{_FILLERS}]")
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Pages in two scripts leave them in what is copied; some turn round all the text behind them."""
_INVISIBLE = {"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"}
"""The Unicode categories of the characters that show nothing by themselves."""


def normalise(text: str) -> str:
    """Return the normal form of a text: two texts are « the same text » where their normal forms are equal.

    Unicode composition (NFC), zero-width characters, kinds of quotes, of hyphens and of white
    space do not count; letters, case, accents, digits and other punctuation do. Line breaks are
    white space. The function is idempotent.
    """
    if text.isascii():
        # Most folded texts: of all that follows, only these two can concern them.
        return " ".join(text.replace("`", "'").split())
    composed = unicodedata.normalize("NFC", _limit_marks(_replace_variants(text)))
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
    plain = normalise(remove_accents(normalise(text).casefold()).casefold())
    return plain if plain.isascii() else _FOLDED.sub(lambda found: FOLDED_LETTERS[found[0]], plain)


def build_label_key(label: str) -> str:
    """Return the letters and digits of the folded label, or all of it without any: one key for one term.

    Signs and blanks between two digits stay as one blank: « 1.2 » is not « 12 ». Nor is « C++ » « C ».
    """
    folded = fold(label)
    key = _SIGNS.sub(lambda found: f"{found[1]} " if found[1] and found[2] else found[1], folded)
    return key or folded


def has_letter_or_digit(label: str) -> bool:
    """Return whether a label can be read and said: it is more than signs, blanks and invisible characters."""
    return _LETTER_OR_DIGIT.search(fold(label)) is not None


def remove_direction_marks(text: str) -> str:
    """Return a text without the invisible characters that only say in which direction it is read."""
    return _DIRECTION_MARKS.sub("", text)


def is_visible(text: str) -> bool:
    """Return whether a text shows anything: it is more than blanks and invisible characters."""
    return any(unicodedata.category(character) not in _INVISIBLE and character not in _FILLERS for character in text)


def expand_letters(text: str) -> str:
    """Return a text with « oe » for « œ » and so on, for what knows letters without accents only."""
    return _FOLDED.sub(lambda found: FOLDED_LETTERS[found[0]], text.casefold())


def remove_accents(text: str) -> str:
    """Return a text in compatibility decomposition (NFKD) without its combining marks."""
    return _COMBINING_MARKS.sub("", unicodedata.normalize("NFKD", _limit_marks(text)))


def _limit_marks(text: str) -> str:
    """Return a text with at most 30 combining marks in a row, as in Unicode's Stream-Safe Text Format.

    The time that decomposition takes grows with the square of their number.
    """
    if len(text) < _LONG_TEXT or text.isascii():
        return text
    # No mark is among the 256 characters of Latin-1; to count the others is ten times faster than to look for marks.
    others = len(text) - len(text.encode("latin-1", "ignore"))
    return text if others <= _MARKS_IN_A_ROW else _MARKS_BEYOND.sub(r"\1", text)


def _replace_variants(text: str) -> str:
    return _REPLACED.sub(lambda found: _REPLACEMENTS[found[0]], text)
