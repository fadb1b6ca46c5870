"""The addresses that search engines are given: all that the public reads, at the dates of its changes."""

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from faq.models import OfferType, SitePage
from faq.services.workflow import withdraw_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, some_published_entries
from tests.faq.views.reading import read

pytestmark = pytest.mark.django_db

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def _one_list(monkeypatch):
    # PostgreSQL's numbers go on from test to test.
    monkeypatch.setattr("faq.views.sitemap.ENTRIES_PER_LIST", 10**9)
    a_taxonomy()


def listed(client, address):
    """Return the paths of a list, each with its date where it has one."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    found = {}
    for element in ElementTree.fromstring(response.getvalue()):  # noqa: S314 (our own)
        site, _, path = element.findtext(f"{NAMESPACE}loc").partition("http://testserver")
        date = element.findtext(f"{NAMESPACE}lastmod")
        found[path] = date and datetime.fromisoformat(date)
        assert site == ""
    return found


def to_the_second(moment):
    return moment.replace(microsecond=0)


@pytest.mark.every_database
def test_every_live_entry_is_there_once_with_its_date(client, monkeypatch):
    monkeypatch.setattr("faq.views.sitemap.ENTRIES_PER_LIST", 3)
    entries = some_published_entries(7)
    an_entry("Brouillon ?")
    withdraw_entry(entries[2].pk, by_command())
    live = entries[:2] + entries[3:]
    pages, *lists = listed(client, "/sitemap.xml")
    assert pages == "/sitemap-pages.xml"
    found = [item for address in lists for item in listed(client, address).items()]
    assert found == [(entry.get_absolute_url(), to_the_second(entry.updated_at)) for entry in live]


def test_the_index_tells_when_a_list_last_changed(client):
    first, second = a_published_entry(), a_published_entry("Autre ?")
    index = listed(client, "/sitemap.xml")
    assert index["/sitemap-fiches-0.xml"] == to_the_second(max(first.updated_at, second.updated_at))


def test_pages_and_branches_are_there_and_all_of_them_answer(client):
    a_published_entry(couloirs="hopital", products="convergence")
    OfferType.objects.filter(slug="certification").update(retired=True)
    pages = listed(client, "/sitemap-pages.xml")
    assert pages["/accessibilite/"] == to_the_second(SitePage.objects.get(slug="accessibilite").updated_at)
    assert {"/", "/plan-du-site/", "/reutiliser/", "/?offre=segur&couloir=hopital"} <= pages.keys()
    assert not [path for path in pages if "certification" in path or "imagerie" in path]
    for path in pages:
        page = read(client, path)
        assert urlsplit(page.canonical)._replace(scheme="", netloc="").geturl() == path
        assert "fr-alert" not in page.html


@pytest.mark.parametrize("part", ["1", "9" * 30])
def test_a_list_without_entries_is_not_found(client, part):
    a_published_entry()
    assert client.get(f"/sitemap-fiches-{part}.xml").status_code == 404


def test_the_number_of_queries_depends_on_nothing(client, django_assert_num_queries):
    for number in (1, 30):
        some_published_entries(number)
        client.get("/")
        for address, queries in (("/sitemap.xml", 2), ("/sitemap-pages.xml", 2), ("/sitemap-fiches-0.xml", 3)):
            with django_assert_num_queries(queries):
                listed(client, address)
