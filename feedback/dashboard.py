"""What the admin's home page tells of visitors: votes per week, couloirs, the worst answers, vain searches."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.formats import date_format

from faq.models import Couloir, Entry
from feedback.charts import Bars, bars, stacked
from feedback.models import Vote
from feedback.scores import COUNTS, Poor, tallies_by_entry, worst_answers
from feedback.scoring import Tally
from feedback.searches import open_searches

WEEKS = 12
WORST_SHOWN = 6
SEARCHES_SHOWN = 8
SEARCHED_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Dashboard:
    """The charts, and the tables behind them."""

    weeks: list[tuple[date, Tally]]
    weeks_chart: Bars
    couloirs: list[tuple[Couloir, Tally]]
    couloirs_chart: Bars
    worst: list[Poor]
    worst_chart: Bars
    searches: list[dict[str, object]]
    searches_chart: Bars

    @property
    def votes(self):
        """How many votes all weeks have."""
        return sum(tally.votes for _, tally in self.weeks)


def dashboard(user, now=None):
    """Gather what somebody may read; None for who may read nothing of visitors. The same queries at any size."""
    if not user.has_perm("feedback.view_vote"):
        return None
    today = timezone.localdate(now or timezone.now())
    weeks, couloirs, worst = votes_by_week(today), votes_by_couloir(today), worst_answers(WORST_SHOWN)
    searches = _searches(today)
    return Dashboard(
        weeks=weeks,
        weeks_chart=stacked([(_week(monday), tally.yes, tally.no) for monday, tally in weeks]),
        couloirs=couloirs,
        couloirs_chart=bars([(couloir.label, tally.rate) for couloir, tally in couloirs if tally.rate is not None], 1),
        worst=worst,
        worst_chart=bars([(poor.entry.reference, poor.tally.surely_useless) for poor in worst], 1),
        searches=searches,
        searches_chart=bars([(search["query"], search["total"]) for search in searches]),
    )


def votes_by_week(today: date) -> list[tuple[date, Tally]]:
    """Count the votes of the last weeks by their Mondays, the present one last: one query."""
    this_week = today - timedelta(days=today.weekday())
    mondays = [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    rows = _since(mondays[0]).annotate(week=TruncWeek("voted_at")).order_by().values_list("week").annotate(**COUNTS)
    counted = {timezone.localdate(week): Tally(yes, no) for week, yes, no in rows}
    return [(monday, counted.get(monday, Tally())) for monday in mondays]


def votes_by_couloir(today: date) -> list[tuple[Couloir, Tally]]:
    """Count the votes of the last weeks by the couloirs under which the entries are filed now: three queries."""
    tallies = tallies_by_entry(_since(today - timedelta(weeks=WEEKS)))
    filed = Entry.couloirs.through.objects.order_by().values_list("couloir", "entry")
    found: dict[int, Tally] = {}
    for couloir, entry in filed:
        if entry in tallies:
            found[couloir] = found.get(couloir, Tally()) + tallies[entry]
    return [(couloir, found[couloir.pk]) for couloir in Couloir.objects.all() if couloir.pk in found]


def _since(day):
    start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    return Vote.objects.counted().between(since=start)


def _searches(today):
    return list(open_searches(today - SEARCHED_WITHIN)[:SEARCHES_SHOWN])


def _week(monday):
    return date_format(monday, "d/m")
