"""Votes of past weeks, summed once per version and week, so that charts do not read every vote at each visit.

A vote that changes afterwards is flagged, and the sums of its entry are computed again before they are read. Votes
since the last Monday are counted directly. `manage.py recount_votes` checks the sums.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import Case, Count, DateField, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from feedback.days import get_midnight, get_monday
from feedback.limits import HOUR
from feedback.models import COUNTING, AddedUp, MonthlyCount, Subtotal, Vote, VoteAnswer, VoteQuerySet
from feedback.scoring import Tally

WEEKS = 12
"""Number of past weeks with subtotals of their own, besides the present week."""
EARLIER = date(1, 1, 1)
"""The week under which all earlier votes are summed."""
VOTE_COUNTS = {"yes": Count("pk", filter=Q(answer=VoteAnswer.YES)), "no": Count("pk", filter=Q(answer=VoteAnswer.NO))}
"""Aggregates that count the two answers of a group of votes."""

_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_ROW_BATCH = 2_000
_MANY = 200
"""Number of changed entries above which all subtotals are computed again."""
_SUMS = {
    "yes": Count("pk", filter=Q(answer=VoteAnswer.YES, given_again=False)),
    "no": Count("pk", filter=Q(answer=VoteAnswer.NO, given_again=False)),
    "yes_again": Count("pk", filter=Q(answer=VoteAnswer.YES, given_again=True)),
    "no_again": Count("pk", filter=Q(answer=VoteAnswer.NO, given_again=True)),
}
_WEEK = TruncWeek("voted_at", output_field=DateField())


def _total(answer: str) -> Sum:
    again = Case(When(version__entry__alias__isnull=True, then=F(f"{answer}_again")), default=0)
    return Sum(F(answer) + again)


_TOTALS = {"total_yes": _total("yes"), "total_no": _total("no")}


def update_subtotals(now: datetime) -> datetime:
    """Bring the subtotals up to date and return their end; two queries where nothing has changed."""
    until = _last_monday(now)
    if AddedUp.objects.filter(until=until).exists() and not Vote.objects.filter(changed=True).exists():
        return until
    with transaction.atomic():
        # The row is a lock: a second process waits here, and finds the work done.
        known, _ = AddedUp.objects.select_for_update().get_or_create(defaults={"until": _NEVER}, pk=1)
        changed = _changed_entries()
        if known.until != until:
            AddedUp.objects.update(until=until)
            _compute_again(until, None)
        elif changed:
            _compute_again(until, changed if len(changed) <= _MANY else None)
    return until


def invalidate_subtotals() -> None:
    """Mark all subtotals to be computed again before they are read next, because votes were deleted."""
    AddedUp.objects.all().delete()


def tallies_by_week(since: date, now: datetime) -> dict[tuple[int, date], Tally]:
    """Return the votes by the entry that they count for now and by week, since a Monday within the last WEEKS."""
    until = update_subtotals(now)
    credited = Coalesce("version__entry__alias__survivor", "version__entry")
    past = Subtotal.objects.filter(week__gte=since).annotate(credited_to=credited).order_by()
    present = Vote.objects.counted().credited().filter(voted_at__gte=until).annotate(week=_WEEK).order_by()
    rows = chain(
        past.values_list("credited_to", "week").annotate(**_TOTALS),
        present.values_list("credited_to", "week").annotate(**VOTE_COUNTS),
    )
    found: dict[tuple[int, date], Tally] = defaultdict(Tally)
    for entry, week, yes, no in rows:
        found[entry, week] += Tally(yes, no)
    return found


def all_tallies_by_version(now: datetime) -> dict[int, dict[int, Tally]]:
    """Return all votes ever given, by the number of the entry, then of the version."""
    until = update_subtotals(now)
    names = ("version__entry", "version__number")
    present = Vote.objects.counted().filter(voted_at__gte=until).order_by()
    rows = chain(
        Subtotal.objects.order_by().values_list(*names).annotate(**_TOTALS),
        # By the version's entry, or SQLite goes through all votes in the order of their own.
        present.values_list(*names).annotate(**VOTE_COUNTS),
        MonthlyCount.objects.order_by().values_list(*names).annotate(total_yes=Sum("yes"), total_no=Sum("no")),
    )
    found: dict[int, dict[int, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for entry, version, yes, no in rows:
        found[entry][version] += Tally(yes, no)
    return found


def week_in_subtotals(day: date, until: datetime) -> date:
    """Return the week under which the votes of a day are summed."""
    monday = get_monday(day)
    return monday if monday >= _first_week(until) else EARLIER


def _last_monday(now: datetime) -> datetime:
    # One hour late, so that votes in transactions that were open at midnight are visible.
    return get_midnight(get_monday(timezone.localdate(now - HOUR)))


def _first_week(until: datetime) -> date:
    return timezone.localdate(until) - timedelta(weeks=WEEKS)


def _changed_entries() -> set[int]:
    """Return the entries with flagged votes, and clear the flags."""
    entries = set(Vote.objects.filter(changed=True).values_list("entry", flat=True))
    if entries:
        Vote.objects.filter(changed=True, entry__in=entries).update(changed=False)
    return entries


def _compute_again(until: datetime, entries: Collection[int] | None) -> None:
    """Compute the subtotals of some entries, given by number, or of all."""
    votes, stored = Vote.objects.all(), Subtotal.objects.all()
    if entries is not None:
        votes, stored = votes.filter(entry__in=entries), stored.filter(version__entry__in=entries)
    stored.delete()
    Subtotal.objects.bulk_create(_subtotals(votes, until), batch_size=_ROW_BATCH)


def _subtotals(votes: VoteQuerySet, until: datetime) -> Iterator[Subtotal]:
    counting = votes.filter(standing__in=COUNTING, voted_at__lt=until).exclude(answer=VoteAnswer.WITHDRAWN).order_by()
    first = get_midnight(_first_week(until))
    before = counting.filter(voted_at__lt=first).annotate(week=Value(EARLIER, DateField()))
    since = counting.filter(voted_at__gte=first).annotate(week=_WEEK)
    for rows in (before, since):
        for row in rows.values("version", "week").annotate(**_SUMS):
            yield Subtotal(version_id=row.pop("version"), **row)
