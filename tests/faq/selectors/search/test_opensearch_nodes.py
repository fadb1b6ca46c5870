"""Nodes that come and go: one that is stopped and started again, and two that form a cluster."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command

from faq.caching import clear_all
from faq.selectors.published import live_snapshot
from faq.selectors.search import memory_backend as search_memory
from faq.selectors.search import server_client as search_server
from faq.selectors.search.hits import complete_query, live_search
from faq.services import doctor
from faq.services.workflow import withdraw_entry
from tests import opensearch
from tests.factories import a_published_entry, by_command
from tests.searching import demo_texts

# What a node does when it stops depends on no database.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.slow]

QUERIES = (
    "certificat serveur",
    "carte cps",
    "refrencement segur",
    "connect",
    "licorne certificat",
    "document au patient",
)


@contextmanager
def a_node(**settings: str) -> Iterator[opensearch.SearchNode]:
    """Start a node of our own, or skip the test where none can be started."""
    try:
        opensearch.prepare()
    except opensearch.Unavailable as reason:
        pytest.skip(str(reason))
    with opensearch.running(**settings) as node:
        yield node


@pytest.fixture
def server_at(settings, monkeypatch):
    """Configure the server at an address, and close its connections afterwards."""
    # On a busy machine a node may be slow to answer, which is not what is tested here.
    monkeypatch.setattr(search_server, "SEARCH_TIMEOUT", 30.0)
    servers = []

    def configure(node):
        settings.SEARCH_URL = f"{node.url}/faq"
        clear_all()
        servers.append(server := search_server.get_search_server())
        return server

    yield configure
    for server in servers:
        server.close()
    clear_all()


def numbers(query):
    return live_search(query, live_snapshot()).numbers[:]


def findings():
    """Return all that visitors see of some searches."""
    found = [live_search(query, live_snapshot()) for query in QUERIES]
    seen = [(one.numbers[:], one.entries, one.correction, one.unknown, one.nearest) for one in found]
    return seen, complete_query("cer", live_snapshot())


def searched_in_memory():
    return search_memory.live_indexes._latest is not None


def test_a_node_that_was_stopped_catches_up_once_it_runs_again(server_at, published, caplog):
    caplog.set_level(logging.INFO)
    cards = [a_published_entry(f"Une carte {name} ?", "Oui.").pk for name in ("CPS", "CPE")]
    with a_node() as node:
        server = server_at(node)
        call_command("rebuild_search")
        assert set(numbers("carte")) == set(cards)
        assert not searched_in_memory()

        node.stop()
        new = published(a_published_entry, "Une carte CPA ?", "Oui.")
        published(withdraw_entry, cards[0], by_command())
        assert set(numbers("carte")) == {cards[1], new.pk}
        assert searched_in_memory()
        assert [record.levelname for record in caplog.records] == ["ERROR"]

        node.restart()
        server._rests_until = 0.0
        server.client.cluster.health(wait_for_status="yellow", request_timeout=60)
        [behind] = doctor.faults()
        assert "--pending" in behind
        # It runs, but what was changed meanwhile is still unknown to it.
        assert set(numbers("carte")) == {cards[1], new.pk}
        assert searched_in_memory()

        call_command("rebuild_search", "--pending")
        server._rests_until = 0.0
        assert set(numbers("carte")) == {cards[1], new.pk}
        assert not searched_in_memory()
        assert list(doctor.faults()) == []
        assert "répond de nouveau" in caplog.text


def test_two_nodes_of_a_cluster_answer_alike_and_one_does_without_the_other(server_at, published):
    for text in demo_texts()[:40]:
        a_published_entry(*text)
    right = findings()
    with (
        a_node(cluster__initial_cluster_manager_nodes="first", discovery__seed_hosts="127.0.0.1:1") as first,
        a_node(
            node__name="second",
            node__roles="data",
            cluster__initial_cluster_manager_nodes="first",
            discovery__seed_hosts=f"127.0.0.1:{first.transport_port}",
        ) as second,
    ):
        server = server_at(first)
        call_command("rebuild_search")
        health = server.client.cluster.health(wait_for_status="green", wait_for_nodes="2", request_timeout=60)
        assert (health["status"], health["number_of_data_nodes"]) == ("green", 2)
        assert findings() == right
        server_at(second)
        assert findings() == right
        new = published(a_published_entry, "Une licorne neuve ?", "Oui.")
        assert numbers("licorne") == [new.pk]
        server_at(first)
        assert numbers("licorne") == [new.pk]

        second.stop()
        server.client.cluster.health(wait_for_nodes="1", wait_for_status="yellow", request_timeout=60)
        assert numbers("licorne") == [new.pk]
        other = published(a_published_entry, "Une autre licorne ?", "Oui.")
        assert set(numbers("licorne")) == {new.pk, other.pk}
        assert not searched_in_memory()
