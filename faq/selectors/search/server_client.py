"""The OpenSearch or Elasticsearch server that SEARCH_URL names: its client, its faults, and when it is left alone."""

import logging
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import checks

from faq.domain.search.address import EXAMPLE, ServerAddress, parse_server_address
from faq.domain.search.server_queries import Body

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

logger = logging.getLogger(__name__)

SEARCH_TIMEOUT = 2.0
"""Seconds that a page waits for an answer."""
_WRITE_TIMEOUT = 60.0
REST = 15.0
"""Seconds during which a server that failed is not asked."""
FIRST_PAUSE, _MOST_RETRIES = 1, 3
"""Seconds before documents that the server was too busy for are sent again: 1, 2 and 4."""
CHUNK = 500
"""Documents in one request: some hundred kilobytes."""
_CONFLICT, _ABSENT, _BUSY = 409, 404, 429
_SAME_COPY = "faq"
"""Searches of one preference go to the same copy of the index: another may show changes a moment later."""


class ServerFault(Exception):
    """The server did not answer, or not as it should; the message says so in French."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status


class ServerLags(ServerFault):
    """The server does not hold the latest changes."""


class SearchServer:
    """A search server with one index behind an alias. Threads share it; every request raises ServerFault."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._rests_until = 0.0
        self._failing = False

    @property
    def is_resting(self) -> bool:
        """Whether it failed a moment ago and is not asked."""
        return time.monotonic() < self._rests_until

    def record_fault(self, fault: Exception) -> None:
        """Leave the server alone for a while, and log the first fault since it last worked."""
        self._rests_until = time.monotonic() + REST
        if not self._failing:
            self._failing = True
            logger.error("Moteur de recherche %s : %s. Le site cherche en mémoire.", self.address, fault)

    def record_success(self) -> bool:
        """Note that the server answers; return whether it did not before."""
        failed = self._failing
        if failed:
            self._failing, self._rests_until = False, 0.0
            logger.info("Moteur de recherche %s : il répond de nouveau.", self.address)
        return failed

    def search(self, searches: Iterable[Body]) -> list[Body]:
        """Search several times in one request; return the answers in order."""
        lines = [line for body in searches for line in ({"preference": _SAME_COPY}, body)]
        with _translated_faults():
            answer = self.client.msearch(body=lines, index=self.address.index, request_timeout=SEARCH_TIMEOUT)
        answers = answer.get("responses") if isinstance(answer, dict) else None
        if not isinstance(answers, list) or len(answers) != len(lines) // 2:
            raise ServerFault("il ne répond pas à toutes les recherches")
        return answers

    def write(self, actions: Iterable[Body], index: str = "", *, refresh: bool = False) -> None:
        """Write and delete documents, behind the alias or in an index; those it was too busy for, again after a pause.

        A document whose stored version is newer, and one deleted before, are no faults.
        """
        from opensearchpy.helpers import streaming_bulk

        with _translated_faults():
            for succeeded, outcome in streaming_bulk(
                self.client,
                actions,
                chunk_size=CHUNK,
                raise_on_error=False,
                initial_backoff=FIRST_PAUSE,
                max_retries=_MOST_RETRIES,
                index=index or self.address.index,
                # Without the alias, the server would create an index of that name.
                require_alias=not index,
                refresh=refresh,
                request_timeout=_WRITE_TIMEOUT,
            ):
                if not succeeded:
                    _require_expected(outcome)

    def create_index(self, name: str, body: Body) -> None:
        """Create an index."""
        with _translated_faults():
            self.client.indices.create(index=name, body=body)

    def delete_index(self, name: str) -> None:
        """Delete an index."""
        with _translated_faults():
            self.client.indices.delete(index=name)

    def find_aliased_indexes(self) -> list[str]:
        """Return the indexes behind the alias; none before the server was filled."""
        try:
            with _translated_faults():
                return sorted(self.client.indices.get_alias(name=self.address.index))
        except ServerFault as fault:
            if fault.status == _ABSENT:
                return []
            raise

    def move_alias(self, before: Iterable[str], index: str) -> None:
        """Put an index behind the alias in the place of others, all at once."""
        alias = self.address.index
        removals = [{"remove": {"index": old, "alias": alias}} for old in before]
        with _translated_faults():
            self.client.indices.update_aliases(body={"actions": [*removals, {"add": {"index": index, "alias": alias}}]})

    @cached_property
    def client(self) -> "OpenSearch":
        """The client, with its pool of connections."""
        # Imported here: it takes a quarter of a second, which processes without a server need not wait for.
        from opensearchpy import OpenSearch

        # Faults are logged once, by `record_fault`; the client would log every request, with what visitors typed.
        for name in ("opensearch", "opensearchpy.trace"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        address = self.address
        # The client encodes credentials as Latin-1; servers read UTF-8.
        credentials = f"{address.user}:{address.password}".encode().decode("latin-1") if address.user else None
        return OpenSearch(
            hosts=[{"host": address.host, "port": address.port}],
            http_auth=credentials,
            use_ssl=address.secure,
            # The authorities that the system trusts, not those of a package.
            ssl_context=ssl.create_default_context() if address.secure else None,
            max_retries=0,
        )

    def close(self) -> None:
        """Close the connections; the next request opens others."""
        if "client" in self.__dict__:
            self.client.close()
            del self.client


def get_search_server() -> SearchServer | None:
    """Return the server that SEARCH_URL names; None where it names none."""
    return _server_at(settings.SEARCH_URL) if settings.SEARCH_URL else None


@lru_cache(maxsize=1)
def _server_at(url: str) -> SearchServer:
    return SearchServer(parse_server_address(url))


@checks.register
def check_search_address(**options: Any) -> list[checks.CheckMessage]:
    """Refuse to start with a SEARCH_URL that cannot be used."""
    if not settings.SEARCH_URL:
        return []
    try:
        address = parse_server_address(settings.SEARCH_URL)
    except ValueError as error:
        return [checks.Error(f"SEARCH_URL : {error}.", hint=f"Exemple : {EXAMPLE}", id="faq.E001")]
    if address.password and not address.secure:
        return [checks.Warning("SEARCH_URL : le mot de passe voyage en clair ; préférez https.", id="faq.W001")]
    return []


@contextmanager
def _translated_faults() -> Iterator[None]:
    """Raise ServerFault for all that the client raises."""
    from opensearchpy.exceptions import ConnectionError as NoConnection
    from opensearchpy.exceptions import OpenSearchException, TransportError

    try:
        yield
    except NoConnection as error:
        raise ServerFault(f"pas de réponse ({type(error).__name__})") from error
    except TransportError as error:
        raise ServerFault(f"réponse {error.status_code} ({error.error})", int(error.status_code)) from error
    except (OpenSearchException, AttributeError, KeyError, TypeError) as error:
        raise ServerFault("une réponse illisible") from error


def _require_expected(outcome: Body) -> None:
    """Raise ServerFault where a document was refused, unless a newer one is stored or none was there to delete."""
    [(verb, document)] = outcome.items()
    status = document.get("status", 0)
    if status == _BUSY:
        raise ServerFault("des documents refusés : il est débordé", _BUSY)
    if status != _CONFLICT and (verb, status) != ("delete", _ABSENT):
        reason = str(document.get("error", ""))[:200]
        raise ServerFault(f"un document refusé ({status}) : {reason}", status)
