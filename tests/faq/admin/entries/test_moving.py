"""The buttons of an entry's page that take it to another state: what they ask, and what they leave to undo."""

import re

import pytest
from django.urls import reverse

from faq.enums import Action
from faq.models import Batch, Entry, Schedule
from faq.services.content import content_of
from faq.services.entries import edit_entry
from faq.services.workflow import publish_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.confirming import a_draft_beside, asks, confirm, planned, refused, submitted, words
from tests.faq.admin.entry_form import head_of, page_of, read, save, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


class TestForm:
    def test_publishing_over_a_live_text_asks_with_all_that_was_typed(self, relecteur):
        entry = a_published_entry()
        text = "  Un début,\n\n- une liste & <b>"
        asked = save(relecteur, entry, "_publish", answer=text.replace("\n", "\r\n"), comment="Pourquoi.")
        assert "son nouveau texte remplacera celui que lit le public" in words(asked)
        assert entry.versions.count() == 2
        page = confirm(relecteur, asked)
        entry.refresh_from_db()
        assert (entry.answer, entry.live.comment) == (text, "Pourquoi.")
        batch = Batch.objects.get()
        assert reverse("admin:faq_batch_undo", args=(batch.pk,)) in read(page)

    def test_going_back_shows_the_form_as_it_was_typed(self, relecteur):
        entry = a_published_entry()
        asked = save(relecteur, entry, "_publish", answer="Tapé.")
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', read(asked)))
        assert "Tapé.</textarea>" in read(relecteur.post(page_of(entry), fields | {"back": "1"}))
        assert entry.versions.count() == 2

    def test_nothing_is_asked_where_nothing_would_be_done(self, relecteur, redacteur):
        entry = a_published_entry()
        assert "Rien n’a changé" in read(save(relecteur, entry, "_publish"))
        assert "Votre rôle ne le permet pas" in read(save(redacteur, entry, "_publish", answer="Autrement."))
        assert "il lui manque sa question" in read(save(relecteur, entry, "_publish", question=""))

    def test_a_text_saved_meanwhile_is_said_and_joined(self, relecteur):
        entry = a_published_entry()
        asked = save(relecteur, entry, "_publish", answer="La mienne.")
        was = content_of(head_of(entry))
        edit_entry(entry.pk, type(was)("La leur ?", was.answer, was.filing), by_command())
        again = confirm(relecteur, asked)
        assert "Ce n’est plus ce qui vous avait été montré." in words(again)
        page = words(confirm(relecteur, again))
        assert "sont réunis dans la version 4, un brouillon" in page
        assert Entry.objects.get().answer == "Comme ceci."

    def test_a_draft_is_submitted_without_a_question_unless_it_was_refused_and_stayed_the_same(self, redacteur):
        entry = refused(an_entry())
        assert "il sera soumis tel quel" in words(save(redacteur, entry, "_submit"))
        assert not asks(save(redacteur, entry, "_submit", answer="Selon l’arrêté."))
        assert Entry.objects.to_review().count() == 1
        assert not asks(save(redacteur, a_published_entry("Une ?"), "_submit", answer="Autrement."))

    def test_back_to_the_text_published_before_in_two_clicks(self, relecteur):
        entry = a_draft_beside()
        confirm(relecteur, save(relecteur, entry, "_publish"))
        assert 'name="_revert"' in read(relecteur.get(page_of(entry)))
        asked = relecteur.post(page_of(entry), {"_revert": "1", "base": head_of(entry).number})
        page = words(asked)
        assert "le public lira de nouveau son texte précédent" in page
        assert "<ins>" in page
        page = words(confirm(relecteur, asked))
        assert "revenue à la version publiée précédente" in page
        assert Entry.objects.get().answer == "Comme ceci."

    def test_a_draft_is_abandoned_after_showing_what_goes(self, redacteur):
        entry = a_draft_beside()
        asked = redacteur.post(page_of(entry), {"_abandon": "1", "base": 3})
        assert "1 brouillon sera abandonné" in words(asked)
        assert "<del>" in read(asked)
        page = read(confirm(redacteur, asked))
        assert "son brouillon est abandonné" in page
        assert reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,)) in page
        page = read(redacteur.get(page_of(entry)))
        assert 'name="_abandon"' not in page
        assert "brouillon en cours" not in page

    def test_a_text_in_review_is_taken_back_by_its_author_alone(self, redacteur, relecteur):
        entry = submitted(an_entry(), redacteur.user)
        assert 'name="_recall"' not in read(relecteur.get(page_of(entry)))
        assert 'name="_recall"' in read(redacteur.get(page_of(entry)))
        page = read(redacteur.post(page_of(entry), {"_recall": "1", "base": 2}, follow=True))
        assert "reprise à la relecture" in page
        assert not Entry.objects.to_review().exists()

    def test_buttons_that_would_do_nothing_are_not_offered(self, relecteur):
        entry = a_published_entry()
        page = read(relecteur.get(page_of(entry)))
        for name in ("_revert", "_abandon", "_recall", "_refuse", "_restore"):
            assert f'name="{name}"' not in page

    @pytest.mark.parametrize("name", ["_revert", "_abandon", "_recall"])
    def test_nothing_is_moved_that_nobody_has_seen(self, relecteur, name):
        entry = submitted(a_draft_beside(), relecteur.user)
        page = words(relecteur.post(page_of(entry), {name: "1", "base": "1"}, follow=True))
        assert "a été modifiée entre-temps (version 4)" in page
        assert entry.versions.count() == 4


class TestRefusingOnTheForm:
    def test_a_reviewer_refuses_with_a_comment(self, relecteur, redacteur):
        entry = submitted(an_entry(), redacteur.user)
        assert 'name="_refuse"' not in read(redacteur.get(page_of(entry)))
        page = read(save(relecteur, entry, "_refuse", refusal="Citez\r\nl’arrêté."))
        assert "rendue à ses rédacteurs" in page
        assert (head_of(entry).action, head_of(entry).comment) == (Action.REFUSED, "Citez\nl’arrêté.")
        assert "Citez\nl’arrêté.</blockquote>" in read(redacteur.get(page_of(entry)))

    def test_a_refusal_without_a_comment_is_told_beside_its_field(self, relecteur):
        entry = submitted(an_entry())
        page = read(save(relecteur, entry, "_refuse", refusal=" "))
        field = page[page.index('id="refuse-title"') :]
        assert "Un refus demande un commentaire" in field
        assert 'aria-invalid="true" autofocus' in field
        assert entry.versions.count() == 2

    def test_a_changed_text_is_not_lost_by_a_refusal(self, relecteur):
        entry = submitted(an_entry())
        for change in ({"answer": "Corrigé."}, {"new_themes": "Neuve"}, {"question": "x" * 400}):
            page = read(save(relecteur, entry, "_refuse", refusal="Non.", **change))
            assert "Vous avez aussi changé le texte ou le classement" in page
            assert "Non.</textarea>" in page
            assert next(iter(change.values())) in page
        assert entry.versions.count() == 2

    def test_publishing_over_its_comment_asks(self, relecteur):
        entry = submitted(an_entry())
        asked = save(relecteur, entry, "_publish", refusal="Trop court.")
        assert "que publier laisse de côté : « Trop court. »" in words(asked)
        assert "Refuser avec ce commentaire" in words(asked)
        confirm(relecteur, asked)
        assert Entry.objects.live().exists()

    def test_who_may_not_refuse_does_not(self, redacteur):
        entry = submitted(an_entry())
        assert "Votre rôle ne le permet pas" in read(save(redacteur, entry, "_refuse", refusal="Non."))
        assert Entry.objects.to_review().exists()

    def test_a_planned_publication_is_told_before(self, relecteur):
        entry = planned(submitted(an_entry()), Action.PUBLISHED)
        asked = save(relecteur, entry, "_refuse", refusal="Non.")
        assert "1 publication planifiée ne pourra plus avoir lieu" in words(asked)
        confirm(relecteur, asked)
        assert head_of(entry).action == Action.REFUSED
        assert Schedule.objects.exists()


def test_what_people_typed_is_never_markup(relecteur):
    entry = submitted(a_draft_beside("<b>q"))
    asked = relecteur.post(page_of(entry), typed(entry, _publish="1", refusal="<script>alert(1)</script>"))
    page = asked.content.decode()
    assert asks(asked)
    assert "<script>alert" not in page
    assert "<b>q" not in page


def test_a_save_that_says_what_is_live_says_that_no_draft_is_left(redacteur):
    entry = a_draft_beside()
    page = words(save(redacteur, entry, answer="Comme ceci."))
    assert "elle dit de nouveau ce que lit le public, sans brouillon (version 4)" in page


def test_the_page_names_who_wrote_the_text_that_another_person_published(relecteur, redacteur):
    entry = an_entry("Une ?", author=redacteur.user)
    publish_entry(entry.pk, by_command(relecteur.user))
    state = read(relecteur.get(page_of(entry))).split('class="entry-state"')[1].split("</p>")[0]
    assert "par relecteur (publication)\u00a0; texte de rédacteur" in state
    assert f'href="{reverse("admin:faq_version_change", args=(entry.versions.get(number=1).pk,))}"' in state
    confirm(relecteur, save(relecteur, entry, "_publish", answer="Récrit en publiant."))
    assert "texte de" not in read(relecteur.get(page_of(entry))).split('class="entry-state"')[1].split("</p>")[0]


def test_what_is_missing_is_said_at_its_field(redacteur):
    entry = an_entry("Une ?", "")
    page = read(save(redacteur, entry, "_submit", answer=""))
    field = re.search(r'<div class="entry-field field-answer.*?</ul>', page, re.DOTALL)[0]
    assert "Écrivez la réponse." in field
    assert "Écrivez la question." not in page
    assert "Écrivez la réponse." not in read(save(redacteur, entry, "_save", answer=""))
