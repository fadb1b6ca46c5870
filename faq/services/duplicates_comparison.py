"""The comparison of entries whose text changed with all others, in the index of all texts that a process keeps.

`Entry.comparison_rank` is the rank of the comparison that an entry's text last took part in, or None while the entry
waits for one. Ranks grow in the order of commits, so that a process that has read one has read all those before.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, When

from faq.caching import register_cache
from faq.domain.duplicates.index import DocumentIndex, ProgressCallback
from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import Document, FoundPair
from faq.enums import EntryStatus
from faq.models import Entry

_READ_SIZE = 500
"""Rows that are fetched together."""
_MAX_ADDITIONS = 100
"""Texts that are always added one by one."""
_MAX_ADDED_SHARE = 0.25
"""Share of the index up to which adding texts one by one takes less time than building the index again."""
MAX_OTHERS = 20
"""Texts of other writes that a write compares at most beside its own."""
MAX_OTHERS_LENGTH = 50_000
"""Characters of these texts in all, of which the first text may have more."""
_MAX_LISTED = 1_000
"""Numbers that a query lists at most."""
_COLUMNS = ("pk", "status", "head", "comparison_rank", "head__question", "head__answer")
_IS_REWRITTEN = Q(comparison_rank=None, compared_version__isnull=False) & ~Q(compared_version=F("head"))
_FORMER = tuple(Case(When(_IS_REWRITTEN, then=F(f"compared_version{name}"))) for name in ("", "__question", "__answer"))
"""Version and text with which a waiting entry took part in its last comparison."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The entries that were compared with all those in use, and the pairs that were found."""

    numbers: frozenset[int]
    """The entries compared, those out of use included: they have no pairs."""
    pairs: list[FoundPair] = field(default_factory=list)
    """All pairs of these entries."""
    materials: Mapping[int, str] = field(default_factory=dict)
    """The material fingerprint of the text of every entry that has a pair."""
    heads: Mapping[int, int] = field(default_factory=dict)
    """The version of every entry whose text was read."""
    last_rank: int | None = None
    """The rank of the last comparison whose texts were read; None where no text was."""
    documents: int = 0
    """Number of texts in use."""


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as it is read: its text of now, and the one that was compared last where it waits with another."""

    number: int
    head: int
    rank: int | None
    document: Document | None
    """None where it is out of use."""
    former_head: int | None
    former: Document | None


class DuplicateIndex:
    """An index of the texts of all entries in use, brought up to date at every use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.clear()
        register_cache(self)

    def clear(self) -> None:
        """Drop everything: the next use reads all entries."""
        with self._lock:
            self._index: DocumentIndex | None = None
            self._heads: dict[int, int] = {}
            self._affected: dict[int, frozenset[int]] = {}
            """The entries some of whose pairs change with the text of one that waits."""
            self._last_rank = 0
            self._is_uncertain = False

    def check(self, document: Document) -> list[FoundPair]:
        """Return the pairs of a text that is not stored, best first."""
        with self._lock:
            index, _ = self._update(own=())
            return index.check(document)

    def count_uncompared(self, document: Document) -> int:
        """Return the number of texts that share much with one but that `check` does not compare it with."""
        with self._lock:
            index, _ = self._update(own=())
            return index.count_uncompared(document)

    def compare_waiting(
        self, own: Collection[int] | None = None, may_take_others: Callable[[], bool] = lambda: True
    ) -> Comparison:
        """Compare entries that wait for it with all others, in one query where the index was built before.

        They are all that wait; or, where `own` lists those of a write, these and, where `may_take_others` allows it,
        a few of the others. The index is not built where none of those that wait is in use.
        """
        with self._lock:
            if self._index is None:
                rows = Entry.objects.filter(comparison_rank=None, head__isnull=False).values_list(
                    "pk", "status", "head"
                )
                waiting_heads = {number: head for number, status, head in rows if status == EntryStatus.ARCHIVED}
                if len(waiting_heads) == len(rows):
                    return Comparison(frozenset(waiting_heads), heads=waiting_heads)
            index, waiting = self._update(own=own)
            if own is not None:
                waiting = _choose(waiting, own, may_take_others)
            affected = set().union(*(self._affected.get(number, ()) for number in waiting))
            in_use = [number for number in {*waiting, *affected} if number in index]
            return self._build_comparison(
                index, frozenset(waiting).union(in_use), _find_pairs(index, in_use), dict(self._heads)
            )

    def compare_all(self, progress: ProgressCallback | None = None, *, processes: int = 1) -> Comparison:
        """Compare all entries with one another from scratch, in as many forked processes as given."""
        with self._lock:
            self.clear()
            index, _ = self._update(processes)
            if progress:
                progress(0, len(index))
            found = list(index.pairs(processes=processes, progress=progress))
            archived = Entry.objects.filter(status=EntryStatus.ARCHIVED, head__isnull=False)
            heads = self._heads | dict(archived.values_list("pk", "head"))
            return self._build_comparison(index, frozenset(heads), found, heads)

    def _build_comparison(
        self, index: DocumentIndex, numbers: frozenset[int], pairs: list[FoundPair], heads: dict[int, int]
    ) -> Comparison:
        paired = {number for pair in pairs for number in (pair.left, pair.right)}
        materials = {number: material_fingerprint(index.document(number)) for number in paired}
        return Comparison(numbers, pairs, materials, heads, self._last_rank, len(index))

    def _update(
        self, processes: int = 1, own: Collection[int] | None = None
    ) -> tuple[DocumentIndex, dict[int, Document | None]]:
        """Bring the index up to date; return it and the entries that wait, each with its text, None if out of use.

        Where `own` is given, the texts of these and of a few others suffice: who compares the rest will read this one.
        """
        if self._is_uncertain:
            self.clear()
        try:
            index, waiting = self._read_changes(processes, own)
        except BaseException:
            # The index may hold half of what was read.
            self.clear()
            raise
        # A transaction may still be rolled back, with the texts that were read in it.
        self._is_uncertain = connection.in_atomic_block
        return index, waiting

    def _read_changes(
        self, processes: int, own: Collection[int] | None
    ) -> tuple[DocumentIndex, dict[int, Document | None]]:
        if self._index is not None:
            unread = _waiting(own) | Q(comparison_rank__gt=self._last_rank)
            rows = list(_read(Entry.objects.filter(unread)))
            changed = sum(self._heads.get(row.number) != row.head for row in rows)
            if changed <= max(_MAX_ADDITIONS, _MAX_ADDED_SHARE * len(self._index)):
                return self._index, self._apply(self._index, rows)
            self.clear()
        in_use = Q(comparison_rank=None) | ~Q(status=EntryStatus.ARCHIVED)
        # Of those out of use the one compared last, so that its rank is known to have been read.
        latest = Entry.objects.exclude(comparison_rank=None).order_by("-comparison_rank").values("pk")[:1]
        rows = list(_read(Entry.objects.filter(in_use | Q(pk__in=latest))))
        return self._build(rows, _select_wanted(rows, own), processes)

    def _build(
        self, rows: Sequence[_Row], wanted: Collection[int], processes: int
    ) -> tuple[DocumentIndex, dict[int, Document | None]]:
        """Build the index of the texts that were compared, and apply to it the wanted ones of those that wait.

        What follows all others changes none of their pairs and needs no such step.
        """
        compared = (row for row in rows if row.former or (row.rank is not None and row.document))
        last = max((row.number for row in compared), default=0)
        changed = [row for row in rows if row.rank is None and row.number <= last]
        steps = [row for row in changed if row.number in wanted]
        if is_rebuilt := len(steps) > max(_MAX_ADDITIONS, _MAX_ADDED_SHARE * len(rows)):
            changed = []
        states: dict[int, tuple[int | None, Document | None]] = {row.number: (row.head, row.document) for row in rows}
        states |= {row.number: (row.former_head, row.former) for row in changed}
        self._heads = {number: head for number, (head, _) in states.items() if head}
        self._index = DocumentIndex([document for _, document in states.values() if document], processes=processes)
        self._last_rank = max((row.rank for row in rows if row.rank is not None), default=0)
        waiting = self._apply(self._index, steps)
        if is_rebuilt:
            self._affected = dict.fromkeys(wanted, frozenset(row.number for row in rows))
        return self._index, waiting | {row.number: row.document for row in rows if row.number in wanted}

    def _apply(self, index: DocumentIndex, rows: Iterable[_Row]) -> dict[int, Document | None]:
        """Bring the index up to date with entries, and return the texts of those that wait."""
        waiting: dict[int, Document | None] = {}
        for row in sorted(rows, key=lambda row: row.rank is None):
            if row.rank is None:
                waiting[row.number] = row.document
            else:
                self._last_rank = max(self._last_rank, row.rank)
                self._affected.pop(row.number, None)
            if self._heads.get(row.number) == row.head:
                continue
            self._heads[row.number] = row.head
            if row.rank is None:
                affected = index.change(row.number, row.document)
                self._affected[row.number] = self._affected.get(row.number, frozenset()) | affected
            elif row.document:
                index.add(row.document)
            else:
                index.remove(row.number)
        return waiting


def _read(entries: QuerySet[Entry]) -> Iterator[_Row]:
    rows = entries.filter(head__isnull=False).values_list(*_COLUMNS, *_FORMER)
    for number, status, head, rank, question, answer, former_head, former_question, former in rows.iterator(_READ_SIZE):
        document = None if status == EntryStatus.ARCHIVED else Document(number, question, answer)
        was = None if former_head is None else Document(number, former_question, former)
        yield _Row(number, head, rank, document, former_head, was)


def _select_wanted(rows: Iterable[_Row], own: Collection[int] | None) -> set[int]:
    """Return the numbers of the entries that wait: all, or those of a write and the first of the others."""
    waiting = {row.number for row in rows if row.rank is None}
    if own is None:
        return waiting
    mine = waiting.intersection(own)
    return mine.union(sorted(waiting - mine)[:MAX_OTHERS])


def _waiting(own: Collection[int] | None) -> Q:
    """Return the condition on entries that wait: all, or those of a write and the first of the others."""
    everything = Q(comparison_rank=None)
    if own is None or len(own) > _MAX_LISTED:
        return everything
    waiting = Entry.objects.filter(everything, head__isnull=False)
    others = waiting.exclude(pk__in=own).order_by("pk").values("pk")[:MAX_OTHERS]
    return everything & (Q(pk__in=own) | Q(pk__in=others))


def _choose(
    waiting: Mapping[int, Document | None], own: Collection[int], may_take_others: Callable[[], bool]
) -> dict[int, Document | None]:
    """Return the waiting entries of a write and, where allowed, the first of the others, up to the limits."""
    chosen = {number: waiting[number] for number in own if number in waiting}
    others = sorted(waiting.keys() - chosen.keys())[:MAX_OTHERS]
    if not others or not may_take_others():
        return chosen
    length = 0
    for number in others:
        document = waiting[number]
        length += len(document.answer) + len(document.question or "") if document else 0
        if number != others[0] and length > MAX_OTHERS_LENGTH:
            break
        chosen[number] = document
    return chosen


def _find_pairs(index: DocumentIndex, numbers: Collection[int]) -> list[FoundPair]:
    """Return the pairs of some of the documents of an index, each once."""
    if 2 * len(numbers) > len(index):
        chosen = set(numbers)
        return [pair for pair in index.pairs() if pair.left in chosen or pair.right in chosen]
    found = {(pair.left, pair.right): pair for number in numbers for pair in index.check(index.document(number))}
    return list(found.values())
