"""Events and who is told of them: once, in the transaction of the event, and never of what they did themselves."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq.enums import Action, NotificationKind
from faq.models import Notification, Schedule
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.entries import create_entry, edit_entry
from faq.services.notifications import Event, notify, notify_all
from faq.services.schedules import carry_out_due, schedule
from faq.services.undo import undo_batch
from faq.services.workflow import publish_entry, refuse_entry, submit_entry
from tests.factories import an_entry, by_command
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def redacteur():
    return a_person("redacteur")


@pytest.fixture
def relecteur():
    return a_person("relecteur", "relecteur")


def told(kind=None):
    """Return who is told of which kind of event on which entry."""
    rows = Notification.objects.filter(kind=kind) if kind else Notification.objects.all()
    return [(row.recipient.username, row.kind, row.entry_id) for row in rows.select_related("recipient")]


class TestNotify:
    def test_stores_an_event_once(self, redacteur, relecteur):
        entry = an_entry()
        for _ in range(2):
            notify(redacteur, NotificationKind.ASSIGNED, entry, text="Pour vous", author=relecteur)
        [row] = Notification.objects.all()
        assert (row.recipient, row.author, row.text, row.mail) == (redacteur, relecteur, "Pour vous", None)

    def test_events_of_other_keys_are_others(self, redacteur):
        entry = an_entry()
        for key in ("note 1", "note 2"):
            notify(redacteur, NotificationKind.MENTIONED, entry, key=key)
        assert len(told()) == 2

    def test_tells_nobody_of_what_they_did(self, redacteur):
        notify(redacteur, NotificationKind.ASSIGNED, an_entry(), author=redacteur)
        assert told() == []

    def test_tells_neither_the_system_nor_a_closed_account(self, redacteur):
        redacteur.is_active = False
        notify_all([Event(person, NotificationKind.ASSIGNED, an_entry()) for person in (None, redacteur)])
        assert told() == []

    def test_is_part_of_the_transaction(self, redacteur):
        entry = an_entry()
        with transaction.atomic():
            notify(redacteur, NotificationKind.ASSIGNED, entry)
            transaction.set_rollback(True)
        assert told() == []

    def test_a_long_text_is_cut(self, redacteur):
        notify(redacteur, NotificationKind.MENTIONED, an_entry(), text="é" * 5_000)
        assert Notification.objects.get().text == "é" * 1_000


class TestReview:
    def test_reviewers_are_told_of_a_submitted_text(self, redacteur, relecteur):
        a_person("analyste", "analyste")
        entry = an_entry(author=redacteur)
        submit_entry(entry.pk, by_command(redacteur, comment="À voir avant lundi"))
        assert told() == [("relecteur", "submitted", entry.pk)]
        assert Notification.objects.get().text == "À voir avant lundi"

    def test_a_text_that_is_written_and_submitted_at_once_is_told_too(self, redacteur, relecteur):
        created = create_entry(
            Content("Quand ?", "Demain.", an_entry().head.filed_under), by_command(redacteur), then=Action.SUBMITTED
        ).entry
        edited = an_entry(author=redacteur)
        content = Content("Où ?", "Ici.", edited.head.filed_under)
        edit_entry(edited.pk, content, by_command(redacteur), then=Action.SUBMITTED)
        assert told() == [("relecteur", "submitted", created.pk), ("relecteur", "submitted", edited.pk)]

    def test_a_reviewer_is_not_told_of_their_own_text(self, relecteur):
        other = a_person("autre", "relecteur")
        submit_entry(an_entry().pk, by_command(relecteur))
        assert [name for name, _, _ in told()] == [other.username]

    def test_a_superuser_without_a_role_is_not_told_of_every_text(self, redacteur):
        User.objects.create_superuser("racine")
        submit_entry(an_entry().pk, by_command(redacteur))
        assert told() == []

    def test_who_submitted_is_told_of_the_refusal_with_its_comment(self, redacteur, relecteur):
        entry = an_entry(author=relecteur)
        submit_entry(entry.pk, by_command(redacteur))
        refuse_entry(entry.pk, by_command(relecteur, comment="Citez l’arrêté."))
        assert told(NotificationKind.REFUSED) == [("redacteur", "refused", entry.pk)]
        assert Notification.objects.get(kind=NotificationKind.REFUSED).text == "Citez l’arrêté."

    def test_each_refusal_of_one_text_is_told(self, redacteur, relecteur):
        entry = an_entry()
        for comment in ("Citez l’arrêté.", "Il manque la date."):
            submit_entry(entry.pk, by_command(redacteur))
            refuse_entry(entry.pk, by_command(relecteur, comment=comment))
        assert len(told(NotificationKind.REFUSED)) == 2

    def test_a_text_that_an_undo_brings_back_is_told_when_it_is_refused_and_not_before(self, redacteur, relecteur):
        entry = an_entry()
        submit_entry(entry.pk, by_command(redacteur))
        batch = change_many({entry.pk: None}, publish_entry, "Publication", relecteur).batch
        undo_batch(batch.pk, by_command(relecteur))
        assert len(told(NotificationKind.SUBMITTED)) == 1
        refuse_entry(entry.pk, by_command(relecteur, comment="Trop long."))
        assert told(NotificationKind.REFUSED) == [("redacteur", "refused", entry.pk)]

    def test_costs_the_same_for_one_and_for_many_reviewers(self, redacteur, relecteur):
        def count():
            entry = an_entry()
            with CaptureQueriesContext(connection) as queries:
                submit_entry(entry.pk, by_command(redacteur))
            return len(queries)

        # The rights of who submits are read once.
        redacteur.has_perm("faq.submit_entry")
        few = count()
        for number in range(8):
            a_person(f"relecteur-{number}", "relecteur")
        assert count() == few


def test_who_planned_is_told_of_a_plan_that_fails_once(relecteur, redacteur):
    entry = an_entry(author=redacteur)
    plan = schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(minutes=1), by_command(relecteur))
    edit_entry(entry.pk, Content("Où ?", "Ailleurs.", entry.head.filed_under), by_command(redacteur))
    Schedule.objects.filter(pk=plan.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    [failed] = carry_out_due().failed
    assert carry_out_due().failed == []
    [row] = Notification.objects.filter(kind=NotificationKind.PLAN_FAILED)
    assert (row.recipient, row.entry, row.text) == (relecteur, entry, failed.error)
