"""Changes of the taxonomy beside saves of the entries filed there: none waits for ever, none contradicts itself."""

import threading

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq.domain.facets import Facet
from faq.models import Couloir, Dispositif, Entry, Theme
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.doctor import faults
from faq.services.entries import create_entry, edit_entry
from faq.services.taxonomy import get_or_create_themes, save_term
from faq.services.taxonomy_operations import merge_terms, split_term
from faq.services.undo import undo_batch
from faq.services.versions import record
from faq.services.workflow import publish_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import page_of, typed
from tests.faq.services.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def move(dispositif, couloir):
    """A dispositif belongs to one couloir, and back, and the last move is undone."""
    home = dispositif.couloirs.get().pk
    for _ in range(ROUNDS):
        for parent in (couloir.pk, home):
            batch = save_term(dispositif, None, parents=[parent]).batch
    undo_batch(batch.pk, by_command())


def test_terms_move_while_entries_are_saved_created_and_published():
    dpi, imaging = Dispositif.objects.get(slug="dpi-vague-1"), Couloir.objects.get(slug="imagerie")
    filing = {facet: frozenset() for facet in Facet} | {Facet.DISPOSITIFS: frozenset({dpi.pk})}
    entries = [an_entry(f"{rank} ?", dispositifs="dpi-vague-1" if rank % 2 else "") for rank in range(4)]

    def save(entry):
        for rank in range(ROUNDS):
            edit_entry(entry.pk, Content(f"{entry.pk} {rank} ?", "Oui.", filing), by_command())

    def create():
        for rank in range(ROUNDS):
            create_entry(Content(f"Nouvelle {rank} ?", "Oui.", filing), by_command())

    def publish():
        for _ in range(ROUNDS):
            change_many({entry.pk: None for entry in entries}, publish_entry, "Publication", None)

    at_once(*(lambda entry=entry: save(entry) for entry in entries[:2]), create, publish, lambda: move(dpi, imaging))
    assert Entry.objects.count() == len(entries) + ROUNDS
    couloirs = {tuple(entry.couloirs.values_list("slug", flat=True)) for entry in Entry.objects.filter(dispositifs=dpi)}
    assert couloirs == {("imagerie",)}
    assert list(faults()) == []


def test_a_move_waits_for_a_filing_that_is_being_stored(monkeypatch):
    dpi, imaging = Dispositif.objects.get(slug="dpi-vague-1"), Couloir.objects.get(slug="imagerie")
    filing = {facet: frozenset() for facet in Facet} | {Facet.DISPOSITIFS: frozenset({dpi.pk})}
    about_to_store, moved = threading.Event(), threading.Event()

    def record_late(*args):
        about_to_store.set()
        # In vain, where the move waits as it must.
        moved.wait(0.5)
        return record(*args)

    def move_meanwhile():
        about_to_store.wait()
        save_term(dpi, None, parents=[imaging.pk])
        moved.set()

    monkeypatch.setattr("faq.services.entries.record", record_late)
    at_once(lambda: create_entry(Content("Nouvelle ?", "Oui.", filing), by_command()), move_meanwhile)
    assert list(faults()) == []
    assert Entry.objects.get().couloirs.get() == imaging


def test_terms_merge_and_split_while_entries_come_under_them():
    gone, stays = (Theme.objects.get(slug=slug) for slug in ("certificats", "financement"))
    entries = [a_published_entry(f"{rank} ?", themes="certificats") for rank in range(3)]
    filing = a_filing(themes="certificats")

    def save(entry):
        for rank in range(ROUNDS):
            edit_entry(entry.pk, Content(f"{entry.pk} {rank} ?", "Oui.", filing), by_command())

    def split():
        split_term(stays, Theme(name="Preuves", slug="preuves"), [entries[0].pk], (), None)

    at_once(*(lambda entry=entry: save(entry) for entry in entries), lambda: merge_terms(gone, stays, None), split)
    assert not Entry.objects.filter(themes=gone).exists()
    assert list(faults()) == []


def test_two_spellings_of_a_thematique_at_once_are_one():
    names = ("Référencement", "REFERENCEMENT", "référencement ", "Référencement.")
    found = at_once(*(lambda name=name: get_or_create_themes([name], None) for name in names))
    assert len({theme.pk for [theme] in found}) == 1
    assert Theme.objects.filter(label_key="referencement").count() == 1
    assert list(faults()) == []


def test_new_thematiques_are_named_while_others_publish():
    """Both need the entry and the taxonomy, and take them in the same order."""
    entries = [an_entry(f"{rank} ?", "Oui.") for rank in range(3)]
    user = User.objects.create_superuser("root")

    def name(entry):
        client = Client()
        client.force_login(user)
        for rank in range(ROUNDS):
            data = typed(Entry.objects.get(pk=entry.pk), answer=f"Oui {rank}.", new_themes=f"Neuve {rank}", _save="1")
            assert client.post(page_of(entry), data).status_code == 302

    def publish():
        for _ in range(ROUNDS):
            change_many({entry.pk: None for entry in entries}, publish_entry, "Publication", None)

    at_once(*(lambda entry=entry: name(entry) for entry in entries), publish)
    assert set(Theme.objects.filter(name__startswith="Neuve").values_list("label_key", flat=True)) == {
        f"neuve{rank}" for rank in range(ROUNDS)
    }
    assert list(faults()) == []
