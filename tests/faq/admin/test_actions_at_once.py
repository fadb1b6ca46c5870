"""Two reviewers on the same selection at the same time: one does it, the other is told, and nothing is done twice."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from faq.models import Batch, Entry
from faq.services.doctor import faults
from faq.services.workflow import submit_entry
from tests.factories import an_entry, by_command, numbers
from tests.faq.admin.confirming import a_draft_beside, asks, confirm
from tests.faq.admin.entry_form import head_of, page_of, typed
from tests.faq.services.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LIST = reverse("admin:faq_entry_changelist")
QUEUE = reverse("admin:faq_entry_review")


@pytest.fixture
def reviewers():
    """Two sessions of two people."""
    clients = []
    for name in ("relectrice", "relecteur"):
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get_or_create(name="relecteur")[0])
        client = Client()
        client.force_login(user)
        clients.append(client)
    return clients


def some_entries():
    """Drafts beside live texts, in review."""
    entries = [a_draft_beside(f"{rank} ?") for rank in range(4)]
    for entry in entries:
        submit_entry(entry.pk, by_command())
    return entries


def sent_twice(reviewers, send):
    """Send the same from both at once; return the two pages that answer, none of them an error."""
    answers = at_once(*(lambda client=client: send(client) for client in reviewers))
    assert [answer.status_code for answer in answers] == [200, 200]
    return answers


def test_a_selection_that_both_confirm_is_published_once(reviewers):
    entries = some_entries()
    data = {"action": "publish", "_selected_action": numbers(entries)}
    asked = {client: client.post(LIST, data) for client in reviewers}
    sent_twice(reviewers, lambda client: confirm(client, asked[client]))
    assert [head_of(entry).number for entry in entries] == [5] * 4
    assert Batch.objects.count() == 1
    assert list(faults()) == []


def test_drafts_that_both_publish_from_the_queue_go_out_once(reviewers):
    entries = [an_entry(f"{rank} ?") for rank in range(4)]
    for entry in entries:
        submit_entry(entry.pk, by_command())
    data = {f"version-{entry.pk}": 2 for entry in entries} | {"selected": numbers(entries), "publish-selected": "1"}
    answers = sent_twice(reviewers, lambda client: client.post(QUEUE, data, follow=True))
    assert not any(map(asks, answers))
    assert [head_of(entry).number for entry in entries] == [3] * 4
    assert Batch.objects.count() == 1


def test_one_who_publishes_and_one_who_refuses_leave_one_decision(reviewers):
    entry = an_entry()
    submit_entry(entry.pk, by_command())
    publishing = typed(entry, _publish="1")
    refusing = typed(entry, _refuse="1", refusal="Non.")
    one, other = reviewers
    answers = at_once(
        lambda: one.post(page_of(entry), publishing, follow=True),
        lambda: other.post(page_of(entry), refusing, follow=True),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert head_of(entry).number in (3, 4)
    assert Entry.objects.get().versions.count() == head_of(entry).number
    assert list(faults()) == []


def test_an_undo_that_both_confirm_is_done_once(reviewers):
    entries = some_entries()
    one, _ = reviewers
    confirm(one, one.post(LIST, {"action": "publish", "_selected_action": numbers(entries)}))
    undo = reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,))
    sent_twice(reviewers, lambda client: client.post(undo, follow=True))
    assert [head_of(entry).number for entry in entries] == [6] * 4
    assert Batch.objects.count() == 2
    assert list(faults()) == []
