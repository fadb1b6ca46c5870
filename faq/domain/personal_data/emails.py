"""Addresses of electronic mail, the disguised ones too: « jeanne (arobase) exemple point fr »."""

import re
from collections.abc import Iterator

from faq.domain.personal_data.spans import Span
from faq.domain.personal_data.views import EMAIL

_LONGEST_LOCAL_PART = 64
"""Characters before the at sign (RFC 5321): what is longer is no address, and is not searched further."""

_AT_WORDS = "at|arobase|arrobase|arobas|arobaz"
_AT = re.compile(
    rf"""(?P<sign>[ \n]{{0,2}}@{{1,3}}[ \n]{{0,2}}|&\#0{{0,3}}64;|&commat;|%40)
    |[ ._-]{{0,3}}[\[({{<][ ]?(?:{_AT_WORDS}|a|à|@)[ ]?[\])}}>][ ._-]{{0,3}}
    |[._-]{{0,3}}[_*|/\\-](?:{_AT_WORDS})[_*|/\\-][._-]{{0,3}}
    |[ ]{{1,2}}(?:{_AT_WORDS})[ ]{{1,2}}
    |(?P<chez>[ ]{{1,2}}chez[ ]{{1,2}})""",
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = r"\w[\w-]{0,62}"
_DOTTED = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,8}}(?:\.[^\W\d_][\w-]{{1,62}})")
_SAID_DOT = (
    r"(?:[ ]?[\[({<][ ]?(?:dot|point|\.)[ ]?[\])}>][ ]?|[_-](?:dot|point)[_-]|[ ](?:dot|point)[ ]|[ ]\.[ ]|\.[ ]|,)"
)
_SAID = re.compile(rf"{_LABEL}(?:(?:\.|{_SAID_DOT}){_LABEL}){{0,4}}{_SAID_DOT}[^\W\d_]{{2,10}}(?![\w-])", re.IGNORECASE)
_AFTER_CHEZ = re.compile(
    rf"{_LABEL}(?:(?:\.|[ ](?:dot|point)[ ]){_LABEL}){{0,4}}(?:\.|[ ](?:dot|point)[ ])"
    r"(?:fr|com|net|org|eu|info|pro|be|ch|ca|lu|re|nc|pf|sante|health)(?![\w-])",
    re.IGNORECASE,
)
"""A plain word of French before a name stands for the sign only where a known top-level domain ends that name."""
_HOST = re.compile(r"[^\W\d_][\w-]{2,62}")
_JOINTS = (" point ", " dot ", " tiret ", " underscore ", " . ")
_MOST_JOINTS = 3
_QUOTES = {'"': '"', "\u201d": "\u201c", "\u00bb": "\u00ab"}
"""Closing quotes and their opening ones: a local part between them may hold spaces (RFC 5321)."""


def find_emails(view: str) -> Iterator[Span]:
    """Yield the addresses of electronic mail of a view."""
    done = 0
    for at in _AT.finditer(view):
        start = _find_local_part(view, at, done)
        if start is None:
            continue
        if at["chez"]:
            is_local_part = re.search(
                r"[^\W\d_]\d*[._][^\W\d_]| (?:point|dot|tiret|underscore) ", view[start : at.start()]
            )
            domain = _AFTER_CHEZ.match(view, at.end()) if is_local_part else None
        else:
            domain = _DOTTED.match(view, at.end()) or _SAID.match(view, at.end())
        if domain is None and at["sign"] == "@" and "." in view[start : at.start()]:
            # A name and a machine, as in « jeanne.durand@hopital », tell as much.
            domain = _HOST.match(view, at.end())
        if domain is not None:
            done = domain.end()
            yield Span(start, done, EMAIL)


def _find_local_part(view: str, at: re.Match[str], done: int) -> int | None:
    """Return where what stands before an at sign starts; None where nothing does."""
    end = at.start()
    if at["sign"] and view[end - 1 : end] in _QUOTES:
        opening = view.rfind(_QUOTES[view[end - 1]], max(done, end - _LONGEST_LOCAL_PART), end - 1)
        return opening if opening >= 0 and "\n" not in view[opening:end] else None
    start = _walk_back(view, end, done)
    if at["sign"] != "@":
        # Who writes the sign as a word writes the dots before it as words too.
        for _ in range(_MOST_JOINTS):
            before = view[max(done, start - 12) : start].lower()
            joint = next((joint for joint in _JOINTS if before.endswith(joint)), "")
            if not joint:
                break
            start = _walk_back(view, start - len(joint), done)
    while start < end and not view[start].isalnum():
        start += 1
    return start if start < end else None


def _walk_back(view: str, end: int, done: int) -> int:
    start, least = end, max(done, end - _LONGEST_LOCAL_PART)
    while start > least and (view[start - 1].isalnum() or view[start - 1] in "._+-"):
        start -= 1
    return start
