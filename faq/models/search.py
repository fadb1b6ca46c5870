"""Searching what is published: one index in memory for each worker, keyed by the epoch as `live.py` is.

Like the snapshot it is derived and never the truth. It is made from analysed words, of which every live entry has
a row; when the epoch moved, the rows of the entries that changed are read anew.
"""

import re
import threading
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import overload

import numpy as np
from pyroaring import BitMap

from faq.domain.search.extracts import Marks, Piece, extract, highlighted
from faq.domain.search.index import Found, Index, Numbers
from faq.domain.search.queries import Query, Synonyms, read_query
from faq.domain.search.vocabulary import Vocabulary
from faq.models.epochs import Epoch
from faq.models.live import Snapshot
from faq.models.search_tables import SearchedEntry, SearchForm, SearchStem
from faq.models.synonyms import SynonymGroup

MOST_CHANGED = 500
"""Entries. Once more have changed since everything was read, everything is read anew."""
_ROWS = 5_000
_REFERENCE = re.compile(r"[Qq] ?-? ?([0-9]{1,9})")


class Ranking(Sequence[int]):
    """Entry numbers, best first; made from arrays where somebody looks."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place):
        """Give one number, or a page of them."""
        return self._numbers[place].tolist()


@dataclass(frozen=True)
class Hits:
    """What a search finds among the live entries."""

    query: str
    """As it was read: « » where it says nothing (function words only, signs only)."""
    numbers: Ranking
    """Those within the selection, best first."""
    entries: BitMap
    """All that match, whatever the selection."""
    marks: Marks
    """What `extract` and `highlight` mark."""
    correction: str
    """The query with the words that were probably meant; « » where it was searched for as it is."""
    unknown: tuple[str, ...]
    """Words of the query that stand in no entry, and look like none that do."""
    nearest: tuple[int, ...]
    """Where nothing matches: a few entries that hold something of the query, best first, whatever the selection."""

    @property
    def count(self) -> int:
        """How many entries are within the selection."""
        return len(self.numbers)

    def extract(self, answer: str) -> list[Piece]:
        """Give the part of an answer that holds most of what was searched for, as (text, whether it is a match)."""
        return extract(answer, self.marks)

    def highlight(self, text: str) -> list[Piece]:
        """Give a whole text, such as a question, as (text, whether it is a match)."""
        return highlighted(text, self.marks)


@dataclass(frozen=True)
class _Live:
    """The index at an epoch."""

    epoch: str
    index: Index
    synonyms: Synonyms
    groups: tuple[tuple[tuple[str, ...], bool], ...]
    """What the synonyms were made of."""


_latest: _Live | None = None
_at_work = threading.Lock()


def live_search(query: str, snapshot: Snapshot, selection: BitMap | None = None, *, typing: bool = False) -> Hits:
    """Search the entries that are live in a snapshot; `selection` holds the numbers of those to be ranked.

    No query where nothing was published since the last one; one where a word was corrected. With `typing`,
    the last word may go on.
    """
    live = _index_at(snapshot.epoch)
    read = read_query(query)
    found = live.index.search(read, live.synonyms, typing=typing)
    named = _named(read.text) & snapshot.index.live
    entries = found.entries & snapshot.index.live | named
    within = entries if selection is None else entries & selection
    return Hits(
        query=read.text if read.words or named else "",
        numbers=_ranking(found, within, named & within),
        entries=entries,
        marks=Marks.of((way.keys, way.beginning) for sense in found.senses for way in sense.ways),
        correction=_corrected(read, found, live.index.vocabulary),
        unknown=tuple(word.form for sense in found.senses if not sense.ways for word in sense.words),
        nearest=tuple(number for number in found.nearest.tolist() if number in snapshot.index.live),
    )


def most_useful(snapshot: Snapshot, selection: BitMap, limit: int) -> list[int]:
    """Give the numbers of those of the selection that visitors found useful, the most useful first."""
    usefulness = _index_at(snapshot.epoch).index.usefulness
    found_useful = BitMap(np.flatnonzero(usefulness > 0).tolist()) & selection & snapshot.index.live
    return sorted(found_useful, key=lambda number: (-usefulness[number], number))[:limit]


def live_completions(query: str, snapshot: Snapshot) -> list[str]:
    """Give ways to go on with the last word of what is being typed, as people write it, the most usual first."""
    read = read_query(query)
    if not read.words or read.words[-1].end != len(read.text):
        return []
    last = read.words[-1]
    numbers = _index_at(snapshot.epoch).index.completions(last.form)
    shown = dict(SearchForm.objects.filter(pk__in=numbers).exclude(form=last.form).values_list("pk", "shown"))
    return [read.text[: last.start] + shown[number] for number in numbers if number in shown]


def _index_at(epoch: str) -> _Live:
    """Give the index of an epoch, or of one that came after."""
    global _latest
    latest = _latest
    if not epoch or latest is None or latest.epoch != epoch:
        # Threads that come meanwhile wait for what the first one reads.
        with _at_work:
            latest = _latest = _brought_to(epoch, _latest)
    return latest


def _brought_to(epoch: str, latest: _Live | None) -> _Live:
    if not epoch or latest is None:
        return _build(epoch)
    if latest.epoch == epoch:
        return latest
    numbers = Epoch.changed_since(latest.epoch, epoch)
    if numbers is None or len(numbers) + latest.index.postings.changes > MOST_CHANGED:
        return _build(epoch)
    return _patched(latest, epoch, numbers)


def _build(epoch: str) -> _Live:
    vocabulary = _with_new_words(Vocabulary.build((), ()))
    useful = SearchedEntry.objects.exclude(usefulness=0).values_list("pk", "usefulness")
    index = Index.build(vocabulary, _stored_words(), dict(useful))
    groups = _groups()
    return _Live(epoch, index, Synonyms(groups), groups)


def _patched(latest: _Live, epoch: str, numbers: Set[int]) -> _Live:
    vocabulary = _with_new_words(latest.index.vocabulary)
    rows = SearchedEntry.objects.filter(pk__in=numbers).values_list("pk", "words", "usefulness")
    read = {number: (bytes(words), useful) for number, words, useful in rows}
    changed = {number: read.get(number, (b"", 0)) for number in numbers}
    index = latest.index.patched(
        vocabulary,
        {number: words for number, (words, _) in changed.items()},
        {number: useful for number, (_, useful) in changed.items()},
    )
    groups = _groups()
    synonyms = latest.synonyms if groups == latest.groups else Synonyms(groups)
    return _Live(epoch, index, synonyms, groups)


def _with_new_words(vocabulary: Vocabulary) -> Vocabulary:
    """Give a vocabulary with the words that became known since its own.

    Words are read before entries: an entry read may hold a word that is not, never the other way round.
    """
    stem, form = vocabulary.latest
    forms = SearchForm.objects.filter(pk__gt=form).values_list("pk", "form", "stem")
    stems = SearchStem.objects.filter(pk__gt=stem).values_list("pk", "key")
    return vocabulary.with_words(stems.iterator(chunk_size=_ROWS), forms.iterator(chunk_size=_ROWS))


def _stored_words() -> Iterator[tuple[int, bytes]]:
    rows = SearchedEntry.objects.order_by("pk").values_list("pk", "words")
    return ((number, bytes(words)) for number, words in rows.iterator(chunk_size=_ROWS))


def _groups() -> tuple[tuple[tuple[str, ...], bool], ...]:
    rows = SynonymGroup.objects.in_use().order_by("pk").values_list("expressions", "one_way")
    return tuple((tuple(expressions), one_way) for expressions, one_way in rows)


def _named(query: str) -> BitMap:
    """Give the entry whose reference somebody typed (« Q-214 »)."""
    reference = _REFERENCE.fullmatch(query)
    return BitMap([int(reference[1])]) if reference else BitMap()


def _ranking(found: Found, within: BitMap, named: BitMap) -> Ranking:
    if len(within) == len(found.numbers) and not named:
        return Ranking(found.numbers)
    wanted = np.zeros(int(max(found.numbers.max(initial=0), within.max() if within else 0)) + 1, np.bool_)
    wanted[np.frombuffer(within.to_array(), np.uint32)] = True
    first = np.array(named.to_array(), np.intp)
    wanted[first] = False
    return Ranking(np.concatenate([first, found.numbers[wanted[found.numbers]]]))


def _corrected(query: Query, found: Found, vocabulary: Vocabulary) -> str:
    """Write the query with the words that were probably meant, as people write them."""
    corrected = {
        int(vocabulary.ids[sense.correction]): sense.words[0] for sense in found.senses if sense.correction is not None
    }
    if not corrected:
        return ""
    shown = dict(SearchForm.objects.filter(pk__in=corrected).values_list("pk", "shown"))
    text = query.text
    for id, word in sorted(corrected.items(), key=lambda one: -one[1].start):
        text = text[: word.start] + shown.get(id, word.form) + text[word.end :]
    return text
