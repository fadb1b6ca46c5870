"""Reports: votes summed by subject and period, with rates and confidence bounds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from functools import partial
from typing import Any

from django.db.models import Aggregate, Count, DateField, Func, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate, TruncMonth, TruncWeek

from faq.domain.chunks import split_in_chunks
from faq.domain.facets import Facet
from faq.enums import Headers
from faq.models import Entry, Version
from faq.models.entries import filing_table, reference
from faq.resources import WRITERS
from faq.selectors.published import load_taxonomy
from feedback.days import get_midnight, get_monday
from feedback.models import Comment, MonthlyCount, Vote
from feedback.scoring import Tally, compute_trend
from feedback.subtotals import VOTE_COUNTS


class Period(Enum):
    """How long the periods of a report are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    @property
    def label(self) -> str:
        """The French name of the period."""
        return {"day": "jour", "week": "semaine", "month": "mois", "all": "toute la période"}[self.value]


ENTRY, VERSION = "entry", "version"
SUBJECTS = {
    ENTRY: "fiche",
    VERSION: "version",
    **{facet.value: facet.label for facet in Facet},
}
"""Subjects by which votes are summed (entries, versions, the terms of a facet), with French names."""
TRANSVERSE = "(transverse)"

_FIGURES = ("yes", "no", "votes", "rate", "lower_bound", "upper_bound", "trend", "comments")
_NAMES = {
    ENTRY: ("reference", "question"),
    VERSION: ("reference", "version", "question"),
    **{facet.value: ("term", "label") for facet in Facet},
}
_TRUNCATE: dict[Period, Callable[[str], Func]] = {
    Period.DAY: TruncDate,
    Period.WEEK: partial(TruncWeek, output_field=DateField()),
    Period.MONTH: partial(TruncMonth, output_field=DateField()),
}
Key = tuple[int, int]
"""The number of the entry that a vote or comment counts for, and the primary key of the version that was read."""


@dataclass(frozen=True, slots=True)
class _Share:
    """A share, written with a decimal comma in French CSV.

    It is no string, because a negative one would be guarded against formulas.
    """

    value: float

    def __str__(self) -> str:
        return f"{self.value:.4f}".replace(".", ",")


@dataclass
class Figures:
    """The votes and comments on one subject in one period."""

    tally: Tally = field(default_factory=Tally)
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A table: its columns, and its rows in the order of periods, then of subjects."""

    columns: tuple[str, ...]
    rows: list[list[str | int | float | None]]


_FRENCH = {
    "period": "Période",
    "reference": "Référence",
    "version": "Version",
    "question": "Question",
    "term": "Terme",
    "label": "Libellé",
    "yes": "Oui",
    "no": "Non",
    "votes": "Votes",
    "rate": "Part de oui",
    "lower_bound": "Borne basse",
    "upper_bound": "Borne haute",
    "trend": "Évolution",
    "comments": "Commentaires",
}
"""The names of the columns for people."""


def render_report(made: Report, file_format: str, headers: Headers = Headers.STABLE) -> Iterator[bytes]:
    """Yield a report as csv, json or xlsx; in csv, shares have the decimal comma of French Excel."""
    columns = [_FRENCH[name] for name in made.columns] if headers == Headers.FRENCH else made.columns
    rows: Iterable[Sequence[Any]] = made.rows
    if file_format == "csv":
        rows = ([_Share(cell) if isinstance(cell, float) else cell for cell in row] for row in made.rows)
    pieces: Iterator[bytes] = WRITERS[file_format](columns, rows)
    return pieces


def build_report(by: str, per: Period, *, since: date | None = None, until: date | None = None) -> Report:
    """Return the votes between two days, both included, summed by one of SUBJECTS and per period.

    Rates and bounds are shares from 0 to 1; a trend is the difference to the rate of the period before. They are None
    below MIN_VOTES. Votes that were purged are known by their month only: they count for its first day.
    """
    figures = _figures(per, since, until)
    grouped = _by_subject(by, figures)
    columns = (*(() if per is Period.ALL else ("period",)), *_NAMES[by], *_FIGURES)
    return Report(columns, list(_rows(by, per, grouped)))


def _figures(per: Period, since: date | None, until: date | None) -> dict[tuple[date | None, Key], Figures]:
    """Count votes and comments by period, entry and version, in three queries."""
    found: defaultdict[tuple[date | None, Key], Figures] = defaultdict(Figures)
    votes = _within(Vote.objects.counted().credited(), "voted_at", since, until)
    for day, entry, version, yes, no in _grouped(votes, "voted_at", per, **VOTE_COUNTS):
        found[day, (entry, version)].tally += Tally(yes, no)
    comments = _within(Comment.objects.counted().credited(), "sent_at", since, until)
    for day, entry, version, number in _grouped(comments, "sent_at", per, number=Count("pk")):
        found[day, (entry, version)].comments += number
    for month, entry, version, yes, no, number in _months(since, until):
        figures = found[_beginning(month, per), (entry, version)]
        figures.tally += Tally(yes, no)
        figures.comments += number
    return found


def _within(rows: QuerySet[Any], column: str, since: date | None, until: date | None) -> QuerySet[Any]:
    if since:
        rows = rows.filter(**{f"{column}__gte": get_midnight(since)})
    if until:
        rows = rows.filter(**{f"{column}__lt": get_midnight(until + timedelta(days=1))})
    return rows


def _grouped(rows: QuerySet[Any], column: str, per: Period, **counts: Aggregate) -> Iterator[tuple[Any, ...]]:
    """Count rows by period (None for all time), entry and version."""
    names = ("credited_to", "version")
    if per is Period.ALL:
        return ((None, *row) for row in rows.order_by().values_list(*names).annotate(**counts))
    dated = rows.annotate(day=_TRUNCATE[per](column)).order_by()
    return iter(dated.values_list("day", *names).annotate(**counts))


def _months(since: date | None, until: date | None) -> Iterable[tuple[date, int, int, int, int, int]]:
    months = MonthlyCount.objects.all()
    if since:
        months = months.filter(month__gte=since)
    if until:
        months = months.filter(month__lte=until)
    credited = Coalesce("version__entry__alias__survivor", "version__entry")
    sums = {f"all_{name}": Sum(name) for name in ("yes", "no", "comments")}
    grouped = months.annotate(entry=credited).order_by().values_list("month", "entry", "version_id")
    return grouped.annotate(**sums)


def _beginning(day: date, per: Period) -> date | None:
    if per is Period.ALL:
        return None
    return get_monday(day) if per is Period.WEEK else day


Names = tuple[str | int, ...]
"""The cells that name a subject in a table."""
SortKey = tuple[object, ...]
"""The key by which subjects are sorted."""
GroupedFigures = dict[tuple[SortKey, Names], dict[date | None, Figures]]


def _by_subject(by: str, figures: dict[tuple[date | None, Key], Figures]) -> GroupedFigures:
    subjects = _subjects(by, {key for _, key in figures})
    grouped: defaultdict[tuple[SortKey, Names], dict[date | None, Figures]] = defaultdict(lambda: defaultdict(Figures))
    for (day, key), one in figures.items():
        for subject in subjects(key):
            total = grouped[subject][day]
            total.tally += one.tally
            total.comments += one.comments
    return grouped


def _subjects(by: str, keys: set[Key]) -> Callable[[Key], list[tuple[SortKey, Names]]]:
    """Return a function from a Key to its subjects, each with its sort key and its names."""
    if by == ENTRY:
        questions = dict(Entry.objects.values_list("pk", "question"))
        return lambda key: [((key[0],), (reference(key[0]), questions[key[0]]))]
    if by == VERSION:
        versions = {
            pk: ((entry, number), (reference(entry), number, question))
            for pk, entry, number, question in _versions({version for _, version in keys})
        }
        return lambda key: [versions[key[1]]]
    return _terms(Facet(by))


def _versions(keys: set[int]) -> Iterator[tuple[int, int, int, str]]:
    for chunk in split_in_chunks(sorted(keys), 5_000):
        yield from Version.objects.filter(pk__in=chunk).values_list("pk", "entry", "number", "question")


def _terms(facet: Facet) -> Callable[[Key], list[tuple[SortKey, Names]]]:
    """Return a function from a Key to the terms of its entry, in screen order; transverse entries come last."""
    named = {term.id: ((rank,), (term.slug, term.label)) for rank, term in enumerate(load_taxonomy().by_facet[facet])}
    none = ((len(named),), ("", TRANSVERSE))
    table, entry_column, term_column = filing_table(facet)
    filed: defaultdict[int, list[tuple[SortKey, Names]]] = defaultdict(list)
    for entry, term in table.objects.order_by().values_list(entry_column, term_column):
        filed[entry].append(named[term])
    return lambda key: filed.get(key[0]) or [none]


def _rows(by: str, per: Period, grouped: GroupedFigures) -> Iterator[list[str | int | float | None]]:
    lines = [
        (day, order, names, one, days.get(_before(day, per)))
        for (order, names), days in grouped.items()
        for day, one in list(days.items())
    ]
    for day, _, names, one, before in sorted(lines, key=lambda line: (str(line[0]), line[1])):
        moved = compute_trend(before.tally, one.tally) if before else None
        low, high = one.tally.interval or (None, None)
        shares = [_rounded(share) for share in (one.tally.rate, low, high, moved)]
        when = [] if day is None else [day.isoformat()]
        yield [*when, *names, one.tally.yes, one.tally.no, one.tally.votes, *shares, one.comments]


def _before(day: date | None, per: Period) -> date | None:
    """Return the period before another; where time is not divided, a day that no figures have."""
    if day is None:
        return date.min
    if per is Period.MONTH:
        return (day - timedelta(days=1)).replace(day=1)
    return day - timedelta(days=7 if per is Period.WEEK else 1)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
