"""Searching on a server gives what searching in memory does; whatever the server does, pages stay right."""

import base64
import logging

import pytest
from django.core.management import CommandError, call_command
from pyroaring import BitMap

from faq.models import ChangeLog, SynonymGroup
from faq.selectors.published import live_snapshot
from faq.selectors.search import memory_backend as search_memory
from faq.selectors.search import server_client as search_server
from faq.selectors.search.hits import complete_query, live_search, most_useful_entries
from faq.selectors.search.similar import find_similar_entries
from faq.services.search import store_usefulness
from faq.services.synonyms import save_synonyms
from faq.services.workflow import archive_entry, withdraw_entry
from tests.factories import a_published_entry, a_taxonomy, by_command, some_published_entries
from tests.faulty_server import Faults, serving
from tests.searching import demo_texts

# The server is the same beside every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

QUERIES = (
    "certificat serveur",
    "carte cps",
    "comment je fais pour débloquer ma carte",
    "carte perdue non vitale",
    "refrencement segur",
    "pro santé connect",
    "connect",
    "dossier patient informatisé",
    "certif",
    "hôpital carte",
    "licorne",
    "licorne certificat",
    "document du DMP au patient",
    "Q-3",
    "",
    "de la",
)


def hits(query, selection=None, **options):
    return live_search(query, live_snapshot(), selection, **options)


def summary(found):
    return (
        found.query,
        found.numbers[:],
        found.count,
        found.entries,
        found.highlights,
        found.correction,
        found.unknown,
        found.nearest,
    )


def searched_in_memory():
    return search_memory.live_indexes._latest is not None


def test_finds_what_memory_finds_in_the_same_order(server, settings):
    a_taxonomy()
    places = ("hopital", "imagerie", "")
    for rank, (question, answer) in enumerate(demo_texts()[:60]):
        a_published_entry(question, answer, couloirs=places[rank % 3])
    save_synonyms(SynonymGroup(expressions=["DPI", "dossier patient informatisé"]), None)
    call_command("rebuild_search")
    store_usefulness({live_snapshot().index.live[2]: 80, live_snapshot().index.live[7]: -50})
    call_command("rebuild_search", "--pending")
    narrow = BitMap(list(live_snapshot().index.live)[::3])
    asked = [
        (query, selection, typing) for query in QUERIES for selection in (None, narrow) for typing in (False, True)
    ]
    remotely = [summary(hits(query, selection, typing=typing)) for query, selection, typing in asked]
    completed = [complete_query(query, live_snapshot()) for query in ("cer", "carte dé")]
    assert not searched_in_memory()
    settings.SEARCH_URL = ""
    for (query, selection, typing), found in zip(asked, remotely, strict=True):
        assert summary(hits(query, selection, typing=typing)) == found, query
    assert [complete_query(query, live_snapshot()) for query in ("cer", "carte dé")] == completed
    assert searched_in_memory()


def test_a_publication_is_found_at_once_and_a_withdrawal_too(filled, published):
    new = published(a_published_entry, "Une autre carte CPS ?", "Oui.")
    assert new.pk in hits("carte").numbers[:]
    published(withdraw_entry, new.pk, by_command())
    assert new.pk not in hits("carte").entries
    archived = hits("guichet").numbers[0]
    published(archive_entry, archived, by_command())
    assert hits("guichet").count == 0
    assert not searched_in_memory()
    assert not filled.client.exists(index=filled.address.index, id=str(new.pk))


def test_what_becomes_useful_is_summary(filled, published):
    first, second = hits("carte cps").numbers[:]
    published(store_usefulness, {second: 100, first: -100})
    assert most_useful_entries(live_snapshot(), live_snapshot().index.live, 3) == [second]
    assert not searched_in_memory()


def test_farther_pages_are_asked_for_when_somebody_looks(server):
    entries = some_published_entries(70)
    call_command("rebuild_search")
    found = hits("réponse" if "réponse" in entries[0].answer.lower() else entries[0].question.split()[0])
    assert found.count >= 60
    assert found.numbers[45:55] == found.numbers[:][45:55]
    assert found.numbers[-1] == found.numbers[:][-1]
    assert sorted(found.numbers[:]) == list(found.entries)


def test_what_is_behind_is_not_listened_to(filled, caplog):
    before = hits("carte").count
    # Committed, but not sent yet.
    a_published_entry("Encore une carte CPS ?", "Oui.")
    assert hits("carte").count == before + 1
    assert searched_in_memory()
    assert "derniers changements" in caplog.text
    call_command("rebuild_search", "--pending")
    filled._rests_until = 0.0
    assert hits("carte").count == before + 1
    assert not searched_in_memory()


def test_a_server_that_was_filled_from_another_database_is_not_listened_to(filled):
    ChangeLog.objects.filter(token__startswith="s-").delete()
    assert hits("carte").count == 2
    assert searched_in_memory()
    with pytest.raises(CommandError, match="rebuild_search"):
        call_command("rebuild_search", "--pending")


def test_nor_is_one_that_is_empty(server):
    a_published_entry("Une carte ?", "Oui.")
    assert hits("carte").count == 1
    assert searched_in_memory()


def test_nor_one_that_another_analysis_filled(filled, monkeypatch):
    monkeypatch.setattr("faq.domain.search.server_queries.GENERATION", -7)
    assert hits("carte").count == 2
    assert searched_in_memory()


@pytest.mark.parametrize(
    "failing",
    [
        {"status": 429},
        {"status": 503},
        {"status": 401},
        {"status": 500},
        {"garbled": True},
        {"partial": True},
        {"waits": 0.8},
        {"credentials": "Basic no"},
    ],
    ids=str,
)
def test_a_server_that_fails_is_logged_once_and_left_alone_and_the_page_is_right(
    lone_server, faults, settings, caplog, failing, monkeypatch
):
    a_published_entry("Comment débloquer une carte CPS ?", "Avec le code.")
    a_published_entry("Comment révoquer un certificat ?", "Avec une carte CPS.")
    address, settings.SEARCH_URL = settings.SEARCH_URL, ""
    right = summary(hits("carte cps"))
    settings.SEARCH_URL = address
    if "waits" in failing:
        monkeypatch.setattr(search_server, "SEARCH_TIMEOUT", 0.4)
    for name, value in failing.items():
        setattr(faults, name, value)
    caplog.set_level(logging.INFO)
    assert summary(hits("carte cps")) == right
    assert summary(hits("carte cps")) == right
    assert len(faults.requests) == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_one_that_refuses_to_connect_too(settings, caplog):
    with serving(Faults()) as port:
        pass
    settings.SEARCH_URL = f"http://user:s3cret@127.0.0.1:{port}/faq"
    a_published_entry("Une carte ?", "Oui.")
    assert hits("carte").count == 1
    assert hits("carte").count == 1
    [record] = caplog.records
    assert "s3cret" not in caplog.text
    assert "Le site cherche en mémoire" in record.getMessage()


def test_credentials_are_sent_as_servers_read_them(faults, lone_server, settings):
    faults.credentials = f"Basic {base64.b64encode('moi:pass€'.encode()).decode()}"
    settings.SEARCH_URL = f"http://moi:pass%E2%82%AC@127.0.0.1:{lone_server.address.port}/faq"
    with pytest.raises(search_server.ServerFault, match="503"):
        # The lone server has no node behind it, but did not refuse the credentials.
        search_server.get_search_server().search([{}])


def test_one_that_works_again_is_asked_again(filled, faults, caplog):
    caplog.set_level(logging.INFO)
    right = summary(hits("carte cps"))
    faults.status = 503
    assert summary(hits("carte cps")) == right
    faults.status = 0
    filled._rests_until = 0.0
    assert summary(hits("carte cps")) == right
    assert not searched_in_memory()
    assert "répond de nouveau" in caplog.text


def test_one_that_fails_between_two_pages_is_replaced(server, faults):
    some_published_entries(60)
    call_command("rebuild_search")
    found = hits("question")
    right = found.numbers[:]
    assert len(right) == 60
    again = hits("question")
    faults.status = 503
    assert again.numbers[:] == right


def test_similar_entries_are_those_of_memory(server, settings, faults):
    numbers = [a_published_entry(*text).pk for text in demo_texts()[:60]]
    call_command("rebuild_search")

    def similar():
        snapshot = live_snapshot()
        return [find_similar_entries(number, snapshot, snapshot.index.live, limit=5) for number in numbers]

    remotely = similar()
    assert not searched_in_memory()
    address, settings.SEARCH_URL = settings.SEARCH_URL, ""
    assert similar() == remotely
    assert sum(map(bool, remotely)) > 5
    settings.SEARCH_URL = address
    faults.status = 503
    assert similar() == remotely
