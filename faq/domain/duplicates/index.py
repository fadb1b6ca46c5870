"""The index of documents, which finds every pair among them or with a text that is being typed."""

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
from faq.domain.duplicates.similarity_join import SimilarityJoin, merge_pairs

_BATCH = 2_000
"""Documents whose features are computed together."""
_PART = 16_000
"""Profiles that a process joins at a time during a full scan."""
_COMPARED = 2_000
"""Candidate pairs that a process compares at a time."""
_SCAN_CACHE_SIZE = 4_096
"""Analysed documents that a process caches during a full scan."""
_TYPING_CACHE_SIZE = 500
"""Analysed documents cached between two checks, about 10 MB: each word typed leaves nearly the same candidates."""

ProgressCallback = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


class DocumentIndex:
    """An index of documents by their features.

    Adding, changing or removing one takes milliseconds, and leaves the index as if it had been
    built from its present documents. It takes about 1.5 kB per answer of a hundred words, beside
    the documents themselves.
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
            self._postings.remove(slot)

    def check(self, document: Document) -> list[FoundPair]:
        """Return the pairs of a document with those of the index, best first.

        One of the same key is another state of the same document, and is left out.
        """
        analysed = AnalysedDocument.analyse(document)
        quick_filter = QuickFilter(analysed.answer)
        found = []
        for other in self._candidates(document):
            if not quick_filter.cannot_match(other.answer):
                pair = _build_pair(document, analysed, other, _analyse(other), compare_documents)
            elif document.question and other.question:
                pair = _build_pair(document, analysed, other, _analyse(other), compare_questions)
            else:
                continue
            if pair:
                found.append(pair)
        return sorted(found, key=lambda pair: (-pair.verdict.score, pair.left, pair.right))

    def candidates(self, document: Document) -> list[Document]:
        """Return the documents that share enough features with one to be compared, in the order of their keys."""
        return sorted(self._candidates(document), key=lambda other: other.key)

    def _candidates(self, document: Document) -> Iterator[Document]:
        batch = FeatureBatch()
        batch.add(0, document)
        for slot in self._postings.find_similar(batch.profiles()):
            other = self._documents[slot]
            if other is not None and other.key != document.key:
                yield other

    def pairs(self, *, processes: int = 1, progress: ProgressCallback | None = None) -> Iterator[FoundPair]:
        """Yield every pair once, the same for any number of processes, in no particular order.

        `progress` is called now and then with the number of documents done.
        """
        candidates = self._candidate_pairs(processes, _halved(progress, 0))
        parts = [candidates[start : start + _COMPARED] for start in range(0, len(candidates), _COMPARED)]
        report = _halved(progress, 1)
        for number, found in enumerate(map_in_processes(self._compare, parts, processes), start=1):
            yield from found
            report(len(self) * number // len(parts), len(self))
        report(len(self), len(self))

    def _candidate_pairs(self, processes: int, progress: ProgressCallback) -> NDArray[np.int64]:
        """Return the slots of all pairs worth comparing, in order, as similar documents often stand together."""
        join, profiles = SimilarityJoin(self._postings), len(self._postings)
        parts = [range(start, min(profiles, start + _PART)) for start in range(0, profiles, _PART)]
        found = []
        for part, candidates in zip(parts, map_in_processes(partial(_join_part, join), parts, processes), strict=True):
            found.append(candidates)
            progress(len(self) * part.stop // profiles, len(self))
        return merge_pairs(found)

    def _compare(self, candidates: NDArray[np.int64]) -> list[FoundPair]:
        analyse = lru_cache(_SCAN_CACHE_SIZE)(AnalysedDocument.analyse)
        found = []
        for slot, other in candidates.tolist():
            left, right = self._documents[slot], self._documents[other]
            if left and right and (pair := _build_pair(left, analyse(left), right, analyse(right), compare_documents)):
                found.append(pair)
        return found

    def _profiles(self, slots: range) -> Profiles:
        batch = FeatureBatch()
        for slot, document in zip(slots, self._documents[slots.start : slots.stop], strict=False):
            if document is not None:
                batch.add(slot, document)
        return batch.profiles()


def _join_part(join: SimilarityJoin, part: range) -> NDArray[np.int64]:
    return join.pairs(part.start, part.stop)


def _halved(progress: ProgressCallback | None, half: int) -> ProgressCallback:
    """Return a callback for one half of the work, finding candidates or comparing them, as half of the documents."""
    if progress is None:
        return lambda done, total: None
    return lambda done, total: progress((done + half * total) // 2, total)


def _build_pair(
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


@lru_cache(_TYPING_CACHE_SIZE)
def _analyse(document: Document) -> AnalysedDocument:
    return AnalysedDocument.analyse(document)
