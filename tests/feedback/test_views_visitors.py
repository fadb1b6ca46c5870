"""Who votes: a browser on a page of this site, known by nothing but the cookie of its first vote."""

import re

import pytest
from django.test import Client

from feedback.models import VoteAnswer
from tests.factories import a_published_entry
from tests.feedback.voting import SITE, post, stored, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return a_published_entry()


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


class TestTheOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": SITE},
            {"Origin": "HTTP://TestServer"},
            {"Referer": f"{SITE}/?offre=segur"},
            {"Sec-Fetch-Site": "same-origin"},
            {"Origin": SITE, "Referer": "https://ailleurs.example/"},
            {"Origin": "https://faq.exemple.fr"},
            {"Origin": "https://miroir.exemple.org"},
        ],
    )
    def test_may_be_ours(self, visitor, entry, settings, headers):
        settings.CSRF_TRUSTED_ORIGINS = ["https://faq.exemple.fr", "https://*.exemple.org"]
        assert post(visitor, entry.pk, headers=headers).status_code == 303
        assert stored() == [(entry.pk, VoteAnswer.YES)]

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "null"},
            {"Origin": "https://testserver"},
            {"Origin": f"{SITE}:8000"},
            {"Origin": f"{SITE}.ailleurs.example"},
            {"Origin": "https://ailleurs.example"},
            {"Origin": "http://["},
            {"Origin": "http://exemple.org"},
            {"Origin": "https://faussexemple.org"},
            {"Origin": "https://ailleurs.example", "Referer": SITE, "Sec-Fetch-Site": "same-origin"},
            {"Referer": "https://ailleurs.example/?http://testserver/"},
            {"Referer": "https://ailleurs.example", "Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
        ],
    )
    def test_must_not_be_another(self, visitor, entry, settings, headers):
        settings.CSRF_TRUSTED_ORIGINS = ["https://*.exemple.org"]
        response = post(visitor, entry.pk, headers=headers)
        assert response.status_code == 403
        assert "Il ne vient pas d’une page de ce site." in response.content.decode()
        assert not response.cookies
        assert stored() == []

    def test_is_https_where_the_site_is(self, visitor, entry):
        answers = [
            visitor.post(
                f"/fiche/{entry.pk}/vote/", {"vote": "oui"}, secure=True, headers={"Origin": f"{scheme}://testserver"}
            )
            for scheme in ("http", "https")
        ]
        assert [answer.status_code for answer in answers] == [403, 303]


class TestTheCookie:
    def test_comes_with_the_first_vote(self, visitor, entry):
        cookie = post(visitor, entry.pk).cookies["avis"]
        assert re.fullmatch(r"[\w-]{43}", cookie.value)
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/fiche/"
        assert cookie["secure"] == ""
        assert 0 < cookie["max-age"] <= 390 * 24 * 3600

    def test_is_not_renewed_by_later_ones(self, visitor, entry):
        other = a_published_entry("Et ?", "Oui.")
        post(visitor, entry.pk)
        for response in (post(visitor, entry.pk, "non"), post(visitor, other.pk), post(visitor, entry.pk, "retire")):
            assert not response.cookies
        assert len(stored()) == 2

    def test_is_secure_where_the_session_is(self, visitor, entry, settings):
        settings.SESSION_COOKIE_SECURE = True
        assert post(visitor, entry.pk).cookies["avis"]["secure"] is True

    @pytest.mark.parametrize("value", ["", "x", "é" * 43, "a" * 44, "a" * 10_000, "'; DROP TABLE", "a" * 42 + "\\"])
    def test_is_replaced_when_we_cannot_have_made_it(self, visitor, entry, value):
        visitor.cookies["avis"] = value
        assert post(visitor, entry.pk).cookies["avis"].value != value
        assert len(stored()) == 1

    def test_stays_away_when_there_was_nothing_to_withdraw(self, visitor, entry):
        response = post(visitor, entry.pk, "retire")
        assert response.status_code == 303
        assert not response.cookies
        assert stored() == []

    def test_tells_visitors_apart(self, entry):
        for vote in ("oui", "non", "oui"):
            post(Client(), entry.pk, vote)
        assert stored() == [(entry.pk, "oui"), (entry.pk, "non"), (entry.pk, "oui")]


@pytest.mark.django_db(transaction=True)
def test_the_same_vote_sent_twice_at_once_is_one(visitor, entry):
    other = a_published_entry("Et ?", "Oui.")
    cookie = post(visitor, other.pk).cookies["avis"].value
    statuses = []

    def send():
        browser = Client()
        browser.cookies["avis"] = cookie
        statuses.append(post(browser, entry.pk, "non").status_code)

    assert together(send, send, send) == []
    assert statuses == [303] * 3
    assert stored() == [(other.pk, VoteAnswer.YES), (entry.pk, VoteAnswer.NO)]
