"""Autosaved forms on their pages: what is typed comes back as it was typed, and is gone once it is saved."""

import re
import uuid

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from faq.domain.facets import Facet
from faq.models import AutosavedForm, Entry, SitePage
from faq.selectors.autosaves import kept_forms
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.notes import write_note
from faq.services.workflow import submit_entry
from tests.autosaving import AUTOSAVE, send_fields, taken_up
from tests.factories import a_filing, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import ADD, page_of, read, save, typed

pytestmark = pytest.mark.django_db

QUESTIONS = reverse("admin:faq_entry_questions")
REVIEW = reverse("admin:faq_entry_review")
NBSP = "\u00a0"
AS_TYPED = [
    "",
    "   ",
    f"Le délai{NBSP}: 30\u202fjours{NBSP}?\r\n\r\n- un & deux\r\n",
    "é" * 60_000,
    "un caractère nul \0 au milieu",
    "une moitié de caractère �, un emoji 😀, %41 + =",
    "</textarea><script>alert(1)</script>",
]


def state(response):
    return response.json()["state"]


def offers(client, **query):
    response = client.get(AUTOSAVE, {"kind": "entry", "subject": "", "browser": uuid.UUID(int=1).hex} | query)
    return response.json()["offers"]


def keep_entry(client, entry=None, **changes):
    """Type on the form of an entry, or of a new one; the key under which it is kept."""
    data = typed(entry, **changes)
    subject = entry.pk if entry else ""
    key, response = send_fields(client, data, subject=subject, address=page_of(entry) if entry else ADD)
    assert state(response) == "stored"
    return key


class TestTheEntry:
    @pytest.mark.parametrize("text", AS_TYPED, ids=range(len(AS_TYPED)))
    def test_what_was_typed_comes_back_as_it_was_typed(self, redacteur, text):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer=text)
        page = redacteur.get(taken_up(page_of(entry), key))
        assert page.context["form"]["answer"].value() == text
        assert "pas encore enregistré" in read(page)
        assert "<script>alert" not in page.content.decode()
        assert entry.versions.count() == 1

    def test_filing_comments_and_new_themes_come_back_too(self, redacteur):
        a_taxonomy()
        entry = an_entry()
        [term] = a_filing(themes="certificats")[Facet.THEMES]
        key = keep_entry(redacteur, entry, themes=[term], comment="Pourquoi", new_themes="Une, deux", minor="on")
        form = redacteur.get(taken_up(page_of(entry), key)).context["form"]
        assert form["themes"].value() == [str(term)]
        assert [form[name].value() for name in ("comment", "new_themes", "minor")] == ["Pourquoi", "Une, deux", True]

    def test_nothing_is_written_by_looking(self, redacteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="Tapé.")
        before = AutosavedForm.objects.values().get()
        redacteur.get(taken_up(page_of(entry), key)), redacteur.get(page_of(entry)), offers(redacteur, subject=entry.pk)
        assert AutosavedForm.objects.values().get() == before

    def test_saving_closes_it_and_what_comes_late_brings_nothing_back(self, redacteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="Tapé.")
        save(redacteur, entry, answer="Tapé.", **{"autosave-key": key.hex, "autosave-subject": entry.pk})
        assert entry.versions.get(number=2).answer == "Tapé."
        assert kept_forms(redacteur.user) == []
        _, late = send_fields(redacteur, typed(entry), key=key.hex, subject=entry.pk, sequence=9)
        assert state(late) == "closed"
        assert kept_forms(redacteur.user) == []

    def test_a_new_entry_is_kept_and_closed_too(self, redacteur):
        key = keep_entry(redacteur, question="Nouvelle ?", answer="Tapé.")
        page = redacteur.get(taken_up(ADD, key))
        assert page.context["form"]["question"].value() == "Nouvelle ?"
        sent = typed(question="Nouvelle ?", answer="Tapé.", _save="1")
        redacteur.post(taken_up(ADD, key), sent | {"autosave-key": key.hex, "autosave-subject": ""})
        assert Entry.objects.get().question == "Nouvelle ?"
        assert kept_forms(redacteur.user) == []

    def test_a_refused_save_keeps_it_under_the_same_key(self, redacteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="x" * 60_000)
        sent = {"autosave-key": key.hex, "autosave-subject": entry.pk}
        page = read(save(redacteur, entry, answer="x" * 60_000, **sent))
        assert "La réponse dépasse" in page
        assert f'name="autosave-key" value="{key}"' in page
        assert "data-typed" in page
        assert [form.key for form in kept_forms(redacteur.user)] == [key]

    def test_it_keeps_the_version_that_it_started_from(self, redacteur):
        entry = an_entry("Avant ?", "Avant.")
        key = keep_entry(redacteur, entry, answer="De moi.")
        edit_entry(entry.pk, Content("Avant ?", "D’un autre."), by_command(), base=1)
        assert "part de la version 1" in offers(redacteur, subject=entry.pk)
        form = redacteur.get(taken_up(page_of(entry), key)).context["form"]
        assert str(form["base"].value()) == "1"
        sent = {"autosave-key": key.hex, "autosave-subject": entry.pk}
        page = read(save(redacteur, entry, answer="De moi.", base="1", **sent))
        assert 'id="conflict-form"' in page
        assert f'name="autosave-key" value="{key}"' in page
        assert [form.key for form in kept_forms(redacteur.user)] == [key]
        save(redacteur, entry, answer="De moi.", base="1", theirs="2", **sent, **{"decide-answer-0": "mine"})
        assert entry.versions.get(number=3).answer == "De moi."
        assert kept_forms(redacteur.user) == []

    def test_what_was_written_to_join_two_texts_comes_back(self, redacteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, theirs="2", **{"other-answer-0": "Écrit pour réunir."})
        assert "Écrit pour réunir." in read(redacteur.get(taken_up(page_of(entry), key)))
        assert "Écrit pour réunir." in offers(redacteur, subject=entry.pk)

    def test_it_is_discarded_when_asked(self, redacteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="Tapé.")
        page = read(redacteur.get(taken_up(page_of(entry), key)))
        kept = re.search('name="kept" value="([^"]+)"', page)[1]
        sent = {"_give_up": "", "kept": kept, "autosave-key": key.hex}
        response = redacteur.post(taken_up(page_of(entry), key), sent)
        assert response.url == page_of(entry)
        assert kept_forms(redacteur.user) == []
        assert redacteur.get(taken_up(page_of(entry), key)).context["form"]["answer"].value() == "Comme ceci."

    def test_somebody_who_may_not_write_any_more_can_copy_it(self, redacteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="À copier.")
        redacteur.user.groups.set(Group.objects.filter(name="analyste"))
        page = redacteur.get(taken_up(page_of(entry), key))
        assert page.context["form"] is None
        assert "À copier." in read(page)


class TestOffers:
    def test_they_say_when_where_and_what_differs(self, redacteur):
        a_taxonomy()
        entry = an_entry("Comment ?", "Un.\nDeux.")
        [term] = a_filing(themes="certificats")[Facet.THEMES]
        key = keep_entry(redacteur, entry, answer="Un.\nTrois.", themes=[term])
        shown = offers(redacteur, subject=entry.pk)
        assert re.search("Un texte non enregistré est gardé", shown)
        assert re.search(f", [0-9]+{NBSP}h({NBSP}[0-9]+)?, sur ce poste", shown)
        assert "Deux" in shown
        assert "Trois" in shown
        assert "certificats" in shown
        assert f"?reprise={key}" in shown
        assert "sur un autre poste" in offers(redacteur, subject=entry.pk, browser=uuid.UUID(int=8).hex)

    def test_both_of_two_tabs_are_offered_and_not_those_of_the_page_itself(self, redacteur):
        entry = an_entry()
        keys = [keep_entry(redacteur, entry, answer=text) for text in ("Un.", "Deux.")]
        assert "2 textes non enregistrés" in offers(redacteur, subject=entry.pk)
        shown = offers(redacteur, subject=entry.pk, **{"except": keys[0].hex})
        assert str(keys[1]) in shown
        assert str(keys[0]) not in shown

    def test_what_says_only_what_is_stored_is_not_offered(self, redacteur):
        entry, page = an_entry(), SitePage.objects.first()
        keep_entry(redacteur, entry)
        assert offers(redacteur, subject=entry.pk) == ""
        send_fields(redacteur, {"title": page.title, "text": page.text}, kind="page", subject=page.pk)
        assert offers(redacteur, kind="page", subject=page.pk) == ""

    def test_nobody_sees_what_somebody_else_types(self, redacteur, relecteur):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="Secret de fabrication.")
        addresses = [
            taken_up(page_of(entry), key),
            page_of(entry),
            taken_up(REVIEW, key),
            taken_up(QUESTIONS, key),
            taken_up(reverse("admin:faq_sitepage_change", args=(SitePage.objects.first().pk,)), key),
            taken_up(reverse("admin:feedback_inbox"), key),
            reverse("admin:index"),
        ]
        for address in addresses:
            assert "Secret de fabrication" not in read(relecteur.get(address, follow=True)), address
        assert offers(relecteur, subject=entry.pk) == ""
        assert "Secret" not in read(Client().get(entry.get_absolute_url(), follow=True))
        send_fields(relecteur, {}, key=key.hex, close="1")
        assert [form.key for form in kept_forms(redacteur.user)] == [key]

    def test_they_cost_the_same_whatever_the_entry_holds(self, redacteur, django_assert_max_num_queries):
        entry = an_entry()
        keep_entry(redacteur, entry, answer="Tapé.")
        with django_assert_max_num_queries(15) as few:
            offers(redacteur, subject=entry.pk)
        for rank in range(5):
            edit_entry(entry.pk, Content("Comment ?", f"{rank}."), by_command())
        with django_assert_max_num_queries(len(few)):
            offers(redacteur, subject=entry.pk)


class TestOtherForms:
    def test_questions_in_a_row(self, redacteur):
        a_taxonomy()
        one, other = an_entry("", "Un."), an_entry("", "Deux.")
        [term] = a_filing(themes="certificats")[Facet.THEMES]
        row = {"number": one.pk, f"q{one.pk}-question": "Tapée ?", f"q{one.pk}-base": "1"}
        row |= {f"q{one.pk}-terms-shown": "1", f"q{one.pk}-terms": f"themes-{term}"}
        address = f"{QUESTIONS}?travail=sans-question"
        key, _ = send_fields(redacteur, row, kind="questions", address=address)
        assert "Tapée ?" in offers(redacteur, kind="questions")
        page = read(redacteur.get(kept_forms(redacteur.user)[0].address))
        assert "Tapée ?</textarea>" in page
        assert re.search(f'name="q{one.pk}-terms" value="themes-{term}"[^>]* checked', page)
        assert f'data-number="{one.pk}" data-autosave-part="typed"' in page
        assert f'data-number="{other.pk}" data-autosave-part=""' in page
        assert "Un paramètre de l’adresse est inconnu" not in page
        sent = row | {"_save": "1", "autosave-key": key.hex, "autosave-subject": ""}
        response = redacteur.post(taken_up(address, key), sent)
        assert response.url == address
        assert one.versions.get(number=2).question == "Tapée ?"
        assert kept_forms(redacteur.user) == []

    def test_comments_of_a_review_until_all_are_dealt_with(self, relecteur):
        entries = [an_entry(f"{rank} ?", f"{rank}.") for rank in range(2)]
        for entry in entries:
            submit_entry(entry.pk, by_command())
        comments = {f"comment-{entry.pk}": f"À revoir {entry.pk}." for entry in entries}
        versions = {f"version-{entry.pk}": "2" for entry in entries}
        key, _ = send_fields(relecteur, comments | versions, kind="review", address=REVIEW)
        page = read(relecteur.get(taken_up(REVIEW, key)))
        for entry in entries:
            assert f"À revoir {entry.pk}.</textarea>" in page
        sent = comments | versions | {"autosave-key": key.hex, "autosave-subject": ""}
        page = read(relecteur.post(taken_up(REVIEW, key), sent | {"refuse": entries[0].pk}))
        assert f"À revoir {entries[1].pk}.</textarea>" in page
        assert len(kept_forms(relecteur.user)) == 1
        del sent[f"comment-{entries[0].pk}"]
        assert relecteur.post(taken_up(REVIEW, key), sent | {"refuse": entries[1].pk}).url == REVIEW
        assert kept_forms(relecteur.user) == []

    def test_a_comment_stays_where_the_approval_is_refused(self, relecteur):
        entry = an_entry("Une ?", "Une.")
        submit_entry(entry.pk, by_command())
        edit_entry(entry.pk, Content("Une ?", "Autrement."), by_command())
        submit_entry(entry.pk, by_command())
        sent = {f"comment-{entry.pk}": "À revoir.", f"version-{entry.pk}": "2"}
        key, _ = send_fields(relecteur, sent, kind="review", address=REVIEW)
        page = read(
            relecteur.post(REVIEW, sent | {"publish": entry.pk, "autosave-key": key.hex, "autosave-subject": ""})
        )
        assert "À revoir.</textarea>" in page
        assert f'name="autosave-key" value="{key}"' in page
        assert [form.key for form in kept_forms(relecteur.user)] == [key]

    def test_a_comment_on_a_text_that_another_page_shows_is_not_called_lost(self, relecteur, monkeypatch):
        monkeypatch.setattr("faq.admin.entries.review.PER_PAGE", 1)
        entries = [an_entry(f"{rank} ?", f"{rank}.") for rank in range(3)]
        for entry in entries:
            submit_entry(entry.pk, by_command())
        sent = {f"comment-{entries[2].pk}": "À revoir.", f"version-{entries[2].pk}": "2"}
        key, _ = send_fields(relecteur, sent, kind="review", address=REVIEW)
        for page in (relecteur.get(taken_up(REVIEW, key)), relecteur.post(REVIEW, sent | {"refuse": entries[0].pk})):
            assert "À revoir.</textarea>" in read(page)
            assert "n’attend plus de relecture" not in read(page)

    def test_a_merge(self, relecteur):
        one, other = an_entry("Une ?", "Une."), an_entry("Autre ?", "Autre.")
        address = f"{reverse('admin:faq_entry_merge')}?fiche={one.pk}&fiche={other.pk}"
        data = {"survivor": other.pk, "question": "other", "question_text": "Réunie ?", "answer": "both"}
        data |= {"answer_text": "Texte réuni.", "comment": "", f"version-{one.pk}": 1, f"version-{other.pk}": 1}
        subject = f"{one.pk} {other.pk}"
        key, _ = send_fields(relecteur, data, kind="merge", subject=subject, address=address)
        assert "Texte réuni." in offers(relecteur, kind="merge", subject=subject)
        page = relecteur.get(kept_forms(relecteur.user)[0].address)
        assert page.context["form"]["answer_text"].value() == "Texte réuni."
        sent = data | {"autosave-key": key.hex, "autosave-subject": subject}
        preview = read(relecteur.post(address, sent | {"_preview": "1"}))
        assert f'name="autosave-key" value="{key}"' in preview
        relecteur.post(address, sent | {"_merge": "1"})
        assert Entry.objects.get(pk=other.pk).answer == "Texte réuni."
        assert kept_forms(relecteur.user) == []

    def test_a_note_and_an_answer_to_one_each_in_its_field(self, redacteur):
        entry = an_entry()
        thread = write_note(entry.pk, "Pourquoi ?", redacteur.user).note.thread
        for name, subject in (("new", f"{entry.pk} new"), (thread.pk, f"{entry.pk} {thread.pk}")):
            sent = {f"note-{name}": "Parce que."}
            key, _ = send_fields(redacteur, sent, kind="note", subject=subject, address=page_of(entry))
            assert "Parce que." in offers(redacteur, kind="note", subject=subject)
            page = redacteur.get(taken_up(page_of(entry), key))
            assert page.content.decode().count("Parce que.</textarea>") == 1
            assert page.context["form"]["answer"].value() == "Comme ceci."
            about = {"autosave-key": key.hex, "autosave-subject": subject}
            redacteur.post(page_of(entry), sent | about | {"_settle_notes": name})
            assert [form.key for form in kept_forms(redacteur.user)] == [key]
            redacteur.post(page_of(entry), sent | about | {"_note": name})
            assert kept_forms(redacteur.user) == []

    def test_a_page_of_the_site(self, relecteur):
        site_page = SitePage.objects.first()
        address = reverse("admin:faq_sitepage_change", args=(site_page.pk,))
        data = {"title": "Titre tapé", "text": "Texte tapé.", "base": site_page.number}
        key, _ = send_fields(relecteur, data, kind="page", subject=site_page.pk, address=address)
        assert "Texte tapé." in offers(relecteur, kind="page", subject=site_page.pk)
        assert relecteur.get(taken_up(address, key)).context["form"]["title"].value() == "Titre tapé"
        relecteur.post(taken_up(address, key), data | {"autosave-key": key.hex, "autosave-subject": site_page.pk})
        assert SitePage.objects.get(pk=site_page.pk).text == "Texte tapé."
        assert kept_forms(relecteur.user) == []


class TestTheHomePage:
    def test_it_lists_what_was_typed_with_links_that_take_it_up(self, redacteur, relecteur):
        key = keep_entry(redacteur, question="Nouvelle ?")
        page = read(redacteur.get(reverse("admin:index")))
        assert "Saisies non enregistrées" in page
        assert f'href="{taken_up(ADD, key)}">Nouvelle fiche\u00a0: Nouvelle ?</a>' in page
        assert "Rien ne vous attend" not in page
        assert "Tapé, pas enregistré" not in read(relecteur.get(reverse("admin:index")))
