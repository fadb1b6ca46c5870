"""References of entries within queries: « Q-214 », « la fiche n° 214 », among other words too."""

import re
from typing import NamedTuple

_REFERENCE_WORDS = r"fiches?|r[ée]f[ée]rences?|r[ée]f\.?"
_NUMBER_WORDS = r"(?:n ?[°o]\.? ?|num[ée]ro )?"
_DIGITS = r"([0-9]{1,9})(?!\w)"
_REFERENCE = re.compile(
    rf"(?<!\w)(?:(?:{_REFERENCE_WORDS}|questions?|r[ée]ponses?) )?{_NUMBER_WORDS}q ?[-‐‑–] ?{_DIGITS}"
    rf"|(?<!\w)(?:{_REFERENCE_WORDS}) {_NUMBER_WORDS}q? ?{_DIGITS}"
    rf"|^\W*q ?{_DIGITS}\W*$",
    re.IGNORECASE,
)
_BESIDE_REFERENCES = re.compile(r"(?:voir|la|les|et|\W)*", re.IGNORECASE)
"""Words that may stand beside a reference in a query that asks for nothing else."""


class Reference(NamedTuple):
    """The number of an entry that a query names, and its places in the query."""

    number: int
    span: range


def find_references(text: str) -> list[Reference]:
    """Return the references in a query, in its order."""
    return [
        Reference(int(found[1] or found[2] or found[3]), range(*found.span())) for found in _REFERENCE.finditer(text)
    ]


def parse_reference(text: str) -> int | None:
    """Return the number of the entry whose reference is all that a query says; None for any other query."""
    references = find_references(text)
    if len(references) == 1 and _BESIDE_REFERENCES.fullmatch(_REFERENCE.sub("", text)):
        return references[0].number
    return None
