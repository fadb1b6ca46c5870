"""Pairs put together: entries that lead to one another are one group, and the most telling group comes first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from faq.enums import EntryStatus, PairKind

_RANKS = {PairKind.EXACT: 0, PairKind.CONFLICT: 1, PairKind.SIBLINGS: 3}
_RANK_OF_OTHERS = 2
_COLUMNS = ("pk", "left", "right", "kind", "score", "left__status", "right__status")


@dataclass(frozen=True)
class Row:
    """As much of a pair as its place in the queue asks for."""

    pk: int
    left: int
    right: int
    kind: str
    score: float
    left_status: str
    right_status: str

    @property
    def live(self) -> set[int]:
        """Those of its two entries that the public reads."""
        states = {self.left: self.left_status, self.right: self.right_status}
        return {number for number, status in states.items() if status == EntryStatus.PUBLISHED}

    @property
    def rank(self) -> int:
        """The place of its kind: least work, or most harm to readers, first."""
        return _RANKS.get(PairKind(self.kind), _RANK_OF_OTHERS)

    @property
    def order(self) -> tuple[int, int, float, int, int]:
        """Its place among other pairs."""
        return self.rank, -len(self.live), -self.score, self.left, self.right


@dataclass(frozen=True)
class Group:
    """Pairs that hold together, the most telling first."""

    rows: Sequence[Row]

    @cached_property
    def numbers(self) -> list[int]:
        """Its entries."""
        return sorted({number for row in self.rows for number in (row.left, row.right)})

    @property
    def gain(self) -> tuple[int, int, float, int, int]:
        """Its place in the queue: kind, then what the public reads twice, then likeness, then size."""
        live = len(set().union(*(row.live for row in self.rows)))
        best = max(row.score for row in self.rows)
        return min(row.rank for row in self.rows), -min(live, 2), -best, -len(self.numbers), self.numbers[0]


def rows_of(pairs, *order: str) -> list[Row]:
    """Read what is to be put in order: one query."""
    return [Row(*values) for values in pairs.order_by(*order).values_list(*_COLUMNS)]


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Put together what holds together, and order it by gain."""
    members: dict[int, list[Row]] = defaultdict(list)
    rows = list(rows)
    roots = _roots(rows)
    for row in rows:
        members[_root(roots, row.left)].append(row)
    groups = [Group(sorted(together, key=lambda row: row.order)) for together in members.values()]
    return sorted(groups, key=lambda group: group.gain)


def one_by_one(rows: Iterable[Row]) -> list[Group]:
    """Leave every pair alone, in the order that they have."""
    return [Group([row]) for row in rows]


def _roots(rows: Iterable[Row]) -> dict[int, int]:
    """Lead every entry, step by step, to one of its group."""
    roots: dict[int, int] = {}
    for row in rows:
        left, right = _root(roots, row.left), _root(roots, row.right)
        roots[max(left, right)] = min(left, right)
    return roots


def _root(roots: dict[int, int], number: int) -> int:
    while (above := roots.setdefault(number, number)) != number:
        roots[number] = roots[above]
        number = above
    return number
