"""The words within a token: how the parts of an address, of a name or of a date are found alone."""

import re
from collections.abc import Iterable

from faq.domain.text.french import JOINER
from faq.domain.text.normalisation import fold
from faq.domain.text.notations import DASH
from faq.domain.text.values import date_parts, date_value

_MOST_PARTS = 12
_LONGEST_SPLIT = 300
"""Characters of a token whose parts are found; longer ones hold no words but data."""
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?(?:([^@/?#]*)@)?([^/?#:]*)(?::\d+)?([^?#]*)", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[^\w.]+")
_BETWEEN_PARTS = re.compile(rf"{JOINER}+|{DASH}|[\u2010\u2011]")
_LETTERS_AND_DIGITS = re.compile(r"[^\W\d_]+|\d+(?:[.-]\d+)*")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_ACRONYM_AND_WORD = re.compile(r"([A-Z]{3,})([^\W\d_A-Z]{3,})")


def find_parts(group: str, surface: str) -> list[str]:
    """Return the texts of the parts of what matched a group of the tokenizer's pattern; none where it has no parts."""
    if len(surface) > _LONGEST_SPLIT:
        return []
    if group == "link":
        return _address_parts(surface)
    if group == "date":
        value = date_value(fold(surface))
        return date_parts(value) if value else []
    if group == "code":
        return _LETTERS_AND_DIGITS.findall(surface)[:_MOST_PARTS]
    if group == "name":
        return [part for part in _BETWEEN_PARTS.split(surface) if len(part) > 1]
    return _find_joined_words(surface) if group == "word" else []


def _find_joined_words(word: str) -> list[str]:
    """Return the words that capitals set apart; « MSSanté » may be MS Santé, « DRIMbox » DRIM box."""
    if found := _ACRONYM_AND_WORD.fullmatch(word):
        acronym, rest = found.groups()
        return [acronym, rest, acronym[:-1], acronym[-1] + rest]
    parts = _CAMEL.split(word)
    return parts if len(parts) > 1 and all(len(part) > 1 for part in parts[1:]) else []


def _address_parts(address: str) -> list[str]:
    """Return the domains of the host, the words of the last step of the path, its beginnings, and the other words.

    The last step names the page or the file: a long path must not crowd it out.
    """
    user, host, path = (part or "" for part in _ADDRESS.findall(address)[0])
    host, path = host.strip("."), path.strip("/")
    labels = host.split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    steps = path.split("/") if path else []
    beginnings = ["/".join([host, *steps[: end + 1]]) for end in range(len(steps) - 1)]
    named, others = _split_words(steps[-1:]), _split_words([user, *labels[:-1], *steps[:-1]])
    parts = [*domains, *named, *beginnings, *others]
    return [part for part in dict.fromkeys(parts) if part != address][:_MOST_PARTS]


def _split_words(texts: Iterable[str]) -> list[str]:
    """Return the words in texts without blanks, those of one letter aside."""
    words = (word.strip(".") for text in texts for word in _BETWEEN_WORDS.split(text))
    return [word for word in words if len(word) > 1]
