"""Bursts: set aside and kept, never counted unseen, never thanked for; and nobody's address stored."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from faq.caching import clear_all
from feedback.limits import HOUR, MINUTE, VOTES_PER_ENTRY, VOTES_PER_NETWORK
from feedback.models import SourceKey, Standing, Vote, VoteAnswer
from feedback.networks import compute_source, delete_sources, get_network
from feedback.votes import cast_vote, judge_votes
from tests.factories import a_published_entry
from tests.feedback.voting import SITE, post

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 11, tzinfo=UTC)
HOSPITAL = "192.0.2.0/24"


@pytest.fixture
def entry():
    return a_published_entry()


def vote_at(entry, seconds, visitor, network=HOSPITAL, answer=VoteAnswer.NO):
    return cast_vote(entry.pk, answer, visitor, at=NOON + timedelta(seconds=seconds), network=network)


class TestABurst:
    def test_from_one_network_on_one_entry_is_set_aside(self, entry):
        limit = VOTES_PER_NETWORK[MINUTE]
        given = [vote_at(entry, rank, f"robot {rank}") for rank in range(limit + 5)]
        assert given == [Standing.COUNTED] * limit + [Standing.SET_ASIDE] * 5
        assert Vote.objects.count() == limit + 5
        assert Vote.objects.counted().count() == limit
        assert Vote.objects.set_aside().count() == 5

    def test_says_nothing_of_other_entries_and_networks(self, entry):
        for rank in range(VOTES_PER_NETWORK[MINUTE]):
            vote_at(entry, 0, f"robot {rank}")
        assert vote_at(entry, 1, "ailleurs", "198.51.100.0/24") == Standing.COUNTED
        assert vote_at(entry, 1, "inconnu", "") == Standing.COUNTED
        assert vote_at(a_published_entry("Et ?", "Oui."), 1, "robot") == Standing.COUNTED

    def test_ends(self, entry):
        for rank in range(VOTES_PER_NETWORK[MINUTE]):
            vote_at(entry, 0, f"robot {rank}")
        assert vote_at(entry, 59, "trop tôt") == Standing.SET_ASIDE
        assert vote_at(entry, 61, "plus tard") == Standing.COUNTED

    def test_that_is_slow_is_one_all_the_same(self, entry):
        pace = 3600 / (2 * VOTES_PER_NETWORK[HOUR])
        given = [vote_at(entry, rank * pace, f"robot {rank}") for rank in range(VOTES_PER_NETWORK[HOUR] + 1)]
        assert given.count(Standing.SET_ASIDE) == 1

    def test_from_everywhere_is_one_too(self, entry):
        given = [vote_at(entry, 0, f"robot {rank}", f"10.0.{rank}.0/24") for rank in range(VOTES_PER_ENTRY + 1)]
        assert given.count(Standing.SET_ASIDE) == 1

    def test_of_one_visitor_who_cannot_decide_is_none(self, entry):
        for rank in range(2 * VOTES_PER_NETWORK[MINUTE]):
            answer = (VoteAnswer.YES, VoteAnswer.NO)[rank % 2]
            assert vote_at(entry, rank, "indécis", answer=answer) == Standing.COUNTED


def test_two_hundred_people_of_one_hospital_in_an_hour_are_all_counted(entry):
    given = {vote_at(entry, rank * 17, f"soignant {rank}") for rank in range(200)}
    assert given == {Standing.COUNTED}
    assert Vote.objects.counted().count() == 200


def test_two_hundred_at_the_same_moment_are_all_kept_and_told_the_truth(entry):
    fragments = [
        post(Client(REMOTE_ADDR="192.0.2.1"), entry.pk, "non")["Location"].partition("#")[2] for _ in range(200)
    ]
    thanked = fragments.count(f"merci-{entry.pk}")
    assert thanked == VOTES_PER_NETWORK[MINUTE]
    assert fragments.count(f"attente-{entry.pk}") == 200 - thanked
    assert (Vote.objects.counted().count(), Vote.objects.set_aside().count()) == (thanked, 200 - thanked)


def test_scripts_are_told_too(entry):
    headers = {"Origin": SITE, "Accept": "application/json"}
    visitors = [Client(REMOTE_ADDR="192.0.2.1") for _ in range(VOTES_PER_NETWORK[MINUTE] + 1)]
    states = [post(visitor, entry.pk, headers=headers).json()["state"] for visitor in visitors]
    assert states == ["merci"] * (len(visitors) - 1) + ["attente"]
    assert post(visitors[0], entry.pk, "retire", headers=headers).json() == {"state": "retrait"}


def test_whoever_votes_again_keeps_the_standing_of_the_first_vote(entry):
    for rank in range(VOTES_PER_NETWORK[MINUTE] + 1):
        vote_at(entry, 0, f"robot {rank}")
    last = f"robot {VOTES_PER_NETWORK[MINUTE]}"
    assert vote_at(entry, 7200, last, answer=VoteAnswer.YES) == Standing.SET_ASIDE
    judge_votes([Vote.objects.set_aside().get().pk], Standing.REINSTATED, None)
    assert vote_at(entry, 7300, last) == Standing.REINSTATED


class TestJudging:
    @pytest.fixture
    def waiting(self, entry):
        for rank in range(VOTES_PER_NETWORK[MINUTE] + 3):
            vote_at(entry, 0, f"robot {rank}")
        return list(Vote.objects.set_aside().values_list("pk", flat=True))

    def test_reinstates_and_dismisses_and_says_who(self, waiting):
        root = User.objects.create_superuser("root")
        counted = Vote.objects.counted().count()
        assert judge_votes(waiting, Standing.REINSTATED, root) == 3
        assert Vote.objects.counted().count() == counted + 3
        assert judge_votes(waiting[:1], Standing.DISMISSED, root) == 1
        assert Vote.objects.counted().count() == counted + 2
        judged = Vote.objects.get(pk=waiting[0])
        assert (judged.standing, judged.judged_by) == (Standing.DISMISSED, root)
        assert judged.judged_at

    def test_leaves_the_others_alone(self, waiting):
        others = Vote.objects.counted().values_list("pk", flat=True)
        assert judge_votes(others, Standing.DISMISSED, None) == 0

    @pytest.mark.parametrize(("role", "may"), [("analyste", False), ("rédacteur", False), ("relecteur", True)])
    def test_is_for_reviewers(self, waiting, role, may):
        user = User.objects.create_user(role)
        user.groups.add(Group.objects.get(name=role))
        if may:
            assert judge_votes(waiting, Standing.REINSTATED, user) == 3
        else:
            with pytest.raises(PermissionDenied):
                judge_votes(waiting, Standing.REINSTATED, user)


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.77", "192.0.2.0/24"),
            (" 192.0.2.1 ", "192.0.2.0/24"),
            ("::ffff:192.0.2.9", "192.0.2.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("", ""),
            ("localhost", ""),
            ("192.0.2.1:8000", ""),
        ],
    )
    def test_are_cut_to_their_network(self, address, network):
        assert get_network(address) == network

    def test_are_stored_nowhere(self, entry):
        post(Client(REMOTE_ADDR="192.0.2.77"), entry.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM feedback_vote")
            row = str(cursor.fetchall())
        assert "192.0.2" not in row

    def test_of_visitors_are_not_taken_from_what_they_say(self, entry, settings):
        for rank in range(VOTES_PER_NETWORK[MINUTE] + 1):
            post(
                Client(REMOTE_ADDR="192.0.2.1"), entry.pk, headers={"Origin": SITE, "X-Forwarded-For": f"10.{rank}.0.1"}
            )
        assert Vote.objects.set_aside().count() == 1

    def test_behind_a_proxy_are_what_it_saw_last(self, entry, settings):
        settings.TRUST_PROXY = True
        for rank in range(VOTES_PER_NETWORK[MINUTE] + 1):
            said = {"Origin": SITE, "X-Forwarded-For": f"10.{rank}.0.1, 192.0.2.1"}
            post(Client(REMOTE_ADDR="127.0.0.1"), entry.pk, headers=said)
            post(Client(REMOTE_ADDR="127.0.0.1"), entry.pk, headers=said | {"X-Forwarded-For": f"10.{rank}.0.1"})
        assert Vote.objects.set_aside().count() == 1


class TestTheKeyOfTheDay:
    def test_tells_networks_and_entries_apart_for_that_day_only(self):
        told = {
            compute_source(network, entry, at)
            for network in ("a", "b")
            for entry in (1, 2)
            for at in (NOON, NOON - HOUR)
        }
        assert len(told) == 4
        assert compute_source("a", 1, NOON + timedelta(days=1)) not in told
        assert compute_source("", 1, NOON) == ""

    def test_goes_the_day_after_and_what_it_made_too(self, entry):
        now = timezone.now()
        yesterday = now - timedelta(days=1)
        cast_vote(entry.pk, VoteAnswer.YES, "hier", at=yesterday, network=HOSPITAL)
        assert Vote.objects.get().source
        cast_vote(entry.pk, VoteAnswer.YES, "aujourd’hui", at=now, network=HOSPITAL)
        assert list(SourceKey.objects.values_list("day", flat=True)) == [timezone.localdate(now)]
        assert [bool(source) for source in Vote.objects.order_by("pk").values_list("source", flat=True)] == [
            False,
            True,
        ]
        assert Vote.objects.count() == 2

    def test_is_the_same_for_all_workers(self, entry):
        first = compute_source(HOSPITAL, entry.pk, NOON)
        clear_all()
        assert compute_source(HOSPITAL, entry.pk, NOON) == first

    def test_that_nobody_made_leaves_nothing_to_forget(self):
        assert delete_sources(timezone.localdate()) == 0
