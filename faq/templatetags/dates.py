"""Filters that print days and moments in French, in Paris time: known to every template."""

from datetime import date, datetime

from django import template
from django.utils.timezone import is_aware, localtime

from faq.domain.text import dates

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """Return a day, or the day of a moment, as « 1er décembre 2026 »; nothing for None."""
    return dates.format_day(_in_paris(value)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment as « 1er décembre 2026 à 9 h »; nothing for None."""
    return dates.format_moment(_in_paris(value)) if value else ""


def _in_paris(value):
    return localtime(value) if isinstance(value, datetime) and is_aware(value) else value
