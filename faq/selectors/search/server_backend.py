"""The search backend on a server: queries are expanded here and matched there.

A worker keeps the words alone, not their postings. Each search asks at the same time which changes the server holds:
one that lags behind the epoch is not listened to, so that no page is ever stale.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

import numpy as np
from pyroaring import BitMap

from faq.caching import EpochCache
from faq.domain.search.filing import NO_FILING, TermFiling
from faq.domain.search.postings import DocumentFrequencies, StemWeights, unpack
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.query_terms import QueryExpander, QueryTerm
from faq.domain.search.server_queries import (
    FREQUENCY_SEARCH,
    STATE_SEARCH,
    Body,
    InvalidAnswer,
    UnrankedMatches,
    build_nearness_search,
    build_presence_search,
    build_similarity_search,
    parse_frequencies,
    parse_presence,
    parse_ranking,
    parse_state,
)
from faq.domain.search.similarity import MIN_SIMILARITY, compute_similarity, select_key_stems
from faq.domain.search.vocabulary import Vocabulary
from faq.models.epochs import Epoch
from faq.models.search import SearchedEntry
from faq.selectors.published import Snapshot
from faq.selectors.search.expansion import SynonymGroups, extend_vocabulary, get_filing, read_synonym_groups
from faq.selectors.search.memory_backend import live_indexes
from faq.selectors.search.server_changes import get_latest_step
from faq.selectors.search.server_client import SearchServer, ServerFault, ServerLags, get_search_server

FREQUENCIES_MAX_AGE = 600.0
"""Seconds after which the frequencies of stems are asked for again, once something changed."""
LAG_PAUSES = (0.05, 0.15)
"""Seconds to wait for a change on its way to the server, before it counts as lagging."""
_MOST_CANDIDATES = 50
"""Entries that the server proposes as similar."""

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class ServerWords:
    """The words that queries are expanded with, and the change that the server has to hold."""

    step: int
    vocabulary: Vocabulary
    frequencies: DocumentFrequencies
    counted_at: float
    """When the server counted them, on the monotonic clock."""
    synonyms: Synonyms
    groups: SynonymGroups

    def expander(self, total: int, filing: TermFiling = NO_FILING, *, typing: bool = False) -> QueryExpander:
        """Return what expands queries by these words, which stand in so many entries."""
        return QueryExpander(self.vocabulary, self.frequencies, total, self.synonyms, filing, typing)


class ServerBackend:
    """Searches the live entries of a snapshot on the server. Every method raises ServerFault."""

    def __init__(self, snapshot: Snapshot) -> None:
        server = get_search_server()
        if server is None:
            raise ServerFault("SEARCH_URL n’est pas définie")
        self._server, self._snapshot = server, snapshot
        self._words = _words_of(server).get(snapshot.epoch)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of all live entries."""
        return self._words.vocabulary

    def search(self, query: Query, *, typing: bool = False) -> "ServerMatches":
        """Return the entries that match a query; with `typing`, its last word may be unfinished."""
        total = len(self._snapshot.index)
        expander = self._words.expander(total, get_filing(self._snapshot), typing=typing)
        terms = tuple(expander.expand(query))
        present = self._find_present(terms, [not term.unknown for term in terms], build_presence_search)
        near = None
        if terms and not typing and not BitMap.intersection(*present):
            terms = expander.add_neighbours(terms, query)
            near = self._find_present(terms, [bool(term.neighbours) for term in terms], build_nearness_search)
        matches = UnrankedMatches.build(terms, present, total, near)
        added: list[int] = []
        if matches.addable and (matches.room or not matches.entries):
            [answer] = self._server.search([matches.build_addition_search()])
            added = [number for number, _ in _parse(parse_ranking, answer)]
        return ServerMatches(matches, added, self._server)

    def complete(self, prefix: str) -> list[int]:
        """Return the numbers of the forms that complete a prefix, the most frequent first."""
        return self._words.expander(len(self._snapshot.index)).complete(prefix)

    def find_similar(self, weights: StemWeights) -> dict[int, float]:
        """Return the entries that are similar to one with these stems, each with its similarity.

        The server proposes candidates; their similarity is computed here, as in memory.
        """
        key_stems = select_key_stems(weights, self._words.frequencies, len(self._snapshot.index))
        if not key_stems:
            return {}
        [answer] = self._search_current([build_similarity_search(key_stems, _MOST_CANDIDATES)])
        candidates = [number for number, _ in _parse(parse_ranking, answer)]
        rows = SearchedEntry.objects.filter(pk__in=candidates).values_list("pk", "words")
        found = {number: compute_similarity(weights, unpack(bytes(words)), key_stems) for number, words in rows}
        return {number: similarity for number, similarity in found.items() if similarity >= MIN_SIMILARITY}

    def _find_present(
        self, terms: Sequence[QueryTerm], asked: Sequence[bool], build_search: Callable[[QueryTerm], Body]
    ) -> list[BitMap]:
        """Return the entries that a search for each of these terms finds; none for those that are not asked for."""
        searches = [build_search(term) for term, wanted in zip(terms, asked, strict=True) if wanted]
        answers = iter(self._search_current(searches) if searches else ())
        return [_parse(parse_presence, next(answers)) if wanted else BitMap() for wanted in asked]

    def _search_current(self, searches: Sequence[Body]) -> list[Body]:
        """Search once the server holds the latest changes. Raises ServerLags where that takes too long."""
        for pause in (*LAG_PAUSES, None):
            state, *answers = self._server.search([STATE_SEARCH, *searches])
            if _holds(self._words.step, _parse(parse_state, state)):
                if self._server.record_success():
                    live_indexes.clear()
                return answers
            if pause is not None:
                time.sleep(pause)
        raise ServerLags(
            "il ne connaît pas les derniers changements ; « manage.py rebuild_search --pending » les envoie"
        )


@dataclass(frozen=True)
class ServerMatches:
    """The entries that match a query on the server."""

    _unranked: UnrankedMatches
    _added: list[int]
    _server: SearchServer

    @property
    def entries(self) -> BitMap:
        """The numbers of the entries."""
        return self._unranked.entries | self.by_meaning

    @property
    def by_meaning(self) -> BitMap:
        """Those of the entries that hold words near in meaning to the query's: they come last."""
        return BitMap(self._added if self._unranked.entries else ())

    @property
    def nearest(self) -> list[int]:
        """The entries that hold some term of the query, or a word near to one, best first, in case nothing matches."""
        return [] if self._unranked.entries else self._added

    @property
    def best_share(self) -> float:
        """The largest share of the query's idf that an entry holds."""
        return self._unranked.best_share

    @property
    def terms(self) -> tuple[QueryTerm, ...]:
        """The expanded terms of the query."""
        return self._unranked.terms

    def rank(self, within: BitMap) -> "ServerRanking":
        """Return the matches that are among some others, in the server's order."""
        return ServerRanking(self._unranked, within & self._unranked.entries, within & self.by_meaning, self._server)


@dataclass(frozen=True)
class ServerRanking:
    """Entries, best first, that the server is asked for page by page."""

    _unranked: UnrankedMatches
    _matching: BitMap
    _by_meaning: BitMap
    """Entries that come after those."""
    _server: SearchServer

    def page(self, start: int, stop: int) -> list[tuple[int, float]]:
        """Return the entries from one place to before another, each with its score. Raises ServerFault."""
        searches = []
        for entries in (self._matching, self._by_meaning):
            if start < min(stop, len(entries)):
                searches.append(self._unranked.build_ranking_search(entries, start, min(stop, len(entries))))
            start, stop = max(0, start - len(entries)), max(0, stop - len(entries))
        answers = self._server.search(searches) if searches else ()
        return [ranked for answer in answers for ranked in _parse(parse_ranking, answer)]


def get_step_on(server: SearchServer) -> int:
    """Return the step whose changes the server holds; -1 where it holds nothing. Raises ServerFault."""
    [answer] = server.search([STATE_SEARCH])
    return _parse(parse_state, answer)


def _holds(step: int, known: int) -> bool:
    """Return whether a server holds a step; one beyond the latest was filled from another database."""
    return known == step or step < known <= get_latest_step()


@lru_cache(maxsize=1)
def _words_of(server: SearchServer) -> EpochCache[str, ServerWords]:
    return EpochCache(partial(_build, server), partial(_patch, server))


def _build(server: SearchServer, epoch: str) -> ServerWords:
    return _read_words(server, None)


def _patch(server: SearchServer, latest: ServerWords, since: str, epoch: str) -> ServerWords | None:
    # A change of everything may have numbered the words again.
    return None if Epoch.changed_since(since, epoch) is None else _read_words(server, latest)


def _read_words(server: SearchServer, latest: ServerWords | None) -> ServerWords:
    # The step is read first: words can be newer than the change that the server has to hold, never older.
    step = get_latest_step()
    vocabulary = extend_vocabulary(latest.vocabulary if latest else Vocabulary.build((), ()))
    groups = read_synonym_groups()
    synonyms = latest.synonyms if latest and groups == latest.groups else Synonyms(groups)
    now = time.monotonic()
    if latest and now - latest.counted_at < FREQUENCIES_MAX_AGE:
        frequencies, now = _at_least_one(vocabulary, latest.frequencies), latest.counted_at
    else:
        frequencies = _count_entries(server, vocabulary)
    return ServerWords(step, vocabulary, frequencies, now, synonyms, groups)


def _count_entries(server: SearchServer, vocabulary: Vocabulary) -> DocumentFrequencies:
    """Return the frequencies that the server counts."""
    [answer] = server.search([FREQUENCY_SEARCH])
    frequencies = _at_least_one(vocabulary, np.empty(0, np.int32))
    for stem, entries in _parse(parse_frequencies, answer).items():
        if stem < len(frequencies):
            frequencies[stem] = entries
    return frequencies


def _at_least_one(vocabulary: Vocabulary, known: DocumentFrequencies) -> DocumentFrequencies:
    """Return frequencies for a vocabulary, 1 for the stems that are new: some entry holds them."""
    frequencies = np.ones(max(vocabulary.latest[0] + 1, len(known)), np.int32)
    frequencies[: len(known)] = known
    return frequencies


def _parse(parser: Callable[[Body], Parsed], answer: Body) -> Parsed:
    try:
        return parser(answer)
    except (InvalidAnswer, KeyError, IndexError, TypeError, ValueError) as error:
        raise ServerFault("une réponse incomplète, ou qui n’est pas celle qu’on attend") from error
