"""Days and times as French prints them: « 1er décembre 2026 », « 9 h », « 16 h 05 »."""

from datetime import date, datetime

from faq.domain.text.typography import NO_BREAK_SPACE

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def format_day(day: date) -> str:
    """Return a day in words, as « 1er décembre 2026 »; its number stays on the line of its month."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK_SPACE}{_MONTHS[day.month - 1]} {day.year}"


def format_time(moment: datetime) -> str:
    """Return an hour, with its minutes where there are any, as « 9 h » or « 16 h 05 »."""
    hour = f"{moment.hour}{NO_BREAK_SPACE}h"
    return f"{hour}{NO_BREAK_SPACE}{moment.minute:02}" if moment.minute else hour


def format_moment(moment: datetime) -> str:
    """Return a day and an hour, in the moment's own time zone, as « 1er décembre 2026 à 9 h »."""
    return f"{format_day(moment)} à {format_time(moment)}"
