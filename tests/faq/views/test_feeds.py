"""The Atom feed of any state of the cascade."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from faq.models import Entry, Epoch, OfferType
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.taxonomy import save_term
from faq.services.workflow import withdraw_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, some_published_entries

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def feed(client, address="/flux.atom"):
    response = client.get(address)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    return ElementTree.fromstring(response.content)  # noqa: S314 (our own)


def titles(root):
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_an_entry_is_whole_and_keeps_its_name(client):
    entry = a_published_entry("Quoi & <qui> ?", "Un.\n- deux & trois", couloirs="hopital", themes="certificats")
    [shown] = feed(client).iter(f"{ATOM}entry")
    said = {child.tag.removeprefix(ATOM): child for child in shown}
    assert said["id"].text == f"http://testserver/fiche/{entry.pk}/"
    assert said["link"].get("href") == f"http://testserver{entry.get_absolute_url()}"
    assert said["title"].text == "Quoi & <qui> ?"
    assert "<li>deux &amp; trois</li>" in said["summary"].text
    assert datetime.fromisoformat(said["updated"].text) == entry.updated_at
    terms = [category.get("term") for category in shown.iter(f"{ATOM}category")]
    assert terms == ["Ségur du numérique", "Hôpital", "certificats"]
    edit_entry(entry.pk, Content("Autre titre ?", "Autre."), by_command(), then="published")
    [again] = feed(client).iter(f"{ATOM}entry")
    assert again.findtext(f"{ATOM}id") == said["id"].text
    assert again.findtext(f"{ATOM}title") == "Autre titre ?"


def test_each_state_has_its_own_the_latest_first(client):
    a_published_entry("Un ?", couloirs="hopital")
    imaging = a_published_entry("Deux ?", couloirs="imagerie")
    a_published_entry("Trois ?")
    an_entry("Brouillon ?")
    withdraw_entry(a_published_entry("Retirée ?").pk, by_command())
    assert titles(feed(client)) == ["Trois ?", "Deux ?", "Un ?"]
    edit_entry(imaging.pk, Content("Deux bis ?", "Oui.", a_filing(couloirs="imagerie")), by_command(), then="published")
    assert titles(feed(client)) == ["Deux bis ?", "Trois ?", "Un ?"]
    root = feed(client, "/flux.atom?offre=segur&couloir=hopital")
    assert titles(root) == ["Trois ?", "Un ?"]
    assert root.findtext(f"{ATOM}title").endswith(" : Ségur du numérique, Hôpital")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["alternate"] == "http://testserver/?offre=segur&couloir=hopital"


@pytest.mark.every_database
@pytest.mark.parametrize("few", [0, 500])
def test_only_the_latest_are_listed_however_they_are_found(client, monkeypatch, few):
    monkeypatch.setattr("faq.views.feeds.ANSWERS_IN_A_FEED", 3)
    monkeypatch.setattr("faq.views.feeds._MAX_IN_QUERY", few or 1)
    entries = some_published_entries(8, couloirs="hopital")
    Entry.objects.filter(pk=entries[4].pk).update(updated_at=datetime(2100, 1, 1, tzinfo=UTC))
    some_published_entries(4, couloirs="imagerie")
    expected = [entry.question for entry in (entries[4], entries[7], entries[6])]
    assert titles(feed(client, "/flux.atom?couloir=hopital")) == expected


def test_without_an_answer_it_stays_the_same(client):
    assert feed(client).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
    assert client.get("/flux.atom").content == client.get("/flux.atom").content


def test_every_page_names_the_feed_of_the_whole_faq_and_a_list_that_of_its_state(client):
    a_published_entry(couloirs="hopital")
    a_published_entry("Autre ?", couloirs="imagerie")
    for address, named in {
        "/": ["/flux.atom"],
        "/plan-du-site/": ["/flux.atom"],
        "/?couloir=hopital&page=1": ["/flux.atom?couloir=hopital", "/flux.atom"],
    }.items():
        html = client.get(address).content.decode()
        assert re.findall('type="application/atom.xml"[^>]* href="([^"]*)"', html) == named


def test_a_renamed_term_leads_on_and_an_unknown_one_is_left_out(client):
    term = OfferType.objects.get(slug="segur")
    term.slug = "segur-numerique"
    save_term(term, None)
    response = client.get("/flux.atom?offre=x&offre=segur&theme=certificats")
    assert (response.status_code, response["Location"]) == (301, "/flux.atom?offre=segur-numerique&theme=certificats")
    a_published_entry()
    assert len(titles(feed(client, "/flux.atom?offre=inconnue"))) == 1


@pytest.mark.every_database
def test_characters_that_xml_has_not_are_replaced(client):
    entry = a_published_entry()
    Entry.objects.filter(pk=entry.pk).update(question="Un\x0bdeux\ufffe ?", answer="Trois\x01")
    Epoch.move()
    assert titles(feed(client)) == ["Un\ufffddeux\ufffd ?"]


def test_the_number_of_queries_depends_on_nothing(client, django_assert_num_queries):
    for number in (1, 60):
        some_published_entries(number, couloirs="hopital")
        client.get("/")
        with django_assert_num_queries(2):
            feed(client)
