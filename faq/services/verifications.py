"""Checking published entries: nothing of their text changes, no version is left, and their review date moves on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from faq.enums import BatchKind, VerificationKind
from faq.models import Batch, Entry, Epoch, Verification
from faq.services.content import EntryError
from faq.services.review_dates import recompute_review_dates
from faq.services.roles import Author, require
from faq.services.versions import lock_entries

RIGHT = "faq.check_entry"


@dataclass(slots=True)
class CheckReport:
    """What became of entries: found still right, or refused and why (in French)."""

    batch: Batch
    checked: list[Entry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def check_entry(number: int, author: Author, *, seen: int, at: datetime | None = None) -> Verification:
    """Remember that somebody found what the public reads of an entry still right.

    `seen` is the number of the live version that they read: where another is live, nobody has checked that.
    Raises EntryError then, and for an entry that is not live; PermissionDenied, Entry.DoesNotExist.
    """
    require(author, RIGHT)
    [entry] = lock_entries([number])
    if reason := _obstacle(entry, seen):
        raise EntryError(reason)
    [check] = _store([entry], author, at or timezone.now(), None)
    return check


@transaction.atomic
def check_entries(seen: Mapping[int, int], author: Author, *, at: datetime | None = None) -> CheckReport:
    """Check several entries, as one batch; one that refuses does not stop the others.

    `seen` gives, per entry, the number of the live version that was read. Raises PermissionDenied,
    Entry.DoesNotExist.
    """
    require(author, RIGHT)
    entries = lock_entries(seen)
    obstacles = {entry.pk: reason for entry in entries if (reason := _obstacle(entry, seen[entry.pk]))}
    at = at or timezone.now()
    batch = Batch(kind=BatchKind.CHECK, label="« Toujours exact » depuis la file", author=author, created_at=at)
    report = CheckReport(batch, refused=list(obstacles.values()))
    report.checked = [entry for entry in entries if entry.pk not in obstacles]
    if report.checked:
        batch.save()
        _store(report.checked, author, at, batch)
    return report


@transaction.atomic
def take_back_check(check: Verification, author: Author, *, at: datetime | None = None) -> bool:
    """Have a check not count any more, and the one before it count again; return whether it counted until now.

    Raises PermissionDenied, and EntryError for what came with a publication or a merge.
    """
    require(author, RIGHT)
    if check.kind != VerificationKind.CHECKED:
        raise EntryError("Cette vérification vient d’une publication ou d’une fusion : elle ne s’annule pas seule.")
    lock_entries([check.entry_id])
    standing = Verification.objects.standing().filter(pk=check.pk)
    if not standing.update(taken_back_at=at or timezone.now(), taken_back_by=author):
        return False
    _reckon([check.entry_id])
    return True


@transaction.atomic
def take_back_checks(number: int, author: Author) -> Batch:
    """Undo the batch of what its author checked at once; return the batch that does so.

    Raises PermissionDenied, Batch.DoesNotExist, and EntryError where it is undone already, or is no such batch.
    """
    require(author, RIGHT)
    batch = Batch.objects.select_for_update().get(pk=number)
    if batch.kind != BatchKind.CHECK or batch.author != author or batch.undone_by_id:
        raise EntryError("Ces vérifications ont déjà été annulées, ou sont de quelqu’un d’autre.")
    undo = open_undo(batch, author, timezone.now())
    follow_undo(batch, undo, ())
    return undo


def open_undo(batch: Batch, author: Author, at: datetime) -> Batch:
    """Begin the batch that undoes another; to be called within a transaction."""
    label = f"Annulation du lot {batch.pk}"
    undo = Batch.objects.create(kind=BatchKind.UNDO, label=label, author=author, created_at=at)
    Batch.objects.filter(pk=batch.pk).update(undone_by=undo)
    return undo


def carry_oldest(survivor: Entry, waiting: Iterable[int], batch: Batch) -> None:
    """Have the survivor of a merge count as checked when the one was that has waited longest.

    `waiting` are the verifications that counted for those that were live, the survivor maybe. To be called
    within the merge, once the epoch was moved.
    """
    checks = Verification.objects.in_bulk(waiting)
    oldest = min(checks.values(), key=lambda check: (check.checked_at, check.pk), default=None)
    if oldest is None or oldest.entry_id == survivor.pk or survivor.live is None:
        return
    Verification.objects.create(
        entry=survivor,
        version=survivor.live,
        kind=VerificationKind.MERGED,
        author_id=oldest.author_id,
        checked_at=oldest.checked_at,
        batch=batch,
    )
    recompute_review_dates(Entry.objects.filter(pk=survivor.pk))


def follow_undo(batch: Batch, undo: Batch, kept: Iterable[int]) -> list[Entry]:
    """Take back what a batch checked, and what was checked of its texts; bring back what it took back itself.

    `kept` are the entries that the undo leaves alone. Gives the entries concerned. To be called within the
    undo, once they are as before.
    """
    own = Verification.objects.filter(Q(batch=batch) | Q(version__batch=batch)).exclude(entry__in=list(kept))
    back = Verification.objects.filter(taken_back_in=batch).exclude(entry__in=list(kept))
    numbers = {*own.standing().values_list("entry", flat=True), *back.values_list("entry", flat=True)}
    if not numbers:
        return []
    entries = lock_entries(numbers)
    returning = list(back.values_list("pk", flat=True))
    own.standing().update(taken_back_at=undo.created_at, taken_back_by=undo.author, taken_back_in=undo)
    Verification.objects.filter(pk__in=returning).update(taken_back_at=None, taken_back_by=None, taken_back_in=None)
    _reckon(numbers)
    return entries


def _obstacle(entry: Entry, seen: int) -> str | None:
    if entry.live is None:
        return f"La fiche {entry.reference} n’est pas en ligne : il n’y a rien à vérifier."
    if entry.live.number != seen:
        published = f"La fiche {entry.reference} a été publiée entre-temps (version {entry.live.number})"
        return f"{published} : relisez-la avant de la dire exacte."
    return None


def _store(entries: Collection[Entry], author: Author, at: datetime, batch: Batch | None) -> list[Verification]:
    checks = Verification.objects.bulk_create(
        Verification(
            entry=entry,
            version=entry.live,
            kind=VerificationKind.CHECKED,
            author=author,
            checked_at=at,
            batch=batch,
        )
        for entry in entries
    )
    _reckon([entry.pk for entry in entries])
    return checks


def _reckon(numbers: Collection[int]) -> None:
    # The public reads when its answer was last checked.
    Epoch.move(numbers)
    recompute_review_dates(Entry.objects.filter(pk__in=numbers))
