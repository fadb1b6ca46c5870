"""The search backend in the memory of a worker: one index, brought up to date when the epoch moves.

The index is built from the analysed words in `SearchedEntry`. Like the snapshot it is derived and never the truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from faq.caching import EpochCache
from faq.domain.search.index import IndexMatches, SearchIndex
from faq.domain.search.postings import StemWeights
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.similarity import find_similar, select_key_stems
from faq.domain.search.vocabulary import Vocabulary
from faq.models.epochs import Epoch
from faq.models.search import SearchedEntry
from faq.selectors.published import Snapshot
from faq.selectors.search.expansion import ROWS, SynonymGroups, extend_vocabulary, get_filing, read_synonym_groups

MOST_PATCHES = 500
"""Entries. Once more have changed since the index was built, it is built again."""


@dataclass(frozen=True)
class LiveIndex:
    """The index of all live entries, with the synonyms in use."""

    index: SearchIndex
    synonyms: Synonyms
    groups: SynonymGroups
    """The groups that `synonyms` holds, to see whether they changed."""


class MemoryBackend:
    """Searches the live entries of a snapshot in memory."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._live = live_indexes.get(snapshot.epoch)
        self._filing = get_filing(snapshot)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of all live entries."""
        return self._live.index.vocabulary

    def search(self, query: Query, *, typing: bool = False) -> IndexMatches:
        """Return the entries that match a query; with `typing`, its last word may be unfinished."""
        return self._live.index.search(query, self._live.synonyms, self._filing, typing=typing)

    def complete(self, prefix: str) -> list[int]:
        """Return the numbers of the forms that complete a prefix, the most frequent first."""
        return self._live.index.expander(self._live.synonyms).complete(prefix)

    def find_similar(self, weights: StemWeights) -> dict[int, float]:
        """Return the entries that are similar to one with these stems, each with its similarity."""
        index = self._live.index
        key_stems = select_key_stems(weights, index.postings.frequencies, len(index.entries))
        return find_similar(index, weights, key_stems)


def _build(epoch: str) -> LiveIndex:
    vocabulary = extend_vocabulary(Vocabulary.build((), ()))
    usefulness = SearchedEntry.objects.exclude(usefulness=0).values_list("pk", "usefulness")
    index = SearchIndex.build(vocabulary, _read_stored_words(), dict(usefulness))
    groups = read_synonym_groups()
    return LiveIndex(index, Synonyms(groups), groups)


def _patch(latest: LiveIndex, since: str, epoch: str) -> LiveIndex | None:
    numbers = Epoch.changed_since(since, epoch)
    if numbers is None or len(numbers) + latest.index.postings.changes > MOST_PATCHES:
        return None
    vocabulary = extend_vocabulary(latest.index.vocabulary)
    rows = SearchedEntry.objects.filter(pk__in=numbers).values_list("pk", "words", "usefulness")
    read = {number: (bytes(words), usefulness) for number, words, usefulness in rows}
    changed = {number: read.get(number, (b"", 0)) for number in numbers}
    index = latest.index.patched(
        vocabulary,
        {number: words for number, (words, _) in changed.items()},
        {number: usefulness for number, (_, usefulness) in changed.items()},
    )
    groups = read_synonym_groups()
    synonyms = latest.synonyms if groups == latest.groups else Synonyms(groups)
    return LiveIndex(index, synonyms, groups)


def _read_stored_words() -> Iterator[tuple[int, bytes]]:
    rows = SearchedEntry.objects.order_by("pk").values_list("pk", "words")
    return ((number, bytes(words)) for number, words in rows.iterator(chunk_size=ROWS))


live_indexes = EpochCache(_build, _patch)
