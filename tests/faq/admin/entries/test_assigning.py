"""Assigning entries on their page and from the list."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import strip_tags

from faq.models import Assignment, Batch
from faq.services.assignments import assign_entry
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, submit_entry
from tests.factories import an_entry, by_command
from tests.faq.admin.entry_form import page_of, read
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie():
    return a_person("marie", first_name="Marie", last_name="Petit")


def assign_by_form(client, entry, value):
    return read(client.post(page_of(entry), {"_assign": "", "assignee": value}, follow=True))


def assignee_of(entry):
    return Assignment.objects.get(entry=entry).assignee


class TestPage:
    def test_an_entry_is_assigned_and_taken_back(self, redacteur, marie):
        entry = an_entry()
        assert f"Fiche {entry.reference} attribuée à Marie Petit." in assign_by_form(redacteur, entry, marie.pk)
        assert assignee_of(entry) == marie
        assert f"La fiche {entry.reference} est déjà attribuée à Marie Petit." in assign_by_form(
            redacteur, entry, marie.pk
        )
        assert f"Fiche {entry.reference} attribuée à personne." in assign_by_form(redacteur, entry, "")
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize("value", ["0", "²", "9" * 30, "marie", "?"])
    def test_who_cannot_be_assigned_to_is_refused(self, value, redacteur):
        entry = an_entry()
        assert "choisissez quelqu’un d’autre" in assign_by_form(redacteur, entry, value)
        assert not Assignment.objects.exists()

    def test_a_closed_account_is_shown_as_such(self, redacteur, analyste, marie):
        entry = an_entry()
        assign_entry(entry.pk, marie, None)
        User.objects.filter(pk=marie.pk).update(is_active=False)
        for client in (redacteur, analyste):
            assert "Marie Petit (compte fermé)" in read(client.get(page_of(entry)))

    def test_who_may_only_read_sees_who_it_is(self, analyste, marie):
        entry = an_entry()
        assign_entry(entry.pk, marie, None)
        page = read(analyste.get(page_of(entry)))
        assert "Attribuée à Marie Petit" in page
        assert 'name="_assign"' not in page
        assert analyste.post(page_of(entry), {"_assign": "", "assignee": ""}).status_code == 403
        assert assignee_of(entry) == marie

    def test_an_archived_entry_offers_no_assignment(self, redacteur):
        entry = archive_entry(an_entry().pk, by_command()).entry
        assert 'name="_assign"' not in read(redacteur.get(page_of(entry)))
        assert "ne s’attribue pas" in assign_by_form(redacteur, entry, redacteur.user.pk)


LIST, ASSIGN = (reverse(f"admin:faq_entry_{page}") for page in ("changelist", "assign"))


class TestList:
    def assign_ticked(self, client, entries, person, **asked):
        action = {"action": "assign", "_selected_action": [entry.pk for entry in entries], **asked}
        page = client.post(LIST, action, follow=True)
        sent = {"number": page.context["numbers"], "assignee": person.pk}
        return client.post(page.wsgi_request.get_full_path(), sent, follow=True)

    def test_ticked_entries_are_one_lot_that_is_undone_from_its_message(self, relecteur, marie):
        entries = [an_entry(f"Question {rank} ?") for rank in range(3)]
        page = read(self.assign_ticked(relecteur, entries[:2], marie))
        assert "Attribution\u00a0: 2 fiches (Q-" in strip_tags(page)
        assert [assignee_of(entry) for entry in entries[:2]] == [marie, marie]
        batch = Batch.objects.get()
        assert reverse("admin:faq_batch_undo", args=(batch.pk,)) in page
        undone = read(relecteur.post(reverse("admin:faq_batch_undo", args=(batch.pk,)), {"_undo": ""}, follow=True))
        assert "2 fiches attribuées comme avant" in undone
        assert not Assignment.objects.exists()

    def test_all_that_the_filters_let_through(self, redacteur, marie):
        untitled = [an_entry("", f"Réponse {rank}.") for rank in range(3)]
        titled = an_entry()
        action = {"action": "assign", "_selected_action": [untitled[0].pk], "select_across": "1"}
        page = redacteur.post(f"{LIST}?travail=sans-question", action, follow=True)
        assert page.context["total"] == 3
        sent = {"number": page.context["numbers"], "assignee": marie.pk}
        back = redacteur.post(page.wsgi_request.get_full_path(), sent)
        assert back.url == f"{LIST}?travail=sans-question"
        assert Assignment.objects.count() == 3
        assert not Assignment.objects.filter(entry=titled).exists()

    def test_without_entries_one_is_told_to_tick_some(self, redacteur):
        for address in (ASSIGN, f"{ASSIGN}?fiche=x", f"{ASSIGN}?tout=1&travail=sans-question"):
            assert "Cochez d’abord les fiches" in read(redacteur.get(address, follow=True))

    def test_somebody_who_left_meanwhile_is_refused_and_nothing_is_lost(self, redacteur, marie):
        entry = an_entry()
        User.objects.filter(pk=marie.pk).update(is_active=False)
        page = redacteur.post(f"{ASSIGN}?fiche={entry.pk}", {"number": entry.pk, "assignee": marie.pk})
        assert "choisissez quelqu’un d’autre" in read(page)
        assert page.context["numbers"] == [entry.pk]


def test_the_ticked_texts_of_the_review_are_assigned(relecteur, marie):
    review = reverse("admin:faq_entry_review")
    entry = submit_entry(an_entry().pk, by_command()).entry
    answer = relecteur.post(review, {"assign-selected": "", "selected": entry.pk})
    assert answer.url == f"{ASSIGN}?retour=relecture&fiche={entry.pk}"
    assert relecteur.post(answer.url, {"number": entry.pk, "assignee": marie.pk}).url == review
    assert assignee_of(entry) == marie
    assert "Cochez d’abord des fiches." in read(relecteur.post(review, {"assign-selected": ""}, follow=True))
    commented = relecteur.post(review, {"assign-selected": "", "selected": entry.pk, f"comment-{entry.pk}": "Non."})
    assert "effacez d’abord vos commentaires" in read(commented)


def test_the_list_of_untitled_entries_is_assigned_with_its_filters(redacteur, marie):
    entry = an_entry("", "Une réponse.")
    questions = reverse("admin:faq_entry_questions")
    page = redacteur.get(f"{questions}?travail=sans-question")
    address = page.context["assign_address"]
    assert address.replace("&", "&amp;") in page.content.decode()
    back = redacteur.post(address, {"number": entry.pk, "assignee": marie.pk})
    assert back.url == f"{questions}?travail=sans-question"
    assert assignee_of(entry) == marie
    undo_batch(Batch.objects.get().pk, by_command())
