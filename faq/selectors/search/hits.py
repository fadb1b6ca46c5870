"""Searching what is published, in memory or on the server that is switched on: the same answers, never stale ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, overload

from pyroaring import BitMap

from faq.domain.facets import Taxonomy
from faq.domain.search.extracts import Fragment, HighlightTerms, extract, highlighted
from faq.domain.search.filing import TermFiling, TermLabels
from faq.domain.search.index import IndexMatches
from faq.domain.search.proximity import RERANK_DEPTH, Phrase, rerank_by_proximity
from faq.domain.search.queries import Query, parse_query
from faq.domain.search.query_terms import QueryExpander, QueryTerm
from faq.domain.search.vocabulary import Vocabulary
from faq.models.entries import Entry
from faq.models.search import SearchedEntry, SearchForm
from faq.selectors.published import Snapshot
from faq.selectors.search.memory import index_at
from faq.selectors.search.remote import Steadfast, search_remotely, words_at
from faq.selectors.search.server import ServerFault, search_server

_REFERENCE = re.compile(r"[Qq] ?-? ?([0-9]{1,9})")


class IndexRanking(Protocol):
    """Entries in the order in which a query finds them."""

    def best(self, limit: int) -> list[tuple[int, float]]:
        """Return the first ones, each with its score."""

    def numbers(self, start: int, stop: int) -> list[int]:
        """Return those from one place to before another."""


class Ranking(Sequence[int]):
    """Entry numbers, best first; those of the farther pages are looked up where somebody looks."""

    def __init__(self, named: Sequence[int], best: Sequence[int], ranked: IndexRanking, length: int) -> None:
        """Take what comes before all others, the best of the others in their order, and who knows the rest."""
        self._first, self._named, self._ranked, self._length = [*named, *best], len(named), ranked, length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place):
        """Return one number, or a page of them."""
        if isinstance(place, int):
            place = range(self._length)[place]
            return self[place : place + 1][0]
        start, stop, step = place.indices(self._length)
        known = len(self._first)
        rest = self._ranked.numbers(max(start, known) - self._named, stop - self._named) if stop > known else []
        return [*self._first[start:stop], *rest][::step]


@dataclass(frozen=True)
class Hits:
    """What a search finds among the live entries."""

    query: str
    """As it was read: « » where it says nothing (function words only, signs only)."""
    numbers: Ranking
    """Those within the selection, best first."""
    entries: BitMap
    """All that match, whatever the selection."""
    marks: HighlightTerms
    """What `extract` and `highlight` mark."""
    correction: str
    """The query with the words that were probably meant; « » where it was searched for as it is."""
    unknown: tuple[str, ...]
    """Words of the query that stand in no entry, and look like none that do."""
    nearest: tuple[int, ...]
    """Where nothing matches: a few entries that hold something of the query, best first, whatever the selection."""
    read: Mapping[int, Entry]
    """Those that were read to be put in order, with their live versions, by number: no page has to read them again."""

    @property
    def count(self) -> int:
        """How many entries are within the selection."""
        return len(self.numbers)

    def extract(self, answer: str) -> list[Fragment]:
        """Return the part of an answer that holds most of what was searched for, as (text, whether it is a match)."""
        return extract(answer, self.marks)

    def highlight(self, text: str) -> list[Fragment]:
        """Return a whole text, such as a question, as (text, whether it is a match)."""
        return highlighted(text, self.marks)


_labels = TermLabels(Taxonomy(()))


def live_search(query: str, snapshot: Snapshot, selection: BitMap | None = None, *, typing: bool = False) -> Hits:
    """Search the entries that are live in a snapshot; `selection` holds the numbers of those to be ranked.

    Where nothing was published since the last search, no query for one word, one for several, and one more where
    a word was corrected. With `typing`, the last word may go on. Where a server is switched on, it searches; as
    long as it fails, or is behind, the worker does.
    """
    read = parse_query(query)

    def in_memory() -> tuple[IndexMatches, Vocabulary]:
        live = index_at(snapshot.epoch)
        return live.index.search(read, live.synonyms, _filed(snapshot), typing=typing), live.index.vocabulary

    server = search_server()
    if server and not server.rests:
        try:
            words = words_at(snapshot.epoch, server)
            found = search_remotely(server, words, read, _filed(snapshot), len(snapshot.index), typing=typing)
            return _hits(read, Steadfast(found, lambda: in_memory()[0]), words.vocabulary, snapshot, selection)
        except ServerFault as fault:
            server.failed(fault)
    return _hits(read, *in_memory(), snapshot, selection)


def _hits(
    read: Query, found: IndexMatches | Steadfast, vocabulary: Vocabulary, snapshot: Snapshot, selection: BitMap | None
) -> Hits:
    named = _named(read.text) & snapshot.index.live
    entries = found.entries & snapshot.index.live | named
    within = entries if selection is None else entries & selection
    ranked = found.ranked(within - named)
    best = ranked.best(RERANK_DEPTH)
    phrase = Phrase.from_terms(found.terms)
    compared = _compared(best, phrase)
    return Hits(
        query=read.text if read.words or named else "",
        numbers=Ranking(list(named & within), _by_phrase(best, phrase, compared), ranked, len(within)),
        entries=entries,
        marks=HighlightTerms.from_expansions(
            (expansion.keys, expansion.beginning) for term in found.terms for expansion in term.expansions
        ),
        correction=_corrected(read, found.terms, vocabulary),
        unknown=tuple(word.form for term in found.terms if term.unknown for word in term.words),
        nearest=tuple(number for number in found.nearest if number in snapshot.index.live),
        read=compared,
    )


def most_useful(snapshot: Snapshot, selection: BitMap, limit: int) -> list[int]:
    """Return the numbers of those of the selection that visitors found useful, the most useful first: one query."""
    rows = SearchedEntry.objects.filter(usefulness__gt=0).order_by("-usefulness", "pk").values_list("pk", flat=True)
    return list(islice((number for number in rows.iterator() if number in selection), limit))


def live_completions(query: str, snapshot: Snapshot) -> list[str]:
    """Return ways to go on with the last word of what is being typed, as people write it, the most usual first."""
    read = parse_query(query)
    if not read.words or read.words[-1].end != len(read.text):
        return []
    last = read.words[-1]
    numbers = _reader(snapshot).completions(last.form)
    shown = dict(SearchForm.objects.filter(pk__in=numbers).exclude(form=last.form).values_list("pk", "shown"))
    return [read.text[: last.start] + shown[number] for number in numbers if number in shown]


def _reader(snapshot: Snapshot) -> QueryExpander:
    """Return who knows the words, without asking a server that fails."""
    server = search_server()
    if server and not server.rests:
        try:
            return words_at(snapshot.epoch, server).expander()
        except ServerFault as fault:
            server.failed(fault)
    live = index_at(snapshot.epoch)
    return live.index.expander(live.synonyms)


def _filed(snapshot: Snapshot) -> TermFiling:
    """Return the filing of a snapshot by the names of its terms, which are read once."""
    global _labels
    labels = _labels
    if labels.taxonomy is not snapshot.taxonomy:
        labels = _labels = TermLabels(snapshot.taxonomy)
    return TermFiling(labels, snapshot.index)


def _named(query: str) -> BitMap:
    """Return the entry whose reference somebody typed (« Q-214 »)."""
    reference = _REFERENCE.fullmatch(query)
    return BitMap([int(reference[1])]) if reference else BitMap()


def _compared(best: Sequence[tuple[int, float]], phrase: Phrase) -> dict[int, Entry]:
    """Read what is to be put in order by what it says side by side, if there are several of both: one query."""
    if len(best) < 2 or not phrase.neighbours:
        return {}
    found: dict[int, Entry] = Entry.objects.with_live().live().in_bulk([number for number, _ in best])
    return found


def _by_phrase(best: Sequence[tuple[int, float]], phrase: Phrase, compared: Mapping[int, Entry]) -> list[int]:
    """Put those first that keep the words of the query together."""
    if not compared:
        return [number for number, _ in best]
    return rerank_by_proximity(
        best, phrase, {number: (entry.question, entry.answer) for number, entry in compared.items()}
    )


def _corrected(query: Query, terms: Sequence[QueryTerm], vocabulary: Vocabulary) -> str:
    """Write the query with the words that were probably find_correction, as people write them."""
    corrected = {int(vocabulary.ids[term.correction]): term.words[0] for term in terms if term.correction is not None}
    if not corrected:
        return ""
    shown = dict(SearchForm.objects.filter(pk__in=corrected).values_list("pk", "shown"))
    text = query.text
    for id, word in sorted(corrected.items(), key=lambda one: -one[1].start):
        text = text[: word.start] + shown.get(id, word.form) + text[word.end :]
    return text
