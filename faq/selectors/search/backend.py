"""The two search backends, and the one place where the worker's memory stands in for the server."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from faq.domain.search.index import IndexMatches, IndexRanking
from faq.selectors.published import Snapshot
from faq.selectors.search.memory_backend import MemoryBackend
from faq.selectors.search.server_backend import ServerBackend, ServerMatches, ServerRanking
from faq.selectors.search.server_client import ServerFault, get_search_server

Answer = TypeVar("Answer")


SearchBackend = MemoryBackend | ServerBackend
"""Searches the live entries of one snapshot; both have the same methods. Searches are remembered by their backend."""
Matches = IndexMatches | ServerMatches
"""The entries that match a query."""
Ranking = IndexRanking | ServerRanking
"""Entries in the order in which a query finds them."""


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
