"""Groups of pairs: entries that pairs connect are one group, and the group that matters most comes first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from faq.enums import EntryStatus, PairKind

_KIND_RANKS = {PairKind.EXACT: 0, PairKind.CONFLICT: 1, PairKind.SIBLINGS: 3}
_RANK_OF_OTHER_KINDS = 2
_COLUMNS = ("pk", "left", "right", "kind", "score", "left__status", "right__status")


@dataclass(frozen=True)
class PairRow:
    """The columns of a pair that decide its place in the queue."""

    pk: int
    left: int
    right: int
    kind: str
    score: float
    left_status: str
    right_status: str

    @property
    def live(self) -> set[int]:
        """The numbers of those of its entries that the public reads."""
        statuses = {self.left: self.left_status, self.right: self.right_status}
        return {number for number, status in statuses.items() if status == EntryStatus.PUBLISHED}

    @property
    def kind_rank(self) -> int:
        """The rank of its kind: the one with the least work, or the most harm to readers, first."""
        return _KIND_RANKS.get(PairKind(self.kind), _RANK_OF_OTHER_KINDS)

    @property
    def rank(self) -> tuple[int, int, float, int, int]:
        """Its place among the pairs of its group."""
        return self.kind_rank, -len(self.live), -self.score, self.left, self.right


@dataclass(frozen=True)
class Group:
    """Pairs that share entries, in the order of their ranks."""

    rows: Sequence[PairRow]

    @cached_property
    def numbers(self) -> list[int]:
        """The numbers of its entries, in rising order."""
        return sorted({number for row in self.rows for number in (row.left, row.right)})

    @property
    def queue_rank(self) -> tuple[int, int, float, int, int]:
        """Its place in the queue: by kind, then by what the public reads twice, then by likeness, then by size."""
        live = len(set().union(*(row.live for row in self.rows)))
        best = max(row.score for row in self.rows)
        return min(row.kind_rank for row in self.rows), -min(live, 2), -best, -len(self.numbers), self.numbers[0]


def read_rows(pairs: QuerySet, *order: str) -> list[PairRow]:
    """Return the rows of these pairs, in one query."""
    return [PairRow(*values) for values in pairs.order_by(*order).values_list(*_COLUMNS)]


def group_pairs(rows: Sequence[PairRow]) -> list[Group]:
    """Return the groups of connected pairs, in the order of the queue."""
    parents = _connect(rows)
    members: dict[int, list[PairRow]] = defaultdict(list)
    for row in rows:
        members[_find_root(parents, row.left)].append(row)
    groups = [Group(sorted(connected, key=lambda row: row.rank)) for connected in members.values()]
    return sorted(groups, key=lambda group: group.queue_rank)


def separate_pairs(rows: Iterable[PairRow]) -> list[Group]:
    """Return a group for each pair, in their present order."""
    return [Group([row]) for row in rows]


def _connect(rows: Iterable[PairRow]) -> dict[int, int]:
    """Return the union-find forest of the entries: parents that lead to the smallest number of each group."""
    parents: dict[int, int] = {}
    for row in rows:
        left, right = _find_root(parents, row.left), _find_root(parents, row.right)
        parents[max(left, right)] = min(left, right)
    return parents


def _find_root(parents: dict[int, int], number: int) -> int:
    while (parent := parents.setdefault(number, number)) != number:
        parents[number] = parents[parent]
        number = parent
    return number
