"""All documents, so that every pair among them, or with a text being typed, is found."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from faq.domain.duplicates.comparison import AnalysedDocument, CompareFunction, compare_documents, compare_questions
from faq.domain.duplicates.features import FeatureBatch, Profiles
from faq.domain.duplicates.pairs import Document, FoundPair
from faq.domain.duplicates.postings import Postings
from faq.domain.duplicates.processes import map_in_processes, release_memory
from faq.domain.duplicates.quick_filter import QuickFilter
from faq.domain.duplicates.similarity_join import SimilarityJoin, merged

_BATCH = 2_000
"""Documents whose features are worked out together."""
_PART = 16_000
"""Profiles that a process looks at in one go, during a full scan."""
_JUDGED = 2_000
"""Couples that a process judges in one go."""
_KEPT = 4_096
"""Documents kept in the form in which they are judged, during a full scan."""
_KEPT_WHILE_TYPING = 500
"""The same between two checks: with each word that is typed, nearly the same are looked at. Some 10 MB."""

ProgressCallback = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


class DocumentIndex:
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
        self._postings.extend(map_in_processes(self._profiles, parts, processes))
        release_memory()

    def __len__(self) -> int:
        return len(self._slots)

    def document(self, key: int) -> Document:
        """Return the document of a key. Raises KeyError where there is none."""
        document = self._documents[self._slots[key]]
        if document is None:
            raise KeyError(key)
        return document

    def add(self, document: Document) -> None:
        """Add a document, in the place of the one with its key if there is one."""
        self.remove(document.key)
        slot = self._slots[document.key] = len(self._documents)
        self._documents.append(document)
        self._postings.add(self._profiles(range(slot, slot + 1)))

    def remove(self, key: int) -> None:
        """Remove a document, if it is there."""
        slot = self._slots.pop(key, None)
        if slot is not None:
            self._documents[slot] = None
            self._postings.forget(slot)

    def check(self, document: Document) -> list[FoundPair]:
        """Return the pairs of a document that is not taken in, as it stands; best first.

        One of the same key is another state of the same document, and is left out.
        """
        read = AnalysedDocument.of(document)
        glance = QuickFilter(read.answer)
        found = []
        for other in self._candidates(document):
            if not glance.cannot_match(other.answer):
                pair = _pair(document, read, other, _read(other), compare_documents)
            elif document.question and other.question:
                pair = _pair(document, read, other, _read(other), compare_questions)
            else:
                continue
            if pair:
                found.append(pair)
        return sorted(found, key=lambda pair: (-pair.verdict.score, pair.left, pair.right))

    def candidates(self, document: Document) -> list[Document]:
        """Return the documents that share enough with one to be looked at, by key."""
        return sorted(self._candidates(document), key=lambda other: other.key)

    def _candidates(self, document: Document) -> Iterator[Document]:
        batch = FeatureBatch()
        batch.add(0, document)
        for slot in self._postings.like(batch.profiles()):
            other = self._documents[slot]
            if other is not None and other.key != document.key:
                yield other

    def pairs(self, *, processes: int = 1, progress: ProgressCallback | None = None) -> Iterator[FoundPair]:
        """Return every pair, each once, the same whatever the number of processes, in no particular order.

        `progress` is told how many of the documents are done, now and then.
        """
        couples = self._couples(processes, _halved(progress, 0))
        parts = [couples[start : start + _JUDGED] for start in range(0, len(couples), _JUDGED)]
        tell = _halved(progress, 1)
        for number, found in enumerate(map_in_processes(self._judged, parts, processes), start=1):
            yield from found
            tell(len(self) * number // len(parts), len(self))
        tell(len(self), len(self))

    def _couples(self, processes: int, progress: ProgressCallback) -> NDArray[np.int64]:
        """Return the slots of all documents that are worth judging, in order: those alike often stand together."""
        join, profiles = SimilarityJoin(self._postings), len(self._postings)
        parts = [range(start, min(profiles, start + _PART)) for start in range(0, profiles, _PART)]
        found = []
        for part, couples in zip(parts, map_in_processes(partial(_joined, join), parts, processes), strict=True):
            found.append(couples)
            progress(len(self) * part.stop // profiles, len(self))
        return merged(found)

    def _judged(self, couples: NDArray[np.int64]) -> list[FoundPair]:
        read = lru_cache(_KEPT)(AnalysedDocument.of)
        found = []
        for slot, other in couples.tolist():
            left, right = self._documents[slot], self._documents[other]
            if left and right and (pair := _pair(left, read(left), right, read(right), compare_documents)):
                found.append(pair)
        return found

    def _profiles(self, slots: range) -> Profiles:
        batch = FeatureBatch()
        for slot, document in zip(slots, self._documents[slots.start : slots.stop], strict=False):
            if document is not None:
                batch.add(slot, document)
        return batch.profiles()


def _joined(join: SimilarityJoin, part: range) -> NDArray[np.int64]:
    return join.couples(part.start, part.stop)


def _halved(progress: ProgressCallback | None, half: int) -> ProgressCallback:
    """Have one half of the work told as half of the documents: which are worth judging, then what they are."""
    if progress is None:
        return lambda done, total: None
    return lambda done, total: progress((done + half * total) // 2, total)


def _pair(
    one: Document,
    analysed_one: AnalysedDocument,
    other: Document,
    analysed_other: AnalysedDocument,
    compare: CompareFunction,
) -> FoundPair | None:
    if one.key > other.key:
        one, analysed_one, other, analysed_other = other, analysed_other, one, analysed_one
    verdict = compare(analysed_one, analysed_other)
    return FoundPair(one.key, other.key, verdict) if verdict else None


@lru_cache(_KEPT_WHILE_TYPING)
def _read(document: Document) -> AnalysedDocument:
    return AnalysedDocument.of(document)
