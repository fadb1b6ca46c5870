"""Plans: made with the right, carried out once, forgotten when done, kept and explained when they fail."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq.enums import Action, EntryStatus, Origin
from faq.models import Entry, Schedule
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, EntryError
from faq.services.entries import edit_entry
from faq.services.schedules import cancel, carry_out_due, schedule
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from tests.factories import a_published_entry, an_entry, by_command

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=1)


def planned(entry, action=Action.PUBLISHED, author=None):
    """A plan whose hour has come."""
    plan = schedule(entry.pk, action, timezone.now() + SOON, by_command(author))
    Schedule.objects.filter(pk=plan.pk).update(due_at=timezone.now() - SOON)
    return plan


def status_of(entry):
    return Entry.objects.get(pk=entry.pk).status


def test_publishes_the_text_that_was_planned_and_forgets_the_plan():
    author = User.objects.create_superuser("jeanne", first_name="Jeanne", last_name="Roy")
    entry = an_entry()
    planned(entry, author=author)
    [outcome] = carry_out_due().done
    assert status_of(entry) == EntryStatus.PUBLISHED
    assert (outcome.version.origin, outcome.version.comment) == (Origin.SCHEDULE, "Planifiée par Jeanne Roy.")
    assert not Schedule.objects.exists()
    assert carry_out_due().done == []


def test_withdraws():
    entry = a_published_entry()
    planned(entry, Action.WITHDRAWN)
    carry_out_due()
    assert status_of(entry) == EntryStatus.DRAFT
    assert not Schedule.objects.exists()


def test_what_is_not_due_waits():
    entry = an_entry()
    schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
    assert carry_out_due().done == []
    assert status_of(entry) == EntryStatus.DRAFT
    assert Schedule.objects.count() == 1


def test_one_that_fails_is_explained_and_stops_no_other():
    first, changed, last = (an_entry(f"{rank} ?") for rank in range(3))
    for entry in (first, changed, last):
        planned(entry)
    edit_entry(changed.pk, Content("Autre texte ?", "Que personne n’a approuvé."), by_command())
    report = carry_out_due()
    assert [outcome.entry.pk for outcome in report.done] == [first.pk, last.pk]
    [failed] = report.failed
    assert failed.entry_id == changed.pk
    assert "modifiée entre-temps (version 2)" in failed.error
    assert list(Schedule.objects.failed()) == [failed]
    assert status_of(changed) == EntryStatus.DRAFT
    # It waits for an editor; another run leaves it alone.
    assert carry_out_due().failed == []
    again = schedule(changed.pk, Action.PUBLISHED, timezone.now() + SOON, by_command())
    assert (again.pk, again.failed_at, again.error) == (failed.pk, None, "")


def test_a_plan_outlives_the_rights_of_whoever_made_it():
    author = User.objects.create_user("parti")
    author.groups.add(Group.objects.get(name="relecteur"))
    entry = an_entry()
    planned(entry, author=author)
    User.objects.filter(pk=author.pk).update(is_active=False)
    carry_out_due()
    assert status_of(entry) == EntryStatus.PUBLISHED


@pytest.mark.parametrize(
    ("move", "action"),
    [
        (publish_entry, Action.PUBLISHED),
        (withdraw_entry, Action.WITHDRAWN),
        (archive_entry, Action.WITHDRAWN),
        (archive_entry, Action.PUBLISHED),
    ],
)
def test_what_was_done_by_hand_is_not_done_again(move, action):
    entry = a_published_entry() if action == Action.WITHDRAWN else an_entry()
    planned(entry, action)
    move(entry.pk, by_command())
    assert not Schedule.objects.exists()


def test_publication_then_withdrawal_can_be_planned_together():
    entry = an_entry()
    planned(entry)
    planned(entry, Action.WITHDRAWN)
    assert [outcome.version.action for outcome in carry_out_due().done] == [Action.PUBLISHED, Action.WITHDRAWN]


def test_refusals():
    entry, later = an_entry(), timezone.now() + timedelta(days=1)
    with pytest.raises(EntryError, match="date est passée"):
        schedule(entry.pk, Action.PUBLISHED, timezone.now() - SOON, by_command())
    with pytest.raises(EntryError, match="il lui manque sa question"):
        schedule(an_entry("").pk, Action.PUBLISHED, later, by_command())
    with pytest.raises(EntryError, match="déjà en ligne"):
        schedule(a_published_entry().pk, Action.PUBLISHED, later, by_command())
    with pytest.raises(EntryError, match="n’est pas en ligne"):
        schedule(entry.pk, Action.WITHDRAWN, later, by_command())
    with pytest.raises(StaleVersion):
        schedule(entry.pk, Action.PUBLISHED, later, by_command(), base=7)
    with pytest.raises(PermissionDenied):
        schedule(entry.pk, Action.PUBLISHED, later, by_command(User.objects.create_user("personne")))
    assert not Schedule.objects.exists()


def test_a_plan_is_given_up():
    plan = planned(an_entry())
    with pytest.raises(PermissionDenied):
        cancel(plan, User.objects.create_user("personne"))
    assert cancel(plan, None)
    assert not cancel(plan, None)
    assert carry_out_due().done == []


def test_the_command_tells_and_its_status_tells_failures(capsys):
    done, failing = an_entry("Une ?"), an_entry("Autre ?")
    planned(done)
    planned(failing)
    edit_entry(failing.pk, Content("Changée ?", "Oui."), by_command())
    with pytest.raises(CommandError, match=f"publication de la fiche {failing.reference} : .*modifiée entre-temps"):
        call_command("publish_due")
    assert capsys.readouterr().out == f"{done.reference} : publication\n"
    call_command("publish_due")
    assert capsys.readouterr().out == ""


def test_an_idle_run_costs_one_query():
    an_entry()
    with CaptureQueriesContext(connection) as queries:
        carry_out_due()
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("schedule_publishes_one_version", {"action": Action.PUBLISHED, "version": None}),
        ("schedule_failure_has_reason", {"failed_at": timezone.now()}),
    ],
)
def test_constraints(name, values):
    plan = planned(an_entry())
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Schedule.objects.filter(pk=plan.pk).update(**values)
