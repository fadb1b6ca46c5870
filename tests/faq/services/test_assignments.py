"""Assignments: by those who may write, to those who may write, undone with their batch, kept through merges."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.enums import BatchKind, NotificationKind
from faq.models import Assignment, AssignmentChange, Batch, Entry, Notification, Version
from faq.services.assignments import assign_entries, assign_entry, get_assignable_people
from faq.services.content import EntryError, content_of
from faq.services.merging import merge_entries
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry
from tests.factories import an_entry, by_command
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def jean():
    return a_person("jean")


@pytest.fixture
def marie():
    return a_person("marie", "relecteur")


def assignee_of(entry):
    assignment = Assignment.objects.filter(entry=entry).select_related("assignee").first()
    return assignment.assignee if assignment else None


class TestOne:
    def test_is_stored_without_a_version_and_told(self, jean, marie):
        entry = an_entry()
        assert assign_entry(entry.pk, jean, marie)
        assert assignee_of(entry) == jean
        assert Version.objects.count() == 1
        [row] = Notification.objects.all()
        assert (row.recipient, row.kind, row.author) == (jean, NotificationKind.ASSIGNED, marie)

    def test_again_changes_nothing(self, jean, marie):
        entry = an_entry()
        assign_entry(entry.pk, jean, marie)
        assert not assign_entry(entry.pk, jean, marie)
        assert (AssignmentChange.objects.count(), Notification.objects.count()) == (1, 1)

    def test_can_be_taken_away_and_given_back_which_is_told_again(self, jean, marie):
        entry = an_entry()
        for person in (jean, None, jean):
            assert assign_entry(entry.pk, person, marie)
        assert Notification.objects.filter(recipient=jean).count() == 2

    def test_to_oneself_is_not_told(self, jean):
        assign_entry(an_entry().pk, jean, jean)
        assert not Notification.objects.exists()

    def test_needs_the_right_to_change_entries(self, jean):
        with pytest.raises(PermissionDenied):
            assign_entry(an_entry().pk, jean, a_person("ana", "analyste"))
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize(("role", "details"), [("analyste", {}), ("rédacteur", {"is_active": False})])
    def test_goes_to_nobody_who_cannot_change_entries(self, role, details, jean):
        other = a_person("autre", role, **details)
        with pytest.raises(EntryError, match="choisissez quelqu’un d’autre"):
            assign_entry(an_entry().pk, other, jean)
        assert other not in get_assignable_people()

    def test_an_archived_entry_is_refused(self, jean):
        entry = archive_entry(an_entry().pk, by_command()).entry
        with pytest.raises(EntryError, match="archivée"):
            assign_entry(entry.pk, jean, jean)

    def test_an_unknown_entry_is_named(self, jean):
        with pytest.raises(Entry.DoesNotExist, match="Q-999"):
            assign_entry(999, jean, jean)


class TestMany:
    def test_are_one_batch(self, jean, marie):
        entries = [an_entry(f"Question {rank} ?") for rank in range(3)]
        assign_entry(entries[0].pk, jean, marie)
        archived = archive_entry(an_entry().pk, by_command()).entry
        report = assign_entries([entry.pk for entry in (*entries, archived)], jean, marie)
        assert [outcome.entry for outcome in report.changed] == entries[1:]
        assert [outcome.entry for outcome in report.unchanged] == entries[:1]
        assert [reason.split(" est ")[0] for reason in report.refused] == [f"La fiche {archived.reference}"]
        assert (report.batch.kind, report.batch.label) == (BatchKind.BULK_ACTION, "Attribution à jean")
        assert {assignee_of(entry) for entry in entries} == {jean}

    def test_without_effect_leave_no_batch(self, jean):
        assert assign_entries([an_entry().pk], None, jean).batch is None
        assert not Batch.objects.exists()

    def test_cost_the_same_whatever_their_number(self, jean, marie):
        marie.has_perm("faq.change_entry")

        def count(number):
            numbers = [an_entry(f"Question {rank} ?").pk for rank in range(number)]
            with CaptureQueriesContext(connection) as queries:
                assign_entries(numbers, jean, marie)
            return len(queries)

        count(1)
        assert count(2) == count(12)


class TestUndo:
    def test_brings_back_who_it_was_and_can_be_undone(self, jean, marie):
        entries = [an_entry(f"Question {rank} ?") for rank in range(2)]
        assign_entry(entries[0].pk, marie, marie)
        batch = assign_entries([entry.pk for entry in entries], jean, marie).batch
        report = undo_batch(batch.pk, by_command(marie))
        assert (report.assigned, report.left) == (entries, [])
        assert [assignee_of(entry) for entry in entries] == [marie, None]
        undo_batch(report.batch.pk, by_command(marie))
        assert [assignee_of(entry) for entry in entries] == [jean, jean]

    def test_leaves_what_was_assigned_otherwise_since(self, jean, marie):
        entries = [an_entry(f"Question {rank} ?") for rank in range(2)]
        batch = assign_entries([entry.pk for entry in entries], jean, marie).batch
        assign_entry(entries[1].pk, marie, jean)
        report = undo_batch(batch.pk, by_command(marie))
        assert (report.assigned, [entry for entry, _ in report.left]) == ([entries[0]], [entries[1]])
        assert assignee_of(entries[1]) == marie

    def test_without_effect_is_none(self, jean, marie):
        entry = an_entry()
        batch = assign_entries([entry.pk], jean, marie).batch
        assign_entry(entry.pk, None, jean)
        assert undo_batch(batch.pk, by_command(marie)).batch is None


class TestMerge:
    def merge(self, survivor, absorbed):
        bases = {entry.pk: entry.head.number for entry in (survivor, absorbed)}
        return merge_entries(survivor.pk, [absorbed.pk], content_of(survivor.head), by_command(), bases=bases).batch

    def test_the_survivor_is_assigned_to_whom_the_other_was_until_the_merge_is_undone(self, jean, marie):
        survivor, absorbed = an_entry("Une ?"), an_entry("Autre ?")
        assign_entry(absorbed.pk, jean, marie)
        batch = self.merge(survivor, absorbed)
        assert assignee_of(survivor) == jean
        undo_batch(batch.pk, by_command())
        assert (assignee_of(survivor), assignee_of(absorbed)) == (None, jean)

    def test_the_survivor_keeps_its_own(self, jean, marie):
        survivor, absorbed = an_entry("Une ?"), an_entry("Autre ?")
        assign_entry(absorbed.pk, jean, marie)
        assign_entry(survivor.pk, marie, marie)
        self.merge(survivor, absorbed)
        assert assignee_of(survivor) == marie
