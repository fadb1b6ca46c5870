"""Undoing a batch from its page: told beforehand, done once, by those who may."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from faq.enums import Action, EntryStatus
from faq.models import Batch, Dump, Entry, Version
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.schedules import schedule
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry, refuse_entry, submit_entry
from tests.factories import a_dump_file, a_published_entry, an_entry, by_command, take_dump
from tests.faq.admin.entry_form import read

pytestmark = pytest.mark.django_db


def page_of(batch):
    return reverse("admin:faq_batch_change", args=(batch.pk,))


def undo_page(batch):
    return reverse("admin:faq_batch_undo", args=(batch.pk,))


def an_import():
    """Two answers, of which an editor has changed the second since."""
    take_dump(a_dump_file("Un.", "Deux."))
    created, edited = Entry.objects.order_by("pk")
    edit_entry(edited.pk, Content("Question ?", "Deux."), by_command())
    return Batch.objects.get(), created, edited


def test_the_preview_says_what_would_happen_and_changes_nothing(relecteur):
    batch, created, edited = an_import()
    assert undo_page(batch) in read(relecteur.get(page_of(batch)))
    page = read(relecteur.get(undo_page(batch)))
    for expected in (
        "1 fiche archivée",
        "1 fiche laissée telle quelle",
        created.reference,
        edited.reference,
        "modifiée depuis",
    ):
        assert expected in page
    assert str(Dump.objects.get()) in page
    assert (Batch.objects.count(), Version.objects.count()) == (1, 3)
    assert not Entry.objects.archived().exists()


def test_the_button_does_it_and_names_what_was_left_alone(relecteur):
    batch, created, edited = an_import()
    page = read(relecteur.post(undo_page(batch), follow=True))
    batch.refresh_from_db()
    assert f"Lot {batch.pk} annulé par le" in page
    assert f"Fiche {edited.reference} laissée telle quelle : modifiée depuis." in page
    assert [entry.pk for entry in Entry.objects.archived()] == [created.pk]
    assert batch.undone_by.author == relecteur.user
    assert undo_page(batch) not in page


def test_a_bulk_action_is_taken_back(relecteur):
    entry = an_entry()
    batch = change_many({entry.pk: None}, publish_entry, "Publication", relecteur.user).batch
    assert "1 fiche remise comme avant" in read(relecteur.get(undo_page(batch)))
    relecteur.post(undo_page(batch))
    entry.refresh_from_db()
    assert entry.status == EntryStatus.DRAFT


@pytest.mark.every_database
def test_the_preview_says_which_plans_and_refusals_come_back(relecteur):
    entry = a_published_entry()
    edit_entry(entry.pk, Content("Comment faire ?", "Autrement."), by_command())
    submit_entry(entry.pk, by_command())
    refuse_entry(entry.pk, by_command(comment="Citez l’arrêté."))
    schedule(entry.pk, Action.WITHDRAWN, timezone.now() + timedelta(days=7), by_command())
    batch = change_many({entry.pk: None}, archive_entry, "Archivage", relecteur.user).batch
    page = read(relecteur.get(undo_page(batch)))
    assert "Planifications et refus" in page
    assert f"Retrait de {entry.reference}, le " in page
    assert f"{entry.reference} est de nouveau refusée" in page
    assert "Citez l’arrêté." in page
    assert not entry.schedules.exists()
    relecteur.post(undo_page(batch))
    assert entry.schedules.exists()


def test_what_has_no_effect_is_said_and_offered_again(relecteur):
    entry = an_entry()
    batch = change_many({entry.pk: None}, publish_entry, "Publication", relecteur.user).batch
    archive_entry(entry.pk, by_command())
    page = read(relecteur.get(undo_page(batch)))
    assert "L’annulation n’aurait aucun effet." in page
    assert '<button type="submit" class="button">Annuler le lot' not in page
    page = read(relecteur.post(undo_page(batch), follow=True))
    assert f"Rien n’a été annulé : le lot {batch.pk} reste à annuler." in page
    assert f"Fiche {entry.reference} laissée telle quelle : modifiée depuis." in page
    assert undo_page(batch) in page


def test_an_undo_says_whose_effects_come_back(relecteur):
    batch, _, _ = an_import()
    undo = undo_batch(batch.pk, by_command()).batch
    assert f'Ce lot avait annulé le <a href="{page_of(batch)}">lot {batch.pk}</a>' in read(
        relecteur.get(undo_page(undo))
    )


def test_what_is_undone_is_not_undone_again(relecteur):
    batch, _, _ = an_import()
    undo_batch(batch.pk, by_command())
    for ask in (relecteur.get, relecteur.post):
        assert "est déjà annulé" in read(ask(undo_page(batch), follow=True))
    assert Batch.objects.count() == 2


def test_only_those_with_the_right_undo(redacteur):
    batch, _, _ = an_import()
    assert undo_page(batch) not in read(redacteur.get(page_of(batch)))
    assert redacteur.get(undo_page(batch)).status_code == 403
    assert redacteur.post(undo_page(batch)).status_code == 403
    assert Batch.objects.count() == 1


def test_an_unknown_batch_is_not_found(relecteur):
    assert relecteur.get(reverse("admin:faq_batch_undo", args=(10**6,))).status_code == 404


def test_a_long_list_is_cut_and_counted(relecteur):
    take_dump(a_dump_file(*(f"Réponse {rank}." for rank in range(103))))
    page = read(relecteur.get(undo_page(Batch.objects.get())))
    assert "Archivées : 103 fiches" in page
    assert "… et 3 autres." in page
