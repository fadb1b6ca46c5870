"""Voting from the pages: by a plain form without token, from this site only, with a cookie of the vote's own."""

import re
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError
from django.test import Client

from faq.enums import BatchKind
from faq.models import Batch, EntryAlias
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry, submit_entry, withdraw_entry
from feedback import vote_upsert
from feedback.models import Vote, VoteAnswer
from feedback.votes import VoteRefused
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command
from tests.feedback.test_merged_votes import merge
from tests.feedback.voting import SITE, post, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return a_published_entry()


@pytest.fixture
def visitor():
    """A browser without any token, on a site that asks for tokens wherever it does not say otherwise."""
    return Client(enforce_csrf_checks=True)


class TestThePlainForm:
    def test_votes_and_leads_back_to_the_answer_at_its_thanks(self, visitor, entry):
        response = post(visitor, entry.pk)
        assert response.status_code == 303
        assert response["Location"] == f"{entry.get_absolute_url()}#merci-{entry.pk}"
        assert stored() == [(entry.pk, VoteAnswer.YES)]

    def test_leads_back_to_the_list_where_it_was_sent(self, visitor, entry):
        response = post(visitor, entry.pk, "non", retour="/?offre=segur&page=2")
        assert response["Location"] == f"/?offre=segur&page=2#merci-{entry.pk}"
        assert stored() == [(entry.pk, VoteAnswer.NO)]

    def test_withdraws(self, visitor, entry):
        post(visitor, entry.pk)
        response = post(visitor, entry.pk, "retire", retour="/")
        assert response["Location"] == f"/#retrait-{entry.pk}"
        assert stored() == [(entry.pk, VoteAnswer.WITHDRAWN)]

    def test_changes_the_vote_as_often_as_one_likes(self, visitor, entry):
        for vote in ("oui", "non", "retire", "oui", "non"):
            assert post(visitor, entry.pk, vote).status_code == 303
        assert stored() == [(entry.pk, VoteAnswer.NO)]

    def test_is_what_the_pages_hold(self, visitor, entry):
        for address in ("/", entry.get_absolute_url()):
            html = visitor.get(address).content.decode()
            [form] = re.findall(r'<form class="vote".*?</form>', html, re.DOTALL)
            sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
            assert f'action="/fiche/{entry.pk}/vote/"' in form
            assert set(re.findall(r'name="vote" value="(\w+)"', form)) == set(VoteAnswer.values)
            response = post(visitor, entry.pk, **sent)
            anchor = urlsplit(response["Location"])
            assert anchor._replace(fragment="").geturl() == address
            assert f'id="{anchor.fragment}"' in form
        assert stored() == [(entry.pk, VoteAnswer.YES)]
        assert Vote.objects.get().version == entry.live


class TestTheVersion:
    def test_is_the_one_that_was_read_even_days_ago(self, visitor, entry):
        page_of_old = entry.live
        edit_entry(entry.pk, Content(entry.question, "Autre chose."), by_command())
        publish_entry(entry.pk, by_command())
        post(visitor, entry.pk, version=page_of_old.number)
        assert Vote.objects.get().version == page_of_old

    @pytest.mark.parametrize("version", ["", "9" * 400])
    def test_is_the_live_one_where_it_says_nothing(self, visitor, entry, version):
        post(visitor, entry.pk, version=version)
        assert Vote.objects.get().version == entry.live


@pytest.mark.parametrize(
    "way",
    [
        "https://ailleurs.example/",
        "//ailleurs.example/",
        "/\\ailleurs.example",
        "\\\\ailleurs.example",
        "http:///ailleurs.example",
        "javascript:alert(1)",
        "/admin/logout/",
        "http://[",
        "x" * 10_000,
        "/%2f/ailleurs.example",
    ],
)
def test_nobody_is_led_away_from_the_site(visitor, entry, way):
    response = post(visitor, entry.pk, retour=way)
    assert response.status_code == 303
    assert response["Location"] == f"{entry.get_absolute_url()}#merci-{entry.pk}"


@pytest.mark.parametrize(
    ("way", "target"),
    [
        ("/", "/#merci-"),
        ("/#fiche-1", "/#merci-"),
        ("/?theme=%C3%A9t%C3%A9&x=a b", "/?theme=%C3%A9t%C3%A9&x=a+b#merci-"),
        ("/?x=%0D%0ASet-Cookie:a", "/?x=%0D%0ASet-Cookie%3Aa#merci-"),
    ],
)
def test_the_way_back_is_written_anew(visitor, entry, way, target):
    assert post(visitor, entry.pk, retour=way)["Location"] == f"{target}{entry.pk}"


def test_pages_are_equal_before_and_after_voting(visitor, entry):
    a_taxonomy()
    addresses = ["/", "/?offre=segur", entry.get_absolute_url()]
    before = [visitor.get(address) for address in addresses]
    post(visitor, entry.pk)
    visitor.cookies["avis"]["path"] = "/"
    after = [visitor.get(address) for address in addresses]
    for first, second in zip(before, after, strict=True):
        assert first.content == second.content
        assert first["ETag"] == second["ETag"]
        assert not second.cookies
        assert "Cookie" not in second.get("Vary", "")


class TestNothingIsWritten:
    def test_by_reading(self, visitor, entry):
        for ask in (visitor.get, visitor.head, visitor.put, visitor.delete):
            response = ask(f"/fiche/{entry.pk}/vote/?vote=oui", headers={"Origin": SITE})
            assert response.status_code == 405
            assert response["Allow"] == "POST"
        page = visitor.get(f"/fiche/{entry.pk}/vote/").content.decode()
        assert "Cette adresse recueille les avis" in page
        assert f'href="/fiche/{entry.pk}/"' in page
        assert stored() == []

    @pytest.mark.parametrize("vote", ["", "OUI", "peut-être", "yes", "1", "\0", "x" * 10_000])
    def test_by_an_answer_that_there_is_not(self, visitor, entry, vote):
        response = post(visitor, entry.pk, vote)
        assert response.status_code == 400
        assert "Le formulaire est incomplet ou illisible." in response.content.decode()
        assert not response.cookies
        assert stored() == []

    @pytest.mark.parametrize("version", ["x", "0", "-1", "1.5", "\0"])
    def test_by_a_version_that_cannot_be(self, visitor, entry, version):
        assert post(visitor, entry.pk, version=version).status_code == 400
        assert stored() == []

    def test_by_an_empty_form(self, visitor, entry):
        response = visitor.post(f"/fiche/{entry.pk}/vote/", headers={"Origin": SITE})
        assert response.status_code == 400

    @pytest.mark.parametrize("number", [12_345, 10**30])
    def test_on_an_unknown_entry(self, visitor, number):
        assert post(visitor, number).status_code == 404

    def test_on_a_draft(self, visitor):
        draft, in_review = an_entry(), an_entry()
        submit_entry(in_review.pk, by_command())
        for entry in (draft, in_review):
            response = post(visitor, entry.pk)
            assert (response.status_code, dict(response.cookies)) == (404, {})
        assert stored() == []

    def test_on_a_withdrawn_entry(self, visitor, entry):
        withdraw_entry(entry.pk, by_command())
        response = post(visitor, entry.pk)
        assert response.status_code == 404
        assert "n’est pas en ligne en ce moment" in response.content.decode()
        assert stored() == []

    def test_on_an_archived_entry(self, visitor, entry):
        archive_entry(entry.pk, by_command())
        response = post(visitor, entry.pk)
        assert (response.status_code, dict(response.cookies)) == (410, {})
        assert stored() == []

    def test_on_an_entry_that_leaves_in_between(self, visitor, entry, monkeypatch):
        def refuse(*args, **kwargs):
            raise VoteRefused("partie")

        monkeypatch.setattr("feedback.views.cast_vote", refuse)
        response = post(visitor, entry.pk)
        assert (response.status_code, dict(response.cookies)) == (410, {})


def test_a_merged_entrys_page_that_is_still_open_votes_for_the_survivor(visitor, entry):
    survivor = a_published_entry("Et ?", "Oui.")
    archive_entry(entry.pk, by_command())
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label="fusion", created_at=entry.created_at)
    EntryAlias.objects.create(former=entry, survivor=survivor, batch=batch)
    response = post(visitor, entry.pk, version=1, retour="/?page=2")
    assert response["Location"] == f"{survivor.get_absolute_url()}#merci-{survivor.pk}"
    assert stored() == [(survivor.pk, VoteAnswer.YES)]
    assert Vote.objects.get().version == survivor.live


class TestTheShortWay:
    def test_takes_one_statement_where_the_entry_is_known(self, visitor, entry, django_assert_num_queries):
        post(Client(REMOTE_ADDR=""), entry.pk)
        with django_assert_num_queries(1):
            assert post(Client(REMOTE_ADDR=""), entry.pk).status_code == 303
        assert len(stored()) == 2

    def test_reads_the_entry_once_where_it_is_not_known(self, entry, django_assert_num_queries):
        with django_assert_num_queries(2):
            assert post(Client(REMOTE_ADDR=""), entry.pk).status_code == 303
        assert len(stored()) == 1

    def test_tries_a_refused_vote_once(self, entry, django_assert_num_queries):
        archived = a_published_entry("Et ?", "Oui.")
        archive_entry(archived.pk, by_command())
        post(Client(REMOTE_ADDR=""), archived.pk)
        with django_assert_num_queries(4):
            assert post(Client(REMOTE_ADDR=""), archived.pk).status_code == 410
        with django_assert_num_queries(2):
            assert post(Client(REMOTE_ADDR=""), 12_345).status_code == 404
        with django_assert_num_queries(0):
            assert post(Client(REMOTE_ADDR=""), entry.pk, "peut-être").status_code == 400
        assert stored() == []

    def test_notices_that_the_answer_was_rewritten_and_renamed(self, visitor, entry):
        post(visitor, entry.pk)
        edit_entry(entry.pk, Content("Tout autre question ?", "Autre chose."), by_command())
        version = publish_entry(entry.pk, by_command()).version
        response = post(visitor, entry.pk)
        assert response["Location"].startswith(f"/fiche/{entry.pk}-tout-autre-question/")
        assert Vote.objects.get().version == version

    def test_notices_that_another_was_merged_into_it(self, visitor, entry):
        gone = a_published_entry("Et ?", "Oui.")
        post(visitor, gone.pk)
        post(Client(), entry.pk)
        merge(entry, gone)
        post(visitor, entry.pk, "non")
        assert Vote.objects.get(entry=gone).given_again

    def test_is_closed_once_the_entry_is_archived(self, visitor, entry):
        post(visitor, entry.pk)
        archive_entry(entry.pk, by_command())
        for vote in VoteAnswer.values:
            response = post(Client(), entry.pk, vote)
            assert response.status_code == 410
            assert "Content-Security-Policy" in response
        assert len(stored()) == 1

    @pytest.mark.django_db(transaction=True)
    def test_is_taken_again_where_the_connection_broke(self, visitor, entry, monkeypatch):
        def execute(values):
            calls.append(values)
            if len(calls) == 1:
                raise OperationalError("server closed the connection")
            return really(values)

        calls, really = [], vote_upsert._execute
        monkeypatch.setattr(vote_upsert, "_execute", execute)
        assert post(visitor, entry.pk).status_code == 303
        assert len(calls) == 2
        assert len(stored()) == 1


def test_a_vote_reads_no_session(visitor, entry):
    assert "Vary" not in post(visitor, entry.pk)
