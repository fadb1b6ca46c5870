"""The live FAQ as one JSON document."""

import json

import pytest

from faq.models import Entry
from faq.services.workflow import archive_entry, withdraw_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, numbers, some_published_entries
from tests.faq.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def export(client, query=""):
    response = client.get(f"/faq.json{query}")
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    return json.loads(response.getvalue())


def test_an_entry_says_all_that_the_page_describes(client):
    entry = a_published_entry(
        "Quoi ?", 'Un "mot" \\ </script>.\n- deux', dispositifs="dpi-vague-1", themes="certificats"
    )
    document = export(client)
    assert document["format"] == "faqcms-1"
    assert document["address"] == "http://testserver/"
    [said] = document["entries"]
    filing = said.pop("filing")
    assert said == {
        "id": entry.pk,
        "reference": f"Q-{entry.pk}",
        "address": f"http://testserver{entry.get_absolute_url()}",
        "permanent_address": f"http://testserver/fiche/{entry.pk}/",
        "question": "Quoi ?",
        "answer": 'Un "mot" \\ </script>.\n- deux',
        "files": [],
        "version": entry.live.number,
        "updated_at": entry.updated_at.isoformat(timespec="seconds"),
    }
    assert filing["dispositifs"] == [{"slug": "dpi-vague-1", "label": "DPI vague 1"}]
    assert set(filing) == {"offer_types", "couloirs", "dispositifs", "themes"}


def test_the_filters_are_those_of_the_cascade(client):
    a_published_entry("Un ?", couloirs="hopital")
    a_published_entry("Deux ?", couloirs="imagerie")
    a_published_entry("Trois ?", themes="certificats")
    for query in ("?offre=segur&couloir=hopital", "?couloir=imagerie", "?offre=certification", "?theme=certificats"):
        document = export(client, query)
        assert [entry["id"] for entry in document["entries"]] == sorted(read(client, f"/{query}").numbers), query
    assert document["filters"] == {"theme": "certificats"}
    assert document["address"] == "http://testserver/?theme=certificats"


def test_a_filter_that_is_ignored_is_told(client):
    document = export(client, "?offre=inconnue&couloir=hopital")
    assert document["filters"] == {"couloir": "hopital"}
    assert len(document["notices"]) == 1


def test_only_what_is_live_is_there(client):
    live = a_published_entry()
    an_entry("Brouillon ?")
    withdraw_entry(a_published_entry("Retirée ?").pk, by_command())
    archive_entry(a_published_entry("Archivée ?").pk, by_command())
    assert [entry["id"] for entry in export(client)["entries"]] == [live.pk]


def test_what_goes_offline_while_it_is_written_is_left_out(client, monkeypatch):
    monkeypatch.setattr("faq.views.exports._CHUNK", 2)
    entries = some_published_entries(5)
    response = client.get("/faq.json")
    lines = iter(response.streaming_content)
    start = next(lines) + next(lines)
    Entry.objects.filter(pk=entries[3].pk).update(status="draft", live=None, review_before=None)
    document = json.loads(start + b"".join(lines))
    assert [entry["id"] for entry in document["entries"]] == numbers([*entries[:3], entries[4]])


def test_it_is_written_a_few_entries_at_a_time(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("faq.views.exports._CHUNK", 5)
    for number, queries in ((5, 2), (10, 4)):
        some_published_entries(number)
        client.get("/")
        with django_assert_num_queries(queries):
            document = export(client)
    assert len(document["entries"]) == 15


def test_an_empty_faq_is_a_document_too(client):
    assert export(client)["entries"] == []
