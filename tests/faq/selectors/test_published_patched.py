"""Whatever changes, the snapshot that follows change by change says what one read again says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.domain.facets import Facet
from faq.enums import Action, EntryStatus
from faq.models import Couloir, Entry, EntryAlias, Epoch, Theme
from faq.selectors.published import live_snapshot, read_snapshot
from faq.services.content import Content, EntryError
from faq.services.entries import create_entry, edit_entry
from faq.services.merging import merge_entries
from faq.services.taxonomy import TermInUse, delete_term, get_or_create_themes, save_term
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry, restore_entry, withdraw_entry
from tests.factories import (
    a_filing,
    a_published_entry,
    a_taxonomy,
    by_command,
    many_drafts,
    numbers,
    some_published_entries,
)

pytestmark = pytest.mark.django_db

FILINGS = (
    {},
    {"couloirs": "hopital"},
    {"couloirs": "hopital imagerie", "themes": "certificats"},
    {"dispositifs": "pfi-vague-2", "themes": "certificats financement"},
    {"products": "dmn", "offer_types": "certification"},
    {"themes": "financement"},
)


def content(filing):
    return Content("Comment ?", f"Comme ceci : {filing}.", a_filing(**filing))


def create(entry, filing):
    create_entry(content(filing), by_command(), then=Action.PUBLISHED)


def edit(entry, filing):
    edit_entry(entry.pk, content(filing), by_command())


def edit_live(entry, filing):
    edit_entry(entry.pk, content(filing), by_command(), then=Action.PUBLISHED)


def name_theme(entry, filing):
    [theme] = get_or_create_themes([f"thème {Theme.objects.count()}"], None)
    entry_content = Content("Nouveau thème ?", "Oui.", {**a_filing(), Facet.THEMES: frozenset({theme.pk})})
    edit_entry(entry.pk, entry_content, by_command(), then=Action.PUBLISHED)


def rename(entry, filing):
    couloir = Couloir.objects.order_by("pk")[0]
    couloir.label += "'"
    save_term(couloir, None)


def drop_theme(entry, filing):
    delete_term(Theme.objects.filter(name__startswith="thème").order_by("-pk")[0], None)


def merge(entry, filing):
    other = Entry.objects.exclude(pk=entry.pk).exclude(status=EntryStatus.ARCHIVED).order_by("pk").first()
    bases = {one.pk: one.head.number for one in (entry, other)}
    merge_entries(entry.pk, [other.pk], content(filing), by_command(), bases=bases)


def undo_merge(entry, filing):
    undo_batch(EntryAlias.objects.order_by("-pk")[0].batch_id, by_command())


CHANGES = (
    create,
    edit,
    edit_live,
    name_theme,
    rename,
    drop_theme,
    merge,
    undo_merge,
    *(
        lambda entry, filing, way=way: way(entry.pk, by_command())
        for way in (publish_entry, withdraw_entry, archive_entry, restore_entry)
    ),
)
steps = st.tuples(st.sampled_from(CHANGES), st.integers(0, 30), st.sampled_from(FILINGS))


def test_as_if_read_anew():
    a_taxonomy()
    some_published_entries(3, couloirs="hopital", themes="certificats")
    patched = 0

    @settings(max_examples=12)
    @given(st.lists(steps, min_size=1, max_size=5))
    def follow(changes):
        nonlocal patched
        for change, place, filing in changes:
            before = live_snapshot()
            entries = list(Entry.objects.select_related("head").order_by("pk"))
            try:
                change(entries[place % len(entries)], filing)
            except (EntryError, TermInUse, IndexError, AttributeError):
                continue
            after = live_snapshot()
            rebuilt = read_snapshot(Epoch.tokens())
            assert (after.taxonomy, after.index) == (rebuilt.taxonomy, rebuilt.index)
            patched += after.base == before.base and after is not before

    follow()
    assert patched


@pytest.mark.parametrize("size", [1, 300])
@pytest.mark.slow
def test_a_publication_takes_the_same_queries_whatever_is_live(size):
    a_taxonomy()
    some_published_entries(size)
    many_drafts(size)
    base = live_snapshot().base
    a_published_entry(couloirs="hopital", themes="certificats")
    with CaptureQueriesContext(connection) as queries:
        snapshot = live_snapshot()
    # The epoch, the steps since, the entry.
    assert len(queries) == 4, [query["sql"] for query in queries]
    assert snapshot.base == base
    assert len(snapshot.index) == size + 1


def test_the_stamp_of_an_entry_changes_with_it_alone():
    a_taxonomy()
    one, other = numbers(some_published_entries(2))
    before = live_snapshot()
    edit_entry(one, Content("Autrement ?", "Oui."), by_command(), then=Action.PUBLISHED)
    after = live_snapshot()
    assert after.version_key(one) != before.version_key(one)
    assert after.version_key(other) == before.version_key(other)
    rename(None, None)
    assert live_snapshot().version_key(other) != before.version_key(other)
