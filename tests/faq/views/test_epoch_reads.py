"""A request reads the row of the epoch once, whatever is cached and whatever changed."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from faq.caching import clear_all
from tests.factories import a_published_entry, a_taxonomy

pytestmark = pytest.mark.django_db

PUBLIC = (
    "/",
    "/?couloir=hopital",
    "/?q=comment",
    "/?q=introuvable",
    "/?couloir=inconnu&page=9",
    "/fiche/{number}/",
    "/fiche/{number}-comment/",
    "/q{number}",
    "/fiche/999999/",
    "/inconnu/",
    "/accessibilite/",
    "/plan-du-site/",
    "/reutiliser/",
    "/recherche/suggestions/?q=comm",
    "/flux.atom",
    "/faq.json",
    "/sitemap.xml",
    "/sitemap-pages.xml",
    "/sitemap-fiches-0.xml",
    "/robots.txt",
    "/llms.txt",
    "/sante/",
    "/sante/pret/",
)


@pytest.fixture
def entry():
    a_taxonomy()
    return a_published_entry("Comment ?", "Ainsi.", couloirs="hopital", themes="certificats")


def epoch_reads(client, address):
    with CaptureQueriesContext(connection) as queries:
        client.get(address).getvalue()
    return sum("FROM faq_epoch" in query["sql"] for query in queries)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_reads_it_once(client, entry, address):
    address = address.format(number=entry.pk)
    clear_all()
    first, again = epoch_reads(client, address), epoch_reads(client, address)
    a_published_entry("Encore ?", "Oui.", couloirs="hopital")
    assert max(first, again, epoch_reads(client, address)) <= 1


def test_a_cached_page_costs_that_one_query(client, entry):
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) == epoch_reads(client, "/") == 1


def admin_addresses():
    """Yield the addresses of the admin that take no argument."""
    [admin] = [part for part in get_resolver().url_patterns if getattr(part, "namespace", "") == "admin"]
    waiting = list(admin.url_patterns)
    while waiting:
        pattern = waiting.pop()
        if not isinstance(pattern, URLPattern):
            waiting += pattern.url_patterns
        elif pattern.name and pattern.name not in ("logout", "password_change"):
            try:
                yield reverse(f"admin:{pattern.name}")
            except NoReverseMatch:
                continue


def test_an_admin_page_reads_it_once(client, entry):
    client.force_login(User.objects.create_superuser("claire"))
    addresses = {*admin_addresses(), reverse("admin:faq_entry_change", args=(entry.pk,))}
    assert len(addresses) > 30
    reads = {address: epoch_reads(client, address) for address in addresses}
    assert {address for address, count in reads.items() if count > 1} == set()
    assert any(reads.values())
