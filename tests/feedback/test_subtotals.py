"""Votes of past weeks, added up once: right whatever happens to them afterwards, and as cheap for many as for few."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.dashboard import recent_votes
from feedback.models import AddedUp, Standing, Subtotal, Vote, VoteAnswer
from feedback.recount import recount_votes
from feedback.scoring import Tally
from feedback.subtotals import EARLIER, WEEKS, all_tallies_by_version, update_subtotals
from feedback.tallies import tallies_by_version, worst_answers
from feedback.votes import cast_vote, judge_votes
from tests.factories import a_published_entry
from tests.feedback.test_merged_votes import merge
from tests.feedback.voting import together

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LAST_MONTH = NOW - timedelta(weeks=4)


@pytest.fixture
def entry():
    return a_published_entry()


def votes(entry, yes=0, no=0, at=LAST_MONTH, name="v"):
    for rank in range(yes + no):
        cast_vote(entry.pk, VoteAnswer.YES if rank < yes else VoteAnswer.NO, f"{name} {rank}", at=at)


def recent():
    return sum(recent_votes(NOW).values(), Tally())


def all_is_right():
    """Compare with what is counted directly, and one by one."""
    assert all_tallies_by_version(NOW) == tallies_by_version()
    return recount_votes(check=True).subtotals == 0


def test_weeks_are_told_apart_and_what_is_older_is_not(entry):
    for weeks in (0, 2, WEEKS - 1, WEEKS + 5, WEEKS + 50):
        votes(entry, yes=1, at=NOW - timedelta(weeks=weeks), name=f"{weeks}")
    assert all_is_right()
    update_subtotals(NOW)
    assert sorted(Subtotal.objects.values_list("yes", flat=True)) == [1, 1, 2]
    assert Subtotal.objects.get(week=EARLIER).yes == 2
    assert recent() == Tally(3, 0)


class TestAVoteThatWasAddedUp:
    @pytest.fixture(autouse=True)
    def _added_up(self, entry):
        votes(entry, yes=3, no=2)
        assert recent() == Tally(3, 2)

    def test_counts_otherwise_once_it_is_changed(self, entry):
        cast_vote(entry.pk, VoteAnswer.NO, "v 0")
        assert recent() == Tally(2, 3)
        assert all_is_right()

    def test_counts_no_more_once_it_is_withdrawn(self, entry):
        cast_vote(entry.pk, VoteAnswer.WITHDRAWN, "v 0")
        assert recent() == Tally(2, 2)
        assert all_is_right()

    def test_counts_no_more_while_it_is_dismissed(self, entry):
        Vote.objects.update(standing=Standing.REINSTATED)
        judge_votes([Vote.objects.filter(answer=VoteAnswer.YES)[0].pk], Standing.DISMISSED, None)
        assert recent() == Tally(2, 2)
        assert all_is_right()

    def test_counts_for_the_survivor_and_once_for_both(self, entry):
        survivor = a_published_entry("Et ?", "Oui.")
        merge(survivor, entry)
        assert {entry for entry, _ in recent_votes(NOW)} == {survivor.pk}
        cast_vote(survivor.pk, VoteAnswer.NO, "v 0")
        assert recent() == Tally(2, 3)
        assert all_is_right()

    def test_is_joined_by_one_that_comes_late(self, entry):
        votes(entry, no=1, name="late")
        assert recent() == Tally(3, 3)
        assert all_is_right()


def test_a_week_that_ends_is_added_up(entry):
    votes(entry, yes=2, at=NOW)
    assert recent() == Tally(2, 0)
    later = NOW + timedelta(weeks=1, hours=1)
    assert sum(recent_votes(later).values(), Tally()) == Tally(2, 0)
    assert Subtotal.objects.get().yes == 2


@pytest.mark.parametrize(("field", "value"), [("yes", 7), ("no_again", 1)])
def test_a_wrong_subtotal_is_found_and_put_right(entry, field, value):
    votes(entry, yes=3)
    update_subtotals(NOW)
    Subtotal.objects.update(**{field: value})
    assert recount_votes(check=True).subtotals == 1
    assert getattr(Subtotal.objects.get(), field) == value
    assert recount_votes().subtotals == 1
    assert all_is_right()


def test_a_subtotal_that_is_missing_or_too_many_is_found(entry):
    votes(entry, yes=3)
    update_subtotals(NOW)
    Subtotal.objects.create(version=entry.live, week=EARLIER, yes=1, no=0, yes_again=0, no_again=0)
    assert recount_votes().subtotals == 1
    Subtotal.objects.all().delete()
    assert recount_votes().subtotals == 1
    assert recent() == Tally(3, 0)


def test_the_nightly_command_adds_up(entry, capsys):
    votes(entry, yes=3)
    call_command("rank_by_votes")
    assert Subtotal.objects.get().yes == 3


@pytest.mark.django_db(transaction=True)
def test_several_who_add_up_at_once_add_up_once():
    votes(a_published_entry(), yes=3)
    assert together(*[lambda: update_subtotals(NOW)] * 4) == []
    assert AddedUp.objects.count() == 1
    assert Subtotal.objects.get().yes == 3


def test_many_votes_cost_no_more_queries_and_no_more_rows_than_few(entry):
    costs = []
    for number in (10, 150):
        votes(entry, yes=number, name=f"{number}")
        update_subtotals(NOW)
        with CaptureQueriesContext(connection) as queries:
            recent_votes(NOW)
            worst_answers(5, NOW)
        costs.append((len(queries), Subtotal.objects.count()))
    assert costs[0] == costs[1]
