"""Why a text is not a dump, or not to its end: what else it is, and vote lines that are spoilt."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from faq.domain.text import fold

VOTE_LINE = "Cette réponse vous a-t-elle été utile ?"

_LETTERS = re.compile("[^a-z]+")
_LOOK_ALIKES = str.maketrans(
    # Cyrillic, then Greek letters, none of which compatibility forms turn into Latin ones.
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u03b1\u03b5\u03bf\u03c1\u03c4\u03c5\u03b9\u03bd\u03ba",
    "aeopcyxisaeoptuivk",
)
_SPOILT_MAX_LENGTH = 80
"""Characters of the longest line that may be a spoilt vote line, as long as it does not contain a whole one."""
_READ = 20_000
"""Characters of a line that are looked at."""
_SHOWN = 80
"""Characters of a line that are shown in a message."""
_FORMATS = (
    ("du RTF", re.compile(r"\{\\rtf")),
    ("une page HTML", re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)),
    ("du XML", re.compile(r"<\?xml\b")),
)
_MAIL_HEADER = re.compile(
    r"^(?:return-path|received|from|to|subject|date|message-id|mime-version|content-type) ?:",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS_OF_A_MAIL = 3
_BEGINNING = 2_000
"""Characters by which the format of a text is told."""


@dataclass(frozen=True, slots=True)
class SpoiltVoteLine:
    """The line that looks most like a vote line without being one."""

    rank: int
    """Its place among the lines that were read, from 0."""
    text: str
    """Its visible beginning."""
    is_among_others: bool
    """Whether a whole vote line stands in it, together with something else."""


def find_text_format(text: str) -> str:
    """Return what a text is that is no plain text, in French, as « du RTF »; "" where nothing tells."""
    beginning = text[:_BEGINNING].lstrip("\ufeff \t\r\n")
    for name, pattern in _FORMATS:
        if pattern.match(beginning):
            return name
    headers = {found[0].casefold() for found in _MAIL_HEADER.finditer(beginning)}
    return "un courriel" if _MAIL_HEADER.match(beginning) and len(headers) >= _HEADERS_OF_A_MAIL else ""


def find_spoilt_vote_line(lines: Iterable[str]) -> SpoiltVoteLine | None:
    """Return the line that looks most like a vote line, the first of several; None where none does.

    Lines are alike by the groups of three letters that they share: a letter that is wrong, missing or too many
    changes three of them.
    """
    best, most = None, _MIN_SHARED
    for rank, line in enumerate(lines):
        if len(line) < _MIN_SHARED:
            # Too few letters: a dump may have a million blank lines.
            continue
        letters = _LETTERS.sub("", fold(line[:_READ]).translate(_LOOK_ALIKES))
        is_whole = _VOTE_LETTERS in letters
        if len(line) > _SPOILT_MAX_LENGTH and not is_whole:
            continue
        shared = len(_VOTE_GROUPS) if is_whole else sum(group in letters for group in _VOTE_GROUPS)
        if shared > most or (best is None and shared == most):
            text = " ".join(line.split())
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            best, most = SpoiltVoteLine(rank, shown, is_whole and letters != _VOTE_LETTERS), shared
    return best


_VOTE_LETTERS = _LETTERS.sub("", fold(VOTE_LINE))
_VOTE_GROUPS = frozenset(_VOTE_LETTERS[start : start + 3] for start in range(len(_VOTE_LETTERS) - 2))
_MIN_SHARED = len(_VOTE_GROUPS) * 4 // 7
"""Groups that a spoilt vote line shares: four letters may be wrong, or a word."""
