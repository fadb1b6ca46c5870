"""The charts of the admin's home page: votes per week and couloir, the worst answers, searches without result."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format

from faq.models import Couloir, Entry
from feedback.charts import Chart, build_bar_chart, build_column_chart
from feedback.days import get_monday
from feedback.scoring import Tally
from feedback.searches import open_searches
from feedback.subtotals import WEEKS, tallies_by_week
from feedback.tallies import PoorAnswer, worst_answers

WORST_SHOWN = 6
SEARCHES_SHOWN = 8
SEARCHED_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Dashboard:
    """The charts, and the tables behind them."""

    weeks: list[tuple[date, Tally]]
    weeks_chart: Chart
    couloirs: list[tuple[Couloir, Tally]]
    couloirs_chart: Chart
    worst: list[PoorAnswer]
    worst_chart: Chart
    searches: list[dict[str, object]]
    searches_chart: Chart

    @property
    def votes(self) -> int:
        """The number of votes in all weeks."""
        return sum(tally.votes for _, tally in self.weeks)


def build_dashboard(user: User, now: datetime | None = None) -> Dashboard | None:
    """Return the charts, in a constant number of queries; None where the account may not read votes."""
    if not user.has_perm("feedback.view_vote"):
        return None
    now = now or timezone.now()
    votes = recent_votes(now)
    weeks, couloirs, worst = votes_by_week(votes, now), votes_by_couloir(votes), worst_answers(WORST_SHOWN, now)
    searches = frequent_searches(timezone.localdate(now))
    return Dashboard(
        weeks=weeks,
        weeks_chart=build_column_chart([(date_format(monday, "d/m"), tally.yes, tally.no) for monday, tally in weeks]),
        couloirs=couloirs,
        couloirs_chart=build_bar_chart(
            [(couloir.label, tally.rate) for couloir, tally in couloirs if tally.rate is not None], 1
        ),
        worst=worst,
        # The share itself, not the bound that orders them: with the score beside it, it makes the whole.
        worst_chart=build_bar_chart(
            [(poor.entry.reference, 1 - poor.tally.rate) for poor in worst if poor.tally.rate is not None], 1
        ),
        searches=searches,
        searches_chart=build_bar_chart([(search["query"], search["total"]) for search in searches]),
    )


Votes = dict[tuple[int, date], Tally]
"""Votes by the entry that they count for, and by the Monday of their week."""


def recent_votes(now: datetime) -> Votes:
    """Return the votes of the weeks that are shown."""
    return tallies_by_week(_mondays(now)[0], now)


def votes_by_week(votes: Votes, now: datetime) -> list[tuple[date, Tally]]:
    """Return the votes of each week that is shown, by its Monday, the present week last."""
    found: dict[date, Tally] = dict.fromkeys(_mondays(now), Tally())
    for (_, monday), tally in votes.items():
        found[monday] += tally
    return list(found.items())


def votes_by_couloir(votes: Votes) -> list[tuple[Couloir, Tally]]:
    """Return the votes by the couloirs under which the entries are filed now, in two queries."""
    by_entry: defaultdict[int, Tally] = defaultdict(Tally)
    for (entry, _), tally in votes.items():
        by_entry[entry] += tally
    found: defaultdict[int, Tally] = defaultdict(Tally)
    for couloir, entry in Entry.couloirs.through.objects.order_by().values_list("couloir", "entry"):
        found[couloir] += by_entry.get(entry, Tally())
    return [(couloir, found[couloir.pk]) for couloir in Couloir.objects.all() if found[couloir.pk].votes]


def frequent_searches(today: date) -> list[dict[str, object]]:
    """Return the most frequent recent searches without result that are still to be dealt with."""
    return list(open_searches(today - SEARCHED_WITHIN)[:SEARCHES_SHOWN])


def _mondays(now: datetime) -> list[date]:
    this_week = get_monday(timezone.localdate(now))
    return [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]
