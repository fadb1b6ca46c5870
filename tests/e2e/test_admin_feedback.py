"""Visitors' remarks in the admin: readable on a phone, in the dark, without scripts; one click from the home page."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from faq.models import FailedSearch
from feedback.comments import NewComment, save_comment
from feedback.models import Comment, CommentReason, FollowUpState, VoteAnswer
from feedback.votes import cast_vote, get_votable
from tests.factories import a_published_entry, a_taxonomy

HOME = reverse("admin:index")
INBOX = reverse("admin:feedback_inbox")


@pytest.fixture
def entry(live_server):
    a_taxonomy()
    entry = a_published_entry(
        "Une question longue, qui tient en plusieurs lignes sur un petit écran ?", couloirs="hopital"
    )
    for rank in range(12):
        cast_vote(entry.pk, VoteAnswer.YES if rank < 3 else VoteAnswer.NO, f"{rank}")
    save_comment(
        get_votable(entry.pk), "a", NewComment(CommentReason.UNCLEAR, "Que veut dire anticonstitutionnellement ? " * 8)
    )
    FailedSearch.objects.create(query="interoperabilite des laboratoires de ville", day=timezone.localdate())
    return entry


def test_everybody_can_read_the_pages(page, sign_in, legible, entry):
    sign_in(page, "relecteur")
    for address in (HOME, INBOX, f"{INBOX}?boite=recherches", reverse("admin:feedback_reports")):
        page.goto(address)
        legible(page)


def test_from_the_home_page_to_a_comment_that_is_done_with(open_page, sign_in, entry):
    page = sign_in(open_page(java_script_enabled=False), "relecteur")
    page.goto(HOME)
    page.get_by_role("link", name="1 Commentaires de visiteurs").click()
    page.get_by_label("Suivi").last.select_option("sans-suite")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("1 commentaire : sans suite.")).to_be_visible()
    assert Comment.objects.get().state == FollowUpState.NO_ACTION


@pytest.mark.every_database
def test_from_a_vain_search_to_a_draft(page, sign_in, entry):
    sign_in(page, "relecteur").goto(HOME)
    page.get_by_role("link", name="1 Recherches sans résultat").click()
    page.get_by_role("button", name="Créer une fiche").click()
    expect(page.get_by_label("Question", exact=True)).to_have_value("Interoperabilite des laboratoires de ville ?")
