"""Finding entries in their list: by people and days, by saved searches, and from one entry to the next."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from faq.enums import Action, Origin
from faq.models import SavedFilter
from faq.services.content import Content
from faq.services.entries import create_entry, edit_entry
from faq.services.versions import Provenance
from faq.services.workflow import refuse_entry, submit_entry
from tests.factories import (
    a_published_entry,
    a_taxonomy,
    an_entry,
    by_command,
)

LIST = reverse("admin:faq_entry_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def _taxonomy():
    a_taxonomy()


def listed(client, **query):
    """The numbers of the entries that a list shows, in rising order."""
    response = client.get(LIST, query)
    assert response.status_code == 200
    return sorted(entry.pk for entry in response.context["cl"].result_list)


class TestMissingQuestions:
    def test_the_beginning_of_the_answer_stands_for_the_question(self, analyste):
        an_entry("", "Le  certificat\nse demande " + "en ligne " * 40)
        page = analyste.get(LIST).content.decode()
        assert '(sans question) <span class="opening">Le certificat se demande en ligne' in page
        assert "en ligne…</span>" in page or "en lign…</span>" in page or "…</span>" in page

    def test_what_an_answer_holds_is_text(self, analyste):
        an_entry("", "<script>alert(1)</script>")
        assert "<script>alert" not in analyste.get(LIST).content.decode()


@pytest.mark.usefixtures("_taxonomy")
class TestPeopleAndDays:
    def test_by_who_wrote_a_version(self, redacteur, relecteur):
        written = an_entry(author=redacteur.user)
        published = a_published_entry()
        edit_entry(written.pk, Content("Autre ?", "Autre."), by_command(relecteur.user))
        assert listed(redacteur, auteur=redacteur.user.pk) == [written.pk]
        assert listed(redacteur, auteur=relecteur.user.pk) == [written.pk]
        assert published.pk not in listed(redacteur, auteur=redacteur.user.pk)

    def test_by_the_day_of_the_last_change(self, analyste):
        in_march, at_night, later = (
            Provenance(Origin.FORM, at=at)
            for at in (
                datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
                datetime(2026, 3, 31, 22, 30, tzinfo=UTC),
                datetime(2026, 4, 2, 9, 0, tzinfo=UTC),
            )
        )
        old = create_entry(Content("En ligne ?", "Oui."), in_march, then=Action.PUBLISHED).entry
        edit_entry(old.pk, Content("En ligne ?", "Oui, avec un brouillon."), at_night)
        new = create_entry(Content("Nouvelle ?", "Oui."), later).entry
        # 22:30 in Greenwich is the next day in Paris.
        assert listed(analyste, depuis="2026-04-01", jusque="2026-04-01") == [old.pk]
        assert listed(analyste, depuis="2026-04-02") == [new.pk]
        assert listed(analyste, jusque="2026-03-31") == []

    def test_a_day_that_is_none_is_ignored_and_told(self, analyste):
        entry = an_entry()
        page = analyste.get(LIST, {"depuis": "hier"}).content.decode()
        assert "Un filtre de l’adresse est inconnu (Modifiée depuis le)" in page
        assert listed(analyste, depuis="2026-02-30") == [entry.pk]

    def test_refused_and_unfiled_entries(self, relecteur):
        refused = an_entry(couloirs="hopital")
        submit_entry(refused.pk, by_command())
        refuse_entry(refused.pk, by_command(comment="Il manque la date."))
        unfiled = an_entry()
        assert listed(relecteur, travail="refusees") == [refused.pk]
        assert listed(relecteur, travail="sans-classement") == [unfiled.pk]
        submit_entry(refused.pk, by_command())
        assert listed(relecteur, travail="refusees") == []


class TestSavedFilters:
    def save(self, client, **form):
        return client.post(reverse("admin:faq_entry_saved_filters"), form, follow=True)

    def test_a_search_is_saved_offered_and_deleted(self, redacteur):
        an_entry("Certificat ?")
        page = self.save(redacteur, name="Mes certificats", query="q=certificat&etat=draft&p=2&x=").content.decode()
        assert "La recherche «\u00a0Mes certificats\u00a0» est enregistrée." in page
        assert 'href="/admin/faq/entry/?etat=draft&amp;q=certificat" aria-current="true">Mes certificats' in page
        number = SavedFilter.objects.get().pk
        page = self.save(redacteur, delete=str(number), query="etat=draft").content.decode()
        assert "est supprimée" in page
        assert "Mes certificats</a>" not in page

    def test_a_refusal_keeps_the_list_as_it_was(self, redacteur):
        response = self.save(redacteur, name="", query="etat=draft")
        assert "Donnez un nom à cette recherche." in response.content.decode()
        assert response.redirect_chain[-1][0] == f"{LIST}?etat=draft"

    def test_shared_filters_name_their_owner(self, redacteur, analyste):
        self.save(redacteur, name="Brouillons", query="etat=draft", shared="on")
        assert "Brouillons <span" in analyste.get(LIST).content.decode()

    def test_nobody_is_offered_to_save_nothing(self, redacteur):
        an_entry()
        assert "Enregistrer cette recherche" not in redacteur.get(LIST).content.decode()
        assert "Enregistrer cette recherche" in redacteur.get(LIST, {"o": "2"}).content.decode()

    @pytest.mark.parametrize("query", ["\0", "%FF", "a=" + "x" * 5000, "//evil.example", "q=\r\nX: y"])
    def test_hostile_addresses_stay_on_the_list(self, redacteur, query):
        response = redacteur.post(reverse("admin:faq_entry_saved_filters"), {"name": "Nom", "query": query})
        assert response.status_code == 302
        assert response.url.startswith(LIST)


class TestSequence:
    """From one entry of a filtered list to the next."""

    def page(self, client, entry, filters):
        address = reverse("admin:faq_entry_change", args=(entry.pk,))
        return client.get(address, {"_changelist_filters": filters})

    def test_the_place_in_the_list_and_its_neighbours(self, redacteur):
        first, second, third = (an_entry(f"Certificat {number} ?") for number in range(3))
        an_entry("Autre ?")
        page = self.page(redacteur, second, "q=certificat").content.decode()
        assert "2 sur 3" in page
        # The newest comes first.
        assert re.search(rf'entry/{third.pk}/change/\?_changelist_filters=q%3Dcertificat" rel="prev"', page)
        assert re.search(rf'entry/{first.pk}/change/\?_changelist_filters=q%3Dcertificat" rel="next"', page)

    def test_the_order_of_the_list_counts(self, redacteur):
        entries = [an_entry(question) for question in ("B certificat", "A certificat", "C certificat")]
        page = self.page(redacteur, entries[0], "q=certificat&o=2").content.decode()
        assert re.search(rf"entry/{entries[1].pk}/change/[^>]*rel=\"prev\"", page)
        assert re.search(rf"entry/{entries[2].pk}/change/[^>]*rel=\"next\"", page)

    def test_saving_goes_on_also_where_the_entry_leaves_the_list(self, redacteur):
        last, entry = an_entry("", "Un."), an_entry("", "Deux.")
        form = {"question": "Une question ?", "answer": "Deux.", "base": "1", "_save_next": ""}
        address = f"{reverse('admin:faq_entry_change', args=(entry.pk,))}?_changelist_filters=travail%3Dsans-question"
        response = redacteur.post(address, form)
        assert response.url.startswith(reverse("admin:faq_entry_change", args=(last.pk,)))
        assert "_changelist_filters" in response.url
        address = response.url
        response = redacteur.post(address, {**form, "answer": "Un."}, follow=True)
        assert response.redirect_chain[-1][0] == f"{LIST}?travail=sans-question"
        assert "C’était la dernière fiche de la liste." in html.unescape(response.content.decode())

    def test_without_a_list_or_outside_of_it_there_is_no_next(self, redacteur):
        entry = an_entry()
        page = redacteur.get(reverse("admin:faq_entry_change", args=(entry.pk,))).content.decode()
        assert "_save_next" not in page
        assert "_save_next" not in self.page(redacteur, entry, "q=introuvable").content.decode()

    @pytest.mark.parametrize("filters", ["\0", "p=x", "o=99.1", "etat=%00", "x" * 3000, "_changelist_filters=a"])
    def test_hostile_filters_break_nothing(self, redacteur, filters):
        assert self.page(redacteur, an_entry(), filters).status_code == 200
