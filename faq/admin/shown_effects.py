"""Marks of effects that a page has shown; confirmations send them back, so that what is new since is shown first."""

from collections.abc import Sequence
from hashlib import blake2b


def build_mark(lines: Sequence[str]) -> str:
    """Return the mark of lines that are shown, which the button sends back: a short digest per line."""
    return " ".join(map(_digest, lines))


def compare_with_mark(lines: Sequence[str], mark: str) -> tuple[list[str], int] | None:
    """Return the lines that a mark does not hold, and how many of its own are gone; None for the same."""
    shown = set(mark.split())
    present = {_digest(line): line for line in lines}
    new = [line for digest, line in present.items() if digest not in shown]
    gone = len(shown - present.keys())
    return (new, gone) if new or gone else None


def _digest(line: str) -> str:
    return blake2b(line.encode(), digest_size=8).hexdigest()
