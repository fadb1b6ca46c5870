"""Taking votes: one per visitor and entry, whatever is clicked, however often, at the same time."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from faq.models import Entry, Version
from faq.services.roles import ROLES, grant
from feedback.models import Answer, Vote


class VoteRefused(ValueError):
    """A vote that cannot be taken; nothing was written. The message says why, in French."""


def grant_reading(**signal: Any) -> None:
    """Let every role read the votes. Called after every migration."""
    for role in ROLES:
        grant(role, {"feedback.view_vote"})


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


@transaction.atomic
def cast_vote(
    number: int, answer: Answer, token: str, *, version: int | None = None, at: datetime | None = None
) -> bool:
    """Store the visitor's answer on a live entry, in place of an earlier one by the same visitor.

    `version` is the number of the version that was read: the live one where it is not given, or was
    never live. One statement writes the vote, so that races leave one vote and never a false one.
    Tells whether there is a vote now: who withdraws a vote without having voted leaves nothing behind.
    Raises Entry.DoesNotExist, and VoteRefused where the entry is not live.
    """
    entry = Entry.objects.select_related("live").get(pk=number)
    if entry.live is None:
        raise VoteRefused(f"La fiche {entry.reference} n’est plus en ligne : votre avis n’a pas été enregistré.")
    moment = at or timezone.now()
    earlier = _on_merged_entries(token, entry)
    if answer == Answer.WITHDRAWN:
        own = Q(entry=entry, visitor_hash=visitor_hash(token, entry.pk))
        return bool(Vote.objects.filter(own | earlier).update(answer=answer, voted_at=moment))
    vote = Vote(
        entry=entry,
        version=_version_read(entry, entry.live, version),
        visitor_hash=visitor_hash(token, entry.pk),
        answer=answer,
        first_voted_at=moment,
        voted_at=moment,
    )
    Vote.objects.bulk_create(
        [vote],
        update_conflicts=True,
        unique_fields=["entry", "visitor_hash"],
        update_fields=["version", "answer", "voted_at"],
    )
    if earlier:
        Vote.objects.filter(earlier).update(given_again=True)
    return True


def _on_merged_entries(token: str, entry: Entry) -> Q:
    """Find what the visitor voted on entries that were merged into this one; nothing (false) where none was."""
    found = Q()
    for number in entry.former_numbers:
        found |= Q(entry=number, visitor_hash=visitor_hash(token, number))
    return found


def _version_read(entry: Entry, live: Version, number: int | None) -> Version:
    if number is None or number == live.number:
        return live
    published = entry.publications.filter(version__number=number).select_related("version").first()
    return published.version if published else live
