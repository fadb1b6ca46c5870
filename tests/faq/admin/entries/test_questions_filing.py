"""« Saisir les questions »: question and filing on one row, in the order of the dumps, twenty rows in one submit."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.models import Batch, Dump, Entry, Epoch, Theme
from faq.selectors.published import load_taxonomy
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.undo import undo_batch
from faq.term_widgets import term_key
from tests.factories import a_dump_file, a_filing, a_taxonomy, an_entry, by_command, numbers, take_dump
from tests.faq.admin.entry_form import head_of, read

QUESTIONS = reverse("admin:faq_entry_questions")
UNTITLED = f"{QUESTIONS}?travail=sans-question"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy(db):
    a_taxonomy()


def shown(client, address=UNTITLED):
    """The numbers of the rows, in their order."""
    return [int(number) for number in re.findall(r'name="number" value="(\d+)"', read(client.get(address)))]


def keys(**slugs):
    return [f"{facet}-{id}" for facet, ids in a_filing(**slugs).items() for id in sorted(ids)]


def row(entry, question, terms, base=None):
    """The data that a browser sends of one row; `terms` are keys, or None for a page without chooser."""
    prefix = f"q{entry.pk}"
    data = {f"{prefix}-question": question, f"{prefix}-base": base or head_of(entry).number}
    return data if terms is None else data | {f"{prefix}-terms": terms, f"{prefix}-terms-shown": "1"}


def sent(*rows_of, **more):
    data = {"number": [entry.pk for entry, *_ in rows_of], **more}
    for one in rows_of:
        data |= row(*one)
    return data


def filed(entry):
    return {facet: [term["slug"] for term in terms] for facet, terms in head_of(entry).filing.items() if terms}


class TestOrderAndFilters:
    @pytest.mark.every_database
    def test_rows_come_in_the_order_of_the_dumps_and_others_last(self, redacteur):
        written = an_entry("", "Sans extraction.")
        take_dump(a_dump_file("Un.", "Deux.", "Trois."), "une")
        take_dump(a_dump_file("Quatre.", "Deux."), "autre")
        answers = {entry.answer: entry.pk for entry in Entry.objects.all()}
        order = [answers[text] for text in ("Un.", "Deux.", "Trois.", "Quatre.")]
        assert shown(redacteur) == [*order, written.pk]
        second = Dump.objects.get(name="autre")
        assert shown(redacteur, f"{UNTITLED}&extraction={second.pk}") == [answers["Quatre."], answers["Deux."]]

    @pytest.mark.every_database
    def test_a_lot_keeps_what_it_wrote_and_what_its_dumps_hold(self, redacteur):
        known = an_entry("", "Un.")
        take_dump(a_dump_file("Un.", "Deux."))
        take_dump(a_dump_file("Trois."), "autre")
        one, other = (Dump.objects.get(name=name).batch_id for name in ("page", "autre"))
        [new] = Entry.objects.filter(answer="Deux.")
        assert shown(redacteur, f"{UNTITLED}&lot={one}") == [known.pk, new.pk]
        page = read(redacteur.get(UNTITLED))
        assert re.search(rf'<option value="{one}">Lot {one}, .* \(2\)</option>', page)
        undo_batch(other, by_command())
        assert f'<option value="{other}">' not in read(redacteur.get(UNTITLED))

    @pytest.mark.every_database
    def test_queries_do_not_depend_on_the_number_of_lots_and_dumps(self, redacteur):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert redacteur.get(UNTITLED).status_code == 200
            return len(captured)

        take_dump(a_dump_file("Un.", "Deux."))
        queries()
        few = queries()
        for rank in range(5):
            take_dump(a_dump_file(f"Autre {rank}.", "Deux."), f"page {rank}")
        assert Batch.objects.count() == 6
        assert queries() == few

    @pytest.mark.every_database
    @pytest.mark.parametrize("lot", ["x", "999", "9" * 30, "\0"])
    def test_a_lot_that_does_not_exist_filters_nothing(self, redacteur, lot):
        entry = an_entry("")
        response = redacteur.get(QUESTIONS, {"lot": lot})
        assert "Un filtre de l’adresse est inconnu" in read(response)
        assert shown(redacteur, f"{QUESTIONS}?lot=999") == [entry.pk]

    @pytest.mark.every_database
    def test_filters_of_the_list_are_carried_along(self, redacteur):
        filed_there = an_entry("", couloirs="hopital")
        an_entry("")
        page = read(redacteur.get(f"{UNTITLED}&couloir=hopital"))
        assert '<input type="hidden" name="couloir" value="hopital">' in page
        assert shown(redacteur, f"{UNTITLED}&couloir=hopital") == [filed_there.pk]


class TestFiling:
    def test_question_and_filing_are_one_version(self, redacteur):
        entry = an_entry("")
        redacteur.post(UNTITLED, sent((entry, "Une ?", keys(dispositifs="dpi-vague-1", themes="certificats"))))
        assert entry.versions.count() == 2
        assert head_of(entry).question == "Une ?"
        assert filed(entry) == {
            "offer_types": ["segur"],
            "couloirs": ["hopital"],
            "dispositifs": ["dpi-vague-1"],
            "themes": ["certificats"],
        }

    def test_twenty_rows_are_one_batch_that_its_message_undoes(self, relecteur):
        entries = [an_entry("", f"Réponse {rank}.") for rank in range(20)]
        rows = [(entry, f"Question {rank} ?", keys(themes="certificats")) for rank, entry in enumerate(entries)]
        page = read(relecteur.post(UNTITLED, sent(*rows), follow=True))
        batch = Batch.objects.get()
        assert batch.versions.count() == 20
        assert "20 fiches enregistrées" in page
        assert f'<a href="{reverse("admin:faq_batch_undo", args=(batch.pk,))}">Annuler</a>' in page

    def test_a_row_that_was_not_touched_changes_nothing(self, redacteur):
        entry = an_entry("", dispositifs="dpi-vague-1")
        page = read(redacteur.get(UNTITLED))
        ticked = re.findall(r'name="q\d+-terms" value="([^"]+)"[^>]* checked', page)
        assert ticked == keys(dispositifs="dpi-vague-1")
        assert "implicite" in page
        redacteur.post(UNTITLED, sent((entry, "", ticked)))
        assert entry.versions.count() == 1

    def test_a_page_without_chooser_leaves_the_filing(self, redacteur):
        entry = an_entry("", themes="certificats")
        redacteur.post(UNTITLED, sent((entry, "Une ?", None)))
        assert filed(entry) == {"themes": ["certificats"]}
        redacteur.post(QUESTIONS, sent((entry, "Une ?", [])))
        assert filed(entry) == {}

    def test_a_contradiction_is_refused_and_all_that_was_typed_stays(self, redacteur):
        wrong, right = an_entry("", "Un."), an_entry("", "Deux.")
        terms = keys(couloirs="imagerie", dispositifs="dpi-vague-1")
        data = sent((wrong, "La mienne ?", terms), (right, "L’autre ?", keys(themes="certificats")))
        page = read(redacteur.post(UNTITLED, data))
        assert "relève de" in page
        assert "La mienne ?</textarea>" in page
        assert re.findall(rf'name="q{wrong.pk}-terms" value="([^"]+)"[^>]* checked', page) == terms
        assert wrong.versions.count() == 1
        assert head_of(right).question == "L’autre ?"

    @pytest.mark.every_database
    def test_an_unknown_term_is_refused(self, redacteur):
        entry = an_entry("")
        assert "n’est plus proposé" in read(redacteur.post(UNTITLED, sent((entry, "Une ?", ["themes-99", "x"]))))
        assert entry.versions.count() == 1

    def test_a_term_that_was_merged_since_gives_way_to_its_survivor(self, redacteur):
        entry = an_entry("")
        merged, survivor = (Theme.objects.get(slug=slug) for slug in ("certificats", "financement"))
        terms = keys(themes="certificats financement")
        Theme.objects.filter(pk=merged.pk).update(retired=True, merged_into=survivor)
        Epoch.move()
        redacteur.post(UNTITLED, sent((entry, "Une ?", terms)))
        assert filed(entry) == {"themes": ["financement"]}

    def test_a_retired_term_is_offered_where_it_is_filed(self, redacteur):
        filed_there, other = an_entry("", "Un.", themes="certificats"), an_entry("", "Deux.")
        term = next(term for term in load_taxonomy().terms if term.slug == "certificats")
        Theme.objects.filter(slug="certificats").update(retired=True)
        Epoch.move()
        page = read(redacteur.get(UNTITLED))
        assert f'name="q{filed_there.pk}-terms" value="{term_key(term)}"' in page
        assert f'name="q{other.pk}-terms" value="{term_key(term)}"' not in page


class TestTwoEditors:
    def test_what_only_the_other_changed_is_joined(self, redacteur):
        entry = an_entry("", "Réponse.")
        data = sent((entry, "Une ?", keys(themes="certificats")))
        edit_entry(entry.pk, Content("", "Réponse.", a_filing(couloirs="hopital")), by_command())
        redacteur.post(UNTITLED, data)
        assert head_of(entry).question == "Une ?"
        assert filed(entry) == {"offer_types": ["segur"], "couloirs": ["hopital"], "themes": ["certificats"]}

    def test_in_a_conflict_what_only_they_changed_is_taken_over_and_mine_stays(self, redacteur):
        entry = an_entry("", "Réponse.")
        data = sent((entry, "La mienne ?", keys(themes="certificats")))
        edit_entry(entry.pk, Content("La leur ?", "Réponse.", a_filing(couloirs="hopital")), by_command())
        page = read(redacteur.post(UNTITLED, data))
        assert "Hôpital</dd>" in page
        ticked = re.findall(rf'name="q{entry.pk}-terms" value="([^"]+)"[^>]* checked', page)
        assert ticked == keys(couloirs="hopital", themes="certificats")
        redacteur.post(UNTITLED, sent((entry, "La mienne ?", ticked, 2)))
        assert head_of(entry).question == "La mienne ?"
        assert filed(entry)["couloirs"] == ["hopital"]


class TestNextRows:
    def press(self, client, entries, address=UNTITLED):
        rows = [(entry, f"Question {entry.pk} ?", []) for entry in entries]
        return client.post(address, sent(*rows, _save_next="1"))

    def test_the_rows_that_follow_are_shown(self, redacteur):
        take_dump(a_dump_file(*(f"Réponse {rank}." for rank in range(45))))
        entries = list(Entry.objects.order_by("pk"))
        response = self.press(redacteur, entries[:20])
        assert response.url == f"{UNTITLED}&page=1#row-{entries[20].pk}"
        assert shown(redacteur, response.url) == numbers(entries[20:40])

    @pytest.mark.every_database
    def test_rows_that_were_left_out_are_not_forgotten(self, redacteur):
        take_dump(a_dump_file(*(f"Réponse {rank}." for rank in range(45))))
        entries = list(Entry.objects.order_by("pk"))
        rows = [(entry, "Une ?" if rank > 2 else "", []) for rank, entry in enumerate(entries[:20])]
        response = redacteur.post(UNTITLED, sent(*rows, _save_next="1"))
        assert response.url == f"{UNTITLED}&page=1#row-{entries[20].pk}"
        assert shown(redacteur, response.url)[:4] == numbers([*entries[:3], entries[20]])

    @pytest.mark.every_database
    def test_where_rows_stay_in_the_list_the_next_page_is_shown(self, redacteur):
        take_dump(a_dump_file(*(f"Réponse {rank}." for rank in range(25))))
        entries = list(Entry.objects.order_by("pk"))
        response = self.press(redacteur, entries[:20], f"{QUESTIONS}?etat=draft")
        assert response.url == f"{QUESTIONS}?etat=draft&page=2#row-{entries[20].pk}"
        response = self.press(redacteur, entries[20:], f"{QUESTIONS}?etat=draft&page=2")
        assert response.url == f"{QUESTIONS}?etat=draft&page=2"
        assert "fin de la liste" in read(redacteur.get(response.url))

    @pytest.mark.every_database
    def test_the_last_rows_end_the_list(self, redacteur):
        entry = an_entry("")
        page = read(redacteur.post(UNTITLED, sent((entry, "Une ?", []), _save_next="1"), follow=True))
        assert "fin de la liste" in page
        assert "Toutes les fiches ont une question" in page
        assert "Aucune fiche ne répond" in read(redacteur.get(f"{UNTITLED}&q=introuvable"))

    def test_a_refusal_goes_nowhere(self, redacteur):
        entry = an_entry("")
        response = redacteur.post(UNTITLED, sent((entry, "x" * 301, []), _save_next="1"))
        assert response.status_code == 200
        assert "1 fiche non enregistrée" in read(response)
