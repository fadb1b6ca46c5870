"""The three-way merge of what two editors wrote, with the conflicts that only an editor can decide.

*Base* is the text that both started from, *theirs* the one that the other has saved since, *mine* the one
about to be saved. Where one left the base unchanged, the other's change is taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from faq.domain.diff import diff_lines, split_lines
from faq.domain.diff_alignment import align_lines
from faq.domain.facets import Facet, Filing
from faq.domain.markup.structure import Table, parse_parts

MAX_CONFLICTS = 50
"""Conflicts of one text that an editor decides one by one."""


class Side(StrEnum):
    """The author of a change."""

    THEIRS = "theirs"
    MINE = "mine"


class Written(Protocol):
    """The content that an editor writes: a question, an answer, and their filing."""

    @property
    def question(self) -> str:
        """Return the question, one line."""

    @property
    def answer(self) -> str:
        """Return the answer, with lines ended by LF."""

    @property
    def filing(self) -> Filing:
        """Return the ids of the terms, per facet."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A part of a text: the lines that each of the three versions has there, perhaps none."""

    base: tuple[str, ...]
    theirs: tuple[str, ...]
    mine: tuple[str, ...]

    @property
    def changed_by(self) -> frozenset[Side]:
        """Return who changed these lines; both, whether they agree or not."""
        return _changed_by(self.base, self.theirs, self.mine)

    @property
    def conflict(self) -> bool:
        """Return whether both changed these lines in different ways."""
        return len(self.changed_by) == 2 and self.theirs != self.mine

    @property
    def merged(self) -> tuple[str, ...]:
        """Return the merged lines. Raises ValueError for a conflict."""
        if self.conflict:
            raise ValueError("a conflict is for an editor to decide")
        return self.mine if Side.MINE in self.changed_by else self.theirs


@dataclass(frozen=True, slots=True)
class MergedText:
    """Three versions of a text side by side, every line of each in one hunk, in reading order."""

    hunks: tuple[Hunk, ...]

    @property
    def conflicts(self) -> tuple[Hunk, ...]:
        """Return the hunks that an editor must decide."""
        return tuple(hunk for hunk in self.hunks if hunk.conflict)

    @property
    def conflict(self) -> bool:
        """Return whether an editor must decide anything."""
        return bool(self.conflicts)

    @property
    def text(self) -> str | None:
        """Return the merged text, None where an editor must decide anything."""
        if self.conflict:
            return None
        return "\n".join(line for hunk in self.hunks for line in hunk.merged)

    @property
    def changed_by(self) -> frozenset[Side]:
        """Return who changed anything in the text."""
        return frozenset().union(*(hunk.changed_by for hunk in self.hunks))


@dataclass(frozen=True, slots=True)
class MergedTerms:
    """Three versions of the set of terms of one facet, by their ids."""

    base: frozenset[int]
    theirs: frozenset[int]
    mine: frozenset[int]

    @property
    def changed_by(self) -> frozenset[Side]:
        """Return who changed the set; both, whether they agree or not."""
        return _changed_by(self.base, self.theirs, self.mine)

    @property
    def conflict(self) -> bool:
        """Return whether the changes are at odds because one of the sets, or their merger, is empty.

        No term means all terms: two editors who remove one of two terms each would show the entry to everybody.
        """
        return (
            len(self.changed_by) == 2 and self.theirs != self.mine and not (self.theirs and self.mine and self._union)
        )

    @property
    def terms(self) -> frozenset[int] | None:
        """Return the base with all additions and without all removals, None where an editor must decide."""
        return None if self.conflict else self._union

    @property
    def _union(self) -> frozenset[int]:
        return (self.theirs & self.mine) | (self.theirs - self.base) | (self.mine - self.base)


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged fields, named `question`, `answer`, and by the values of the facets."""

    question: MergedText
    answer: MergedText
    filing: Mapping[Facet, MergedTerms]

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Return the fields in which an editor must decide, in the order of the form."""
        return tuple(name for name, field in self._fields.items() if field.conflict)

    def changed_by(self, side: Side) -> tuple[str, ...]:
        """Return the fields that one side changed, in the order of the form."""
        return tuple(name for name, field in self._fields.items() if side in field.changed_by)

    @property
    def _fields(self) -> dict[str, MergedText | MergedTerms]:
        return {
            "question": self.question,
            "answer": self.answer,
            **{facet.value: terms for facet, terms in self.filing.items()},
        }


def merge(base: Written, theirs: Written, mine: Written) -> Merge:
    """Return the merge of two changes to a content, field by field."""
    return Merge(
        question=merge_text(base.question, theirs.question, mine.question),
        answer=merge_text(base.answer, theirs.answer, mine.answer),
        filing={facet: MergedTerms(*(_terms(written, facet) for written in (base, theirs, mine))) for facet in Facet},
    )


def merge_text(base: str, theirs: str, mine: str) -> MergedText:
    """Return the merge of a text by lines: changes conflict where they affect the same line or add at the same place.

    A reworded line is still the same line. Where lines were added, removed or replaced, the lines between two
    that all three versions have form one hunk: a paragraph added next to one that the other removed is a conflict.
    """
    texts = split_lines(base), split_lines(theirs), split_lines(mine)
    grouped = groupby(_align(*texts), lambda hunk: (hunk.changed_by, hunk.conflict))
    return MergedText(_bound_conflicts([_join(list(hunks)) for _, hunks in grouped]))


def _bound_conflicts(hunks: list[Hunk]) -> tuple[Hunk, ...]:
    """Return hunks of which those from the first conflict to the last are one where nobody would decide them all."""
    conflicts = [at for at, hunk in enumerate(hunks) if hunk.conflict]
    if len(conflicts) <= MAX_CONFLICTS:
        return tuple(hunks)
    first, end = conflicts[0], conflicts[-1] + 1
    return (*hunks[:first], _join(hunks[first:end]), *hunks[end:])


def _align(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[Hunk]:
    """Yield a hunk for each line that all three texts have, and one for the lines between two of these."""
    in_theirs, in_mine = dict(align_lines(base, theirs)), dict(align_lines(base, mine))
    i = j = k = 0
    for at in [*sorted(in_theirs.keys() & in_mine.keys()), len(base)]:
        their_at, my_at = in_theirs.get(at, len(theirs)), in_mine.get(at, len(mine))
        if (i, j, k) != (at, their_at, my_at):
            yield Hunk(tuple(base[i:at]), tuple(theirs[j:their_at]), tuple(mine[k:my_at]))
        i, j, k = at + 1, their_at + 1, my_at + 1
        if at < len(base):
            yield Hunk((base[at],), (theirs[their_at],), (mine[my_at],))


def _join(hunks: Sequence[Hunk]) -> Hunk:
    return Hunk(
        tuple(line for hunk in hunks for line in hunk.base),
        tuple(line for hunk in hunks for line in hunk.theirs),
        tuple(line for hunk in hunks for line in hunk.mine),
    )


def _terms(written: Written, facet: Facet) -> frozenset[int]:
    return written.filing.get(facet, frozenset())


def _changed_by(base: object, theirs: object, mine: object) -> frozenset[Side]:
    changed = {Side.THEIRS: theirs != base, Side.MINE: mine != base}
    return frozenset(side for side, differs in changed.items() if differs)


def combine_texts(first: str, second: str) -> str:
    """Return a text with every line of two texts: shared lines once, elsewhere those of the first one first.

    A table is one line: it is shared as a whole, or stands beside the other one.
    """
    glue = _find_unused_character(first, second)
    lines: list[str] = []
    for line in diff_lines(_glue_tables(first, glue), _glue_tables(second, glue)):
        for text in dict.fromkeys(text for text in (line.old, line.new) if text is not None):
            # Two tables in a row would be read as one.
            lines += ["", text] if lines and glue in lines[-1] and glue in text else [text]
    return "\n".join(lines).replace(glue, "\n")


def _glue_tables(text: str, glue: str) -> str:
    """Return a text in which each table is one line, so that no line of another text comes between its rows."""
    lines = text.split("\n")
    pieces = []
    for part in parse_parts(lines):
        separator = glue if isinstance(part, Table) else "\n"
        pieces.append(separator.join(lines[part.start : part.end]))
    return "\n".join(pieces)


def _find_unused_character(*texts: str) -> str:
    """Return a character of the private use area that the texts do not hold; it has more than any answer's."""
    used = set().union(*texts)
    return next(character for character in map(chr, range(0xE000, 0x110000)) if character not in used)


def combine_filings(filings: Sequence[Filing]) -> Filing:
    """Return the filing of an entry that replaces several: all their terms, or none where one of them has none."""
    return {
        facet: frozenset().union(*sets) if all(sets := [filing[facet] for filing in filings]) else frozenset()
        for facet in Facet
    }
