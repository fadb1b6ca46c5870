"""The statement that stores a vote: one per visitor and entry, set aside in a burst, only while the entry is live."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error, connection
from psycopg import Cursor

from feedback.limits import HOUR, MINUTE, VOTES_PER_ENTRY, VOTES_PER_NETWORK
from feedback.models import Standing, VoteAnswer


class VotableOutdated(Exception):
    """A Votable that no longer describes its entry; nothing was written."""


@dataclass(frozen=True, slots=True)
class Votable:
    """The facts about a live entry that a vote needs. The statement that stores the vote checks that it still holds."""

    number: int
    version_id: int
    """The primary key of the live version."""
    version: int
    """The number of the live version."""
    former_numbers: tuple[int, ...]
    """The numbers of the entries that were merged into this one."""
    address: str
    """The path of the entry's public page."""


@dataclass(frozen=True, slots=True)
class VoteToStore:
    """A vote that is about to be stored."""

    on: Votable
    version: int
    """The primary key of the version that was read."""
    visitor: str
    """The visitor's hash for this entry."""
    answer: VoteAnswer
    at: datetime
    source: str
    """The hash that votes from one network share on one day and entry; "" for an unknown network."""
    late: bool
    """Whether the vote is dated before now, in a week that may be summed already."""


_INSERT = f"""
INSERT INTO feedback_vote
  (entry_id, version_id, visitor_hash, answer, first_voted_at, voted_at, given_again, source, changed, standing)
SELECT id, %s, %s, %s, %s, %s, %s, %s, %s, CASE
  WHEN EXISTS (
    SELECT 1 FROM feedback_vote WHERE entry_id = %s AND first_voted_at > %s AND first_voted_at <= %s
    ORDER BY first_voted_at DESC LIMIT 1 OFFSET {VOTES_PER_ENTRY - 1}
  ) OR EXISTS (
    SELECT 1 FROM feedback_vote WHERE source = %s AND NOT (source = '') AND first_voted_at > %s AND first_voted_at <= %s
    LIMIT 1 OFFSET {VOTES_PER_NETWORK[MINUTE] - 1}
  ) OR EXISTS (
    SELECT 1 FROM feedback_vote WHERE source = %s AND NOT (source = '') AND first_voted_at > %s AND first_voted_at <= %s
    LIMIT 1 OFFSET {VOTES_PER_NETWORK[HOUR] - 1}
  ) THEN '{Standing.SET_ASIDE}' ELSE '{Standing.COUNTED}' END
FROM faq_entry WHERE id = %s AND live_id = %s
  AND (SELECT COUNT(*) FROM faq_entryalias WHERE survivor_id = %s) = %s
ON CONFLICT (entry_id, visitor_hash) DO UPDATE
  SET version_id = excluded.version_id, answer = excluded.answer, voted_at = excluded.voted_at, changed = %s
RETURNING standing
"""  # noqa: S608 - our own numbers
"""One statement, in SQL: Django's upsert can neither count the votes of the last hour nor check that the entry is still
live, and takes twice the time. A second vote of one visitor keeps the standing of the first.

A burst is recognised by reading as many votes as are allowed and no more, so that a longer burst does not take longer.
The condition on the source is written as in its index, because SQLite does not use the index otherwise."""


def store_vote(cast: VoteToStore) -> Standing:
    """Store a vote in place of an earlier one by the same visitor, and return its standing.

    Raises VotableOutdated.
    """
    stored = _fetch(_values(cast))
    if stored is None:
        raise VotableOutdated
    return Standing(stored[0])


def _values(cast: VoteToStore) -> tuple[Any, ...]:
    entry, source = cast.on, cast.source
    now, minute, hour = (
        connection.ops.adapt_datetimefield_value(moment) for moment in (cast.at, cast.at - MINUTE, cast.at - HOUR)
    )
    row = (cast.version, cast.visitor, str(cast.answer.value), now, now, False, source, cast.late)
    burst = (entry.number, minute, now, source, minute, now, source, hour, now)
    still = (entry.number, entry.version_id, entry.number, len(entry.former_numbers))
    return (*row, *burst, *still, True)


def _fetch(values: tuple[Any, ...]) -> tuple[str] | None:
    """Execute the statement; if the connection fails, once more on a new one.

    A connection may break while it is idle. Executing twice is safe, and saves a health check before every vote.
    """
    if connection.in_atomic_block:
        return _execute(values)
    try:
        connection.health_check_done = True  # type: ignore[attr-defined]
        return _execute(values)
    except Error:
        connection.close()
        return _execute(values)


def _execute(values: tuple[Any, ...]) -> tuple[str] | None:
    with _cursor() as cursor:
        cursor.execute(_INSERT, values)
        stored: tuple[str] | None = cursor.fetchone()
        return stored


def _cursor() -> Any:
    """Return a cursor that sends values separately from the statement.

    PostgreSQL then plans the statement once per connection, where the settings allow it to be prepared, rather than
    for each vote, which takes longer than all the rest. Django's own cursor writes the values into the text.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
