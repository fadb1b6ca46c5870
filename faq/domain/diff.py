"""What changed between two texts, for the people who edit them: lines first, then words within a line.

A line break is a line break: a text is a sequence of lines, a paragraph a run of lines between blank ones.
Only LF ends a line. Lines that stayed are found first, so that what is inserted or moved leaves the rest
alone; among the others, a line and its rewording are paired; words are compared within a pair only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, groupby
from typing import NamedTuple

from faq.domain.diff_alignment import Gap, align_lines, gaps, is_blank, pair_equal, split_tokens
from faq.domain.facets import Facet

_NAMES = {
    " ": "espace",
    "\t": "tabulation",
    "\n": "saut de ligne",
    "\r": "retour chariot",
    "\u00a0": "espace insécable",
    "\u00ad": "trait d’union conditionnel",
    "\u200b": "espace sans largeur",
    "\u2028": "séparateur de lignes",
    "\u202f": "espace fine insécable",
    "\u2060": "espace insécable sans largeur",
    "\ufeff": "espace insécable sans largeur",
}
_TELLING = re.compile(r"\d|\w{3}")
"""What must not be drawn into a change beside it: a number, a word that is no mere « de » or « la »."""


class Change(StrEnum):
    """What became of a line, or of a stretch of a line."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        """The French word for it."""
        return _LABELS[self]


_LABELS = {
    Change.UNCHANGED: "inchangé",
    Change.ADDED: "ajouté",
    Change.REMOVED: "supprimé",
    Change.CHANGED: "modifié",
}


class Piece(NamedTuple):
    """A stretch of text to show as it is or, where it has a name, by its French name: a reader cannot see it."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line that was kept (UNCHANGED), ADDED or REMOVED."""

    change: Change
    text: str
    spaces_differ: bool = False
    """Whether the change is, or may be, one of spaces and other characters that cannot be seen."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text, with the characters that cannot be seen apart and named where they may be what changed."""
        if not self.spaces_differ:
            return (Piece(self.text),)
        plain = "" if is_blank(self.text) else " "
        return tuple(_pieces(self.text, plain))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the old text, of the new one, or of both. An empty line has no segments."""

    change: Change
    segments: tuple[Segment, ...]

    @property
    def old(self) -> str | None:
        """The line as it was, None where there was none."""
        return None if self.change is Change.ADDED else self._without(Change.ADDED)

    @property
    def new(self) -> str | None:
        """The line as it is now, None where it is gone."""
        return None if self.change is Change.REMOVED else self._without(Change.REMOVED)

    def _without(self, change: Change) -> str:
        return "".join(segment.text for segment in self.segments if segment.change is not change)


@dataclass(frozen=True, slots=True)
class FacetChange:
    """How an entry's filing changed at one facet, in the labels that the terms had at the time."""

    facet: Facet
    added: tuple[str, ...]
    removed: tuple[str, ...]
    was_transverse: bool
    is_transverse: bool
    """Whether no term is left, so that the entry now concerns all of them."""


FiledTerms = Sequence[Mapping[str, int | str]]
Filed = Mapping[str, FiledTerms]
"""A version's filing: per facet, the terms as they were then, `{"couloirs": [{"id": 3, "slug": …, "label": …}]}`."""


def diff_text(old: str, new: str) -> tuple[Line, ...]:
    """Return what became of each line, in reading order, removals before additions.

    `"\\n".join` of the lines' `old` that are not None is the old text, and likewise for `new`.
    """
    before, after = split_lines(old), split_lines(new)
    lines: list[Line] = []
    at_old = at_new = 0
    for i, j in [*align_lines(before, after), (len(before), len(after))]:
        lines += [_whole(Change.REMOVED, line) for line in before[at_old:i]]
        lines += [_whole(Change.ADDED, line) for line in after[at_new:j]]
        lines += [diff_line(before[i], after[j])] if i < len(before) else []
        at_old, at_new = i + 1, j + 1
    return tuple(lines)


def diff_line(old: str, new: str) -> Line:
    """Return what changed within one line, such as a question: words, numbers, marks, addresses, spaces."""
    if old == new:
        return _whole(Change.UNCHANGED, old)
    return Line(Change.CHANGED, tuple(_segments(old, new)))


def changed_terms(old: Filed, new: Filed) -> tuple[FacetChange, ...]:
    """Tell, in the order of the facets, at which ones terms came or went. A term renamed is the same term."""
    changes = (_facet_change(facet, old.get(facet, ()), new.get(facet, ())) for facet in Facet)
    return tuple(change for change in changes if change.added or change.removed)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, none for no text: `"\\n".join` is the inverse."""
    return text.split("\n") if text else []


def _whole(change: Change, text: str) -> Line:
    unseen = change is not Change.UNCHANGED and is_blank(text)
    return Line(change, (Segment(change, text, unseen),) if text else ())


def _segments(old: str, new: str) -> Iterator[Segment]:
    at = 0
    for gap in [*_changed_stretches(old, new), Gap(len(old), len(old), len(new), len(new))]:
        removed, added = old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end]
        differ = _spaces_differ(removed, added)
        if at < gap.old_start:
            yield Segment(Change.UNCHANGED, old[at : gap.old_start])
        if removed:
            yield Segment(Change.REMOVED, removed, differ or is_blank(removed))
        if added:
            yield Segment(Change.ADDED, added, differ or is_blank(added))
        at = gap.old_end


def _changed_stretches(old: str, new: str) -> list[Gap]:
    """Return the stretches of characters that differ, whole words and addresses."""
    before, after = split_tokens(old), split_tokens(new)
    old_at, new_at = [0, *accumulate(map(len, before))], [0, *accumulate(map(len, after))]
    stretches: list[Gap] = []
    for i, next_i, j, next_j in gaps(pair_equal(before, after), before, after):
        stretch = Gap(old_at[i], old_at[next_i], new_at[j], new_at[next_j])
        if stretches and _read_as_one(stretches[-1], stretch, old):
            last = stretches.pop()
            stretch = Gap(last.old_start, stretch.old_end, last.new_start, stretch.new_end)
        stretches.append(stretch)
    return stretches


def _read_as_one(one: Gap, other: Gap, old: str) -> bool:
    """Return whether what was kept between two changes is too little to stop at, and tells nothing by itself."""
    between = other.old_start - one.old_end
    return between <= min(one.size, other.size) and not _TELLING.search(old, one.old_end, other.old_start)


def _spaces_differ(removed: str, added: str) -> bool:
    before, after = set(filter(is_blank, set(removed))), set(filter(is_blank, set(added)))
    return bool(before and after) and before != after


def _pieces(text: str, seen: str) -> Iterator[Piece]:
    for _, run in groupby(text, lambda character: character if _is_unseen(character, seen) else ""):
        stretch = "".join(run)
        # An ordinary space is not seen, either, between two characters that are not.
        yield Piece(stretch, _name(stretch[0], len(stretch)) if is_blank(stretch) else "")


def _is_unseen(character: str, seen: str) -> bool:
    return character not in seen and is_blank(character)


def _name(character: str, times: int) -> str:
    name = _NAMES.get(character, f"caractère invisible U+{ord(character):04X}")
    return name if times == 1 else f"{name} ×\u00a0{times}"


def _facet_change(facet: Facet, old: FiledTerms, new: FiledTerms) -> FacetChange:
    before = {term["id"]: str(term["label"]) for term in old}
    after = {term["id"]: str(term["label"]) for term in new}
    return FacetChange(
        facet,
        added=tuple(label for id, label in after.items() if id not in before),
        removed=tuple(label for id, label in before.items() if id not in after),
        was_transverse=not before,
        is_transverse=not after,
    )
