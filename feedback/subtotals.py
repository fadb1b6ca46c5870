"""Votes of past weeks, added up once: what charts read, whose cost must not grow with all that was ever voted.

A vote that changes afterwards bears a mark, and its entry is added up anew before anybody reads. What is younger than
the last Monday is counted where it is. `manage.py recount_votes` proves the sums.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import Case, Count, DateField, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from feedback.models import COUNTING, AddedUp, MonthlyCount, Subtotal, Vote, VoteAnswer, VoteQuerySet
from feedback.scoring import Tally
from feedback.vote_upsert import HOUR

WEEKS = 12
"""That are told apart, besides the present one."""
EARLIER = date(1, 1, 1)
"""The week that stands for all those before."""
VOTE_COUNTS = {"yes": Count("pk", filter=Q(answer=VoteAnswer.YES)), "no": Count("pk", filter=Q(answer=VoteAnswer.NO))}
"""What a group of votes is counted by."""

_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_ROW_BATCH = 2_000
_MANY = 200
"""Entries; for more of them, all are added up again."""
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
    """Bring the subtotals up to date; give until when they reach. Two queries where there is nothing to do."""
    until = _last_monday(now)
    if AddedUp.objects.filter(until=until).exists() and not Vote.objects.filter(changed=True).exists():
        return until
    with transaction.atomic():
        # One at a time: who comes second waits here, and finds the work done.
        known, _ = AddedUp.objects.select_for_update().get_or_create(defaults={"until": _NEVER}, pk=1)
        changed = _changed_entries()
        if known.until != until:
            AddedUp.objects.update(until=until)
            _add_up_again(until, None)
        elif changed:
            _add_up_again(until, changed if len(changed) <= _MANY else None)
    return until


def invalidate_subtotals() -> None:
    """Have all added up again, before anybody reads: after votes were deleted."""
    AddedUp.objects.all().delete()


def tallies_by_week(since: date, now: datetime) -> dict[tuple[int, date], Tally]:
    """Count votes by the entry that they count for now, and by week, from a Monday within the last WEEKS."""
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
    """Count all votes ever given on each version: by the entry's number, then the version's."""
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
    """Return the week under which votes of a day are added up."""
    monday = day - timedelta(days=day.weekday())
    return monday if monday >= _first_week(until) else EARLIER


def _last_monday(now: datetime) -> datetime:
    # An hour late, so that votes that were under way at midnight are there.
    day = timezone.localdate(now - HOUR)
    return _midnight(day - timedelta(days=day.weekday()))


def _first_week(until: datetime) -> date:
    return timezone.localdate(until) - timedelta(weeks=WEEKS)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _changed_entries() -> set[int]:
    """Take the marks off; votes that change from now on bear a new one."""
    entries = set(Vote.objects.filter(changed=True).values_list("entry", flat=True))
    if entries:
        Vote.objects.filter(changed=True, entry__in=entries).update(changed=False)
    return entries


def _add_up_again(until: datetime, entries: Collection[int] | None) -> None:
    """Renew the subtotals of some entries, by their numbers, or of all."""
    votes, stored = Vote.objects.all(), Subtotal.objects.all()
    if entries is not None:
        votes, stored = votes.filter(entry__in=entries), stored.filter(version__entry__in=entries)
    stored.delete()
    Subtotal.objects.bulk_create(_subtotals(votes, until), batch_size=_ROW_BATCH)


def _subtotals(votes: VoteQuerySet, until: datetime) -> Iterator[Subtotal]:
    counting = votes.filter(standing__in=COUNTING, voted_at__lt=until).exclude(answer=VoteAnswer.WITHDRAWN).order_by()
    first = _midnight(_first_week(until))
    before = counting.filter(voted_at__lt=first).annotate(week=Value(EARLIER, DateField()))
    since = counting.filter(voted_at__gte=first).annotate(week=_WEEK)
    for rows in (before, since):
        for row in rows.values("version", "week").annotate(**_SUMS):
            yield Subtotal(version_id=row.pop("version"), **row)
