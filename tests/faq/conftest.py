"""A search server that is configured, for the tests of all layers that meet one."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from faq.caching import clear_all
from faq.selectors.search import server_backend as search_remote
from faq.selectors.search import server_client as search_server
from tests import opensearch
from tests.factories import a_published_entry, a_taxonomy
from tests.faulty_server import Faults, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that wait for a node as slow."""
    for item in items:
        if "opensearch_port" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def opensearch_port() -> Iterator[int]:
    """The HTTP port of a real OpenSearch node: that of the whole run where one was started, else one of our own."""
    if home := os.environ.get(opensearch.HOME_VARIABLE):
        yield opensearch.wait_for_ports(Path(home))[0]
        return
    try:
        opensearch.prepare()
    except opensearch.Unavailable as reason:
        pytest.skip(str(reason))
    with opensearch.running() as node:
        yield node.http_port


@pytest.fixture
def faults() -> Faults:
    """How the server fails: not at all, until a test says so. Without a node behind it, nothing else works."""
    return Faults()


@pytest.fixture
def lone_server(faults, settings, monkeypatch):
    """A server that is configured and only fails, for tests that need no real one."""
    # On a busy machine the server may be slow to answer: only the test of a slow one waits less.
    monkeypatch.setattr(search_server, "SEARCH_TIMEOUT", 30.0)
    monkeypatch.setattr(search_server, "FIRST_PAUSE", 0)
    monkeypatch.setattr(search_remote, "LAG_PAUSES", (0.0,))
    with serving(faults) as port:
        settings.SEARCH_URL = f"http://127.0.0.1:{port}/faq-{uuid.uuid4().hex}"
        search_server._server_at.cache_clear()
        search_remote._words_of.cache_clear()
        clear_all()
        yield (server := search_server.get_search_server())
        server.close()
    clear_all()
    search_server._server_at.cache_clear()
    search_remote._words_of.cache_clear()


@pytest.fixture
def server(opensearch_port, faults, lone_server):
    """A real server that is configured, empty."""
    faults.node_port = opensearch_port
    yield lone_server
    faults.__init__(node_port=opensearch_port)
    lone_server.client.indices.delete(index=f"{lone_server.address.index}-*")


@pytest.fixture
def published(django_capture_on_commit_callbacks):
    """Change something, and run what waits for the end of the transaction."""

    def do(change, *arguments, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return change(*arguments, **options)

    return do


@pytest.fixture
def filled(server):
    """The same, filled with a few entries."""
    a_taxonomy()
    a_published_entry("Comment débloquer une carte CPS ?", "Avec le code reçu par courrier.", couloirs="hopital")
    a_published_entry("Comment révoquer un certificat de serveur ?", "En ligne, avec une carte CPS.")
    a_published_entry("Où payer ?", "Au guichet.")
    call_command("rebuild_search")
    return server
