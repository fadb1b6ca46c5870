"""The messages after operations on entries, and the page of a lot to which they lead."""

import re

import pytest
from django.urls import reverse

from faq.admin.bulk_messages import list_refusals
from faq.enums import EntryStatus
from faq.models import Batch, Entry
from faq.services.assignments import assign_entries
from faq.services.bulk import change_many
from faq.services.workflow import archive_entry, refuse_entry, restore_entry, submit_entry
from tests.factories import an_entry, by_command
from tests.faq.admin.entry_form import read, save

QUESTIONS = reverse("admin:faq_entry_questions")


def test_one_refusal_stands_alone():
    assert list_refusals(["La fiche Q-1 est archivée."]) == "La fiche Q-1 est archivée."


def test_several_refusals_are_one_message_with_a_list_that_ends():
    said = list_refusals([f"Q-{number} <b>" for number in range(1, 31)])
    assert said.startswith("<p>30 fiches refusées, dont voici les 20 premières\u00a0:</p><ul><li>Q-1 &lt;b&gt;</li>")
    assert said.count("<li>") == 20
    assert "dont voici" not in list_refusals(["Un.", "Deux."])


@pytest.mark.django_db
def test_the_lot_of_typed_questions_lists_its_entries_and_submits_them(redacteur, django_assert_max_num_queries):
    first, second = an_entry("", "Une."), an_entry("", "Deux.")
    typed = {"number": [first.pk, second.pk]}
    for entry, question in ((first, "Une ?"), (second, "Deux ?")):
        typed |= {f"q{entry.pk}-question": question, f"q{entry.pk}-base": 1}
    message = read(redacteur.post(QUESTIONS, typed, follow=True))
    batch = Batch.objects.get()
    address = reverse("admin:faq_batch_change", args=(batch.pk,))
    for entry in (first, second):
        assert f'<a href="{reverse("admin:faq_entry_change", args=(entry.pk,))}">{entry.reference}</a>' in message
    assert f'<a href="{address}">Soumettre ces fiches à la relecture…</a>' in message
    with django_assert_max_num_queries(20):
        page = read(redacteur.get(address))
    assert "Une ?" in page
    assert "Soumettre les 2 brouillons à la relecture" in page
    fields = re.findall(r'name="(_selected_action|base-\d+|action|index)" value="([^"]+)"', page)
    data = {name: [value for key, value in fields if key == name] for name, _ in fields}
    response = redacteur.post(reverse("admin:faq_entry_changelist"), data, follow=True)
    assert "Soumission à la relecture\u00a0: 2 fiches" in read(response)
    assert set(Entry.objects.values_list("head__status", flat=True)) == {EntryStatus.IN_REVIEW}
    # What waits for a reviewer is not offered again.
    assert 'name="_selected_action"' not in read(redacteur.get(address))


@pytest.mark.django_db
def test_a_lot_offers_to_submit_only_to_those_who_may_and_only_what_can_be(analyste, relecteur):
    titled, untitled = an_entry("Une ?"), an_entry("")
    batch = change_many(dict.fromkeys([titled.pk, untitled.pk]), archive_entry, "Archivage", relecteur.user).batch
    address = reverse("admin:faq_batch_change", args=(batch.pk,))
    assert 'name="_selected_action"' not in read(relecteur.get(address))
    for entry in (titled, untitled):
        restore_entry(entry.pk, by_command())
    assert re.findall(r'name="_selected_action" value="(\d+)"', read(relecteur.get(address))) == [str(titled.pk)]
    page = read(analyste.get(address))
    assert titled.reference in page
    assert 'name="_selected_action"' not in page


@pytest.mark.django_db
def test_the_message_of_one_entry_names_no_lot(relecteur):
    entry = an_entry("Une ?")
    address = reverse("admin:faq_entry_change", args=(entry.pk,))
    page = read(relecteur.post(address, {"_archive": "1", "base": "1"}, follow=True))
    undo = reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,))
    assert f'<a href="{undo}">Annuler</a>' in page
    assert f"Lot {Batch.objects.get().pk}" not in page


def refused_entry(redacteur, relecteur, question):
    entry = an_entry(question, author=redacteur.user)
    submit_entry(entry.pk, by_command(redacteur.user))
    refuse_entry(entry.pk, by_command(relecteur.user, comment="À revoir."))
    return entry


@pytest.mark.django_db
def test_a_submission_leads_to_the_texts_that_are_still_refused(redacteur, relecteur):
    first, second = (refused_entry(redacteur, relecteur, question) for question in ("Une ?", "Deux ?"))
    page = read(save(redacteur, first, "_submit", answer="Mieux."))
    link = f'<a href="{reverse("admin:faq_entry_change", args=(second.pk,))}">{second.reference}</a>'
    assert "1 texte refusé à reprendre</a>\u00a0: " + link in page
    assert "refusé à reprendre" not in read(save(redacteur, second, "_submit", answer="Mieux."))


@pytest.mark.django_db
def test_a_decision_on_the_page_of_an_entry_leads_to_the_next_text(redacteur, relecteur):
    first, second = (an_entry(question, author=redacteur.user) for question in ("Une ?", "Deux ?"))
    for entry in (first, second):
        submit_entry(entry.pk, by_command(redacteur.user))
    page = read(save(relecteur, first, "_publish"))
    assert "1 texte à relire</a>\u00a0: " in page
    assert f">{second.reference}</a>" in page
    assert "à relire</a>\u00a0: " not in read(save(relecteur, second, "_publish"))


@pytest.mark.django_db
def test_undoing_one_action_on_one_entry_returns_to_it(relecteur):
    entry = an_entry("Une ?")
    relecteur.post(reverse("admin:faq_entry_change", args=(entry.pk,)), {"_archive": "1", "base": "1"})
    undone = relecteur.post(reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,)), follow=True)
    address = reverse("admin:faq_entry_change", args=(entry.pk,))
    assert undone.redirect_chain[-1][0] == address
    assert f'1 fiche remise comme avant\u00a0: <a href="{address}">{entry.reference}</a>.' in read(undone)


@pytest.mark.django_db
def test_a_lot_that_wrote_no_version_lists_its_entries_too(relecteur):
    entry = an_entry("Une ?")
    batch = assign_entries([entry.pk], relecteur.user, relecteur.user).batch
    page = read(relecteur.get(reverse("admin:faq_batch_change", args=(batch.pk,))))
    assert f'<a href="{reverse("admin:faq_entry_change", args=(entry.pk,))}">{entry.reference}</a> Une ?' in page
