"""A search server on the loopback interface: as much of OpenSearch's interface as the site uses, and its ways to fail.

What is asked is carried out on real documents, by the rules of the interface's documentation: versions from
outside, aliases, what shows only after a refresh, scores in single precision. Whatever it does not know it refuses,
as OpenSearch does, rather than leaving it out.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fake_search_queries import Body, Refused, counted, hits, matching


@dataclass
class Index:
    """Documents with their versions; those that were written since the last refresh are not found yet."""

    settings: Body
    written: dict[str, tuple[int, Body | None]] = field(default_factory=dict)
    shown: dict[str, Body] = field(default_factory=dict)

    def refresh(self) -> None:
        self.shown = {id: document for id, (_, document) in self.written.items() if document is not None}


@dataclass
class Engine:
    """What the server knows, what it was asked, and how it is to fail."""

    indexes: dict[str, Index] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    secret: str = ""
    """What has to stand in the Authorization header."""
    status: int = 0
    """Answered to everything instead."""
    garbled: bool = False
    partial: bool = False
    """Searches are given up half-way."""
    waits: float = 0.0
    busy_documents: int = 0
    """Of the next ones written: those that are refused with 429."""
    refused_documents: frozenset[str] = frozenset()

    def answer(self, method: str, path: str, query: str, data: bytes) -> Body:
        parts = path.strip("/").split("/")
        match method, parts:
            case "PUT", [name]:
                return self._create(name, json.loads(data))
            case "DELETE", [name]:
                self._index(name, alias=False)
                del self.indexes[name]
                return {"acknowledged": True}
            case "GET", ["_alias", alias]:
                return self._behind(alias)
            case "POST", ["_aliases"]:
                return self._move(json.loads(data)["actions"])
            case "POST", [name, "_bulk"]:
                return self._bulk(name, query, data)
            case "POST", [name, "_msearch"]:
                return self._searches(name, data)
        raise Refused(400, "illegal_argument_exception")

    def _create(self, name: str, body: Body) -> Body:
        if name in self.indexes or name in self.aliases:
            raise Refused(400, "resource_already_exists_exception")
        assert body["mappings"]["properties"]["words"] == {"type": "rank_features"}
        self.indexes[name] = Index(body)
        return {"acknowledged": True, "index": name}

    def _index(self, name: str, *, alias: bool = True) -> Index:
        name = self.aliases.get(name, name) if alias else name
        if name not in self.indexes:
            raise Refused(404, "index_not_found_exception")
        return self.indexes[name]

    def _behind(self, alias: str) -> Body:
        if alias not in self.aliases:
            raise Refused(404, "aliases_not_found_exception")
        return {self.aliases[alias]: {"aliases": {alias: {}}}}

    def _move(self, actions: list[Body]) -> Body:
        moved = dict(self.aliases)
        for action in actions:
            [(verb, named)] = action.items()
            self._index(named["index"], alias=False)
            if verb == "remove" and moved.get(named["alias"]) == named["index"]:
                del moved[named["alias"]]
            elif verb == "add" and named["alias"] not in self.indexes:
                moved[named["alias"]] = named["index"]
            else:
                raise Refused(400, "invalid_alias_name_exception")
        self.aliases = moved
        return {"acknowledged": True}

    def _bulk(self, name: str, query: str, data: bytes) -> Body:
        if not data.endswith(b"\n"):
            raise Refused(400, "illegal_argument_exception")
        if "require_alias=true" in query and name not in self.aliases:
            raise Refused(404, "index_not_found_exception")
        index = self._index(name)
        lines = iter([json.loads(line) for line in data.splitlines()])
        items = []
        for action in lines:
            [(verb, identity)] = action.items()
            document = next(lines) if verb == "index" else None
            items.append({verb: self._written(index, identity, document)})
        if "refresh=true" in query:
            index.refresh()
        return {"errors": any("error" in next(iter(item.values())) for item in items), "items": items}

    def _written(self, index: Index, identity: Body, document: Body | None) -> Body:
        id, version = identity["_id"], identity["version"]
        assert identity["version_type"] == "external_gte"
        if self.busy_documents:
            self.busy_documents -= 1
            return {"_id": id, "status": 429, "error": {"type": "es_rejected_execution_exception"}}
        if id in self.refused_documents:
            return {"_id": id, "status": 400, "error": {"type": "mapper_parsing_exception"}}
        before, held = index.written.get(id, (-1, None))
        if version < before:
            return {"_id": id, "status": 409, "error": {"type": "version_conflict_engine_exception"}}
        index.written[id] = version, document
        if document is None:
            return {"_id": id, "status": 200 if held else 404, "result": "deleted" if held else "not_found"}
        return {"_id": id, "status": 200 if held else 201, "result": "updated" if held else "created"}

    def _searches(self, name: str, data: bytes) -> Body:
        lines = [json.loads(line) for line in data.splitlines()]
        return {"responses": [self._search(name, body) for body in lines[1::2]]}

    def _search(self, name: str, body: Body) -> Body:
        try:
            index = self._index(name)
            allowed = {"from", "size", "_source", "query", "sort", "aggs"}
            if body.keys() - allowed:
                raise Refused(400, "parsing_exception")
            found = matching(body["query"], index.shown) if "query" in body else dict.fromkeys(index.shown, 1.0)
            return {
                "timed_out": self.partial,
                "_shards": {"total": 1, "failed": int(self.partial)},
                "status": 200,
                "hits": {"hits": hits(found, index.shown, body)},
                "aggregations": {
                    name: counted(asked, found, index.shown) for name, asked in body.get("aggs", {}).items()
                },
            }
        except Refused as refused:
            return {"error": {"type": refused.kind}, "status": refused.status}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def _handle(self) -> None:
        engine = self.engine
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        engine.asked.append(f"{self.command} {path}")
        time.sleep(engine.waits)
        try:
            if engine.secret and self.headers.get("Authorization") != engine.secret:
                raise Refused(401, "security_exception")
            if engine.status:
                raise Refused(engine.status, "es_rejected_execution_exception")
            answer, status = engine.answer(self.command, path, query, data), 200
        except Refused as refused:
            answer, status = {"error": {"type": refused.kind}, "status": refused.status}, refused.status
        self._send(b"<html>" if engine.garbled else json.dumps(answer).encode(), status)

    do_GET = do_PUT = do_POST = do_DELETE = _handle

    def _send(self, data: bytes, status: int) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            # Whoever asked did not wait.
            self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def running(engine: Engine) -> Iterator[int]:
    """Serve an engine; return the port."""
    handler = type("Handler", (_Handler,), {"engine": engine})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
