"""Scores from stored votes: per version, carried over slips, started afresh by rewrites; the worst first."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry
from feedback.models import MonthlyCount, Vote, VoteAnswer
from feedback.scoring import Tally
from feedback.tallies import get_runs, tallies_by_entry, tallies_by_version, worst_answers
from feedback.votes import cast_vote
from tests.factories import a_published_entry, by_command
from tests.feedback.test_merged_votes import merge

pytestmark = pytest.mark.django_db


def votes(entry, yes=0, no=0, name="v"):
    for rank in range(yes + no):
        cast_vote(entry.pk, VoteAnswer.YES if rank < yes else VoteAnswer.NO, f"{name} {rank}")


def publish(entry, question, answer, *, minor=False):
    edit_entry(entry.pk, Content(question, answer), by_command(minor=minor))
    return publish_entry(entry.pk, by_command()).version


def test_a_slip_keeps_the_score_and_a_rewrite_starts_afresh():
    entry = a_published_entry("Où ?", "Isi.")
    votes(entry, yes=2, no=1, name="a")
    minor = publish(entry, "Où ?", "Ici.", minor=True)
    votes(entry, yes=1, name="b")
    rewritten = publish(entry, "Où ?", "Là-bas, tout au fond.")
    votes(entry, no=4, name="c")
    before, after = get_runs([entry.pk])[entry.pk]
    assert (before.numbers, before.tally) == ((entry.live.number, minor.number), Tally(3, 1))
    assert (after.numbers, after.tally) == ((rewritten.number,), Tally(0, 4))


def test_what_old_months_left_counts():
    entry = a_published_entry()
    votes(entry, yes=1)
    MonthlyCount.objects.create(version=entry.live, month=date(2020, 1, 1), yes=5, no=2)
    MonthlyCount.objects.create(version=entry.live, month=date(2020, 2, 1), no=1)
    assert tallies_by_version() == {entry.pk: {entry.live.number: Tally(6, 3)}}


def test_votes_on_a_merged_entry_count_for_the_survivor_and_not_for_its_text():
    kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
    votes(gone, yes=3, name="w")
    merge(kept, gone)
    votes(kept, no=1)
    assert tallies_by_entry(Vote.objects.all()) == {kept.pk: Tally(3, 1)}
    assert get_runs([kept.pk])[kept.pk][-1].tally == Tally(0, 1)


def test_the_worst_come_first_by_what_is_sure_and_few_votes_say_nothing():
    few, bad, surely_bad, good, gone = (a_published_entry(f"{name} ?", f"{name}.") for name in "ABCDE")
    for entry, yes, no in ((few, 0, 9), (bad, 1, 9), (surely_bad, 5, 30), (good, 9, 1), (gone, 0, 20)):
        votes(entry, yes, no)
    archive_entry(gone.pk, by_command())
    worst = worst_answers(10)
    assert [(one.entry.pk, one.tally) for one in worst] == [
        (surely_bad.pk, Tally(5, 30)),
        (bad.pk, Tally(1, 9)),
        (good.pk, Tally(9, 1)),
    ]
    assert len(worst_answers(1)) == 1
    publish(surely_bad, "C ?", "Tout autre chose.")
    assert surely_bad.pk not in [one.entry.pk for one in worst_answers(10)]


@pytest.mark.parametrize("number", [2, 12])
def test_ranking_costs_the_same_whatever_there_is(number):
    for rank in range(number):
        votes(a_published_entry(f"Question {rank} ?", f"Réponse {rank}."), no=10)
    worst_answers(50)
    with CaptureQueriesContext(connection) as queries:
        assert len(worst_answers(50)) == number
    assert len(queries) == 8
