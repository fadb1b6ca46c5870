"""Comments: after the vote, from any page of ours however old, one per visitor and entry, without personal data."""

import logging
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.test import Client
from django.utils import timezone
from django.views.debug import get_exception_reporter_filter

from faq.domain.limits import VISITOR_COMMENT_MAX_LENGTH
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry
from feedback.comments import FollowUpRefused, NewComment, clean_comment, follow_up_comments, save_comment
from feedback.models import Comment, CommentReason, FollowUpState, Vote
from feedback.votes import get_votable
from tests.factories import a_published_entry, an_entry, by_command
from tests.feedback.voting import SITE, post, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return a_published_entry()


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


def send(visitor, number, text="", *, headers=None, **fields):
    headers = {"Origin": SITE} if headers is None else headers
    return visitor.post(f"/fiche/{number}/commentaire/", {"commentaire": text, **fields}, headers=headers)


def rewrite(entry, answer):
    edit_entry(entry.pk, Content(entry.question, answer), by_command())
    return publish_entry(entry.pk, by_command()).version


class TestSending:
    def test_after_a_vote(self, visitor, entry):
        post(visitor, entry.pk, "non")
        response = send(visitor, entry.pk, " Il manque\r\nun lien. ", motif="incomplete", retour="/?page=2")
        assert response.status_code == 303
        assert response["Location"] == f"/?page=2#recu-{entry.pk}"
        comment = Comment.objects.get()
        assert (comment.answer, comment.reason, comment.text) == (
            "non",
            CommentReason.INCOMPLETE,
            "Il manque\nun lien.",
        )
        assert (comment.state, comment.version) == (FollowUpState.NEW, entry.live)
        assert comment.visitor_hash == Vote.objects.get().visitor_hash

    def test_by_a_browser_that_is_not_known_names_it(self, visitor, entry):
        response = send(visitor, entry.pk, "Bien.")
        assert response.cookies["avis"]["httponly"] is True
        assert Comment.objects.get().answer == ""
        post(visitor, entry.pk)
        assert Vote.objects.get().visitor_hash == Comment.objects.get().visitor_hash

    def test_nothing_leaves_nothing(self, visitor, entry):
        response = send(visitor, entry.pk, " \n ")
        assert response["Location"] == f"{entry.get_absolute_url()}#pourquoi-{entry.pk}"
        assert not response.cookies
        assert not Comment.objects.exists()

    def test_again_replaces_and_comes_up_again(self, visitor, entry):
        send(visitor, entry.pk, "Un.", motif="lien")
        first = Comment.objects.get()
        follow_up_comments([first.pk], FollowUpState.NO_ACTION, None, assigned_to=None, corrected_in=None)
        send(visitor, entry.pk, "Deux.")
        comment = Comment.objects.get()
        assert (comment.pk, comment.text, comment.reason, comment.state) == (first.pk, "Deux.", "", FollowUpState.NEW)
        assert comment.first_sent_at == first.first_sent_at < comment.sent_at

    def test_is_about_the_version_that_was_read(self, visitor, entry):
        old = entry.live
        rewrite(entry, "Autre chose.")
        send(visitor, entry.pk, "Ancien.", version=old.number)
        assert Comment.objects.get().version == old

    def test_from_the_form_that_the_page_of_the_answer_holds(self, visitor, entry):
        html = visitor.get(entry.get_absolute_url()).content.decode()
        assert f'formaction="/fiche/{entry.pk}/commentaire/"' in html
        assert 'name="motif"' in html
        assert "N’indiquez aucune donnée personnelle" in html
        assert f'id="recu-{entry.pk}"' in html
        assert f'id="pourquoi-{entry.pk}"' in html

    def test_lists_lead_to_it(self, visitor, entry):
        html = visitor.get("/").content.decode()
        [link] = re.findall(rf'href="([^"]*)#pourquoi-{entry.pk}"', html)
        assert f'id="pourquoi-{entry.pk}"' in visitor.get(link, follow=True).content.decode()
        assert "commentaire" not in html


class TestRefused:
    def test_from_elsewhere(self, visitor, entry):
        for headers in ({}, {"Origin": "https://ailleurs.example"}):
            assert send(visitor, entry.pk, "Bien.", headers=headers).status_code == 403
        assert not Comment.objects.exists()

    def test_by_reading(self, visitor, entry):
        assert visitor.get(f"/fiche/{entry.pk}/commentaire/").status_code == 405

    @pytest.mark.parametrize("fields", [{"motif": "bof"}, {"version": "x"}, {"commentaire": "a\0b"}])
    def test_when_no_form_of_ours_can_have_sent_it(self, visitor, entry, fields):
        assert send(visitor, entry.pk, **{"motif": "lien"} | fields).status_code == 400
        assert not Comment.objects.exists()

    def test_where_nothing_is_live(self, visitor, entry):
        archive_entry(entry.pk, by_command())
        numbers = {entry.pk: 410, an_entry().pk: 404, 99_999: 404}
        assert {number: send(visitor, number, "Bien.").status_code for number in numbers} == numbers
        assert not Comment.objects.exists()


class TestPersonalData:
    TEXT = "Je suis jean.dupont@exemple.fr, 06 12 34 56 78, NIR 1 84 12 76 451 089 46, RPPS 10003456785."

    def test_is_masked_before_anything_is_stored_or_logged(self, visitor, entry, caplog):
        with caplog.at_level(logging.DEBUG):
            send(visitor, entry.pk, self.TEXT)
        kept = Comment.objects.get().text
        for secret in ("dupont", "06 12", "1 84 12", "10003456785"):
            assert secret not in kept
            assert secret not in caplog.text
        assert kept.count("[") == 4

    def test_at_the_end_of_what_is_kept_is_not_cut_in_two(self):
        text = clean_comment("a" * (VISITOR_COMMENT_MAX_LENGTH - 5) + " 0612345678")
        assert len(text) <= VISITOR_COMMENT_MAX_LENGTH
        assert "06" not in text

    def test_is_not_in_reports_of_errors(self, visitor, entry, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError("panne")

        def report(request, **signal):
            reported.append(get_exception_reporter_filter(request).get_post_parameters(request))

        reported = []
        visitor.raise_request_exception = False
        monkeypatch.setattr("feedback.views.save_comment", fail)
        got_request_exception.connect(report)
        try:
            assert send(visitor, entry.pk, self.TEXT, motif="lien").status_code == 500
        finally:
            got_request_exception.disconnect(report)
        [fields] = reported
        assert fields["motif"] == "lien"
        assert self.TEXT not in str(fields)


def test_one_visitor_is_not_known_from_entry_to_entry(visitor, entry):
    other = a_published_entry("Et ?", "Oui.")
    for one in (entry, other):
        send(visitor, one.pk, "Bien.")
    assert Comment.objects.values("visitor_hash").distinct().count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_comment_sent_twice_at_once_is_one(entry):
    on = get_votable(entry.pk)
    assert together(*[lambda: save_comment(on, "a", NewComment(text="Bien."))] * 4) == []
    assert Comment.objects.count() == 1


class TestFollowUp:
    @pytest.fixture
    def comment(self, entry):
        save_comment(get_votable(entry.pk), "a", NewComment(text="Faux."), at=timezone.now() - timedelta(days=1))
        return Comment.objects.get()

    def test_says_which_version_corrects(self, comment):
        version = rewrite(comment.entry, "Corrigé.")
        somebody = User.objects.create_user("quelqu’un")
        follow_up_comments([comment.pk], FollowUpState.CORRECTED, None, assigned_to=somebody, corrected_in=version)
        comment.refresh_from_db()
        assert (comment.state, comment.corrected_in, comment.assigned_to) == (
            FollowUpState.CORRECTED,
            version,
            somebody,
        )
        assert not Comment.objects.open().exists()

    def test_refuses_what_cannot_be(self, comment, entry):
        other = a_published_entry("Et ?", "Oui.")
        for state, version, said in (
            (FollowUpState.CORRECTED, None, "Indiquez la version"),
            (FollowUpState.IN_PROGRESS, rewrite(entry, "Autre."), "ne va qu’avec"),
            (FollowUpState.CORRECTED, other.live, "autre fiche"),
            (FollowUpState.CORRECTED, comment.version, "ne peut pas l’avoir corrigé"),
        ):
            with pytest.raises(FollowUpRefused, match=said):
                follow_up_comments([comment.pk], state, None, assigned_to=None, corrected_in=version)
        comment.refresh_from_db()
        assert comment.state == FollowUpState.NEW

    def test_is_for_those_who_write(self, comment):
        analyste = User.objects.create_user("analyste")
        analyste.groups.add(Group.objects.get(name="analyste"))
        with pytest.raises(PermissionDenied):
            follow_up_comments([comment.pk], FollowUpState.NO_ACTION, analyste, assigned_to=None, corrected_in=None)
        redacteur = User.objects.create_user("rédacteur")
        redacteur.groups.add(Group.objects.get(name="rédacteur"))
        assert (
            follow_up_comments([comment.pk], FollowUpState.NO_ACTION, redacteur, assigned_to=None, corrected_in=None)
            == 1
        )
