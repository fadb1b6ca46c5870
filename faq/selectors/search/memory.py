"""The search index in memory: one for each worker, keyed by the epoch as `live.py` is.

Like the snapshot it is derived and never the truth. It is made from analysed words, of which every live entry has
a row; when the epoch moved, the rows of the entries that changed are read anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from faq.caching import EpochCache
from faq.domain.search.index import SearchIndex
from faq.domain.search.queries import Synonyms
from faq.domain.search.vocabulary import Vocabulary
from faq.models.epochs import Epoch
from faq.models.search import SearchedEntry
from faq.selectors.search.words import ROWS, Groups, synonym_groups, with_new_words

MOST_CHANGED = 500
"""Entries. Once more have changed since everything was read, everything is read again."""


@dataclass(frozen=True)
class LiveIndex:
    """The index at an epoch."""

    epoch: str
    index: SearchIndex
    synonyms: Synonyms
    groups: Groups
    """What the synonyms were made of."""


def index_at(epoch: str) -> LiveIndex:
    """Return the index of an epoch, or of one that came after."""
    return indexes.get(epoch)


def _build(epoch: str) -> LiveIndex:
    vocabulary = with_new_words(Vocabulary.build((), ()))
    useful = SearchedEntry.objects.exclude(usefulness=0).values_list("pk", "usefulness")
    index = SearchIndex.build(vocabulary, _stored_words(), dict(useful))
    groups = synonym_groups()
    return LiveIndex(epoch, index, Synonyms(groups), groups)


def _patched(latest: LiveIndex, since: str, epoch: str) -> LiveIndex | None:
    numbers = Epoch.changed_since(since, epoch)
    if numbers is None or len(numbers) + latest.index.postings.changes > MOST_CHANGED:
        return None
    vocabulary = with_new_words(latest.index.vocabulary)
    rows = SearchedEntry.objects.filter(pk__in=numbers).values_list("pk", "words", "usefulness")
    read = {number: (bytes(words), useful) for number, words, useful in rows}
    changed = {number: read.get(number, (b"", 0)) for number in numbers}
    index = latest.index.patched(
        vocabulary,
        {number: words for number, (words, _) in changed.items()},
        {number: useful for number, (_, useful) in changed.items()},
    )
    groups = synonym_groups()
    synonyms = latest.synonyms if groups == latest.groups else Synonyms(groups)
    return LiveIndex(epoch, index, synonyms, groups)


def _stored_words() -> Iterator[tuple[int, bytes]]:
    rows = SearchedEntry.objects.order_by("pk").values_list("pk", "words")
    return ((number, bytes(words)) for number, words in rows.iterator(chunk_size=ROWS))


indexes = EpochCache(_build, _patched)
