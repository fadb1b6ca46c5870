"""Bursts of remarks: set aside and kept, never thanked for, never in the way of others; nobody's address stored."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from faq.domain.limits import VISITOR_COMMENT_MAX_LENGTH
from feedback.comments import NewComment, judge_comments, save_comment
from feedback.limits import COMMENTS_PER_ENTRY, COMMENTS_PER_NETWORK, COMMENTS_PER_SITE, HOUR, MINUTE
from feedback.models import Comment, CommentReason, FollowUpState, Standing
from feedback.networks import delete_sources
from feedback.votes import get_votable
from tests.factories import a_published_entry, some_published_entries
from tests.faq.admin.conftest import analyste, redacteur, sign_in
from tests.feedback.voting import SITE

__all__ = ["analyste", "redacteur", "sign_in"]

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 11, tzinfo=UTC)
HOSPITAL = "192.0.2.0/24"
ASIDE = f"{reverse('admin:feedback_inbox')}?boite=quarantaine"


@pytest.fixture
def entry():
    return a_published_entry()


def say(entry, visitor, seconds=0, network=HOSPITAL, text="Faux.", reason=None):
    moment = NOON + timedelta(seconds=seconds)
    return save_comment(get_votable(entry.pk), visitor, NewComment(reason, text), at=moment, network=network)


def a_burst(entry, too_many=3):
    """Fill what one network may send in a minute, and more; give where each stands."""
    return [say(entry, f"robot {rank}") for rank in range(COMMENTS_PER_NETWORK[MINUTE] + too_many)]


def send(entry, text="Faux.", address="192.0.2.1", **fields):
    sent = {"commentaire": text, **fields}
    response = Client(REMOTE_ADDR=address).post(f"/fiche/{entry.pk}/commentaire/", sent, headers={"Origin": SITE})
    return response["Location"].partition("#")[2].rpartition("-")[0]


class TestABurst:
    def test_from_one_network_on_one_entry_is_set_aside_and_kept(self, entry):
        assert a_burst(entry) == [Standing.COUNTED] * COMMENTS_PER_NETWORK[MINUTE] + [Standing.SET_ASIDE] * 3
        assert Comment.objects.counted().count() == Comment.objects.open().count() == COMMENTS_PER_NETWORK[MINUTE]
        assert Comment.objects.set_aside().count() == 3

    def test_of_reasons_without_words_is_one_too(self, entry):
        given = [
            say(entry, f"{rank}", text="", reason=CommentReason.WRONG)
            for rank in range(COMMENTS_PER_NETWORK[MINUTE] + 1)
        ]
        assert given.count(Standing.SET_ASIDE) == 1

    def test_says_nothing_of_other_entries_and_networks_and_ends(self, entry):
        a_burst(entry, 0)
        assert say(entry, "ailleurs", network="198.51.100.0/24") == Standing.COUNTED
        assert say(a_published_entry("Et ?", "Oui."), "robot") == Standing.COUNTED
        assert say(entry, "trop tôt", 59) == Standing.SET_ASIDE
        assert say(entry, "plus tard", 61) == Standing.COUNTED

    def test_from_everywhere_is_one(self, entry):
        given = [say(entry, f"{rank}", network=f"10.0.{rank}.0/24") for rank in range(COMMENTS_PER_ENTRY[MINUTE] + 1)]
        assert given.count(Standing.SET_ASIDE) == 1

    @pytest.mark.slow
    def test_that_spares_no_entry_is_one(self):
        entries = some_published_entries(COMMENTS_PER_SITE[HOUR] + 1)
        given = [say(one, "robot", rank % 3_000, f"10.0.{rank}.0/24") for rank, one in enumerate(entries)]
        assert given == [Standing.COUNTED] * COMMENTS_PER_SITE[HOUR] + [Standing.SET_ASIDE]


def test_fifty_people_of_one_hospital_in_an_hour_are_all_read(entry):
    given = {say(entry, f"soignant {rank}", rank * 70) for rank in range(50)}
    assert given == {Standing.COUNTED}


def test_nobody_is_thanked_for_what_is_set_aside(entry):
    told = [send(entry, f"Faux {rank}.") for rank in range(COMMENTS_PER_NETWORK[MINUTE] + 2)]
    assert told == ["recu"] * COMMENTS_PER_NETWORK[MINUTE] + ["garde"] * 2
    html = Client().get(entry.get_absolute_url()).content.decode()
    assert f'id="garde-{entry.pk}"' in html
    assert "Votre remarque est mise de côté" in html


def test_enormous_remarks_are_cut_quickly_and_set_aside_like_others(entry):
    hostile = ("06 12 " * 60_000, "a@" * 200_000, "\u0301" * 300_000)
    told = [send(entry, hostile[rank % 3]) for rank in range(COMMENTS_PER_NETWORK[MINUTE] + 1)]
    assert told[-1] == "garde"
    assert all(len(text) <= VISITOR_COMMENT_MAX_LENGTH for text in Comment.objects.values_list("text", flat=True))


def test_addresses_are_stored_nowhere_and_what_tells_networks_goes_the_day_after(entry):
    send(entry, address="192.0.2.77")
    assert Comment.objects.exclude(source="").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM feedback_comment")
        assert "192.0.2" not in str(cursor.fetchall())
    assert delete_sources(timezone.localdate() + timedelta(days=1)) == 1
    assert not Comment.objects.exclude(source="").exists()


class TestJudging:
    def test_reinstates_and_dismisses_and_says_who(self, entry, redacteur):
        a_burst(entry)
        first, *others = Comment.objects.set_aside().values_list("pk", flat=True)
        page = redacteur.get(ASIDE).content.decode()
        assert page.count('name="comment"') == 3
        answer = redacteur.post(ASIDE, {"comment": [first], "standing": "reintegre"}, follow=True)
        assert "1 commentaire réintégré." in answer.content.decode()
        redacteur.post(ASIDE, {"comment": others, "standing": "ecarte"})
        assert not Comment.objects.set_aside().exists()
        assert Comment.objects.counted().count() == COMMENTS_PER_NETWORK[MINUTE] + 1
        judged = Comment.objects.get(pk=first)
        assert (judged.standing, judged.judged_by, judged.state) == (
            Standing.REINSTATED,
            redacteur.user,
            FollowUpState.NEW,
        )
        assert redacteur.get(f"{ASIDE}&suivi=ecarte").content.decode().count('name="comment"') == 2

    @pytest.mark.parametrize("sent", [{"comment": "1"}, {"comment": "1", "standing": "compte"}, {"standing": "ecarte"}])
    def test_changes_nothing_where_something_is_missing(self, entry, redacteur, sent):
        a_burst(entry)
        waiting = Comment.objects.set_aside().count()
        if "comment" in sent:
            sent = sent | {"comment": Comment.objects.set_aside()[0].pk}
        redacteur.post(ASIDE, sent)
        assert Comment.objects.set_aside().count() == waiting

    def test_leaves_alone_what_was_never_set_aside(self, entry):
        say(entry, "a")
        assert judge_comments([Comment.objects.get().pk], Standing.DISMISSED, None) == 0

    def test_is_for_those_who_write(self, entry, analyste):
        a_burst(entry)
        pk = Comment.objects.set_aside()[0].pk
        assert "Réintégrer" not in analyste.get(ASIDE).content.decode()
        assert analyste.post(ASIDE, {"comment": pk, "standing": "reintegre"}).status_code == 403

    def test_is_done_anew_when_something_else_is_said(self, entry):
        a_burst(entry, 1)
        last = f"robot {COMMENTS_PER_NETWORK[MINUTE]}"
        pk = Comment.objects.set_aside().get().pk
        judge_comments([pk], Standing.DISMISSED, None)
        assert say(entry, last, 7200, text="Tout autre chose.") == Standing.SET_ASIDE
        judge_comments([pk], Standing.REINSTATED, None)
        assert say(entry, last, 7300, text="Encore.") == Standing.REINSTATED


def test_the_inbox_and_its_number_leave_them_out(entry, redacteur):
    a_burst(entry)
    inbox = redacteur.get(reverse("admin:feedback_inbox")).context["groups"]
    assert [group.total for group in inbox] == [COMMENTS_PER_NETWORK[MINUTE]]
