"""The statement that stores a vote: one per visitor and entry, set aside in a burst, on an entry that is still live."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection
from psycopg import Cursor

from feedback.models import Standing, VoteAnswer

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
VOTES_PER_NETWORK = {MINUTE: 20, HOUR: 200}
"""New votes on one entry that count; a whole hospital may come from one network."""
VOTES_PER_ENTRY = 100
"""New votes on one entry that count within a minute, wherever they come from."""


class VotableOutdated(Exception):
    """What was known of an entry is true no more; nothing was written."""


@dataclass(frozen=True, slots=True)
class Votable:
    """What taking a vote needs to know of a live entry; whether it is still true the vote's own statement checks."""

    number: int
    version_id: int
    """The key of the live version."""
    version: int
    """The number of the live version."""
    former_numbers: tuple[int, ...]
    """Those of the entries that were merged into this one."""
    address: str
    """The path of the entry's public page."""


@dataclass(frozen=True, slots=True)
class VoteToStore:
    """A vote as it is to be stored."""

    on: Votable
    version: int
    """The key of the version that was read."""
    visitor: str
    """The visitor's hash for this entry."""
    answer: VoteAnswer
    at: datetime
    source: str
    """What tells other votes from the same network; "" for none."""
    late: bool
    """Whether it is of an earlier moment than now, which may have been added up already."""


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
"""One statement, written out: Django's upsert can neither look at the votes of the last hour nor make sure that the
entry is still live, and takes twice the time. Whoever votes again keeps the standing of the first vote.

A burst is looked for by its last vote that would be one too many, so that no longer one takes longer to find. A source
is one of this entry and this day; the condition on it is written as the index has it, or SQLite does not use that."""


def store_vote(cast: VoteToStore) -> Standing:
    """Store a vote, in place of an earlier one by the same visitor; tell where it stands.

    Raises Outdated where what the vote says of the entry is true no more.
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
    """Carry the statement out; on a connection that fails, which may have broken unused, once more on a new one.

    Trying beats asking before every vote whether the connection still stands: written twice a vote is still one.
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
    """Return a cursor that sends the values apart from the text.

    PostgreSQL then plans the statement once per connection, where the settings allow it to be prepared, rather than
    for each vote, which takes longer than all the rest. Django's own cursor writes the values into the text.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
