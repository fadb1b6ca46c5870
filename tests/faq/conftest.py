"""A search server that is switched on, for the tests of all layers that meet one."""

import pytest
from django.core.management import call_command

from faq.caching import clear_all
from faq.selectors.search import remote as search_remote
from faq.selectors.search import server as search_server
from faq.services import search_server as sending
from tests.factories import a_published_entry, a_taxonomy
from tests.fake_search_server import Engine, running


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def server(engine, settings, monkeypatch):
    """A server that is switched on, empty; the caches of the process are cleared before."""
    # On a busy machine, the server of the tests may be slow to answer: only the test of one that hangs waits less.
    monkeypatch.setattr(search_server, "PATIENCE", 30.0)
    monkeypatch.setattr(search_remote, "WAITS", (0.0,))
    monkeypatch.setattr(sending, "PAUSES", (0.0, 0.0))
    with running(engine) as port:
        settings.SEARCH_URL = f"http://127.0.0.1:{port}/faq"
        search_server._server.cache_clear()
        clear_all()
        yield (server := search_server.search_server())
        server.close()
    search_server._server.cache_clear()


@pytest.fixture
def published(django_capture_on_commit_callbacks):
    """Change something, and let what waits for the end of the transaction happen."""

    def do(change, *arguments, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return change(*arguments, **options)

    return do


@pytest.fixture
def filled(server):
    """The same, once it was filled with a few entries."""
    a_taxonomy()
    a_published_entry("Comment débloquer une carte CPS ?", "Avec le code reçu par courrier.", couloirs="hopital")
    a_published_entry("Comment révoquer un certificat de serveur ?", "En ligne, avec une carte CPS.")
    a_published_entry("Où payer ?", "Au guichet.")
    call_command("rebuild_search")
    return server
