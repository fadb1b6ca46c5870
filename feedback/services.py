"""Taking votes: one per visitor and entry, whatever is clicked, however often, at the same time.

Votes that come in bursts are set aside: kept, not counted, and shown to editors, who reinstate or dismiss them.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from faq.models import Entry, Publication
from faq.services.roles import ROLES, Author, grant, require
from feedback.models import Answer, Standing, Vote
from feedback.sources import source_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FROM_ONE_NETWORK = {MINUTE: 20, HOUR: 200}
"""New votes on one entry that count; a whole hospital may come from one network."""
FROM_ANYWHERE = 100
"""New votes on one entry that count within a minute, wherever they come from."""


class VoteRefused(ValueError):
    """A vote that cannot be taken; nothing was written. The message says why, in French."""


class Outdated(Exception):
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


def grant_rights(**signal: Any) -> None:
    """Let every role read what visitors say, and those who write deal with it. Called after every migration."""
    for role in ROLES:
        grant(role, {"feedback.view_vote", "feedback.view_comment"})
    for role in ("rédacteur", "relecteur", "administrateur"):
        grant(role, {"feedback.change_comment"})
    for role in ("relecteur", "administrateur"):
        grant(role, {"feedback.judge_vote"})


def new_visitor_token() -> str:
    """Make the random name (256 bits) by which one browser's votes are told from another's."""
    return secrets.token_urlsafe(32)


def visitor_hash(token: str, entry: int) -> str:
    """Give what is stored of a visitor for one entry: HMAC-SHA-256 (RFC 2104), in hexadecimal.

    `entry` is its number. Without the site's key it tells nothing, and two entries' hashes of one visitor cannot
    be matched.
    """
    message = f"{entry}:{token}".encode()
    return hmac.new(settings.VOTE_KEY.encode(), message, hashlib.sha256).hexdigest()


def votable(number: int) -> Votable:
    """Read what a vote on an entry needs. Raises Entry.DoesNotExist, and VoteRefused where it is not live."""
    entry = Entry.objects.select_related("live").only("live__number").get(pk=number)
    if entry.live is None:
        raise VoteRefused(f"La fiche {entry.reference} n’est plus en ligne : votre avis n’a pas été enregistré.")
    return Votable(entry.pk, entry.live.pk, entry.live.number, tuple(entry.former_numbers))


def version_read(entry: Votable, number: int | None) -> int:
    """Give the primary key of the version that was read: the live one for a number that never was live."""
    if number is None or number == entry.version:
        return entry.version_id
    published = Publication.objects.filter(entry=entry.number, version__number=number)
    return published.values_list("version", flat=True).first() or entry.version_id


def cast_vote(
    on: int | Votable,
    answer: Answer,
    token: str,
    *,
    version: int | None = None,
    at: datetime | None = None,
    network: str = "",
) -> Standing | None:
    """Store the visitor's answer on a live entry, in place of an earlier one by the same visitor.

    `on` is the entry's number, or what is known of it already. `version` is the number of the version that was
    read: the live one where it is not given, or was never live. `network` is where the vote comes from, as
    `network_of` gives it. One statement writes the vote, so that races leave one vote and never a false one.
    Tells where the vote stands; None where there is none, since who withdraws a vote without having voted leaves
    nothing behind. Raises Entry.DoesNotExist, and VoteRefused where the entry is not live; Outdated where what was
    known of it is true no more.
    """
    entry = on if isinstance(on, Votable) else votable(on)
    moment = at or timezone.now()
    if answer == Answer.WITHDRAWN:
        return _withdraw(entry, token, moment)
    row = _Row(
        version_read(entry, version),
        visitor_hash(token, entry.number),
        answer,
        moment,
        source_of(network, entry.number, moment),
    )
    if not entry.former_numbers:
        return _write(entry, row)
    with transaction.atomic():
        standing = _write(entry, row)
        Vote.objects.filter(_on_merged_entries(token, entry)).update(given_again=True)
    return standing


@transaction.atomic
def judge_votes(votes: Iterable[int], standing: Standing, author: Author) -> int:
    """Have votes that were set aside count after all, or never; give how many there were.

    `votes` are their primary keys, `standing` is REINSTATED or DISMISSED. Those that are in no quarantine, or that
    somebody judged already, may be judged anew; votes that were never set aside are left alone.
    Raises PermissionDenied.
    """
    require(author, "feedback.judge_vote")
    judged = Vote.objects.filter(pk__in=list(votes)).exclude(standing__in=(Standing.COUNTED, standing))
    return judged.update(standing=standing, judged_by=author, judged_at=timezone.now())


_INSERT = f"""
INSERT INTO feedback_vote
  (entry_id, version_id, visitor_hash, answer, first_voted_at, voted_at, given_again, source, standing)
SELECT id, %s, %s, %s, %s, %s, %s, %s, (
  SELECT CASE WHEN COUNT(CASE WHEN first_voted_at > %s THEN 1 END) >= {FROM_ANYWHERE}
    OR COUNT(CASE WHEN source = %s AND source <> '' AND first_voted_at > %s THEN 1 END) >= {FROM_ONE_NETWORK[MINUTE]}
    OR COUNT(CASE WHEN source = %s AND source <> '' THEN 1 END) >= {FROM_ONE_NETWORK[HOUR]}
    THEN '{Standing.SET_ASIDE}' ELSE '{Standing.COUNTED}' END
  FROM feedback_vote WHERE entry_id = %s AND first_voted_at > %s AND first_voted_at <= %s
)
FROM faq_entry WHERE id = %s AND live_id = %s
  AND (SELECT COUNT(*) FROM faq_entryalias WHERE survivor_id = %s) = %s
ON CONFLICT (entry_id, visitor_hash) DO UPDATE
  SET version_id = excluded.version_id, answer = excluded.answer, voted_at = excluded.voted_at
RETURNING standing
"""  # noqa: S608 - our own numbers
"""One statement, written out: Django's upsert can neither look at the votes of the last hour nor make sure that the
entry is still live, and takes twice the time. Whoever votes again keeps the standing of the first vote."""


_Value = str | int | None


@dataclass(frozen=True, slots=True)
class _Row:
    """A vote as it is to be stored."""

    version: int
    visitor: str
    answer: Answer
    at: datetime
    source: str


def _write(entry: Votable, row: _Row) -> Standing:
    now, minute, hour = (
        connection.ops.adapt_datetimefield_value(moment) for moment in (row.at, row.at - MINUTE, row.at - HOUR)
    )
    values = (row.version, row.visitor, str(row.answer.value), now, now, False, row.source)
    burst = (minute, row.source, minute, row.source, entry.number, hour, now)
    still = (entry.number, entry.version_id, entry.number, len(entry.former_numbers))
    stored = _fetch((*values, *burst, *still))
    if stored is None:
        raise Outdated
    return Standing(stored[0])


def _fetch(values: Sequence[_Value]) -> tuple[str] | None:
    """Carry the statement out; on a connection that broke while nobody used it, on a new one.

    Trying beats asking before every vote whether the connection still stands: written twice a vote is still one.
    """
    if connection.in_atomic_block:
        return _execute(values)
    try:
        connection.health_check_done = True  # type: ignore[attr-defined]
        return _execute(values)
    except (OperationalError, InterfaceError):
        connection.close()
        return _execute(values)


def _execute(values: Sequence[_Value]) -> tuple[str] | None:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        stored: tuple[str] | None = cursor.fetchone()
        return stored


def _withdraw(entry: Votable, token: str, at: datetime) -> Standing | None:
    own = Q(entry=entry.number, visitor_hash=visitor_hash(token, entry.number))
    votes = Vote.objects.filter(own | _on_merged_entries(token, entry))
    return Standing.COUNTED if votes.update(answer=Answer.WITHDRAWN, voted_at=at) else None


def _on_merged_entries(token: str, entry: Votable) -> Q:
    """Find what the visitor voted on entries that were merged into this one; nothing (false) where none was."""
    found = Q()
    for number in entry.former_numbers:
        found |= Q(entry=number, visitor_hash=visitor_hash(token, number))
    return found
