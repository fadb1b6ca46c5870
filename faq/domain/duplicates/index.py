"""The index of documents, which finds every pair among them or with a text that is being typed."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache

import numpy as np

from faq.domain.duplicates.comparison import AnalysedDocument, compare_documents
from faq.domain.duplicates.features import FeatureBatch, Profiles
from faq.domain.duplicates.pairs import Document, FoundPair
from faq.domain.duplicates.postings import Keys, Nearest, Postings, Query
from faq.domain.duplicates.processes import map_in_processes, release_memory

MOST_COMPARED = 8
"""Documents before it with which a document is compared, where no more are alike."""
MOST_OF_MANY = 2
"""Documents with which it is compared where more are, those made from one template: the most alike."""
_MOST_SHOWN = 12
"""Documents with which a text that is being typed is compared."""
_BATCH = 2_000
"""Documents whose features are computed together."""
_PART = 500
"""Documents that a process looks up at a time during a full scan."""
_COMPARED = 2_000
"""Pairs that a process compares at a time."""
_SCAN_CACHE_SIZE = 4_096
"""Analysed documents that a process caches during a full scan."""
_TYPING_CACHE_SIZE = 500
"""Analysed documents cached between two checks, about 10 MB: each word typed leaves nearly the same candidates."""
_NO_KEY = -1
_NEWEST = np.array([np.iinfo(np.int64).max - 1])
"""The key of a text that stands behind all others."""

ProgressCallback = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


class DocumentIndex:
    """An index of documents by their features.

    Which pairs are compared depends on the documents and their keys alone, not on the order in which they came. A
    document is compared with few of those before it, so that the number of pairs grows like that of documents; it
    takes part in the pairs of those after it, which a change of its text may therefore alter.

    Adding, changing or removing one takes milliseconds. The index takes about 1.4 kB per answer of a hundred words,
    beside the documents themselves.
    """

    def __init__(self, documents: Iterable[Document] = (), *, processes: int = 1) -> None:
        ordered = sorted(documents, key=lambda document: document.key)
        self._documents = {document.key: document for document in ordered}
        if len(self._documents) != len(ordered):
            raise ValueError("Two documents have the same key.")
        self._highest = ordered[-1].key if ordered else _NO_KEY
        self._postings = Postings()
        parts = [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]
        self._postings.extend(map_in_processes(_build_profiles, parts, processes))
        release_memory()

    def __len__(self) -> int:
        return len(self._documents)

    def __contains__(self, key: int) -> bool:
        return key in self._documents

    def document(self, key: int) -> Document:
        """Return the document of a key. Raises KeyError where there is none."""
        return self._documents[key]

    def add(self, document: Document) -> None:
        """Add a document, in the place of the one with its key if there is one."""
        self.remove(document.key)
        self._documents[document.key] = document
        self._highest = max(self._highest, document.key)
        self._postings.add(_build_profiles([document]))

    def remove(self, key: int) -> None:
        """Remove a document, if it is there."""
        if self._documents.pop(key, None):
            self._postings.remove(key)

    def change(self, key: int, document: Document | None) -> set[int]:
        """Put a document in the place of a key, or none; return the keys of others whose pairs among them change."""
        former = self._documents.get(key)
        if former == document:
            return set()
        if document and key > self._highest:
            self.add(document)
            return set()
        queries = [Query.build(_build_profiles([one] if one else []), np.array([key])) for one in (former, document)]
        followers = self._find_followers(*queries)
        before = self._group_nearest(followers, but=key)
        self.remove(key)
        new = self._find_followers(*reversed(queries))
        before = self._group_nearest(new, but=key) | before
        if document:
            self.add(document)
        after = self._group_nearest(np.union1d(followers, new), but=key)
        return {one for one, others in after.items() if others != before[one]}

    def _find_followers(self, query: Query, other: Query) -> Keys:
        """Return the keys of the documents after one whose pairs may depend on it, if it turns into another."""
        followers = self._postings.find_followers(query, ~np.isin(query.rows.features, other.rows.features))
        return np.union1d(followers.alike, followers.moved)

    def _group_nearest(self, keys: Keys, *, but: int) -> dict[int, set[int]]:
        """Return the documents before each one with which it is compared, without one of them."""
        nearest = self._find_nearest(keys)
        groups: dict[int, set[int]] = {key: set() for key in keys.tolist()}
        for later, earlier in zip(nearest.later.tolist(), nearest.earlier.tolist(), strict=True):
            groups[later].add(earlier)
        return {key: group - {but} for key, group in groups.items()}

    def check(self, document: Document) -> list[FoundPair]:
        """Return the pairs of a document, best first.

        A document of the index has the same pairs as in `pairs()`. Any other is compared as if it came after all
        others; one of the same key is another state of the same document, and is left out.
        """
        if self._documents.get(document.key) == document:
            others = self._find_partners(document.key)
        else:
            query = Query.build(_build_profiles([document]), _NEWEST)
            others = self._postings.find_nearest(query, _MOST_SHOWN, _MOST_SHOWN).earlier.tolist()
        analysed = AnalysedDocument.analyse(document)
        found = [
            _build_pair(document, analysed, self._documents[other], _analyse(self._documents[other]))
            for other in others
            if other != document.key
        ]
        return sorted(filter(None, found), key=lambda pair: (-pair.verdict.score, pair.left, pair.right))

    def count_uncompared(self, document: Document) -> int:
        """Return the number of documents that are like one but not compared with it, as there are too many."""
        query = Query.build(_build_profiles([document]), _NEWEST)
        linked = len(self._postings.find_nearest(query, len(self), len(self)).earlier)
        is_stored = self._documents.get(document.key) == document
        compared = len(self._find_partners(document.key)) if is_stored else min(linked, _MOST_SHOWN)
        return max(0, max(linked, self._postings.count_neighbours(query)) - compared - is_stored)

    def _find_partners(self, key: int) -> list[int]:
        """Return the keys of the documents that a document of the index is compared with."""
        query = self._postings.query(np.array([key]))
        unchanged = np.zeros(len(query.rows.features), np.bool_)
        following = self._postings.find_followers(query, unchanged).alike
        nearest = self._find_nearest(np.concatenate([query.keys, following]))
        return [*nearest.earlier[nearest.later == key].tolist(), *nearest.later[nearest.earlier == key].tolist()]

    def pairs(self, *, processes: int = 1, progress: ProgressCallback | None = None) -> Iterator[FoundPair]:
        """Yield every pair once, the same for any number of processes, in no particular order.

        `progress` is called now and then with the number of documents done.
        """
        self._postings.merge_segments()
        keys = np.array(list(self._documents), np.int64)
        keys.sort()
        parts = [keys[start : start + _PART] for start in range(0, len(keys), _PART)]
        done = 0
        for part, found in zip(parts, map_in_processes(self._compare_part, parts, processes), strict=True):
            yield from found
            done += len(part)
            if progress:
                progress(done, len(self))

    def _compare_part(self, keys: Keys) -> list[FoundPair]:
        """Return the pairs of some documents with those before them."""
        nearest = self._find_nearest(keys)
        analyse = lru_cache(_SCAN_CACHE_SIZE)(AnalysedDocument.analyse)
        found = []
        for key, other in zip(nearest.later.tolist(), nearest.earlier.tolist(), strict=True):
            one, another = self._documents[key], self._documents[other]
            if pair := _build_pair(one, analyse(one), another, analyse(another)):
                found.append(pair)
        return found

    def _find_nearest(self, keys: Keys) -> Nearest:
        return self._postings.find_nearest(self._postings.query(keys), MOST_COMPARED, MOST_OF_MANY)


def _build_profiles(documents: Collection[Document]) -> Profiles:
    batch = FeatureBatch()
    for document in documents:
        batch.add(document)
    return batch.profiles()


def _build_pair(
    one: Document, analysed_one: AnalysedDocument, other: Document, analysed_other: AnalysedDocument
) -> FoundPair | None:
    if one.key > other.key:
        one, analysed_one, other, analysed_other = other, analysed_other, one, analysed_one
    verdict = compare_documents(analysed_one, analysed_other)
    return FoundPair(one.key, other.key, verdict) if verdict else None


@lru_cache(_TYPING_CACHE_SIZE)
def _analyse(document: Document) -> AnalysedDocument:
    return AnalysedDocument.analyse(document)
