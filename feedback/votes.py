"""The services that store, withdraw and judge votes: one vote per visitor and entry, also when clicks are concurrent.

Votes that come in bursts are set aside: stored, not counted, and shown to editors, who reinstate or dismiss them.
"""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from faq.models import Entry, Publication
from faq.services.roles import ROLES, Author, grant, require
from feedback.models import Standing, Vote, VoteAnswer
from feedback.networks import compute_source
from feedback.vote_upsert import Votable, VoteToStore, store_vote


class VoteRefused(ValueError):
    """A vote that cannot be stored; nothing was written. The message says why, in French."""


def grant_rights(**signal: Any) -> None:
    """Grant each role its rights on votes and comments. Called after every migration."""
    for role in ROLES:
        grant(role, {"feedback.view_vote", "feedback.view_comment"})
    for role in ("rédacteur", "relecteur", "administrateur"):
        grant(role, {"feedback.change_comment"})
    for role in ("relecteur", "administrateur"):
        grant(role, {"feedback.judge_vote"})


def create_visitor_token() -> str:
    """Return a random name (256 bits) for one browser, by which its votes are recognised."""
    return secrets.token_urlsafe(32)


def compute_visitor_hash(token: str, entry: int) -> str:
    """Return the hash that stands for a visitor on one entry: HMAC-SHA-256 (RFC 2104), in hexadecimal.

    `entry` is a number. Without the key of the site nothing can be learnt from the hash, and the hashes of one visitor
    on two entries cannot be matched.
    """
    message = f"{entry}:{token}".encode()
    return hmac.digest(settings.VOTE_KEY.encode(), message, "sha256").hex()


def get_votable(number: int) -> Votable:
    """Return what a vote on an entry needs to know, in one query.

    Raises Entry.DoesNotExist, and VoteRefused where the entry is not live.
    """
    entries = Entry.objects.filter(pk=number).select_related("live").only("question", "live__number")
    # One row per entry that was merged into this one; one where there is none.
    rows = list(entries.annotate(former=F("former_entries__former")).order_by("former"))
    if not rows:
        raise Entry.DoesNotExist
    entry = rows[0]
    if entry.live is None:
        raise VoteRefused(f"La fiche {entry.reference} n’est plus en ligne : votre avis n’a pas été enregistré.")
    former_numbers = tuple(row.former for row in rows if row.former is not None)
    return Votable(entry.pk, entry.live.pk, entry.live.number, former_numbers, entry.get_absolute_url())


def get_version_read(entry: Votable, number: int | None) -> int:
    """Return the primary key of the version that was read: the live one for a number that never was live."""
    if number is None or number == entry.version:
        return entry.version_id
    published = Publication.objects.filter(entry=entry.number, version__number=number)
    return published.values_list("version", flat=True).first() or entry.version_id


def cast_vote(
    on: int | Votable,
    answer: VoteAnswer,
    token: str,
    *,
    version: int | None = None,
    at: datetime | None = None,
    network: str = "",
) -> Standing | None:
    """Store the visitor's answer on a live entry, in place of an earlier one by the same visitor.

    `on` is the entry's number, or what `get_votable` returned for it. `version` is the number of the version that was
    read; without one, or with one that never was live, the vote is on the live version. `network` is where the vote
    comes from, as `get_network` returns it. One statement writes the vote, so that concurrent clicks leave one.
    Returns the standing of the vote, or None where there was no vote to withdraw. Raises Entry.DoesNotExist,
    VoteRefused where the entry is not live, and VotableOutdated where `on` no longer describes the entry.
    """
    entry = on if isinstance(on, Votable) else get_votable(on)
    moment = at or timezone.now()
    if answer == VoteAnswer.WITHDRAWN:
        return _withdraw(entry, token, moment)
    cast = VoteToStore(
        entry,
        get_version_read(entry, version),
        compute_visitor_hash(token, entry.number),
        answer,
        moment,
        compute_source(network, entry.number, moment),
        late=at is not None,
    )
    if not entry.former_numbers:
        return store_vote(cast)
    with transaction.atomic():
        standing = store_vote(cast)
        Vote.objects.filter(_on_merged_entries(token, entry)).update(given_again=True, changed=True)
    return standing


@transaction.atomic
def judge_votes(votes: Iterable[int], standing: Standing, author: Author) -> int:
    """Reinstate or dismiss votes that were set aside; return how many changed.

    `votes` are primary keys, `standing` is REINSTATED or DISMISSED. A judgement can be changed; votes that were never
    set aside are left alone.
    Raises PermissionDenied.
    """
    require(author, "feedback.judge_vote")
    judged = Vote.objects.filter(pk__in=list(votes)).exclude(standing__in=(Standing.COUNTED, standing))
    return judged.update(standing=standing, judged_by=author, judged_at=timezone.now(), changed=True)


def _withdraw(entry: Votable, token: str, at: datetime) -> Standing | None:
    own = Q(entry=entry.number, visitor_hash=compute_visitor_hash(token, entry.number))
    votes = Vote.objects.filter(own | _on_merged_entries(token, entry))
    return Standing.COUNTED if votes.update(answer=VoteAnswer.WITHDRAWN, voted_at=at, changed=True) else None


def _on_merged_entries(token: str, entry: Votable) -> Q:
    """Return the condition on votes of this visitor on entries that were merged into this one; false without any."""
    found = Q()
    for number in entry.former_numbers:
        found |= Q(entry=number, visitor_hash=compute_visitor_hash(token, number))
    return found
