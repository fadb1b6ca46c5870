"""The protocol of search backends, and the one place where the worker's memory stands in for the server."""

from collections.abc import Callable
from functools import cached_property
from typing import Protocol, TypeVar

from pyroaring import BitMap

from faq.domain.search.postings import StemWeights
from faq.domain.search.queries import Query
from faq.domain.search.query_terms import QueryTerm
from faq.selectors.published import Snapshot
from faq.selectors.search.memory_backend import MemoryBackend
from faq.selectors.search.server_backend import ServerBackend
from faq.selectors.search.server_client import ServerFault, get_search_server

Answer = TypeVar("Answer")


class Ranking(Protocol):
    """Entries in the order in which a query finds them."""

    def page(self, start: int, stop: int) -> list[tuple[int, float]]:
        """Return the entries from one place to before another, each with its score."""


class Matches(Protocol):
    """The entries that match a query."""

    @property
    def entries(self) -> BitMap:
        """The numbers of the entries."""

    @property
    def terms(self) -> tuple[QueryTerm, ...]:
        """The expanded terms of the query."""

    @property
    def nearest(self) -> list[int]:
        """The entries that hold some term of the query, best first, in case nothing matches."""

    def rank(self, within: BitMap) -> Ranking:
        """Return the matches that are among some others, best first."""


class SearchBackend(Protocol):
    """Searches the live entries of one snapshot."""

    def __hash__(self) -> int:
        """Return a hash: searches are remembered by their backend."""

    def search(self, query: Query, *, typing: bool = False) -> Matches:
        """Return the entries that match a query; with `typing`, its last word may be unfinished."""

    def complete(self, prefix: str) -> list[int]:
        """Return the numbers of the forms that complete a prefix, the most frequent first."""

    def find_similar(self, weights: StemWeights) -> dict[int, float]:
        """Return the entries that are similar to one with these stems, each with its similarity."""


class FallbackSearch:
    """Asks the search server where one is configured, and the memory of the worker where that fails or lags."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def ask(self, question: Callable[[SearchBackend], Answer]) -> Answer:
        """Return the first answer: a question that the server cannot answer is put to memory as a whole."""
        server = get_search_server()
        if server and not server.is_resting:
            try:
                return question(self._server)
            except ServerFault as fault:
                server.record_fault(fault)
        return question(self._memory)

    @cached_property
    def _server(self) -> ServerBackend:
        return ServerBackend(self._snapshot)

    @cached_property
    def _memory(self) -> MemoryBackend:
        return MemoryBackend(self._snapshot)
