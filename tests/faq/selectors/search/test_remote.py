"""Searching on a server gives what searching in memory does; whatever the server does, pages stay right."""

import logging

import pytest
from django.core.management import CommandError, call_command
from pyroaring import BitMap

from faq.models import EpochStep, SearchStem, SynonymGroup
from faq.selectors.published import live_snapshot
from faq.selectors.search import memory as search_memory
from faq.selectors.search import server as search_server
from faq.selectors.search.hits import live_completions, live_search, most_useful
from faq.selectors.search.similar import nearest_entries
from faq.services.search import set_usefulness
from faq.services.synonyms import save_synonyms
from faq.services.workflow import archive_entry, withdraw_entry
from tests.factories import a_published_entry, a_taxonomy, by_command, some_published_entries
from tests.fake_search_server import Engine, running
from tests.searching import demo_texts

pytestmark = pytest.mark.django_db

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


def told(found):
    return (
        found.query,
        found.numbers[:],
        found.count,
        found.entries,
        found.marks,
        found.correction,
        found.unknown,
        found.nearest,
    )


def searched_in_memory():
    return search_memory.indexes._latest is not None


def test_finds_what_memory_finds_in_the_same_order(server, settings):
    a_taxonomy()
    places = ("hopital", "imagerie", "")
    for rank, (question, answer) in enumerate(demo_texts()[:60]):
        a_published_entry(question, answer, couloirs=places[rank % 3])
    save_synonyms(SynonymGroup(expressions=["DPI", "dossier patient informatisé"]), None)
    call_command("rebuild_search")
    set_usefulness({live_snapshot().index.live[2]: 80, live_snapshot().index.live[7]: -50})
    call_command("rebuild_search", "--pending")
    narrow = BitMap(list(live_snapshot().index.live)[::3])
    asked = [
        (query, selection, typing) for query in QUERIES for selection in (None, narrow) for typing in (False, True)
    ]
    remotely = [told(hits(query, selection, typing=typing)) for query, selection, typing in asked]
    completed = [live_completions(query, live_snapshot()) for query in ("cer", "carte dé")]
    assert not searched_in_memory()
    settings.SEARCH_URL = ""
    for (query, selection, typing), found in zip(asked, remotely, strict=True):
        assert told(hits(query, selection, typing=typing)) == found, query
    assert [live_completions(query, live_snapshot()) for query in ("cer", "carte dé")] == completed
    assert searched_in_memory()


def test_a_publication_is_found_at_once_and_a_withdrawal_too(filled, published, engine):
    new = published(a_published_entry, "Une autre carte CPS ?", "Oui.")
    assert new.pk in hits("carte").numbers[:]
    published(withdraw_entry, new.pk, by_command())
    assert new.pk not in hits("carte").entries
    archived = hits("guichet").numbers[0]
    published(archive_entry, archived, by_command())
    assert hits("guichet").count == 0
    assert not searched_in_memory()
    [name] = engine.indexes
    assert str(new.pk) not in engine.indexes[name].shown


def test_what_becomes_useful_is_told(filled, published):
    first, second = hits("carte cps").numbers[:]
    published(set_usefulness, {second: 100, first: -100})
    assert most_useful(live_snapshot(), live_snapshot().index.live, 3) == [second]
    assert not searched_in_memory()


def test_farther_pages_are_asked_for_when_somebody_looks(server):
    entries = some_published_entries(70)
    call_command("rebuild_search")
    found = hits("réponse" if "réponse" in entries[0].answer.lower() else entries[0].question.split()[0])
    assert found.count >= 60
    assert found.numbers[45:55] == found.numbers[:][45:55]
    assert found.numbers[-1] == found.numbers[:][-1]
    assert sorted(found.numbers[:]) == list(found.entries)


def test_what_is_behind_is_not_listened_to(filled, engine, caplog):
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
    EpochStep.objects.filter(token__startswith="s-").delete()
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
        {"secret": "Basic no"},
    ],
    ids=str,
)
def test_a_server_that_fails_is_told_once_and_left_alone_and_the_page_is_right(
    filled, engine, caplog, failing, monkeypatch
):
    caplog.set_level(logging.INFO)
    right = told(hits("carte cps"))
    if "waits" in failing:
        monkeypatch.setattr(search_server, "PATIENCE", 0.4)
    for name, value in failing.items():
        setattr(engine, name, value)
    asked = len(engine.asked)
    assert told(hits("carte cps")) == right
    assert told(hits("carte cps")) == right
    assert len(engine.asked) <= asked + 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    for name in failing:
        setattr(engine, name, getattr(Engine(), name))
    filled._rests_until = 0.0
    monkeypatch.setattr(search_server, "PATIENCE", 30.0)
    assert told(hits("carte cps")) == right
    assert not searched_in_memory()
    assert "répond de nouveau" in caplog.text


def test_one_that_refuses_to_connect_too(settings, caplog):
    with running(Engine()) as port:
        pass
    settings.SEARCH_URL = f"http://user:s3cret@127.0.0.1:{port}/faq"
    a_published_entry("Une carte ?", "Oui.")
    assert hits("carte").count == 1
    assert hits("carte").count == 1
    [record] = caplog.records
    assert "s3cret" not in caplog.text
    assert "Le site cherche en mémoire" in record.getMessage()


def test_one_that_fails_between_two_pages_is_replaced(server, engine):
    some_published_entries(60)
    call_command("rebuild_search")
    word = "question"
    found = hits(word) if hits(word).count else hits(SearchStem.objects.first().key)
    right = found.numbers[:]
    again = hits(found.query)
    engine.status = 503
    assert again.numbers[:] == right


def test_answers_near_another_are_those_of_memory(server, settings, engine):
    numbers = [a_published_entry(*text).pk for text in demo_texts()[:60]]
    call_command("rebuild_search")

    def near():
        snapshot = live_snapshot()
        return [nearest_entries(number, snapshot, snapshot.index.live, limit=5) for number in numbers]

    remotely = near()
    assert not searched_in_memory()
    settings.SEARCH_URL = ""
    assert near() == remotely
    assert sum(map(bool, remotely)) > 5
    settings.SEARCH_URL = f"http://127.0.0.1:{server.address.port}/faq"
    engine.status = 503
    assert near() == remotely
