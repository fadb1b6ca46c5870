"""When an answer is to be checked again: so many months after its last check, or at once when something happens."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from faq.domain.facets import Facet, Filing

NO_DATE = 0
"""Months: an interval that says that there is no date."""

Intervals = Mapping[tuple[Facet, int], int]
"""Months between two checks, by facet and term id, of the terms that set any; NO_DATE among them."""


@dataclass(frozen=True, slots=True)
class ReviewTrigger:
    """Something that makes all that is filed under a term due at once, since the instant when it was declared."""

    facet: Facet
    term: int
    declared_at: datetime

    def concerns(self, filing: Filing, checked_at: datetime) -> bool:
        """Return whether an answer, filed so, was last checked before anybody knew."""
        return checked_at < self.declared_at and self.term in filing.get(self.facet, ())


def interval_of(filing: Filing, intervals: Intervals, default: int) -> int:
    """Return the shortest of the months that the terms of a filing set, and the default where none does.

    A filing holds what its terms belong to: what a couloir sets counts for all of its dispositifs.
    """
    found = [intervals[facet, id] for facet, ids in filing.items() for id in ids if (facet, id) in intervals]
    return min((months for months in found if months != NO_DATE), default=NO_DATE if found else default)


def review_date(
    checked_at: datetime, filing: Filing, intervals: Intervals, triggers: Iterable[ReviewTrigger], default: int
) -> date | None:
    """Return the day before which an answer is to be checked again; none where there is no such day.

    Days are those of the zone in which the instants are given.
    """
    months = interval_of(filing, intervals, default)
    days = [one.declared_at.date() for one in triggers if one.concerns(filing, checked_at)]
    days += [months_after(checked_at.date(), months)] if months != NO_DATE else []
    return min(days, default=None)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
