"""The beginnings of days, weeks and months in the site's time zone."""

from datetime import date, datetime, timedelta

from django.utils import timezone


def get_midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def get_monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
