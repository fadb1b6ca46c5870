"""The differences between two texts, for the people who edit them: lines first, then words within a line.

A line break is a line break: a text is a sequence of lines, a paragraph a run of lines between blank ones.
Only LF ends a line. Equal lines are paired first, so that insertions and moves do not affect the rest; among
the others, a line and its rewording are paired; words are compared within a pair only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, groupby, takewhile
from typing import NamedTuple

from faq.domain.diff_alignment import Gap, align_lines, gaps, is_blank, pair_equal, split_tokens
from faq.domain.facets import Facet
from faq.domain.markup import get_file_address
from faq.domain.markup.media import IMAGE_EXTENSIONS, SCHEME, is_file_address, split_file_addresses

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
_SIGNIFICANT = re.compile(r"\d|\w{3}|\|")
"""Text that is never merged into the changes around it: a number, a word longer than « de » or « la », the pipe between
two cells."""


CONTEXT = 2
"""Unchanged lines to show before and after a change."""
MAX_PIECES = 2_000
"""Pieces of text of one difference that a page shows apart: some 200 kB of HTML."""


class Change(StrEnum):
    """The kind of change of a line, or of a segment of a line."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        """Return the French word for it."""
        return _LABELS[self]


_LABELS = {
    Change.UNCHANGED: "inchangé",
    Change.ADDED: "ajouté",
    Change.REMOVED: "supprimé",
    Change.CHANGED: "modifié",
}


class Piece(NamedTuple):
    """A piece of text to show as it is; by its French name where it cannot be seen, or as the file it refers to."""

    text: str
    name: str = ""

    @property
    def file(self) -> str:
        """Return the public address of the file to which the text refers; "" for any other text."""
        return get_file_address(self.text.removeprefix(SCHEME)) if is_file_address(self.text) else ""

    @property
    def is_image(self) -> bool:
        """Return whether the file is an image."""
        return self.file.endswith(IMAGE_EXTENSIONS)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a line that is UNCHANGED, ADDED or REMOVED."""

    change: Change
    text: str
    spaces_differ: bool = False
    """Whether the change is, or may be, one of spaces and other invisible characters."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the text in pieces; invisible characters are named where they may be what changed."""
        plain = "" if is_blank(self.text) else " "
        return tuple(_pieces(self.text, plain if self.spaces_differ else None))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the old text, of the new one, or of both. An empty line has no segments.

    In a long difference, one may stand for several lines, with the line breaks between them.
    """

    change: Change
    segments: tuple[Segment, ...]

    @property
    def old(self) -> str | None:
        """Return the line as it was, None where there was none."""
        return None if self.change is Change.ADDED else self._without(Change.ADDED)

    @property
    def new(self) -> str | None:
        """Return the line as it is now, None where it was removed."""
        return None if self.change is Change.REMOVED else self._without(Change.REMOVED)

    def _without(self, change: Change) -> str:
        return "".join(segment.text for segment in self.segments if segment.change is not change)


@dataclass(frozen=True, slots=True)
class FacetChange:
    """The change of an entry's filing in one facet, in the labels that the terms had at the time."""

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
    """Return the lines of both texts with their changes, in reading order, removals before additions, to be shown.

    `"\\n".join` of the lines' `old` that are not None is the old text, and likewise for `new`. Where there is more than
    a page can show, some stand for several lines: those amid unchanged ones, and at last all that is left.
    """
    return _shorten(diff_lines(old, new))


def diff_lines(old: str, new: str) -> tuple[Line, ...]:
    """Return each line of both texts with its changes, however many there are; see `diff_text`."""
    before, after = split_lines(old), split_lines(new)
    lines: list[Line] = []
    at_old = at_new = 0
    for i, j in [*align_lines(before, after), (len(before), len(after))]:
        lines += [_single_segment(Change.REMOVED, line) for line in before[at_old:i]]
        lines += [_single_segment(Change.ADDED, line) for line in after[at_new:j]]
        lines += [diff_line(before[i], after[j])] if i < len(before) else []
        at_old, at_new = i + 1, j + 1
    return tuple(lines)


def _shorten(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return lines in no more pieces than a page can show."""
    if _count_shown(lines) == len(lines):
        return lines
    joined = tuple(_join_unchanged(lines))
    number = _count_shown(joined)
    return (*joined[:number], *_join_rest(joined[number:]))


def _count_shown(lines: Sequence[Line]) -> int:
    """Return how many of the first lines a page can show."""
    pieces = accumulate(max(1, sum(len(segment.pieces) for segment in line.segments)) for line in lines)
    return sum(1 for _ in takewhile(MAX_PIECES.__ge__, pieces))


def _join_unchanged(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield lines of which the unchanged ones that are far from any change are joined."""
    for is_unchanged, group in groupby(lines, lambda line: line.change is Change.UNCHANGED):
        run = list(group)
        middle = run[CONTEXT:-CONTEXT] if is_unchanged else []
        if middle:
            text = "\n".join(line.new or "" for line in middle)
            yield from (*run[:CONTEXT], _single_segment(Change.UNCHANGED, text), *run[-CONTEXT:])
        else:
            yield from run


def _join_rest(rest: Sequence[Line]) -> Iterator[Line]:
    """Yield one line for all that differs in others, and one for the unchanged ones after it."""
    last = max((at for at, line in enumerate(rest) if line.change is not Change.UNCHANGED), default=-1)
    for run in (rest[: last + 1], rest[last + 1 :]):
        olds = [text for line in run if (text := line.old) is not None]
        news = [text for line in run if (text := line.new) is not None]
        before, after = "\n".join(olds), "\n".join(news)
        if before == after and run:
            yield _single_segment(Change.UNCHANGED, after)
        elif run:
            change = Change.CHANGED if olds and news else Change.REMOVED if olds else Change.ADDED
            sides = (Segment(Change.REMOVED, before), Segment(Change.ADDED, after))
            yield Line(change, tuple(segment for segment in sides if segment.text))


def diff_line(old: str, new: str) -> Line:
    """Return the changes within one line, such as a question: words, numbers, punctuation, addresses, spaces."""
    if old == new:
        return _single_segment(Change.UNCHANGED, old)
    return Line(Change.CHANGED, tuple(_segments(old, new)))


def diff_question(old: str, new: str) -> tuple[Line, ...]:
    """Return the lines of two questions with their changes; a missing question has no line."""
    return (diff_line(old, new),) if old and new else diff_text(old, new)


def changed_terms(old: Filed, new: Filed) -> tuple[FacetChange, ...]:
    """Return the facets in which terms were added or removed, in their order. A renamed term is the same term."""
    changes = (_facet_change(facet, old.get(facet, ()), new.get(facet, ())) for facet in Facet)
    return tuple(change for change in changes if change.added or change.removed)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, none for no text: `"\\n".join` is the inverse."""
    return text.split("\n") if text else []


def _single_segment(change: Change, text: str) -> Line:
    invisible = change is not Change.UNCHANGED and is_blank(text)
    return Line(change, (Segment(change, text, invisible),) if text else ())


def _segments(old: str, new: str) -> Iterator[Segment]:
    at = 0
    for gap in [*_changed_gaps(old, new), Gap(len(old), len(old), len(new), len(new))]:
        removed, added = old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end]
        differ = _spaces_differ(removed, added)
        if at < gap.old_start:
            yield Segment(Change.UNCHANGED, old[at : gap.old_start])
        if removed:
            yield Segment(Change.REMOVED, removed, differ or is_blank(removed))
        if added:
            yield Segment(Change.ADDED, added, differ or is_blank(added))
        at = gap.old_end


def _changed_gaps(old: str, new: str) -> list[Gap]:
    """Return the gaps of characters that differ, extended to whole words and addresses."""
    before, after = split_tokens(old), split_tokens(new)
    old_at, new_at = [0, *accumulate(map(len, before))], [0, *accumulate(map(len, after))]
    changed: list[Gap] = []
    for i, next_i, j, next_j in gaps(pair_equal(before, after), before, after):
        gap = Gap(old_at[i], old_at[next_i], new_at[j], new_at[next_j])
        if changed and _can_be_joined(changed[-1], gap, old):
            last = changed.pop()
            gap = Gap(last.old_start, gap.old_end, last.new_start, gap.new_end)
        changed.append(gap)
    return changed


def _can_be_joined(one: Gap, other: Gap, old: str) -> bool:
    """Return whether the text between two changes is so short and insignificant that they read as one."""
    between = other.old_start - one.old_end
    return between <= min(one.size, other.size) and not _SIGNIFICANT.search(old, one.old_end, other.old_start)


def _spaces_differ(removed: str, added: str) -> bool:
    before, after = set(filter(is_blank, set(removed))), set(filter(is_blank, set(added)))
    return bool(before and after) and before != after


def _pieces(text: str, seen: str | None) -> Iterator[Piece]:
    """Yield the pieces of a text; spaces that are not among those `seen` by their names, unless that is None."""
    for part in split_file_addresses(text):
        if seen is None or is_file_address(part):
            yield Piece(part)
        else:
            yield from _name_unseen(part, seen)


def _name_unseen(text: str, seen: str) -> Iterator[Piece]:
    for _, run in groupby(text, lambda character: character if _is_unseen(character, seen) else ""):
        stretch = "".join(run)
        # Between two invisible characters an ordinary space is invisible too.
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
