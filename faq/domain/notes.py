"""The text of notes between editors: plain text in which addresses, references and mentions lead somewhere."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

LINK, REFERENCE, MENTION, PLAIN = "link", "reference", "mention", "plain"

_PIECE = re.compile(
    r"(?P<link>https?://[^\s<>\"«»]{1,2000})"
    r"|(?<![\w.@+-])@(?P<mention>[\w.@+-]{1,150})"
    r"|(?<![\w-])(?P<reference>[Qq]-[0-9]{1,17})(?![\w-])"
)
_END_OF_SENTENCE = ".,;:!?'’…)]"
_END_OF_NAME = ".@+-"
"""Signs that a user name may hold, and that end a sentence or a list more often where they stand last."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a note: its kind, its text as typed, and what it names."""

    kind: str
    text: str
    target: str = ""
    """Of a link its address, of a reference its number, of a mention the name of the account."""


def find_mentions(text: str) -> list[str]:
    """Return what stands behind each « @ » that begins a word, once, in the order of the text."""
    return list(dict.fromkeys(found["mention"] for found in _PIECE.finditer(text) if found["mention"]))


def list_possible_names(mention: str) -> list[str]:
    """Return the names that a mention may mean, the longest first: « @marie. » may end a sentence."""
    return list(dict.fromkeys([mention, mention.rstrip(_END_OF_NAME)]))


def split_note(text: str, names: Collection[str]) -> Iterator[Piece]:
    """Yield the pieces of a note; only the names of accounts, given in any case, are mentions."""
    known = {name.casefold(): name for name in names}
    place = 0
    for found in _PIECE.finditer(text):
        piece = _read_piece(found, known)
        if piece is None:
            continue
        if found.start() > place:
            yield Piece(PLAIN, text[place : found.start()])
        yield piece
        place = found.start() + len(piece.text)
    if place < len(text):
        yield Piece(PLAIN, text[place:])


def _read_piece(found: re.Match[str], known: dict[str, str]) -> Piece | None:
    if address := found["link"]:
        address = address.rstrip(_END_OF_SENTENCE) or address
        return Piece(LINK, address, address)
    if reference := found["reference"]:
        return Piece(REFERENCE, reference, str(int(reference[2:])))
    for name in list_possible_names(found["mention"]):
        if account := known.get(name.casefold()):
            return Piece(MENTION, f"@{name}", account)
    return None
