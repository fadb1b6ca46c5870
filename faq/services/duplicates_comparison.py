"""The comparison of entries whose text changed with all others, in the index of all texts that a process keeps.

`Entry.comparison_rank` is the rank of the comparison that an entry's text last took part in, or None while the entry
waits for one. Ranks grow in the order of commits, so that a process that has read one has read all those before.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q, QuerySet

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
            self._last_rank = 0
            self._is_uncertain = False

    def check(self, document: Document) -> list[FoundPair]:
        """Return the pairs of a text that is not stored, best first."""
        with self._lock:
            index, _ = self._update(own=())
            return index.check(document)

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
            in_use = {number: document for number, document in waiting.items() if document}
            return self._build_comparison(index, frozenset(waiting), _find_pairs(index, in_use), dict(self._heads))

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
        waiting: dict[int, Document | None] = {}
        if self._index is not None:
            changed = _waiting(own) | Q(comparison_rank__gt=self._last_rank)
            documents = list(self._read(Entry.objects.filter(changed), waiting))
            if len(documents) <= max(_MAX_ADDITIONS, _MAX_ADDED_SHARE * len(self._index)):
                for document in documents:
                    self._index.add(document)
                return self._index, waiting
            self.clear()
        in_use = Q(comparison_rank=None) | ~Q(status=EntryStatus.ARCHIVED)
        self._index = DocumentIndex(self._read(Entry.objects.filter(in_use), waiting), processes=processes)
        return self._index, waiting

    def _read(self, entries: QuerySet[Entry], waiting: dict[int, Document | None]) -> Iterator[Document]:
        """Yield the texts that the index lacks, remove from it those out of use, and fill `waiting`."""
        rows = entries.filter(head__isnull=False).values_list(*_COLUMNS)
        for number, status, head, rank, question, answer in rows.iterator(_READ_SIZE):
            document = None if status == EntryStatus.ARCHIVED else Document(number, question, answer)
            if rank is None:
                waiting[number] = document
            else:
                self._last_rank = max(self._last_rank, rank)
            if self._heads.get(number) == head:
                continue
            self._heads[number] = head
            if document is not None:
                yield document
            elif self._index is not None:
                self._index.remove(number)


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


def _find_pairs(index: DocumentIndex, documents: Mapping[int, Document]) -> list[FoundPair]:
    """Return the pairs of some of the documents of an index, each once."""
    if 2 * len(documents) > len(index):
        return [pair for pair in index.pairs() if pair.left in documents or pair.right in documents]
    found = {(pair.left, pair.right): pair for document in documents.values() for pair in index.check(document)}
    return list(found.values())
