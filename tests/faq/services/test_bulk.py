"""One operation on many entries: one batch, refusals told, nothing half done."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from faq.enums import BatchKind, Origin
from faq.models import Batch, Entry, Version
from faq.services.bulk import change_many
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_published_entry, an_entry, by_command, numbers

pytestmark = pytest.mark.django_db


def test_each_entry_is_told_in_the_order_of_numbers():
    ready, live, untitled = an_entry(), a_published_entry(), an_entry("")
    report = change_many(dict.fromkeys(numbers([untitled, live, ready])), publish_entry, "Publication", None)
    assert numbers(outcome.entry for outcome in report.changed) == [ready.pk]
    assert numbers(outcome.entry for outcome in report.unchanged) == [live.pk]
    [refusal] = report.refused
    assert untitled.reference in refusal


def test_the_batch_holds_what_changed():
    entries = [an_entry(), an_entry()]
    report = change_many(dict.fromkeys(numbers(entries)), publish_entry, "Publication", None)
    assert (report.batch.kind, report.batch.label) == (BatchKind.BULK_ACTION, "Publication")
    versions = report.batch.versions.order_by("entry")
    assert [(version.entry_id, version.origin) for version in versions] == [
        (entry.pk, Origin.BULK_ACTION) for entry in entries
    ]


def test_the_batch_can_be_undone():
    entry = a_published_entry()
    report = change_many(dict.fromkeys([entry.pk]), archive_entry, "Archivage", None)
    undo_batch(report.batch.pk, by_command())
    entry.refresh_from_db()
    assert entry.status == "published"


def test_nothing_changed_leaves_no_batch():
    report = change_many(dict.fromkeys([an_entry("").pk]), publish_entry, "Publication", None)
    assert report.batch is None
    assert not Batch.objects.exists()


def test_without_the_right_nothing_is_done():
    user = User.objects.create_user("rédacteur")
    user.groups.add(Group.objects.get(name="rédacteur"))
    entries = [an_entry(), an_entry()]
    with pytest.raises(PermissionDenied):
        change_many(dict.fromkeys(numbers(entries)), publish_entry, "Publication", user)
    assert not Batch.objects.exists()


def test_an_unexpected_fault_leaves_nothing_behind():
    entries = [an_entry(), an_entry()]
    with pytest.raises(Entry.DoesNotExist):
        change_many(dict.fromkeys([*numbers(entries), 10**6]), publish_entry, "Publication", None)
    assert not Entry.objects.live().exists()
    assert Version.objects.count() == 2
    assert not Batch.objects.exists()
