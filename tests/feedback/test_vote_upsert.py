"""The statement that stores a vote, on PostgreSQL: planned once where it may be prepared, and no vote lost to that."""

import pytest
from django.db import connection

from feedback.models import Vote, VoteAnswer
from feedback.votes import cast_vote
from tests.factories import a_published_entry

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="les requêtes préparées sont celles de PostgreSQL"),
]


@pytest.fixture
def entry():
    """An entry, and a connection that prepares what it carries out a second time."""
    entry = a_published_entry().pk
    connection.ensure_connection()
    connection.connection.prepare_threshold = 1
    yield entry
    connection.close()


def vote(entry, first, number):
    for rank in range(first, first + number):
        cast_vote(entry, VoteAnswer.YES, f"{rank}")


def prepared():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%INSERT INTO feedback_vote%'")
        return cursor.fetchone()[0]


def test_is_planned_once(entry):
    vote(entry, 0, 4)
    assert prepared() == 1
    assert Vote.objects.count() == 4


def test_that_a_pooler_forgot_is_carried_out_on_a_new_connection(entry):
    vote(entry, 0, 4)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    vote(entry, 4, 1)
    assert prepared() == 0
    assert Vote.objects.count() == 5
