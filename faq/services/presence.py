"""Noting who has an entry open."""

from datetime import datetime

from faq.models import Presence
from faq.services.roles import Author


def note_presence(entry: int, user: Author, at: datetime) -> None:
    """Note that somebody has an entry's form open at that time; one statement, safe to repeat at once."""
    Presence.objects.bulk_create(
        [Presence(entry_id=entry, user=user, seen_at=at)],
        update_conflicts=True,
        unique_fields=["entry", "user"],
        update_fields=["seen_at"],
    )
