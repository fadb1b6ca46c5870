"""The requests that keep a form: hostile fields, keys and numbers are refused, and cost little."""

import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from faq.domain.limits import AUTOSAVE_MAX_LENGTH
from faq.models import AutosavedForm, Version
from tests.autosaving import AUTOSAVE, send_fields, taken_up
from tests.factories import an_entry
from tests.faq.admin.entry_form import ADD, page_of, typed

pytestmark = pytest.mark.django_db

QUESTIONS = reverse("admin:faq_entry_questions")
REVIEW = reverse("admin:faq_entry_review")


def state(response):
    return response.json()["state"]


def keep_entry(client, entry=None, **changes):
    """Type on the form of an entry, or of a new one; the key under which it is kept."""
    data = typed(entry, **changes)
    subject = entry.pk if entry else ""
    key, response = send_fields(client, data, subject=subject, address=page_of(entry) if entry else ADD)
    assert state(response) == "stored"
    return key


class TestWhatIsSent:
    def test_the_token_of_the_browser_is_asked_for(self, redacteur):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(redacteur.user)
        browser.user = redacteur.user
        _, response = send_fields(browser, typed())
        assert response.status_code == 403
        token = browser.get(AUTOSAVE, {"kind": "entry"}).json()["token"]
        _, response = send_fields(browser, typed() | {"csrfmiddlewaretoken": token})
        assert state(response) == "stored"
        assert "csrfmiddlewaretoken" not in AutosavedForm.objects.get().fields

    def test_somebody_who_is_signed_out_is_led_to_sign_in_and_nothing_is_stored(self, redacteur):
        redacteur.logout()
        _, response = send_fields(redacteur, typed())
        assert response.status_code == 302
        assert not AutosavedForm.objects.exists()

    def test_what_another_person_typed_in_this_browser_is_not_taken_for_mine(self, redacteur, relecteur):
        _, response = send_fields(relecteur, typed(), person=redacteur.user.pk)
        assert state(response) == "person"
        assert not AutosavedForm.objects.exists()

    def test_one_form_too_many_is_refused_in_french(self, redacteur, monkeypatch):
        monkeypatch.setattr("faq.services.autosaves.AUTOSAVES_MAX", 1)
        send_fields(redacteur, typed())
        _, response = send_fields(redacteur, typed())
        assert state(response) == "full"
        assert "Ce texte n’est pas gardé" in response.json()["text"]
        assert AutosavedForm.objects.count() == 1

    def test_a_text_beyond_the_limit_is_refused_in_french(self, redacteur):
        _, response = send_fields(redacteur, {"answer": "x" * AUTOSAVE_MAX_LENGTH})
        assert state(response) == "long"
        assert "dépasse 1\u202f000\u202f000 caractères" in response.json()["text"]
        assert not AutosavedForm.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"key": "perdue"},
            {"key": ""},
            {"kind": "perdu"},
            {"kind": ""},
            {"subject": "x" * 300},
            {"subject": "un\0deux"},
            {"tab": "x"},
            {"browser": ""},
            {"sequence": "0"},
            {"sequence": "-1"},
            {"sequence": "²"},
            {"sequence": "9" * 5000},
            {"seen": ""},
            {"seen": "un"},
            {"address": "https://ailleurs.example/admin/"},
            {"address": "//ailleurs.example/admin/"},
            {"address": "/fiche/1/"},
            {"address": "/admin/../fiche/"},
            {"address": "/admin/\\ailleurs.example"},
            {"address": "/admin/\nx"},
            {"address": "javascript:alert(1)"},
            {"address": ""},
        ],
    )
    def test_what_no_page_sends_is_refused(self, redacteur, changes):
        _, response = send_fields(redacteur, typed(), **changes)
        assert response.status_code == 400
        assert not AutosavedForm.objects.exists()

    def test_an_address_that_takes_a_form_up_is_kept_without_it(self, redacteur):
        send_fields(redacteur, typed(), address=f"/admin/faq/entry/1/change/?a=b&reprise={uuid.uuid4()}&a=%26")
        assert AutosavedForm.objects.get().address == "/admin/faq/entry/1/change/?a=b&a=%26"

    def test_a_long_title_or_address_is_cut(self, redacteur):
        address = f"/admin/faq/entry/?{urlencode({'q': 'x' * 3000})}"
        send_fields(redacteur, typed(), title="T" * 900, address=address)
        form = AutosavedForm.objects.get()
        assert (form.title, form.address) == ("T" * 199 + "…", "/admin/faq/entry/")

    @pytest.mark.parametrize("key", ["x", "", "9" * 5000, "null", "%00", "0f" * 16])
    def test_a_key_that_names_nothing_shows_the_page_as_it_is(self, redacteur, key):
        entry = an_entry()
        page = redacteur.get(page_of(entry), {"reprise": key})
        assert page.context["form"]["answer"].value() == "Comme ceci."

    def test_a_form_of_another_page_is_not_read_as_its_own(self, relecteur):
        """An address that was mixed up shows a form whose fields mean nothing there, and never fails."""
        entry = an_entry("Une ?", "Une.")
        key, _ = send_fields(
            relecteur, {"group": "x", "state": "y"}, kind="inbox", address="/admin/feedback/vote/retours/"
        )
        for address in (page_of(entry), ADD, QUESTIONS, REVIEW, reverse("admin:feedback_inbox")):
            assert relecteur.get(taken_up(address, key), follow=True).status_code == 200
        assert relecteur.get(taken_up(page_of(entry), key)).context["form"]["answer"].value() == "Une."

    def test_it_costs_a_few_queries_and_no_comparison(self, redacteur, django_assert_num_queries):
        entry = an_entry()
        key = keep_entry(redacteur, entry, answer="Un.")
        fields = typed(entry, answer="Deux.")
        with django_assert_num_queries(5):
            send_fields(redacteur, fields, key=key.hex, subject=entry.pk, sequence=2)
        assert Version.objects.count() == 1
        assert timezone.now() - AutosavedForm.objects.get().saved_at < timezone.timedelta(minutes=1)
