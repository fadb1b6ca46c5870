"""The trash: what was archived, by whom and why; found again, and brought back."""

import pytest
from django.urls import reverse

from faq.enums import EntryStatus
from faq.models import Batch, EntryAlias
from faq.services.bulk import change_many
from faq.services.workflow import archive_entry
from tests.factories import a_published_entry, an_entry, by_command
from tests.faq.admin.entry_form import page_of, read

pytestmark = pytest.mark.django_db

TRASH = reverse("admin:faq_archivedentry_changelist")


def an_archived_entry(question="Comment faire ?", answer="Comme ceci.", **details):
    entry = an_entry(question, answer)
    return archive_entry(entry.pk, by_command(**details)).entry


def a_merged_entry(survivor):
    entry = an_archived_entry("Doublon ?")
    lot = Batch.objects.create(kind="bulk_action", label="Fusion", created_at=by_command().at)
    EntryAlias.objects.create(former=entry, survivor=survivor, batch=lot)
    return entry


def listed(client, **query):
    return [entry.pk for entry in client.get(TRASH, query).context["cl"].result_list]


def test_it_tells_who_archived_what_and_why(analyste, sign_in):
    reviewer = sign_in("relecteur")
    entry = an_archived_entry("Quel délai ?", "Trente\njours.", author=reviewer.user, comment="Plus d’actualité")
    page = read(analyste.get(TRASH))
    for expected in (page_of(entry), entry.reference, "Quel délai ?", "Trente jours.", "relecteur", "Plus d’actualité"):
        assert expected in page
    assert 'name="_restore"' not in page
    assert 'name="action"' not in page


def test_the_latest_come_first_and_the_others_are_elsewhere(analyste):
    a_published_entry()
    first, second = an_archived_entry(), an_archived_entry()
    assert listed(analyste) == [second.pk, first.pk]


def test_a_long_answer_is_cut_short(analyste):
    an_archived_entry(answer=f"{'mot ' * 200}fin")
    page = read(analyste.get(TRASH))
    assert "mot mot…" in page
    assert "fin</td>" not in page


@pytest.mark.every_database
def test_words_without_accents_and_references_find(analyste):
    entry, other = an_archived_entry("Quel délai ?"), an_archived_entry("Quel certificat ?")
    assert listed(analyste, q="DELAI quel") == [entry.pk]
    assert listed(analyste, q=other.reference) == [other.pk]


@pytest.mark.every_database
def test_an_empty_trash_says_how_things_come_here(analyste):
    assert "La corbeille est vide" in read(analyste.get(TRASH))
    an_archived_entry()
    page = read(analyste.get(TRASH, {"q": "introuvable"}))
    assert "ne contient tous ces mots" in page
    assert "La corbeille est vide" not in page


def test_the_list_costs_the_same_whatever_it_holds(relecteur, django_assert_max_num_queries):
    survivor = an_entry()

    def grow():
        a_merged_entry(survivor)
        change_many({an_entry().pk: None}, archive_entry, "Archivage", relecteur.user)

    grow()
    relecteur.get(TRASH)
    with django_assert_max_num_queries(15) as few:
        relecteur.get(TRASH)
    for _ in range(5):
        grow()
    with django_assert_max_num_queries(len(few)):
        page = read(relecteur.get(TRASH))
    assert f'fusionnée dans <a href="{page_of(survivor)}">{survivor.reference}</a>' in page


def test_one_button_brings_one_entry_back(relecteur):
    entry, other = an_archived_entry(), an_archived_entry()
    assert f'name="_restore" value="{entry.pk}"' in read(relecteur.get(TRASH))
    page = read(relecteur.post(TRASH, {"_restore": entry.pk, "_selected_action": [other.pk]}, follow=True))
    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.status, other.status) == (EntryStatus.DRAFT, EntryStatus.ARCHIVED)
    assert entry.reference in page
    assert Batch.objects.get().label == "Restauration depuis la corbeille"


@pytest.mark.every_database
def test_several_come_back_at_once(relecteur):
    entries = [an_archived_entry() for _ in range(3)]
    chosen = [entry.pk for entry in entries[:2]]
    relecteur.post(TRASH, {"action": "restore", "_selected_action": chosen}, follow=True)
    assert listed(relecteur) == [entries[2].pk]
    assert Batch.objects.get().versions.count() == 2


@pytest.mark.every_database
@pytest.mark.parametrize("value", ["", "x", "9" * 40, "²"])
def test_what_is_not_in_the_trash_is_not_restored(relecteur, value):
    entry = a_published_entry()
    chosen = {"action": "restore", "_selected_action": [value]}
    assert relecteur.post(TRASH, chosen, follow=True).status_code == 200
    for number in (value, entry.pk):
        assert "n’est plus dans la corbeille" in read(relecteur.post(TRASH, {"_restore": number}, follow=True))
    entry.refresh_from_db()
    assert entry.status == EntryStatus.PUBLISHED


def test_what_was_merged_away_comes_back_with_its_merge_undone(relecteur):
    entry = a_merged_entry(an_entry())
    assert "avec l’annulation de la fusion" in read(relecteur.get(TRASH))
    for data in ({"_restore": entry.pk}, {"action": "restore", "_selected_action": [entry.pk]}):
        assert "annulez le lot de la fusion" in read(relecteur.post(TRASH, data, follow=True))
    entry.refresh_from_db()
    assert entry.status == EntryStatus.ARCHIVED


def test_only_those_with_the_right_restore(redacteur, sign_in):
    entry = an_archived_entry()
    assert redacteur.post(TRASH, {"_restore": entry.pk}).status_code == 403
    redacteur.post(TRASH, {"action": "restore", "_selected_action": [entry.pk]})
    assert sign_in().get(TRASH).status_code == 403
    entry.refresh_from_db()
    assert entry.status == EntryStatus.ARCHIVED


def test_an_entry_of_the_trash_has_its_usual_page(analyste):
    entry = an_archived_entry()
    assert analyste.get(reverse("admin:faq_archivedentry_change", args=(entry.pk,))).url == page_of(entry)
