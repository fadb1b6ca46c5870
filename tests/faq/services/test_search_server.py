"""A search server receives every change in order, and no publication fails with it."""

import pytest
from django.core.management import CommandError, call_command

from faq.models import ChangeLog
from faq.selectors.published import live_snapshot
from faq.selectors.search import memory_backend as search_memory
from faq.selectors.search.hits import live_search
from faq.services import doctor
from faq.services import search_server as sending
from faq.services.search import rebuild_search
from tests.factories import a_published_entry

# The server is the same beside every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def hits(query):
    return live_search(query, live_snapshot())


def searched_in_memory():
    return search_memory.live_indexes._latest is not None


def test_publishing_never_fails_with_the_server(filled, published, faults, caplog):
    faults.status = 503
    new = published(a_published_entry, "Une carte de plus ?", "Oui.")
    assert "Moteur de recherche" in caplog.text
    faults.status = 0
    filled._rests_until = 0.0
    other = published(a_published_entry, "Une carte encore ?", "Oui.")
    assert {new.pk, other.pk} <= set(hits("carte").numbers[:])
    assert not searched_in_memory()


def test_documents_that_are_refused_for_a_moment_are_sent_again(filled, published, faults):
    faults.busy_documents = 1
    new = published(a_published_entry, "Une carte de plus ?", "Oui.")
    assert new.pk in hits("carte").numbers[:]
    assert not searched_in_memory()


def test_a_document_that_is_refused_for_good_leaves_the_server_behind(filled, published, faults):
    new = a_published_entry("Une carte de plus ?", "Oui.")
    faults.refused_documents = frozenset({str(new.pk)})
    with pytest.raises(CommandError, match="un document refusé"):
        call_command("rebuild_search", "--pending")
    assert new.pk in hits("carte").numbers[:]
    assert searched_in_memory()


def test_a_slow_writer_never_overwrites_what_is_newer(filled):
    number = hits("guichet").numbers[0]

    def stored():
        return filled.client.get(index=filled.address.index, id=str(number))

    before = stored()
    filled.write([sending._index_action(number, b"", 0, before["_version"] - 1)])
    assert stored() == before
    filled.write([sending._index_action(number, b"", 0, before["_version"])])
    assert stored()["_source"]["words"] == {}


def test_filling_puts_a_new_index_in_the_place_of_the_old(filled, capsys):
    [before] = filled.find_aliased_indexes()
    call_command("rebuild_search")
    [after] = filled.find_aliased_indexes()
    assert after != before
    assert list(filled.client.indices.get(index=f"{filled.address.index}-*")) == [after]
    assert "3 fiches envoyées" in capsys.readouterr().out
    assert hits("carte").count == 2
    assert not searched_in_memory()


def test_filling_that_fails_leaves_the_old_index(filled, faults):
    [before] = filled.find_aliased_indexes()
    faults.busy_documents = 10_000
    with pytest.raises(CommandError, match="débordé"):
        call_command("rebuild_search")
    assert filled.find_aliased_indexes() == [before]
    assert list(filled.client.indices.get(index=f"{filled.address.index}-*")) == [before]


def test_words_are_numbered_anew_by_a_rebuild_that_the_server_has_not_followed(filled, published):
    rebuild_search(send=False)
    assert hits("carte").count == 2
    assert searched_in_memory()


def test_without_a_server_nothing_is_remembered_for_it():
    a_published_entry("Une carte ?", "Oui.")
    assert not ChangeLog.objects.filter(token__startswith="s-").exists()
    with pytest.raises(CommandError, match="SEARCH_URL"):
        call_command("rebuild_search", "--pending")


def test_the_doctor_sees_what_the_server_misses(filled, faults):
    assert list(doctor.faults()) == []
    a_published_entry("Encore une carte CPS ?", "Oui.")
    [behind] = doctor.faults()
    assert "--pending" in behind
    faults.status = 503
    [failing] = doctor.faults()
    assert "réponse 503" in failing
