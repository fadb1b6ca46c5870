"""Searching what is published: matches in their order, with correction, highlighting and what to read instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple, overload

from pyroaring import BitMap

from faq.domain.search.extracts import Fragment, HighlightTerms, build_extract, highlight
from faq.domain.search.proximity import RERANK_DEPTH, Phrase, rerank_by_proximity
from faq.domain.search.queries import Query, QueryWord, parse_query
from faq.domain.search.query_terms import QueryTerm
from faq.domain.search.references import Reference, find_references
from faq.models.entries import Entry
from faq.models.search import SearchedEntry, SearchForm
from faq.selectors.published import Snapshot
from faq.selectors.search.backend import FallbackSearch, Matches, Ranking, SearchBackend

_HALF = 0.5

PageReader = Callable[[int, int], list[tuple[int, float]]]
"""Returns the ranked entries from one place to before another, each with its score."""


class HitNumbers(Sequence[int]):
    """Entry numbers, best first; those of the later pages are looked up when they are asked for."""

    def __init__(self, named: Sequence[int], best: Sequence[int], read_page: PageReader, length: int) -> None:
        """Store the entries named by their reference, the best of the others, and what finds the rest."""
        self._first, self._named, self._read_page, self._length = [*named, *best], len(named), read_page, length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place: int | slice) -> int | list[int]:
        """Return one number, or a page of them."""
        if isinstance(place, int):
            place = range(self._length)[place]
            return self[place : place + 1][0]
        start, stop, step = place.indices(self._length)
        known = len(self._first)
        rest = self._read_page(max(start, known) - self._named, stop - self._named) if stop > known else []
        return [*self._first[start:stop], *(number for number, _ in rest)][::step]


@dataclass(frozen=True)
class Hits:
    """The live entries that a search finds."""

    query: str
    """The cleaned query; « » where it holds only function words or signs."""
    numbers: HitNumbers
    """Those within the selection, best first."""
    entries: BitMap
    """All matches, regardless of the selection."""
    highlights: HighlightTerms
    """The stems and prefixes that `extract` and `highlight` mark."""
    correction: str
    """The query with corrected words; « » where it was searched for as it is."""
    suggestion: str
    """The query with the words that may have been meant; « » where there are none."""
    unknown: tuple[str, ...]
    """Words of the query that match no entry, as they are typed."""
    is_cut: bool
    """Whether the query has too many words: only the first are searched for."""
    is_partial: bool
    """Whether no entry says half of what was asked for."""
    is_vain: bool
    """Whether nothing was found by the words as they are typed."""
    by_meaning: int
    """How many of the entries within the selection, the last ones, hold words near in meaning instead."""
    nearest: tuple[int, ...]
    """A few entries that hold some term of the query, or a word near to one, best first, in case nothing matches."""
    loaded: Mapping[int, Entry]
    """The entries that were read for reranking, with their live versions, so that no page reads them again."""

    @property
    def count(self) -> int:
        """The number of entries within the selection."""
        return len(self.numbers)

    def extract(self, answer: str) -> list[Fragment]:
        """Return the part of an answer that holds most matches, as (text, whether it is a match)."""
        return build_extract(answer, self.highlights)

    def highlight(self, text: str) -> list[Fragment]:
        """Return a whole text, such as a question, as (text, whether it is a match)."""
        return highlight(text, self.highlights)


class _Selected(NamedTuple):
    """The matches of one backend, and those of them within the selection."""

    matches: Matches
    entries: BitMap
    within: BitMap
    ranking: Ranking


def live_search(text: str, snapshot: Snapshot, selection: BitMap | None = None, *, typing: bool = False) -> Hits:
    """Search the entries that are live in a snapshot; `selection` holds the numbers of those to be ranked.

    Where nothing was published since the last search: no query for one word, one for several, and one more where
    a word was corrected. With `typing`, the last word may be unfinished.
    """
    query = parse_query(text)
    fallback = FallbackSearch(snapshot)
    references = [reference for reference in find_references(query.text) if reference.number in snapshot.index.live]
    named = BitMap(reference.number for reference in references)

    @cache
    def search(backend: SearchBackend) -> _Selected:
        matches = backend.search(query, typing=typing)
        entries = matches.entries & snapshot.index.live | named
        within = entries if selection is None else entries & selection
        return _Selected(matches, entries, within, matches.rank(within - named))

    def read_page(start: int, stop: int) -> list[tuple[int, float]]:
        return fallback.ask(lambda backend: search(backend).ranking.page(start, stop))

    found, best = fallback.ask(lambda backend: (search(backend), search(backend).ranking.page(0, RERANK_DEPTH)))
    matches, within = found.matches, found.within
    phrase = Phrase.from_terms(matches.terms)
    loaded = _load_for_reranking(best, phrase)
    correction, suggestion = _write_corrections(query, matches.terms)
    return Hits(
        query=query.text if query.words or named or matches.terms else "",
        numbers=HitNumbers(
            _in_order(references, within), _rerank(best, phrase, loaded, matches.by_meaning), read_page, len(within)
        ),
        entries=found.entries,
        highlights=HighlightTerms.from_expansions(
            (expansion.keys, expansion.prefix) for term in matches.terms for expansion in term.expansions
        ),
        correction=correction,
        suggestion=suggestion,
        unknown=tuple(
            query.text[term.word.start : term.word.end]
            for term in matches.terms
            if term.unknown and not any(term.word.start in reference.span for reference in references)
        ),
        is_cut=query.is_cut,
        is_partial=not named and matches.best_share < _HALF,
        is_vain=not found.entries or (not named and all(term.unknown or term.correction for term in matches.terms)),
        by_meaning=len(matches.by_meaning & within),
        nearest=tuple(number for number in matches.nearest if number in snapshot.index.live),
        loaded=loaded,
    )


def most_useful_entries(snapshot: Snapshot, selection: BitMap, limit: int) -> list[int]:
    """Return the numbers of the entries of a selection that visitors found useful, best first: one query."""
    rows = SearchedEntry.objects.filter(usefulness__gt=0).order_by("-usefulness", "pk").values_list("pk", flat=True)
    return list(islice((number for number in rows.iterator() if number in selection), limit))


def complete_query(text: str, snapshot: Snapshot) -> list[str]:
    """Return a query with its last word completed in several ways, as people write it, the most frequent first."""
    query = parse_query(text)
    if not query.words or query.words[-1].end != len(query.text):
        return []
    last = query.words[-1]
    numbers = FallbackSearch(snapshot).ask(lambda backend: backend.complete(last.form))
    shown = dict(SearchForm.objects.filter(pk__in=numbers).exclude(form=last.form).values_list("pk", "shown"))
    return [query.text[: last.start] + shown[number] for number in numbers if number in shown]


def _in_order(references: Sequence[Reference], within: BitMap) -> list[int]:
    """Return the entries that were named, in the order of the query, as far as they are within the selection."""
    return list(dict.fromkeys(reference.number for reference in references if reference.number in within))


def _load_for_reranking(best: Sequence[tuple[int, float]], phrase: Phrase) -> dict[int, Entry]:
    """Read the best entries in one query, if there are several of them and several words to be side by side."""
    if len(best) < 2 or not phrase.neighbours:
        return {}
    loaded: dict[int, Entry] = Entry.objects.with_live().live().in_bulk([number for number, _ in best])
    return loaded


def _rerank(best: Sequence[tuple[int, float]], phrase: Phrase, loaded: Mapping[int, Entry], last: BitMap) -> list[int]:
    if not loaded:
        return [number for number, _ in best]
    texts = {number: (entry.question, entry.answer) for number, entry in loaded.items()}
    return rerank_by_proximity(best, phrase, texts, last)


def _write_corrections(query: Query, terms: Sequence[QueryTerm]) -> tuple[str, str]:
    """Return the query with its corrected words, and with those too that may be; « » where it has none.

    Both as people write them, in one query at most.
    """
    corrected = {term.word: term.correction for term in terms if term.correction is not None}
    suggested = {term.word: term.suggestion for term in terms if term.suggestion is not None}
    numbers = {*corrected.values(), *suggested.values()}
    shown = dict(SearchForm.objects.filter(pk__in=numbers).values_list("pk", "shown")) if numbers else {}
    return (
        _replace_words(query, corrected, shown) if corrected else "",
        _replace_words(query, corrected | suggested, shown) if suggested else "",
    )


def _replace_words(query: Query, forms: Mapping[QueryWord, int], shown: Mapping[int, str]) -> str:
    text = query.text
    for word, form in sorted(forms.items(), key=lambda one: -one[0].start):
        text = text[: word.start] + shown.get(form, word.form) + text[word.end :]
    return text
