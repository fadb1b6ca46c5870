"""The OpenSearch or Elasticsearch server that SEARCH_URL names: how it is asked, and what is done when it fails.

Six calls of an interface that both servers share are all that is needed, so there is no client library: the
official ones each refuse the other server, or bring five packages along.
"""

import base64
import http.client
import json
import logging
import ssl
import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import checks

from faq.domain.search.address import EXAMPLE, ServerAddress, parse_server_address
from faq.domain.search.server_queries import Body

logger = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that a page waits for an answer."""
PATIENCE_WRITING = 60.0
REST = 15.0
"""Seconds during which a server that failed is left alone."""
_BUSY = {429, 502, 503, 504}
_JSON, _LINES = "application/json", "application/x-ndjson"
_SAME_COPY = "faq"
"""Searches that belong together go to the same copy of the index: another one may show changes a moment later."""


class ServerFault(Exception):
    """The server did not answer, or not as it should; `busy`: it asks to be left alone for a moment."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def busy(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status in _BUSY


class ServerBehind(ServerFault):
    """The server does not know the latest changes."""


class Server:
    """A server, asked over connections that stay open, one for each thread."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._local = threading.local()
        self._context = ssl.create_default_context() if address.secure else None
        self._rests_until = 0.0
        self._failing = False

    @property
    def rests(self) -> bool:
        """Whether it failed a moment ago, and is left alone."""
        return time.monotonic() < self._rests_until

    def failed(self, fault: Exception) -> None:
        """Leave the server alone for a while; what is wrong is told once, until it works again."""
        self._rests_until = time.monotonic() + REST
        if not self._failing:
            self._failing = True
            logger.error("Moteur de recherche %s : %s. Le site cherche en mémoire.", self.address, fault)

    def worked(self) -> bool:
        """Note that the server answers; return whether it did not before."""
        failed = self._failing
        if failed:
            self._failing, self._rests_until = False, 0.0
            logger.info("Moteur de recherche %s : il répond de nouveau.", self.address)
        return failed

    def search(self, bodies: Iterable[Body]) -> list[Body]:
        """Search several times in one request; return the answers in order. Raises ServerFault."""
        lines = [line for body in bodies for line in ({"preference": _SAME_COPY}, body)]
        answer = self.ask("POST", f"/{self.address.index}/_msearch", _as_lines(lines), _LINES)
        answers = answer.get("responses")
        if not isinstance(answers, list) or len(answers) != len(lines) // 2:
            raise ServerFault("il ne répond pas à toutes les recherches")
        return answers

    def write(self, index: str, lines: Iterable[Body], *, refresh: bool = False) -> list[tuple[int, str]]:
        """Write documents; return the status of each, and what is wrong with those that failed. Raises ServerFault."""
        # Without an alias of that name, the server would make an index of its own devising.
        query = f"refresh={str(refresh).lower()}&require_alias={str(index == self.address.index).lower()}"
        answer = self.ask("POST", f"/{index}/_bulk?{query}", _as_lines(lines), _LINES, PATIENCE_WRITING)
        try:
            outcomes = [outcome for item in answer["items"] for outcome in item.values()]
            return [(outcome["status"], str(outcome.get("error", {}))[:200]) for outcome in outcomes]
        except (KeyError, TypeError, AttributeError) as error:
            raise ServerFault("il ne dit pas ce qu’il a écrit") from error

    def ask(
        self, method: str, path: str, body: Body | bytes | None = None, kind: str = _JSON, patience: float = 0.0
    ) -> Body:
        """Send a request and return the answer, for which PATIENCE or another time is waited. Raises ServerFault."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"Content-Type": kind} if data else {}
        if self.address.user:
            secret = f"{self.address.user}:{self.address.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(secret).decode()}"
        try:
            status, answer = self._sent(method, path, data, headers, patience or PATIENCE)
            read = json.loads(answer) if answer else {}
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ServerFault(f"pas de réponse ({type(error).__name__})") from error
        except ValueError as error:
            raise ServerFault("une réponse illisible") from error
        if status >= 300 or not isinstance(read, dict):
            raise ServerFault(f"réponse {status} à {method} {path.split('?')[0]}", status)
        return read

    def _sent(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], patience: float
    ) -> tuple[int, bytes]:
        kept = getattr(self._local, "connection", None)
        if kept:
            try:
                return _exchange(kept, method, path, data, headers, patience)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server closes what is not used for a while: that says nothing of the server.
                self.close()
        return _exchange(self._connect(), method, path, data, headers, patience)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self.address.host, self.address.port
        if self._context:
            self._local.connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=self._context)
        else:
            self._local.connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        return self._local.connection

    def close(self) -> None:
        """Close this thread's connection, if it has one; the next request opens another."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            self._local.connection = None


def search_server() -> Server | None:
    """Return the server that is switched on by SEARCH_URL, if one is."""
    return _server(settings.SEARCH_URL) if settings.SEARCH_URL else None


@lru_cache(maxsize=1)
def _server(url: str) -> Server:
    return Server(parse_server_address(url))


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


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    data: bytes | None,
    headers: dict[str, str],
    patience: float,
) -> tuple[int, bytes]:
    connection.timeout = patience
    if connection.sock:
        connection.sock.settimeout(patience)
    connection.request(method, path, data, headers)
    response = connection.getresponse()
    return response.status, response.read()


def _as_lines(lines: Iterable[Body]) -> bytes:
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
