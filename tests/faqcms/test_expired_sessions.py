"""Typed text comes back after a session that expired, or a token that went stale; nothing is saved unasked."""

import html
import re

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from faq.domain.facets import Facet
from faq.models import Entry, Version
from faq.services.content import Content
from faq.services.entries import edit_entry
from tests.factories import a_filing, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import ADD, page_of, read, typed

# What comes back was typed, not stored.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

LOGIN = reverse("admin:login")
QUESTIONS = reverse("admin:faq_entry_questions")
PASSWORD = "mot-de-passe"
TEXT = "Ligne un & deux\r\n\r\n- « trois » %41 +é\r\n"
OUTSIDE = {"origin": "https://ailleurs.example"}


@pytest.fixture
def person():
    """A reviewer who knows a password."""
    return a_person("camille")


def a_person(name, role="relecteur"):
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.fixture
def browser(person):
    """That person's browser, which is held to tokens as a real one is."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def token_on(page):
    return re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


def carried_by(page):
    """The text that a sign-in page carries; none where it carries none."""
    field = re.search('name="typed" value="([^"]*)"', page)
    return html.unescape(field[1]) if field else None


def name_of_kept(page):
    """The kept text that a form says it shows."""
    return re.search('name="kept" value="([^"]+)"', page)[1]


def send(browser, address, data, page=None):
    """Send a form from a page that was opened before."""
    token = token_on(page or read(browser.get(address)))
    return browser.post(address, data | {"csrfmiddlewaretoken": token})


def expire(browser):
    """Lose the session, as a server forgets it; the browser keeps its cookies."""
    Session.objects.all().delete()


def sent_too_late(browser, entry=None, **changes):
    """Type and press « Enregistrer » when the session has expired; the sign-in page."""
    address = page_of(entry) if entry else ADD
    page = read(browser.get(address))
    expire(browser)
    return read(send(browser, address, typed(entry, **{"_save": "1", "answer": TEXT, **changes}), page))


def sign_in_on(browser, page, **changes):
    """Sign in on a sign-in page that was shown."""
    data = {"username": "camille", "password": PASSWORD, "typed": carried_by(page) or ""}
    data["next"] = html.unescape(re.search('name="next" value="([^"]*)"', page)[1])
    return send(browser, LOGIN, data | changes, page)


def shown_on(browser, address):
    """The answer in the form of a page, and the page."""
    response = browser.get(address)
    return response.context["form"]["answer"].value(), read(response)


class TestAnExpiredSession:
    def test_the_text_comes_back_and_stays_until_it_is_saved(self, browser):
        entry = an_entry()
        page = sent_too_late(browser, entry)
        assert "Votre session avait expiré" in page
        assert "csrfmiddlewaretoken" not in carried_by(page)
        assert not Session.objects.exists()
        response = sign_in_on(browser, page)
        assert response.url.startswith(page_of(entry))
        for _ in range(2):
            answer, page = shown_on(browser, page_of(entry))
            assert answer == TEXT
            assert "pas encore enregistré" in page
        assert Version.objects.count() == 1
        send(browser, page_of(entry), typed(entry, _save="1", answer=TEXT, kept=name_of_kept(page)), page)
        assert entry.versions.get(number=2).answer == TEXT.strip().replace("\r\n", "\n")
        assert "pas encore enregistré" not in shown_on(browser, page_of(entry))[1]

    def test_a_new_entry_too(self, browser):
        sign_in_on(browser, sent_too_late(browser, question="Nouvelle ?"))
        assert shown_on(browser, ADD)[0] == TEXT
        assert not Entry.objects.exists()

    def test_it_is_given_up_when_asked(self, browser):
        entry = an_entry()
        sign_in_on(browser, sent_too_late(browser, entry))
        page = shown_on(browser, page_of(entry))[1]
        send(browser, page_of(entry), {"_give_up": "", "kept": name_of_kept(page)}, page)
        assert shown_on(browser, page_of(entry))[0] == "Comme ceci."
        assert Version.objects.count() == 1

    def test_questions_typed_in_a_row_come_back_with_their_filing_until_they_are_saved(self, browser):
        a_taxonomy()
        titled, left = an_entry("", "Un."), an_entry("", "Deux.")
        [term] = a_filing(themes="certificats")[Facet.THEMES]
        page = read(browser.get(QUESTIONS, follow=True))
        sent = {"number": [titled.pk, left.pk], "_save": "1"}
        for entry, question in ((titled, "Tapée ?"), (left, "")):
            sent |= {f"q{entry.pk}-question": question, f"q{entry.pk}-base": "1", f"q{entry.pk}-terms-shown": "1"}
        sent[f"q{titled.pk}-terms"] = f"themes-{term}"
        expire(browser)
        sign_in = read(send(browser, QUESTIONS, sent, page))
        assert "Votre session avait expiré" in sign_in
        response = sign_in_on(browser, sign_in)
        page = read(browser.get(response.url, follow=True))
        assert "Tapée ?</textarea>" in page
        assert re.search(rf'name="q{titled.pk}-terms" value="themes-{term}"[^>]* checked', page)
        assert "1 fiche non enregistrée" in page
        assert Version.objects.count() == 2
        send(browser, f"{QUESTIONS}?travail=sans-question", sent | {"kept": name_of_kept(page)}, page)
        assert titled.versions.get(number=2).question == "Tapée ?"
        assert left.versions.count() == 1
        assert "Tapé avant la reconnexion" not in read(browser.get(QUESTIONS, follow=True))

    def test_questions_come_back_in_the_order_in_which_they_were_shown(self, browser):
        entries = [an_entry("", f"Réponse {rank}.") for rank in range(4)]
        page = read(browser.get(QUESTIONS, follow=True))
        shown = [entries[rank].pk for rank in (2, 0, 1)]
        sent = {"number": shown} | {f"q{number}-question": "Tapée ?" for number in shown}
        expire(browser)
        sign_in_on(browser, read(send(browser, QUESTIONS, sent | {f"q{number}-base": "1" for number in shown}, page)))
        page = read(browser.get(QUESTIONS, follow=True))
        assert re.findall('name="number" value="([0-9]+)"', page) == [str(number) for number in (*shown, entries[3].pk)]

    def test_questions_that_are_kept_are_given_up_when_asked(self, browser):
        entry = an_entry("", "Un.")
        page = read(browser.get(QUESTIONS, follow=True))
        expire(browser)
        sent = {"number": entry.pk, f"q{entry.pk}-question": "Tapée ?", f"q{entry.pk}-base": "1"}
        sign_in_on(browser, read(send(browser, QUESTIONS, sent, page)))
        page = read(browser.get(QUESTIONS, follow=True))
        send(browser, f"{QUESTIONS}?travail=sans-question", {"_give_up": "", "kept": name_of_kept(page)}, page)
        assert "Tapée ?" not in read(browser.get(QUESTIONS, follow=True))
        assert entry.versions.count() == 1

    def test_a_wrong_password_does_not_lose_it(self, browser):
        page = sent_too_late(browser, an_entry())
        again = read(sign_in_on(browser, page, password="faux"))
        assert "errornote" in again
        assert carried_by(again) == carried_by(page)

    def test_somebody_else_may_find_it(self, browser):
        entry = an_entry()
        a_person("dominique")
        sign_in_on(browser, sent_too_late(browser, entry), username="dominique")
        assert shown_on(browser, page_of(entry))[0] == TEXT

    def test_somebody_who_may_not_write_can_copy_it(self, browser):
        entry = an_entry()
        a_person("analyste", "analyste")
        sign_in_on(browser, sent_too_late(browser, entry), username="analyste")
        page = browser.get(page_of(entry))
        assert page.context["form"] is None
        assert "- « trois » %41 +é" in read(page)

    def test_it_is_shown_with_its_own_entry_alone(self, browser):
        entry, other = an_entry(), an_entry("Autre ?", "Autre.")
        sign_in_on(browser, sent_too_late(browser, entry))
        assert shown_on(browser, page_of(other))[0] == "Autre."
        assert shown_on(browser, ADD)[0] == ""

    def test_another_text_of_the_same_page_is_not_taken_for_it(self, browser):
        entry = an_entry()
        sign_in_on(browser, sent_too_late(browser, entry))
        send(browser, page_of(entry), typed(entry, _save="1", answer="D’une autre fenêtre."))
        assert entry.versions.get(number=2).answer == "D’une autre fenêtre."
        assert shown_on(browser, page_of(entry))[0] == TEXT

    def test_what_was_written_to_join_two_texts_is_shown_too(self, browser):
        entry = an_entry()
        page = sent_too_late(browser, entry, theirs="2", **{"other-answer-0": "Écrit pour réunir."})
        sign_in_on(browser, page)
        assert "Écrit pour réunir." in shown_on(browser, page_of(entry))[1]

    def test_it_is_saved_through_a_conflict_too(self, browser):
        entry = an_entry()
        page = sent_too_late(browser, entry)
        edit_entry(entry.pk, Content("Comment faire ?", "Tout autrement."), by_command())
        sign_in_on(browser, page)
        page = shown_on(browser, page_of(entry))[1]
        data = typed(entry, base="1", _save="1", answer=TEXT, kept=name_of_kept(page))
        page = read(send(browser, page_of(entry), data, page))
        assert "conflict-form" in page
        data |= {"theirs": "2", "decide-answer-0": "mine", "kept": name_of_kept(page)}
        send(browser, page_of(entry), data, page)
        assert entry.versions.get(number=3).answer == TEXT.strip().replace("\r\n", "\n")
        assert "pas encore enregistré" not in read(browser.get(page_of(entry)))

    def test_a_button_without_text_asks_to_sign_in_as_ever(self, browser):
        entry = an_entry()
        page = read(browser.get(page_of(entry)))
        expire(browser)
        response = send(browser, page_of(entry), {"_archive": "1"}, page)
        assert response.url == f"{LOGIN}?next={page_of(entry)}"

    def test_a_text_just_within_the_limit_comes_back_whole(self, browser, settings):
        entry = an_entry()
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50_000
        text = "é" * 8000
        page = sent_too_late(browser, entry, answer=text)
        assert 'enctype="multipart/form-data"' in page
        sign_in_on(browser, page)
        assert shown_on(browser, page_of(entry))[0] == text


class TestHostileSignIns:
    @pytest.mark.parametrize("address", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"])
    def test_nobody_is_led_elsewhere(self, browser, address):
        page = sent_too_late(browser, an_entry())
        response = sign_in_on(browser, page, next=address)
        assert response.url == reverse("admin:index")

    @pytest.mark.parametrize(
        "carried",
        [
            "garbage",
            "%%%&&&===",
            "answer=x",
            "_page=../../logout&answer=x",
            "_page=Q-²&answer=x",
            "_page=5",
            "_page=" + "9" * 40 + "&answer=x",
        ],
    )
    def test_what_is_no_text_of_a_page_is_not_kept(self, browser, carried):
        page = sent_too_late(browser, an_entry())
        sign_in_on(browser, page, typed=carried)
        assert "kept_texts" not in browser.session

    @pytest.mark.parametrize("carried", ["_page=5&answer=" + "x" * 6000, "_page=5&answer=x" + "&a=" * 200])
    def test_a_text_beyond_the_limits_is_refused(self, browser, settings, carried):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5000
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
        page = sent_too_late(browser, an_entry())
        assert sign_in_on(browser, page, typed=carried).status_code == 400
        assert not Session.objects.exists()

    def test_what_is_carried_is_never_markup(self, browser):
        page = sent_too_late(browser, an_entry(), question='"><script>alert(1)</script>')
        assert "<script>alert" not in page
        assert QueryDict(carried_by(page))["question"] == '"><script>alert(1)</script>'

    def test_signing_in_needs_the_token_and_loses_nothing_without(self, browser):
        entry = an_entry()
        page = sent_too_late(browser, entry)
        data = {"username": "camille", "password": PASSWORD, "typed": carried_by(page)}
        again = browser.post(LOGIN, data)
        assert carried_by(read(again)) == carried_by(page)
        assert not Session.objects.exists()

    def test_another_site_puts_no_words_before_an_editor(self, browser):
        entry = an_entry()
        page = sent_too_late(browser, entry)
        refused = browser.post(LOGIN, {"typed": carried_by(page)}, headers=OUTSIDE)
        assert refused.status_code == 403
        assert carried_by(read(refused)) is None
        assert browser.post(page_of(entry), typed(entry, _save="1"), headers=OUTSIDE).status_code == 403


class TestAStaleToken:
    def test_the_text_comes_back_with_a_fresh_token(self, browser):
        entry = an_entry()
        stale = token_on(read(browser.get(page_of(entry))))
        send(browser, LOGIN, {"username": "camille", "password": PASSWORD}, read(browser.get(ADD)))
        response = browser.post(page_of(entry), typed(entry, _save="1", answer=TEXT, csrfmiddlewaretoken=stale))
        assert response.url == page_of(entry)
        answer, page = shown_on(browser, page_of(entry))
        assert answer == TEXT
        assert "pas encore enregistré" in page
        assert Version.objects.count() == 1
        send(browser, page_of(entry), typed(entry, _save="1", answer=TEXT, kept=name_of_kept(page)), page)
        assert entry.versions.count() == 2

    def test_a_sign_in_page_left_open_beside_another_keeps_its_text(self, browser, person):
        entry = an_entry()
        page = sent_too_late(browser, entry)
        browser.force_login(person)
        response = browser.post(LOGIN, {"username": "camille", "password": PASSWORD, "typed": carried_by(page)})
        assert response.url == page_of(entry)
        assert shown_on(browser, page_of(entry))[0] == TEXT

    def test_another_site_is_refused(self, browser):
        entry = an_entry()
        response = browser.post(page_of(entry), typed(entry, _save="1", answer=TEXT), headers=OUTSIDE)
        assert response.status_code == 403
        assert shown_on(browser, page_of(entry))[0] == "Comme ceci."

    def test_other_forms_are_refused_with_what_to_do(self, browser):
        response = browser.post(reverse("admin:faq_entry_changelist"), {"action": "publish"})
        assert response.status_code == 403
        assert "rechargez la page" in read(response)
