"""Votes: what the database refuses, by the name of its rule."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from faq.models import Entry
from feedback.models import Comment, FollowUpState, MonthlyCount, Standing, Vote, VoteAnswer
from tests.factories import a_published_entry

pytestmark = pytest.mark.django_db


def at(day, month=3):
    return datetime(2026, month, day, 12, tzinfo=timezone.get_current_timezone())


@pytest.fixture
def entry():
    return a_published_entry()


def a_vote(entry, visitor="visitor", answer=VoteAnswer.YES, moment=None, **fields):
    moment = moment or at(1)
    return Vote.objects.create(
        entry=entry,
        version=entry.live,
        visitor_hash=visitor,
        answer=answer,
        first_voted_at=moment,
        voted_at=moment,
        **fields,
    )


def a_comment(entry, visitor="visitor", **fields):
    fields = {"text": "Trop long."} | fields
    return Comment.objects.create(
        entry=entry, version=entry.live, visitor_hash=visitor, first_sent_at=at(1), sent_at=at(1), **fields
    )


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("vote_one_per_visitor_and_entry", {"visitor": "visitor"}),
        ("vote_answer_known", {"visitor": "other", "answer": "bof"}),
        ("vote_has_visitor", {"visitor": ""}),
        ("vote_standing_known", {"visitor": "other", "standing": "perdu"}),
    ],
)
def test_the_database_refuses(entry, constraint, fields):
    a_vote(entry)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        a_vote(entry, **fields)
    named = constraint in str(refusal.value)
    # SQLite names the columns of a unique constraint, not the constraint.
    columns = "feedback_vote.entry_id, feedback_vote.visitor_hash" in str(refusal.value)
    assert named or (columns and constraint == "vote_one_per_visitor_and_entry")
    assert Vote.objects.count() == 1


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("comment_one_per_visitor_and_entry", {"visitor": "visitor"}),
        ("comment_says_something", {"text": ""}),
        ("comment_reason_known", {"reason": "bof"}),
        ("comment_state_known", {"state": "perdu"}),
        ("comment_corrected_by_a_version", {"state": FollowUpState.CORRECTED}),
        ("comment_corrected_by_a_version", {"corrected_in_id": 1}),
    ],
)
def test_the_database_refuses_comments(entry, constraint, fields):
    a_comment(entry)
    if "corrected_in_id" in fields:
        fields = {"corrected_in": entry.live}
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        a_comment(entry, **{"visitor": "other"} | fields)
    columns = "feedback_comment.entry_id, feedback_comment.visitor_hash" in str(refusal.value)
    assert constraint in str(refusal.value) or (columns and constraint == "comment_one_per_visitor_and_entry")


def test_counts_of_a_month_are_kept_under_its_first_day(entry):
    MonthlyCount.objects.create(version=entry.live, month=at(1).date(), yes=1)
    for constraint, day in (("monthly_count_of_a_month", 2), ("monthly_count_once", 1)):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            MonthlyCount.objects.create(version=entry.live, month=at(day).date())
        assert constraint in str(refusal.value) or "version_id, feedback_monthlycount.month" in str(refusal.value)


def test_an_entry_with_votes_is_not_deleted(entry):
    a_vote(entry)
    with pytest.raises(ProtectedError):
        Entry.objects.filter(pk=entry.pk).delete()


def test_withdrawn_votes_and_those_set_aside_do_not_count(entry):
    counted = a_vote(entry)
    a_vote(entry, "withdrawn", VoteAnswer.WITHDRAWN)
    waiting = a_vote(entry, "waiting", standing=Standing.SET_ASIDE)
    a_vote(entry, "gone meanwhile", VoteAnswer.WITHDRAWN, standing=Standing.SET_ASIDE)
    a_vote(entry, "dismissed", standing=Standing.DISMISSED)
    reinstated = a_vote(entry, "reinstated", standing=Standing.REINSTATED)
    assert set(Vote.objects.counted()) == {counted, reinstated}
    assert list(Vote.objects.set_aside()) == [waiting]


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, [3, 2, 1]),
        (at(2), None, [3, 2]),
        (None, at(2), [1]),
        (at(1), at(3), [2, 1]),
        (at(2), at(2), []),
    ],
)
def test_votes_of_a_period_begin_with_its_first_moment_and_end_before_its_last(entry, since, until, days):
    for day in (1, 2, 3):
        a_vote(entry, f"visitor {day}", moment=at(day))
    assert [vote.voted_at.day for vote in Vote.objects.between(since, until)] == days


def test_nothing_names_the_visitor():
    columns = {field.column for field in Vote._meta.fields}
    assert columns == {
        "id",
        "entry_id",
        "version_id",
        "visitor_hash",
        "answer",
        "first_voted_at",
        "voted_at",
        "given_again",
        "standing",
        "judged_by_id",
        "judged_at",
        # Empty on the day after: see feedback/networks.py.
        "source",
        "changed",
    }
