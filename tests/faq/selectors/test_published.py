"""The snapshot of what is published: never stale, one query when nothing changed."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from faq.domain.facets import Facet
from faq.models import Couloir, Epoch
from faq.selectors.published import live_snapshot, load_taxonomy
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.taxonomy import get_or_create_themes, save_term
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, numbers

pytestmark = pytest.mark.django_db


def live_under(slug):
    snapshot = live_snapshot()
    term = snapshot.taxonomy.by_slug[Facet.COULOIRS, slug]
    return snapshot.index.count({Facet.COULOIRS: term})


@pytest.mark.parametrize("number", [1, 12])
def test_one_query_while_nothing_changes(number):
    a_taxonomy()
    for _ in range(number):
        a_published_entry(couloirs="hopital")
    first = live_snapshot()
    with CaptureQueriesContext(connection) as queries:
        assert live_snapshot() is first
    assert len(queries) == 1


def test_every_publication_shows_at_once():
    a_taxonomy()
    entry = a_published_entry(couloirs="hopital")
    an_entry(couloirs="hopital")
    assert (live_under("hopital"), live_under("imagerie")) == (1, 0)
    edit_entry(entry.pk, Content("?", "!", a_filing(couloirs="imagerie")), by_command())
    assert (live_under("hopital"), live_under("imagerie")) == (1, 0)
    publish_entry(entry.pk, by_command())
    assert (live_under("hopital"), live_under("imagerie")) == (0, 1)
    archive_entry(entry.pk, by_command())
    assert (live_under("hopital"), live_under("imagerie")) == (0, 0)
    assert not live_snapshot().index.live


def test_entries_stand_in_the_order_of_their_numbers():
    entries = [a_published_entry() for _ in range(3)]
    assert list(live_snapshot().index.live) == numbers(entries)


def test_an_empty_faq_has_a_snapshot():
    assert len(live_snapshot().index) == 0
    assert live_snapshot().index.questions({}) == []


def test_terms_keep_their_parents_and_old_slugs():
    a_taxonomy()
    Couloir.objects.filter(slug="hopital").update(old_slugs=["hopitaux"], retired=True)
    Epoch.move()
    taxonomy = live_snapshot().taxonomy
    hospital = taxonomy.by_old_slug[Facet.COULOIRS, "hopitaux"]
    assert hospital.retired
    assert hospital.parents == {taxonomy.by_slug[Facet.OFFER_TYPES, "segur"].id}
    pfi = taxonomy.by_slug[Facet.DISPOSITIFS, "pfi-vague-2"]
    assert pfi.parents == {couloir.id for couloir in taxonomy.by_facet[Facet.COULOIRS]}


def labels():
    return {term.label for term in load_taxonomy().terms}


def test_terms_are_read_again_only_after_one_of_them_changed(django_assert_num_queries):
    a_taxonomy()
    labels()
    a_published_entry(couloirs="hopital")
    with django_assert_num_queries(1):
        assert "Hôpital" in labels()
    get_or_create_themes(["archives"], None)
    assert "archives" in labels()
    save_term(Couloir(slug="officine", label="Officine", offer_type_id=Couloir.objects.first().offer_type_id), None)
    assert "Officine" in labels()


def test_terms_of_a_change_that_was_given_up_are_forgotten():
    a_taxonomy()
    before = labels()
    with transaction.atomic():
        get_or_create_themes(["archives"], None)
        assert "archives" in labels()
        transaction.set_rollback(True)
    assert labels() == before
