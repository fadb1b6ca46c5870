"""Checks of published entries: a check changes no text and writes no version; it moves the review date on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from faq.enums import BatchKind, VerificationKind
from faq.models import Batch, Entry, Epoch, Verification, Version
from faq.services.content import EntryError
from faq.services.review_dates import recompute_review_dates
from faq.services.roles import Author, require
from faq.services.versions import lock_entries

RIGHT = "faq.check_entry"


@dataclass(slots=True)
class CheckReport:
    """The entries that were checked, and why others were refused, in French."""

    batch: Batch
    checked: list[Entry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def check_entry(number: int, author: Author, *, seen: int, at: datetime | None = None) -> Verification:
    """Store that somebody found the live text of an entry still right.

    `seen` is the number of the live version that they read: a check of another version is refused.
    Raises EntryError then, and for an entry that is not live; PermissionDenied, Entry.DoesNotExist.
    """
    require(author, RIGHT)
    [entry] = lock_entries([number])
    if reason := find_check_obstacle(entry, seen):
        raise EntryError(reason)
    [check] = _store_checks([entry], author, at or timezone.now(), None)
    return check


@transaction.atomic
def check_entries(seen: Mapping[int, int], author: Author, *, at: datetime | None = None) -> CheckReport:
    """Check several entries, as one batch; one that refuses does not stop the others.

    `seen` gives, per entry, the number of the live version that was read. Raises PermissionDenied,
    Entry.DoesNotExist.
    """
    require(author, RIGHT)
    entries = lock_entries(seen)
    obstacles = {entry.pk: reason for entry in entries if (reason := find_check_obstacle(entry, seen[entry.pk]))}
    at = at or timezone.now()
    batch = Batch(kind=BatchKind.CHECK, label="« Toujours exact » depuis la file", author=author, created_at=at)
    report = CheckReport(batch, refused=list(obstacles.values()))
    report.checked = [entry for entry in entries if entry.pk not in obstacles]
    if report.checked:
        batch.save()
        _store_checks(report.checked, author, at, batch)
    return report


@transaction.atomic
def take_back_check(check: Verification, author: Author, *, at: datetime | None = None) -> bool:
    """Take back a check, so that the one before it counts again; return whether it counted until now.

    Raises PermissionDenied, and EntryError for what came with a publication or a merge.
    """
    require(author, RIGHT)
    if check.kind != VerificationKind.CHECKED:
        raise EntryError("Cette vérification vient d’une publication ou d’une fusion : elle ne s’annule pas seule.")
    lock_entries([check.entry_id])
    standing = Verification.objects.standing().filter(pk=check.pk)
    if not standing.update(taken_back_at=at or timezone.now(), taken_back_by=author):
        return False
    recompute_after_checks([check.entry_id])
    return True


def keep_oldest_check(survivor: Entry, waiting: Iterable[int], batch: Batch) -> None:
    """Store the oldest verification among merged entries as that of the survivor.

    `waiting` are the verifications that counted for the entries that were live, maybe the survivor's among them.
    To be called within the merge, after the epoch was moved.
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


def get_checked_entries(batch: Batch) -> set[int]:
    """Return the entries of the checks that a batch made, brought back, or took back."""
    same = _get_same_effect(batch)
    checks = Verification.objects.filter(Q(batch__in=same) | Q(taken_back_in__in=same))
    return set(checks.values_list("entry", flat=True))


def _get_same_effect(batch: Batch | None) -> list[Batch]:
    """Return a batch, then those that it does again, down to the first: an undo of an undo does what was undone."""
    same = []
    while batch:
        same.append(batch)
        batch = batch.undoes.undoes if batch.undoes else None
    return same


def restore_checks(undo: Batch, written: Collection[int] = (), *, left: Collection[int] = ()) -> set[int]:
    """Take back what a batch checked, and what was checked of its texts; bring back what it took back itself.

    `written` are the entries that the undo has written, `left` those that it leaves alone; all are locked. Return
    the entries of which another check counts now.
    """
    batch = undo.undoes
    same = _get_same_effect(batch)
    first = Version.objects.filter(entry=OuterRef("entry"), batch=batch).order_by("number").values("number")[:1]
    of_its_texts = Verification.objects.filter(entry__in=written, version__number__gte=Subquery(first))
    concerned = Verification.objects.exclude(entry__in=left)
    own = concerned.standing().filter(Q(batch__in=same) | Q(pk__in=of_its_texts.values("pk")))
    gone = dict(own.values_list("pk", "entry"))
    back = dict(concerned.filter(taken_back_in__in=same).values_list("pk", "entry"))
    numbers = {*gone.values(), *back.values()}
    if numbers:
        Verification.objects.filter(pk__in=gone).update(
            taken_back_at=undo.created_at, taken_back_by=undo.author, taken_back_in=_get_same_effect(undo)[-1]
        )
        Verification.objects.filter(pk__in=back).update(taken_back_at=None, taken_back_by=None, taken_back_in=None)
        recompute_after_checks(numbers)
    return numbers


def find_check_obstacle(entry: Entry, seen: int) -> str | None:
    """Return why version `seen` of an entry cannot be said right, in French, or None."""
    if entry.live is None:
        return f"La fiche {entry.reference} n’est pas en ligne : il n’y a rien à vérifier."
    if entry.live.number != seen:
        published = f"La fiche {entry.reference} a été publiée entre-temps (version {entry.live.number})"
        return f"{published} : relisez-la avant de la dire exacte."
    return None


def _store_checks(entries: Collection[Entry], author: Author, at: datetime, batch: Batch | None) -> list[Verification]:
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
    recompute_after_checks([entry.pk for entry in entries])
    return checks


def recompute_after_checks(numbers: Collection[int]) -> None:
    """Recompute the review dates of locked entries, of which other checks count now; to be called in a transaction."""
    # The public reads when its answer was last checked.
    Epoch.move(numbers)
    recompute_review_dates(Entry.objects.filter(pk__in=numbers))
