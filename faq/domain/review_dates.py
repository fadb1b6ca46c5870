"""Review dates: an answer is due some months after its last check, or at once after an event."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from faq.domain.facets import Facet, Filing

NO_DATE = 0
"""The interval, in months, that stands for no review date."""

Intervals = Mapping[tuple[Facet, int], int]
"""Months between two checks, or NO_DATE, by facet and term id; terms without an interval are left out."""


@dataclass(frozen=True, slots=True)
class ReviewTrigger:
    """An event that makes all entries filed under a term due from the time of its declaration."""

    facet: Facet
    term: int
    declared_at: datetime

    def concerns(self, filing: Filing, checked_at: datetime) -> bool:
        """Return whether an answer with this filing was last checked before the declaration."""
        return checked_at < self.declared_at and self.term in filing.get(self.facet, ())


def interval_of(filing: Filing, intervals: Intervals, default: int) -> int:
    """Return the shortest interval that the terms of a filing set, or the default where none sets one.

    A filing includes the parents of its terms: the interval of a couloir counts for all of its dispositifs.
    """
    found = [intervals[facet, id] for facet, ids in filing.items() for id in ids if (facet, id) in intervals]
    return min((months for months in found if months != NO_DATE), default=NO_DATE if found else default)


def review_date(
    checked_at: datetime, filing: Filing, intervals: Intervals, triggers: Iterable[ReviewTrigger], default: int
) -> date | None:
    """Return the day before which an answer is to be checked again, or None.

    Days are those of the zone in which the instants are given.
    """
    months = interval_of(filing, intervals, default)
    days = [one.declared_at.date() for one in triggers if one.concerns(filing, checked_at)]
    days += [months_after(checked_at.date(), months)] if months != NO_DATE else []
    return min(days, default=None)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
