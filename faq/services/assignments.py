"""Assigning entries to people. An assignment is no content: it writes no version and changes nothing that is public."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from faq.enums import BatchKind, EntryStatus, NotificationKind
from faq.models import Assignment, AssignmentChange, Batch, Entry
from faq.services.bulk import BulkReport
from faq.services.content import EntryError
from faq.services.notifications import Event, notify_all
from faq.services.roles import Author, require
from faq.services.versions import Outcome, latest, lock_entries

RIGHT = "faq.change_entry"


def get_assignable_people() -> QuerySet[User]:
    """Return the people to whom entries can be assigned: those who may change them and whose account is open."""
    people = User.objects.with_perm(RIGHT)
    return people.order_by("last_name", "first_name", "username")


@transaction.atomic
def assign_entry(number: int, assignee: User | None, author: Author) -> bool:
    """Assign an entry to a person, or to nobody; return whether anything changed.

    Raises PermissionDenied, Entry.DoesNotExist, and EntryError where the person cannot change entries or the entry
    is archived.
    """
    require(author, RIGHT)
    _refuse_assignee(assignee)
    entries = lock_entries([number])
    if entries[0].status == EntryStatus.ARCHIVED:
        raise EntryError(_describe_archived(entries[0]))
    return bool(_store({number: assignee}, entries, author, timezone.now(), None))


@transaction.atomic
def assign_entries(numbers: Collection[int], assignee: User | None, author: Author) -> BulkReport:
    """Assign several entries to a person, or to nobody, as one batch, in a constant number of queries.

    An archived entry is refused and stops no other. Raises as `assign_entry`.
    """
    require(author, RIGHT)
    _refuse_assignee(assignee)
    entries = lock_entries(numbers)
    at = timezone.now()
    label = f"Attribution à {_name(assignee)}" if assignee else "Attribution à personne"
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label=label[:300], author=author, created_at=at)
    open_entries = [entry for entry in entries if entry.status != EntryStatus.ARCHIVED]
    changes = _store({entry.pk: assignee for entry in open_entries}, open_entries, author, at, batch)
    changed = {change.entry_id for change in changes}
    report = BulkReport(batch)
    for entry in open_entries:
        done = entry.pk in changed
        (report.changed if done else report.unchanged).append(Outcome(entry, latest(entry), changed=done))
    report.refused = [_describe_archived(entry) for entry in entries if entry.status == EntryStatus.ARCHIVED]
    if not report.changed:
        batch.delete()
        report.batch = None
    return report


def follow_merge(survivor: Entry, absorbed: Sequence[int], batch: Batch) -> None:
    """Assign the survivor of a merge to the person of an absorbed entry, where it is assigned to nobody.

    The absorbed entries keep their assignments, which show again when the merge is undone.
    """
    if Assignment.objects.filter(entry=survivor).exists():
        return
    former = Assignment.objects.filter(entry__in=absorbed).select_related("assignee").order_by("entry").first()
    if former:
        _write([AssignmentChange(entry=survivor, after=former.assignee)], batch.author, batch.created_at, batch)


def restore_assignments(undo: Batch) -> tuple[set[int], set[int]]:
    """Take back the assignments of the batch that is undone, as part of the batch that undoes it; all are locked.

    Return the entries that are assigned as before, and those that were assigned otherwise since and are left alone.
    """
    own = list(AssignmentChange.objects.filter(batch=undo.undoes).select_related("entry", "before", "after"))
    if not own:
        return set(), set()
    now = _read_assignees([change.entry_id for change in own])
    standing = [change for change in own if now.get(change.entry_id) == change.after_id]
    back = [AssignmentChange(entry=change.entry, before=change.after, after=change.before) for change in standing]
    _write(back, undo.author, undo.created_at, undo)
    restored = {change.entry_id for change in back}
    return restored, {change.entry_id for change in own} - restored


def get_assigned_entries(batch: Batch) -> set[int]:
    """Return the numbers of the entries that a batch assigned."""
    return set(batch.assignment_changes.values_list("entry", flat=True))


def _store(
    wanted: Mapping[int, User | None], entries: Iterable[Entry], author: Author, at: datetime, batch: Batch | None
) -> list[AssignmentChange]:
    """Store who the locked entries are assigned to, tell these people, and return what changed."""
    now = _read_assignees(wanted)
    changes = [
        AssignmentChange(entry=entry, before_id=now.get(entry.pk), after=wanted[entry.pk])
        for entry in entries
        if now.get(entry.pk) != (person.pk if (person := wanted[entry.pk]) else None)
    ]
    _write(changes, author, at, batch)
    notify_all(
        Event(change.after, NotificationKind.ASSIGNED, change.entry, author=author, key=f"change {change.pk}")
        for change in changes
    )
    return changes


def _write(changes: Sequence[AssignmentChange], author: Author, at: datetime, batch: Batch | None) -> None:
    for change in changes:
        change.author, change.changed_at, change.batch = author, at, batch
    AssignmentChange.objects.bulk_create(changes)
    Assignment.objects.filter(entry__in=[change.entry_id for change in changes]).delete()
    Assignment.objects.bulk_create(
        Assignment(entry=change.entry, assignee=change.after, author=author, assigned_at=at)
        for change in changes
        if change.after
    )


def _read_assignees(numbers: Iterable[int]) -> dict[int, int]:
    return dict(Assignment.objects.filter(entry__in=list(numbers)).values_list("entry", "assignee"))


def _refuse_assignee(assignee: User | None) -> None:
    if assignee is not None and not (assignee.is_active and assignee.has_perm(RIGHT)):
        raise EntryError(f"{_name(assignee)} ne peut pas modifier les fiches\u00a0: choisissez quelqu’un d’autre.")


def _describe_archived(entry: Entry) -> str:
    return f"La fiche {entry.reference} est archivée\u00a0: elle ne s’attribue pas."


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()
