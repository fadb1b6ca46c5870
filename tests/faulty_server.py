"""A search server that fails as it is told: it passes requests on to a real node, or stands alone and only fails."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Faults:
    """How the server fails, and what it was asked."""

    node_port: int = 0
    """The port of a real node that answers what does not fail; 0: everything else is answered with 503."""
    requests: list[str] = field(default_factory=list)
    status: int = 0
    """Answered to everything."""
    credentials: str = ""
    """Expected in the Authorization header, if not empty."""
    garbled: bool = False
    partial: bool = False
    """Searches stop before their end."""
    waits: float = 0.0
    busy_documents: int = 0
    """Of the next documents written: those that are refused with 429."""
    refused_documents: frozenset[str] = frozenset()

    def answer(self, method: str, path: str, headers: dict[str, str], data: bytes) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        self.requests.append(f"{method} {path.partition('?')[0]}")
        time.sleep(self.waits)
        if self.credentials and headers.get("Authorization") != self.credentials:
            return 401, b'{"error": {"type": "security_exception"}}'
        if self.status:
            return self.status, b'{"error": {"type": "es_rejected_execution_exception"}}'
        if self.garbled:
            return 200, b"<html>"
        if self.partial and "/_msearch" in path:
            stopped = {"timed_out": True, "_shards": {"failed": 1}, "hits": {"hits": []}}
            return 200, json.dumps({"responses": [stopped] * (data.count(b"\n") // 2)}).encode()
        if (self.busy_documents or self.refused_documents) and "/_bulk" in path:
            return self._write_some(method, path, headers, data)
        return self._pass_on(method, path, headers, data)

    def _pass_on(self, method: str, path: str, headers: dict[str, str], data: bytes) -> tuple[int, bytes]:
        if not self.node_port:
            return 503, b'{"error": {"type": "no_node"}}'
        connection = http.client.HTTPConnection("127.0.0.1", self.node_port)
        try:
            connection.request(method, path, data or None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _write_some(self, method: str, path: str, headers: dict[str, str], data: bytes) -> tuple[int, bytes]:
        """Refuse some documents of a bulk request, and pass the others on."""
        refusals: list[Body | None] = []
        passed: list[bytes] = []
        lines = iter(data.splitlines(keepends=True))
        for line in lines:
            [(verb, identity)] = json.loads(line).items()
            document = [line] if verb == "delete" else [line, next(lines)]
            status = self._refusal(identity["_id"])
            refusals.append({verb: {"_id": identity["_id"], "status": status, "error": {}}} if status else None)
            passed += [] if status else document
        items: list[Body] = []
        if passed:
            status, answer = self._pass_on(method, path, headers, b"".join(passed))
            items = json.loads(answer)["items"]
        written = iter(items)
        return 200, json.dumps({"errors": True, "items": [one or next(written) for one in refusals]}).encode()

    def _refusal(self, id: str) -> int:
        if self.busy_documents:
            self.busy_documents -= 1
            return 429
        return 400 if id in self.refused_documents else 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: Faults

    def _handle(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: self.headers[name] for name in ("Content-Type", "Authorization") if name in self.headers}
        status, answer = self.faults.answer(self.command, self.path, headers, data)
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except (BrokenPipeError, ConnectionResetError):
            # The client did not wait for the answer.
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _handle

    def log_message(self, format: str, *arguments: Any) -> None:
        """Write no log."""


@contextmanager
def serving(faults: Faults) -> Iterator[int]:
    """Serve on a free port and yield it."""
    handler = type("Handler", (_Handler,), {"faults": faults})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
