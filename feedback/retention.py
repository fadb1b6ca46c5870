"""The deletion of what visitors said more than 25 months ago; counts per month remain."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from faq.domain.review_dates import months_after
from faq.models import FailedSearch
from faq.services.autosaves import delete_outdated_autosaves
from feedback.days import get_midnight
from feedback.models import Comment, MonthlyCount, SearchFollowUp, Vote, VoteAnswer
from feedback.networks import delete_sources
from feedback.subtotals import invalidate_subtotals

MONTHS_KEPT = 25
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Purge:
    """The numbers of rows that were deleted."""

    before: date
    """The first day that is kept."""
    votes: int
    comments: int
    searches: int
    """Searches without result, one per query and day."""
    sources: int
    """Votes and comments that lost the hash of their network."""
    forms: int
    """Autosaved forms that nobody took up in time."""


@transaction.atomic
def purge_feedback(now: datetime, *, dry_run: bool = False) -> Purge:
    """Delete what is older than 25 months; counts of votes and comments per version and month stay.

    Texts that editors typed and neither saved nor took up go after 30 days.

    With `dry_run` everything is done, then rolled back.
    """
    today = timezone.localdate(now)
    before = months_after(today, -MONTHS_KEPT)
    start = get_midnight(before)
    purge = Purge(
        before=before,
        votes=_purge_votes(start),
        comments=_purge_comments(start),
        searches=_purge_searches(before),
        sources=delete_sources(today),
        forms=delete_outdated_autosaves(now),
    )
    if dry_run:
        transaction.set_rollback(True)
    return purge


def _purge_votes(start: datetime) -> int:
    old = Vote.objects.filter(voted_at__lt=start)
    counts: defaultdict[tuple[int, date], dict[str, int]] = defaultdict(lambda: {"yes": 0, "no": 0})
    rows = old.counted().order_by().values_list("version", "voted_at", "answer")
    for version, voted_at, answer in rows.iterator(_CHUNK):
        counts[version, _get_month(voted_at)]["yes" if answer == VoteAnswer.YES else "no"] += 1
    _add_to_months(counts)
    gone, _ = old.delete()
    if gone:
        invalidate_subtotals()
    return gone


def _purge_comments(start: datetime) -> int:
    old = Comment.objects.filter(sent_at__lt=start)
    counts: defaultdict[tuple[int, date], dict[str, int]] = defaultdict(lambda: {"comments": 0})
    for version, sent_at in old.counted().order_by().values_list("version", "sent_at").iterator(_CHUNK):
        counts[version, _get_month(sent_at)]["comments"] += 1
    _add_to_months(counts)
    return old.delete()[0]


def _purge_searches(before: date) -> int:
    gone, _ = FailedSearch.objects.filter(day__lt=before).delete()
    SearchFollowUp.objects.filter(followed_on__lt=before).exclude(
        query__in=FailedSearch.objects.values("query")
    ).delete()
    return gone


def _add_to_months(counts: dict[tuple[int, date], dict[str, int]]) -> None:
    for (version, month), numbers in counts.items():
        count, _ = MonthlyCount.objects.get_or_create(version_id=version, month=month)
        MonthlyCount.objects.filter(pk=count.pk).update(**{name: F(name) + number for name, number in numbers.items()})


def _get_month(moment: datetime) -> date:
    return timezone.localdate(moment).replace(day=1)
