"""The doctor on assignments, notes and mails: nothing of what the services write, and every breach of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from faq.models import Assignment, Mail, NoteThread
from faq.services.assignments import assign_entries, assign_entry
from faq.services.doctor import faults
from faq.services.mailing import prepare_mails
from faq.services.notes import write_note
from faq.services.undo import undo_batch
from tests.factories import an_entry, by_command
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    """An entry with all that the services write."""
    jean, marie = a_person("jean"), a_person("marie")
    entry, other = an_entry("Une ?"), an_entry("Autre ?")
    for person in (jean, None, marie):
        assign_entry(entry.pk, person, jean)
    undo_batch(assign_entries([entry.pk, other.pk], jean, None).batch.pk, by_command())
    write_note(entry.pk, "@marie ?", jean)
    prepare_mails(timezone.now())
    return entry


def test_what_the_services_write_is_in_order(entry):
    assert list(faults()) == []


def harm_by_losing_an_assignment(entry):
    Assignment.objects.filter(entry=entry).delete()


def harm_by_assigning_to_another(entry):
    Assignment.objects.filter(entry=entry).update(assignee=a_person("autre"))


def harm_by_an_empty_thread(entry):
    NoteThread.objects.create(entry=entry)


def harm_by_no_job(entry):
    Mail.objects.update(created_at=timezone.now() - timedelta(days=4))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (harm_by_losing_an_assignment, "son attribution n’est pas celle"),
        (harm_by_assigning_to_another, "son attribution n’est pas celle"),
        (harm_by_an_empty_thread, "un échange est vide"),
        (harm_by_no_job, "Courriels qui attendent depuis plus de trois jours\u00a0: "),
    ],
)
def test_a_breach_is_named(harm, words, entry):
    harm(entry)
    [fault] = faults()
    assert words in fault
