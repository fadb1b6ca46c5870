"""Parsing of instants of the past: a day, or a day and a time, in a time zone."""

import re
from datetime import datetime, tzinfo

# Years whose instants can be converted between time zones, unlike the first and the last year of datetime.
_DAY = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_OFFSET = "Z|[+-][0-9]{2}:[0-9]{2}"
_INSTANT = re.compile(f"({_DAY})(?:[T ]({_TIME})({_OFFSET})?)?")
_END_OF_DAY = "23:59:59.999999"


class NotAPastInstant(ValueError):
    """A text that names no instant of the past; the message says in French why, and what to write."""


def past_instant(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Parse « 2026-03-12 », « 2026-03-12T14:30 » or « 2026-03-12T14:30:05+01:00 »; the zone holds without an offset.

    A day stands for its end, and the present day for now. The result is in the zone; `now` is aware of its own.
    Raises NotAPastInstant.
    """
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise _unreadable(text)
    day, time, offset = found.groups()
    try:
        instant = datetime.fromisoformat(f"{day}T{time or _END_OF_DAY}{offset or ''}")
    except ValueError as error:
        raise _unreadable(text) from error
    instant = instant.astimezone(zone) if offset else _on_the_clock(instant, zone)
    present = now.astimezone(zone)
    if time is None and instant.date() == present.date():
        return present
    if instant > present:
        raise NotAPastInstant(f"« {text} » est dans l’avenir : choisissez un moment passé.")
    return instant


def _on_the_clock(instant: datetime, zone: tzinfo) -> datetime:
    """Return a local time as an instant; raises NotAPastInstant where daylight saving repeats or skips it."""
    first, second = (instant.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise NotAPastInstant(
            f"L’heure légale a changé ce jour-là à {instant:%H:%M} : choisissez une heure voisine, "
            f"ou ajoutez le décalage à l’heure ({instant:%Y-%m-%dT%H:%M}+01:00)."
        )
    return first


def _unreadable(text: str) -> NotAPastInstant:
    return NotAPastInstant(
        f"« {text} » n’est pas une date. Écrivez l’année, le mois et le jour (2026-03-12), "
        "suivis de l’heure s’il le faut (2026-03-12T14:30)."
    )
