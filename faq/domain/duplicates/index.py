"""All documents, so that every pair among them, or with a text being typed, is found."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial

from faq.domain.duplicates.comparison import ReadDocument, compare
from faq.domain.duplicates.features import Batch, Views
from faq.domain.duplicates.joining import Join
from faq.domain.duplicates.pairs import Document, Pair
from faq.domain.duplicates.postings import Postings
from faq.domain.duplicates.processes import shared_out

_BATCH = 2_000
"""Documents whose features are worked out together."""
_KEPT = 4_096
"""Documents kept in the form in which they are judged, during a full scan."""

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


class Index:
    """Documents by what they are found by.

    Adding, changing or removing one takes milliseconds, and leaves the index as if it had been
    made of its present documents at once. Holds about a kilobyte and a half per answer of a
    hundred words, beside the documents themselves.
    """

    def __init__(self, documents: Iterable[Document] = (), *, processes: int = 1) -> None:
        self._documents: list[Document | None] = list(documents)
        self._slots = {document.key: slot for slot, document in enumerate(self._documents) if document}
        if len(self._slots) != len(self._documents):
            raise ValueError("Two documents have the same key.")
        self._postings = Postings()
        parts = [range(start, start + _BATCH) for start in range(0, len(self._documents), _BATCH)]
        self._postings.extend(shared_out(self._views, parts, processes))

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, document: Document) -> list[Pair]:
        """Take in a document, in the place of the one with its key if there is one; give its pairs."""
        self.remove(document.key)
        found = self.check(document)
        slot = self._slots[document.key] = len(self._documents)
        self._documents.append(document)
        self._postings.add(self._views(range(slot, slot + 1)))
        return found

    def remove(self, key: int) -> None:
        """Forget a document; one that is not known is forgotten already."""
        slot = self._slots.pop(key, None)
        if slot is not None:
            self._documents[slot] = None
            self._postings.forget(slot)

    def check(self, document: Document) -> list[Pair]:
        """Give the pairs of a document that is not taken in, as it stands; best first.

        One of the same key is another state of the same document, and is left out.
        """
        read = ReadDocument.of(document)
        found = [
            pair
            for other in self.candidates(document)
            if (pair := _pair(document, read, other, ReadDocument.of(other)))
        ]
        return sorted(found, key=lambda pair: (-pair.verdict.score, pair.left, pair.right))

    def candidates(self, document: Document) -> list[Document]:
        """Give the documents that share enough with one to be looked at, by key."""
        batch = Batch()
        batch.add(0, document)
        others = [self._documents[slot] for slot in self._postings.like(batch.views())]
        return sorted((o for o in others if o is not None and o.key != document.key), key=lambda o: o.key)

    def pairs(self, *, processes: int = 1, progress: Progress | None = None) -> Iterator[Pair]:
        """Give every pair, each once, the same whatever the number of processes, in no particular order.

        `progress` is told how many of the documents are done, now and then.
        """
        join = Join(self._postings)
        views = len(self._postings)
        parts = [range(start, min(views, start + _BATCH)) for start in range(0, views, _BATCH)]
        seen: set[tuple[int, int]] = set()
        for part, found in zip(parts, shared_out(partial(self._pairs_from, join), parts, processes), strict=True):
            if progress:
                progress(len(self) * part.stop // views, len(self))
            for pair in found:
                if (pair.left, pair.right) not in seen:
                    seen.add((pair.left, pair.right))
                    yield pair

    def _pairs_from(self, join: Join, part: range) -> list[Pair]:
        """Give the pairs found from some of the views: two documents may have several that are alike."""
        read = lru_cache(_KEPT)(self._read)
        couples = {(min(couple), max(couple)) for couple in join.owners(part.start, part.stop)}
        found = []
        for slot, other in sorted(couples):
            left, right = self._documents[slot], self._documents[other]
            if slot != other and left is not None and right is not None:
                if pair := _pair(left, read(slot), right, read(other)):
                    found.append(pair)
        return found

    def _read(self, slot: int) -> ReadDocument:
        document = self._documents[slot]
        if document is None:
            raise KeyError(slot)
        return ReadDocument.of(document)

    def _views(self, slots: range) -> Views:
        batch = Batch()
        for slot, document in zip(slots, self._documents[slots.start : slots.stop], strict=False):
            if document is not None:
                batch.add(slot, document)
        return batch.views()


def _pair(one: Document, read_one: ReadDocument, other: Document, read_other: ReadDocument) -> Pair | None:
    if one.key > other.key:
        one, read_one, other, read_other = other, read_other, one, read_one
    verdict = compare(read_one, read_other)
    return Pair(one.key, other.key, verdict) if verdict else None
