"""Checks of what people are given to do and told: assignments, notes and mails, for `faq.services.doctor`."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from faq.models import AssignmentChange, Entry, Mail, NoteThread

_BATCH = 500
_SENT_WITHIN = timedelta(days=3)


def find_work_faults() -> Iterator[str]:
    """Return one French sentence per fault."""
    yield from _find_wrong_assignments()
    yield from _find_empty_threads()
    yield from _find_waiting_mails()


def _find_wrong_assignments() -> Iterator[str]:
    """Each entry is assigned to whom its last change of assignment says."""
    changes = AssignmentChange.objects.filter(entry=OuterRef("pk")).order_by("-pk")
    entries = Entry.objects.annotate(last=Subquery(changes.values("after")[:1])).filter(
        ~Q(last=None) | Q(assignment__isnull=False)
    )
    for entry in entries.select_related("assignment").iterator(_BATCH):
        assignment = getattr(entry, "assignment", None)
        if (assignment.assignee_id if assignment else None) != entry.last:
            yield f"{entry.reference}\u00a0: son attribution n’est pas celle de son dernier changement."


def _find_empty_threads() -> Iterator[str]:
    """A thread begins with a note."""
    for thread in NoteThread.objects.filter(notes=None).iterator(_BATCH):
        yield f"{thread}\u00a0: un échange est vide."


def _find_waiting_mails() -> Iterator[str]:
    """Mails leave within days, or are given up: what waits longer says that no job sends them."""
    waiting = Mail.objects.filter(sent_at=None, failed_at=None, claimed_at=None)
    if late := waiting.filter(created_at__lt=timezone.now() - _SENT_WITHIN).count():
        told = f"Courriels qui attendent depuis plus de trois jours\u00a0: {late}."
        yield f"{told} Lancez «\u00a0manage.py send_notifications\u00a0»."
