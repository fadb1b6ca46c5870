"""Two editors changed the same text: what both of them want, and where they must be asked.

A three-way merge: *base* is what both started from, *theirs* what the other has saved since, *mine* what
is about to be saved. Whoever left something as it was leaves it to the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from faq.domain.diff import diff_text, split_lines
from faq.domain.diff_alignment import align_lines
from faq.domain.facets import Facet, Filing


class Side(StrEnum):
    """Whose change something is."""

    THEIRS = "theirs"
    MINE = "mine"


class Written(Protocol):
    """What an editor writes: a question, an answer, and where they are filed."""

    @property
    def question(self) -> str:
        """The question, one line."""

    @property
    def answer(self) -> str:
        """The answer, lines ended by LF."""

    @property
    def filing(self) -> Filing:
        """The ids of the terms, per facet."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of a text: the lines that each of the three has there, perhaps none."""

    base: tuple[str, ...]
    theirs: tuple[str, ...]
    mine: tuple[str, ...]

    @property
    def changed_by(self) -> frozenset[Side]:
        """Who changed these lines; both, where they agree as where they do not."""
        return _changed_by(self.base, self.theirs, self.mine)

    @property
    def conflict(self) -> bool:
        """Whether both changed these lines, and not alike."""
        return len(self.changed_by) == 2 and self.theirs != self.mine

    @property
    def merged(self) -> tuple[str, ...]:
        """The lines to keep. Raises ValueError for a conflict."""
        if self.conflict:
            raise ValueError("a conflict is for an editor to decide")
        return self.mine if Side.MINE in self.changed_by else self.theirs


@dataclass(frozen=True, slots=True)
class MergedText:
    """Three texts side by side, every line of each in one hunk, in reading order."""

    hunks: tuple[Hunk, ...]

    @property
    def conflicts(self) -> tuple[Hunk, ...]:
        """The hunks for an editor to decide."""
        return tuple(hunk for hunk in self.hunks if hunk.conflict)

    @property
    def conflict(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self.conflicts)

    @property
    def text(self) -> str | None:
        """What both want, None where there is anything to decide."""
        if self.conflict:
            return None
        return "\n".join(line for hunk in self.hunks for line in hunk.merged)

    @property
    def changed_by(self) -> frozenset[Side]:
        """Who changed anything in the text."""
        return frozenset().union(*(hunk.changed_by for hunk in self.hunks))


@dataclass(frozen=True, slots=True)
class MergedTerms:
    """Three sets of ids of one facet's terms."""

    base: frozenset[int]
    theirs: frozenset[int]
    mine: frozenset[int]

    @property
    def changed_by(self) -> frozenset[Side]:
        """Who changed the set; both, where they agree as where they do not."""
        return _changed_by(self.base, self.theirs, self.mine)

    @property
    def conflict(self) -> bool:
        """Whether each wants something that the union would not give: no term means all terms.

        Two editors who each remove another term of two would else leave none, and show the entry to all.
        """
        return (
            len(self.changed_by) == 2 and self.theirs != self.mine and not (self.theirs and self.mine and self._union)
        )

    @property
    def terms(self) -> frozenset[int] | None:
        """The set with what either added and without what either removed, None where an editor must decide."""
        return None if self.conflict else self._union

    @property
    def _union(self) -> frozenset[int]:
        return (self.theirs & self.mine) | (self.theirs - self.base) | (self.mine - self.base)


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of each field. Fields are named `question`, `answer`, and by the values of the facets."""

    question: MergedText
    answer: MergedText
    filing: Mapping[Facet, MergedTerms]

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The fields in which there is something for an editor to decide, in the order of the form."""
        return tuple(name for name, field in self._fields.items() if field.conflict)

    def changed_by(self, side: Side) -> tuple[str, ...]:
        """The fields that one side changed, in the order of the form: to tell what came from whom."""
        return tuple(name for name, field in self._fields.items() if side in field.changed_by)

    @property
    def _fields(self) -> dict[str, MergedText | MergedTerms]:
        return {
            "question": self.question,
            "answer": self.answer,
            **{facet.value: terms for facet, terms in self.filing.items()},
        }


def merge(base: Written, theirs: Written, mine: Written) -> Merge:
    """Merge all that editors write, field by field."""
    return Merge(
        question=merge_text(base.question, theirs.question, mine.question),
        answer=merge_text(base.answer, theirs.answer, mine.answer),
        filing={facet: MergedTerms(*(_terms(written, facet) for written in (base, theirs, mine))) for facet in Facet},
    )


def merge_text(base: str, theirs: str, mine: str) -> MergedText:
    """Merge a text by lines: changes are at odds where they touch the same line, or add at the same place.

    A line reworded is still the same line. Where lines came, went or were replaced altogether, the stretch
    between two lines that all three texts have is taken as a whole: a paragraph added beside one that the
    other removed is asked about.
    """
    texts = split_lines(base), split_lines(theirs), split_lines(mine)
    alike = groupby(_aligned(*texts), lambda hunk: (hunk.changed_by, hunk.conflict))
    return MergedText(tuple(_joined(list(hunks)) for _, hunks in alike))


def _aligned(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[Hunk]:
    """Cut three texts at the lines that all have: each of these is a hunk, and what stands between two."""
    in_theirs, in_mine = dict(align_lines(base, theirs)), dict(align_lines(base, mine))
    i = j = k = 0
    for at in [*sorted(in_theirs.keys() & in_mine.keys()), len(base)]:
        their_at, my_at = in_theirs.get(at, len(theirs)), in_mine.get(at, len(mine))
        if (i, j, k) != (at, their_at, my_at):
            yield Hunk(tuple(base[i:at]), tuple(theirs[j:their_at]), tuple(mine[k:my_at]))
        i, j, k = at + 1, their_at + 1, my_at + 1
        if at < len(base):
            yield Hunk((base[at],), (theirs[their_at],), (mine[my_at],))


def _joined(hunks: Sequence[Hunk]) -> Hunk:
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
    """Return a text that holds every line of two: shared ones once, where they differ the first's first."""
    lines: list[str] = []
    for line in diff_text(first, second):
        lines += dict.fromkeys(text for text in (line.old, line.new) if text is not None)
    return "\n".join(lines)


def combine_filings(filings: Sequence[Filing]) -> Filing:
    """Return the filing of an entry that answers for all of several: without a term where one concerns them all."""
    return {
        facet: frozenset().union(*sets) if all(sets := [filing[facet] for filing in filings]) else frozenset()
        for facet in Facet
    }
