"""Searching what is published on a server: the same queries, read the same way, answered by another machine.

A worker keeps the words alone, not where they stand. Every search asks at the same time which changes the server
knows: one that is behind the epoch is not listened to, so that no page is ever stale.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
from pyroaring import BitMap

from faq.caching import EpochCache
from faq.domain.search import server_queries
from faq.domain.search.filing import NO_FILING, TermFiling
from faq.domain.search.index import IndexMatches, IndexRanking
from faq.domain.search.postings import DocumentFrequencies
from faq.domain.search.queries import Query, Synonyms
from faq.domain.search.query_terms import QueryExpander, QueryTerm
from faq.domain.search.vocabulary import Vocabulary
from faq.models.epochs import Epoch
from faq.selectors.search.memory import indexes
from faq.selectors.search.server import Server, ServerBehind, ServerFault
from faq.selectors.search.steps import latest_step
from faq.selectors.search.words import Groups, synonym_groups, with_new_words

AGEING = 600.0
"""Seconds after which the frequencies of words are asked for again, once something changed."""

WAITS = (0.05, 0.15)
"""Seconds to wait for what was just published, before the worker searches itself."""


@dataclass(frozen=True)
class Words:
    """What is known of words at an epoch, and what the server has to know to be listened to."""

    epoch: str
    step: int
    vocabulary: Vocabulary
    counts: DocumentFrequencies
    counted_at: float
    synonyms: Synonyms
    groups: Groups

    def expander(self, filed: TermFiling = NO_FILING, *, typing: bool = False) -> QueryExpander:
        """Return who reads queries."""
        return QueryExpander(self.vocabulary, self.counts, self.synonyms, filed, typing)


@dataclass(frozen=True)
class RemoteFound:
    """What a query finds, as `faq.domain.search.index.IndexMatches`."""

    matched: server_queries.UnrankedMatches
    nearest: list[int]
    _server: Server = field(repr=False)

    @property
    def entries(self) -> BitMap:
        """All that match."""
        return self.matched.entries

    @property
    def terms(self) -> tuple[QueryTerm, ...]:
        """What the query means."""
        return self.matched.terms

    def ranked(self, within: BitMap) -> "RemoteRanked":
        """Return those that are among some others, in the server's order."""
        return RemoteRanked(self.matched, within & self.entries, self._server)


@dataclass(frozen=True)
class RemoteRanked:
    """Entries, best first; asked for where somebody looks. Raises ServerFault."""

    _matched: server_queries.UnrankedMatches
    _within: BitMap
    server: Server

    def best(self, limit: int) -> list[tuple[int, float]]:
        """Return the first ones, each with its score."""
        return self._ask(0, min(limit, len(self._within)))

    def numbers(self, start: int, stop: int) -> list[int]:
        """Return those from one place to before another."""
        return [number for number, _ in self._ask(start, min(stop, len(self._within)))]

    def _ask(self, start: int, stop: int) -> list[tuple[int, float]]:
        if stop <= start:
            return []
        [answer] = self.server.search([self._matched.ranking_search(self._within, start, stop)])
        return _read(server_queries.ranking_of, answer)


class Steadfast:
    """What a server finds; should it fail on the way to the farther pages, what the worker finds."""

    def __init__(self, found: RemoteFound, otherwise: Callable[[], IndexMatches]) -> None:
        self._found, self._otherwise = found, otherwise
        self.entries, self.terms, self.nearest = found.entries, found.terms, found.nearest

    def ranked(self, within: BitMap) -> "SteadfastRanked":
        """Return those that are among some others, in their order."""
        return SteadfastRanked(self._found.ranked(within), lambda: self._otherwise().ranked(within))


class SteadfastRanked:
    """Entries, best first, whatever happens to the server."""

    def __init__(self, ranked: RemoteRanked, otherwise: Callable[[], IndexRanking]) -> None:
        self._ranked, self._otherwise = ranked, otherwise

    def best(self, limit: int) -> list[tuple[int, float]]:
        """Return the first ones, each with its score. Raises ServerFault: everything may still be found otherwise."""
        return self._ranked.best(limit)

    def numbers(self, start: int, stop: int) -> list[int]:
        """Return those from one place to before another."""
        try:
            return self._ranked.numbers(start, stop)
        except ServerFault as fault:
            self._ranked.server.failed(fault)
            return self._otherwise().numbers(start, stop)


def search_remotely(
    server: Server, words: Words, query: Query, filed: TermFiling, total: int, *, typing: bool = False
) -> RemoteFound:
    """Search among `total` entries. Raises ServerFault where the server fails, or is behind."""
    terms = tuple(words.expander(filed, typing=typing).expand(query))
    said = [term for term in terms if not term.unknown]
    present = iter(_present(server, words, said))
    sets = [BitMap() if term.unknown else next(present) for term in terms]
    matched = server_queries.UnrankedMatches.of(terms, sets, total)
    nearest: list[int] = []
    if matched.some and not matched.entries:
        [answer] = server.search([matched.nearest_search()])
        nearest = [number for number, _ in _read(server_queries.ranking_of, answer)]
    return RemoteFound(matched, nearest, server)


def _present(server: Server, words: Words, terms: list[QueryTerm]) -> list[BitMap]:
    if not terms:
        return []
    answers = _up_to_date(server, words, [server_queries.presence_search(term) for term in terms])
    return [_read(server_queries.presence_of, answer) for answer in answers]


def _up_to_date(server: Server, words: Words, searches: list[server_queries.Body]) -> list[server_queries.Body]:
    """Search once the server knows the latest changes; what was just published is on its way to it."""
    for waiting in (*WAITS, None):
        state, *answers = server.search([server_queries.STATE_SEARCH, *searches])
        if _knows(words.step, _read(server_queries.step_of, state)):
            if server.worked():
                indexes.clear()
            return answers
        if waiting is not None:
            time.sleep(waiting)
    raise ServerBehind("il ne connaît pas les derniers changements ; « manage.py rebuild_search --pending » les envoie")


def _knows(step: int, known: int) -> bool:
    """Return whether a server knows a step. One that knows more than ever happened filled up from another database."""
    return known == step or step < known <= latest_step()


def words_at(epoch: str, server: Server) -> Words:
    """Return what is known of words at an epoch, or one that came after. Raises ServerFault."""
    return _words_of(server).get(epoch)


@lru_cache(maxsize=1)
def _words_of(server: Server) -> EpochCache[str, Words]:
    return EpochCache(partial(_build, server), partial(_patched, server))


def step_on(server: Server) -> int:
    """Return the step whose changes the server knows; -1 where it knows nothing. Raises ServerFault."""
    [answer] = server.search([server_queries.STATE_SEARCH])
    return _read(server_queries.step_of, answer)


def about(server: Server, words: Words, amounts: Mapping[int, float], limit: int) -> list[int]:
    """Return the entries that are most about some words, given with how much each tells. Raises ServerFault."""
    [answer] = _up_to_date(server, words, [server_queries.about_search(amounts, limit)])
    return [number for number, _ in _read(server_queries.ranking_of, answer)]


def _build(server: Server, epoch: str) -> Words:
    return _read_words(server, epoch, None)


def _patched(server: Server, latest: Words, since: str, epoch: str) -> Words | None:
    # Whoever changed everything may have numbered the words again.
    return None if Epoch.changed_since(since, epoch) is None else _read_words(server, epoch, latest)


def _read_words(server: Server, epoch: str, latest: Words | None) -> Words:
    step = latest_step()
    vocabulary = with_new_words(latest.vocabulary if latest else Vocabulary.build((), ()))
    groups = synonym_groups()
    synonyms = latest.synonyms if latest and groups == latest.groups else Synonyms(groups)
    now = time.monotonic()
    if latest and now - latest.counted_at < AGEING:
        counts, now = _one_each(vocabulary, latest.counts), latest.counted_at
    else:
        [answer] = server.search([server_queries.FREQUENCY_SEARCH])
        counts = _counts(vocabulary, _read(server_queries.frequencies_of, answer))
    return Words(epoch, step, vocabulary, counts, now, synonyms, groups)


def _one_each(vocabulary: Vocabulary, known: DocumentFrequencies) -> DocumentFrequencies:
    """Count every word at least once: what became known since stands somewhere."""
    counts = np.ones(max(vocabulary.latest[0] + 1, len(known)), np.int32)
    counts[: len(known)] = known
    return counts


def _counts(vocabulary: Vocabulary, frequencies: Mapping[int, int]) -> DocumentFrequencies:
    counts = _one_each(vocabulary, np.ones(0, np.int32))
    for stem, entries in frequencies.items():
        if stem < len(counts):
            counts[stem] = entries
    return counts


def _read(reading: Callable, answer: server_queries.Body):
    try:
        return reading(answer)
    except (server_queries.InvalidAnswer, KeyError, IndexError, TypeError, ValueError) as error:
        raise ServerFault("une réponse incomplète, ou qui n’est pas celle qu’on attend") from error
