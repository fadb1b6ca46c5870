"""Autosaved forms: stored every few seconds while somebody types, closed when they are saved or discarded.

The usual autosave is one statement. Tabs do not overwrite each other, what comes late replaces nothing newer, and what
was closed stays closed.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Q

from faq.domain.limits import AUTOSAVES_MAX
from faq.enums import FormKind
from faq.models import AutosavedForm

PATIENCE_MS = 1_000
"""Milliseconds that an autosave waits for another write on SQLite: waiting keeps a worker, and the page tries again."""


class AutosaveOutcome(StrEnum):
    """The outcome for the fields that a tab sent."""

    STORED = "stored"
    CLOSED = "closed"
    """The form was saved or discarded meanwhile."""
    TAKEN = "taken"
    """Another tab wrote what this one has not seen."""
    FULL = "full"
    """The person has as many forms as are kept: none is dropped for a new one."""


@dataclass(frozen=True, slots=True)
class SentForm:
    """The fields of a form as a tab of a browser sends them; see the table for the columns."""

    key: uuid.UUID
    kind: FormKind
    subject: str
    title: str
    address: str
    browser: uuid.UUID
    tab: uuid.UUID
    sequence: int
    """The rank of these fields, above those that the tab sent before."""
    seen: int
    """The rank of the stored fields that the page was filled in with; 0 where it was not."""
    fields: str


def store_autosave(user: User, sent: SentForm, at: datetime) -> AutosaveOutcome:
    """Store the fields of a form unless it is closed, another tab wrote what this one has not seen, or there are many.

    Raises OperationalError where the database is busy for longer than a moment.
    """
    with _wait_briefly():
        return _store(user, sent, at)


def _store(user: User, sent: SentForm, at: datetime) -> AutosaveOutcome:
    columns = {
        "kind": sent.kind,
        "subject": sent.subject,
        "title": sent.title,
        "address": sent.address,
        "browser": sent.browser,
        "tab": sent.tab,
        "sequence": sent.sequence,
        "fields": sent.fields,
        "saved_at": at,
    }
    forms = AutosavedForm.objects.filter(user=user, key=sent.key)
    follows = Q(tab=sent.tab, sequence__lt=sent.sequence) | Q(sequence=sent.seen)
    if forms.open().filter(follows).update(**columns):
        return AutosaveOutcome.STORED
    AutosavedForm.objects.outdated(at).delete()
    if _is_one_too_many(user, sent.key):
        return AutosaveOutcome.FULL
    # In two statements that two requests may mix: the unique key lets one of them in, and the row says which.
    AutosavedForm.objects.bulk_create([AutosavedForm(user=user, key=sent.key, **columns)], ignore_conflicts=True)
    found = forms.values("tab", "sequence", "closed_at").first()
    if found is None or found["closed_at"]:
        return AutosaveOutcome.CLOSED
    if found["tab"] != sent.tab:
        return AutosaveOutcome.TAKEN
    return AutosaveOutcome.STORED


def close_autosave(user: User, key: uuid.UUID, at: datetime) -> None:
    """Close a form that was saved or discarded, also one whose fields are still on their way; its fields are erased."""
    emptied = {"kind": "", "subject": "", "title": "", "address": "", "fields": "", "tab": None, "closed_at": at}
    AutosavedForm.objects.bulk_create(
        [AutosavedForm(user=user, key=key, saved_at=at, **emptied)],
        update_conflicts=True,
        unique_fields=["user", "key"],
        update_fields=[*emptied, "saved_at"],
    )


def delete_outdated_autosaves(at: datetime) -> int:
    """Delete the forms that nobody took up in time, of everybody; return how many were not closed."""
    outdated = AutosavedForm.objects.outdated(at)
    number: int = outdated.open().count()
    outdated.delete()
    return number


@contextmanager
def _wait_briefly() -> Iterator[None]:
    """Shorten the time that the statements of SQLite within wait for another writer, such as a long import."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    database = connection.connection
    [usual] = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute(f"PRAGMA busy_timeout = {min(usual, PATIENCE_MS)}")
    try:
        yield
    finally:
        database.execute(f"PRAGMA busy_timeout = {usual}")


def _is_one_too_many(user: User, key: uuid.UUID) -> bool:
    """Return whether a form is new, and its person has as many as are kept."""
    mine = AutosavedForm.objects.filter(user=user)
    found = mine.aggregate(number=Count("pk", filter=Q(closed_at=None)), known=Count("pk", filter=Q(key=key)))
    is_new: bool = not found["known"]
    return is_new and found["number"] >= AUTOSAVES_MAX
