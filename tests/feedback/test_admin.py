"""Votes in the admin: read, without a trace of who gave them."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from feedback.models import Standing, Vote, VoteAnswer
from feedback.votes import cast_vote
from tests.factories import a_published_entry

LIST = reverse("admin:feedback_vote_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyste(client):
    user = User.objects.create_user("analyste", is_staff=True)
    user.groups.add(Group.objects.get(name="analyste"))
    client.force_login(user)
    return client


def test_votes_are_read_and_never_who_gave_them(analyste):
    entry = a_published_entry("Comment ?")
    cast_vote(entry.pk, VoteAnswer.YES, "jeton")
    vote = Vote.objects.get()
    page = reverse("admin:feedback_vote_change", args=(vote.pk,))
    for address in (LIST, page):
        text = analyste.get(address).content.decode()
        assert "Comment ?" in text
        assert "Version 2" in text
        assert vote.visitor_hash not in text
    assert analyste.post(page, {"answer": "non"}).status_code == 403
    assert analyste.get(reverse("admin:feedback_vote_add")).status_code == 403


def test_the_list_costs_the_same_whatever_it_holds(analyste, django_assert_max_num_queries):
    entry = a_published_entry()
    cast_vote(entry.pk, VoteAnswer.YES, "jeton")
    analyste.get(LIST)
    with django_assert_max_num_queries(20) as few:
        analyste.get(LIST)
    for rank in range(30):
        cast_vote(a_published_entry(f"Question {rank} ?").pk, VoteAnswer.NO, f"jeton {rank}")
    with django_assert_max_num_queries(len(few)):
        analyste.get(LIST)
    assert Vote.objects.count() == 31


@pytest.fixture
def relecteur(client):
    user = User.objects.create_user("relecteur", is_staff=True)
    user.groups.add(Group.objects.get(name="relecteur"))
    client.force_login(user)
    return client


def some_votes(standing, number=3):
    entry = a_published_entry()
    for rank in range(number):
        cast_vote(entry.pk, VoteAnswer.NO, f"jeton {rank}")
    Vote.objects.update(standing=standing)
    return list(Vote.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("action", "standing", "said"),
    [
        ("reinstate", Standing.REINSTATED, "3 votes réintégrés."),
        ("dismiss", Standing.DISMISSED, "3 votes écartés."),
    ],
)
def test_reviewers_judge_what_was_set_aside(relecteur, action, standing, said):
    votes = some_votes(Standing.SET_ASIDE)
    aside = f"{LIST}?standing__exact={Standing.SET_ASIDE}"
    response = relecteur.post(aside, {"action": action, "_selected_action": votes}, follow=True)
    assert said in response.content.decode()
    assert {vote.standing for vote in Vote.objects.all()} == {standing}
    page = relecteur.get(reverse("admin:feedback_vote_change", args=(votes[0],))).content.decode()
    assert "relecteur, " in page


def test_votes_that_were_never_set_aside_stay_as_they_are(relecteur):
    votes = some_votes(Standing.COUNTED)
    response = relecteur.post(LIST, {"action": "dismiss", "_selected_action": votes}, follow=True)
    assert "n’ont jamais été en quarantaine : 3." in response.content.decode()
    assert Vote.objects.counted().count() == 3


def test_readers_do_not_judge(analyste):
    votes = some_votes(Standing.SET_ASIDE)
    assert 'name="action"' not in analyste.get(LIST).content.decode()
    analyste.post(LIST, {"action": "reinstate", "_selected_action": votes})
    assert Vote.objects.set_aside().count() == 3
