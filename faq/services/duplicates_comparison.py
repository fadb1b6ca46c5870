"""Looking for the pairs of entries whose text changed, in an index of all texts in use.

`Entry.compared` says what is known of an entry's text: the rank of the comparison that it last took part in, or
nothing while it waits for one. Ranks grow in the order of commits, so that whoever has seen one has seen all before.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q, QuerySet

from faq.caching import register_cache
from faq.domain.duplicates.index import DocumentIndex, ProgressCallback
from faq.domain.duplicates.pairs import Document, FoundPair
from faq.enums import EntryStatus
from faq.models import Entry

CHUNK = 500
_MANY = 100
"""Texts that take longer to be taken in one by one than an index of everything takes to be made."""
_COLUMNS = ("pk", "status", "head", "compared", "head__question", "head__answer")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared with everything in use, and what was found."""

    numbers: frozenset[int]
    """The entries compared; those out of use have no pairs."""
    pairs: list[FoundPair] = field(default_factory=list)
    """All pairs that these are in."""
    heads: dict[int, int] = field(default_factory=dict)
    """The version of every entry that was read."""
    upto: int | None = None
    """The last comparison whose texts were read; none where no text was."""
    documents: int = 0
    """How many texts are in use."""


class DuplicateIndex:
    """The texts of all entries in use, brought up to date at every use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.clear()
        register_cache(self)

    def clear(self) -> None:
        """Drop everything: another database, perhaps."""
        with self._lock:
            self._index: DocumentIndex | None = None
            self._heads: dict[int, int] = {}
            self._upto = 0
            self._unsure = False

    def check(self, document: Document) -> list[FoundPair]:
        """Return the pairs of a text that is not stored, best first."""
        with self._lock:
            index, _ = self._present()
            return index.check(document)

    def compare_waiting(self) -> Comparison:
        """Compare the texts that wait for it with all others."""
        with self._lock:
            index, waiting = self._present()
            found = _found(index, {number: document for number, document in waiting.items() if document})
            return Comparison(frozenset(waiting), found, dict(self._heads), self._upto, len(index))

    def compare_all(self, progress: ProgressCallback | None = None, *, processes: int = 1) -> Comparison:
        """Compare all texts with one another, whatever was found before; several processes are forked for it."""
        with self._lock:
            self.clear()
            index, _ = self._present(processes)
            if progress:
                progress(0, len(index))
            found = list(index.pairs(processes=processes, progress=progress))
            archived = Entry.objects.filter(status=EntryStatus.ARCHIVED, head__isnull=False)
            heads = self._heads | dict(archived.values_list("pk", "head"))
            return Comparison(frozenset(heads), found, heads, self._upto, len(index))

    def _present(self, processes: int = 1) -> tuple[DocumentIndex, dict[int, Document | None]]:
        """Bring the index up to date; return it, and the texts that wait to be compared, none where out of use."""
        if self._unsure:
            self.clear()
        try:
            waiting = self._bring_up_to_date(processes)
        except BaseException:
            # Half of what was read may be in the index.
            self.clear()
            raise
        # What was read in a transaction may be taken back with it.
        self._unsure = connection.in_atomic_block
        return self._index or DocumentIndex(), waiting

    def _bring_up_to_date(self, processes: int) -> dict[int, Document | None]:
        waiting: dict[int, Document | None] = {}
        if self._index is not None:
            changed = Q(compared=None) | Q(compared__gt=self._upto)
            documents = list(self._read(Entry.objects.filter(changed), waiting))
            if len(documents) <= _MANY:
                for document in documents:
                    self._index.add(document)
                return waiting
            self.clear()
        in_use = Q(compared=None) | ~Q(status=EntryStatus.ARCHIVED)
        self._index = DocumentIndex(self._read(Entry.objects.filter(in_use), waiting), processes=processes)
        return waiting

    def _read(self, entries: QuerySet[Entry], waiting: dict[int, Document | None]) -> Iterator[Document]:
        """Return the texts that the index does not have as they stand, and take out of it those out of use."""
        rows = entries.filter(head__isnull=False).values_list(*_COLUMNS)
        for number, status, head, compared, question, answer in rows.iterator(CHUNK):
            document = None if status == EntryStatus.ARCHIVED else Document(number, question, answer)
            if compared is None:
                waiting[number] = document
            else:
                self._upto = max(self._upto, compared)
            if self._heads.get(number) == head:
                continue
            self._heads[number] = head
            if document is not None:
                yield document
            elif self._index is not None:
                self._index.remove(number)


def compare_entries_waiting(texts: DuplicateIndex) -> Comparison | None:
    """Compare the entries that wait for it with all others; nothing where none does."""
    waiting = list(Entry.objects.filter(compared=None, head__isnull=False).values_list("pk", "status", "head"))
    if not waiting:
        return None
    if any(status != EntryStatus.ARCHIVED for _, status, _ in waiting):
        return texts.compare_waiting()
    heads = {number: head for number, _, head in waiting}
    return Comparison(frozenset(heads), heads=heads)


def _found(index: DocumentIndex, waiting: dict[int, Document]) -> list[FoundPair]:
    """Return the pairs of some of the texts of an index, each once."""
    if 2 * len(waiting) > len(index):
        return [pair for pair in index.pairs() if pair.left in waiting or pair.right in waiting]
    found = {(pair.left, pair.right): pair for document in waiting.values() for pair in index.check(document)}
    return list(found.values())
