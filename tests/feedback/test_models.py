"""Votes: what the database refuses, by the name of its rule."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from faq.models import Entry
from feedback.models import Answer, Vote
from tests.factories import a_published_entry

pytestmark = pytest.mark.django_db


def at(day, month=3):
    return datetime(2026, month, day, 12, tzinfo=timezone.get_current_timezone())


@pytest.fixture
def entry():
    return a_published_entry()


def a_vote(entry, visitor="visitor", answer=Answer.YES, moment=None):
    moment = moment or at(1)
    return Vote.objects.create(
        entry=entry,
        version=entry.live,
        visitor_hash=visitor,
        answer=answer,
        first_voted_at=moment,
        voted_at=moment,
    )


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("vote_one_per_visitor_and_entry", {"visitor": "visitor"}),
        ("vote_answer_known", {"visitor": "other", "answer": "bof"}),
        ("vote_has_visitor", {"visitor": ""}),
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


def test_an_entry_with_votes_is_not_deleted(entry):
    a_vote(entry)
    with pytest.raises(ProtectedError):
        Entry.objects.filter(pk=entry.pk).delete()


def test_withdrawn_votes_do_not_count(entry):
    kept = a_vote(entry)
    a_vote(entry, "other", Answer.WITHDRAWN)
    assert list(Vote.objects.counted()) == [kept]


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
    }
