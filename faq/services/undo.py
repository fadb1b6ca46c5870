"""Batches: undoing everything that one import or bulk action changed."""

from dataclasses import dataclass, field

from django.db import transaction

from faq.enums import Action, BatchKind
from faq.models import Batch, Entry, Passage, Publication, Version
from faq.services.content import EntryError
from faq.services.entries import return_to
from faq.services.merging import take_back_moves
from faq.services.merging_plans import plan_again
from faq.services.roles import require
from faq.services.verifications import follow_undo, open_undo
from faq.services.versions import Provenance
from faq.services.workflow import archive_entries


@dataclass(slots=True)
class UndoReport:
    """What an undo did: entries taken out of use, brought back to what they were, or left alone, and why."""

    batch: Batch
    archived: list[Entry] = field(default_factory=list)
    reverted: list[Entry] = field(default_factory=list)
    kept: list[tuple[Entry, str]] = field(default_factory=list)
    checks: list[Entry] = field(default_factory=list)
    """Entries of which a check counts no more, or counts again."""


@transaction.atomic
def undo_batch(number: int, provenance: Provenance) -> UndoReport:
    """Undo a batch, as a batch of its own: what it created is archived, what it changed or merged is as before.

    Entries that were changed since, or that another dump has come to cite, are left alone and named.
    Undoing an undo brings its effects back. Raises PermissionDenied, Batch.DoesNotExist, and
    EntryError where the batch is undone already.
    """
    require(provenance.author, "faq.undo_batch")
    batch = Batch.objects.select_for_update().get(pk=number)
    if batch.undone_by_id:
        raise EntryError(f"Le lot {batch.pk} est déjà annulé, par le lot {batch.undone_by_id}.")
    if Batch.objects.filter(undone_by=batch, kind=BatchKind.MERGE).exists():
        raise EntryError("L’annulation d’une fusion ne s’annule pas : fusionnez de nouveau les fiches.")
    if batch.kind == BatchKind.MERGE:
        take_back_moves(batch)
    Batch.objects.filter(undone_by=batch).update(undone_by=None)
    undo = open_undo(batch, provenance.author, provenance.at)
    report = UndoReport(undo)
    _undo_entries(batch, Provenance(provenance.origin, provenance.author, undo, at=provenance.at), report)
    if batch.kind == BatchKind.MERGE:
        plan_again(batch, [entry.pk for entry in report.reverted], provenance.at)
    report.checks = follow_undo(batch, undo, [entry.pk for entry, _ in report.kept])
    return report


def _undo_entries(batch: Batch, provenance: Provenance, report: UndoReport) -> None:
    versions = Version.objects.filter(batch=batch).select_related("entry__head").order_by("entry_id", "number")
    firsts = {version.entry_id: version for version in reversed(versions)}
    cited = set(Passage.objects.not_undone().filter(entry__in=firsts).values_list("entry_id", flat=True))
    created = []
    for number, first in sorted(firsts.items()):
        entry = first.entry
        if entry.head.batch_id != batch.pk:
            report.kept.append((entry, "modifiée depuis"))
        elif first.action != Action.CREATED:
            return_to(*_state_before(first), provenance)
            report.reverted.append(entry)
        elif number in cited:
            report.kept.append((entry, "citée par une autre extraction"))
        else:
            created.append(entry)
    archive_entries([entry.pk for entry in created], provenance)
    report.archived = created


def _state_before(first: Version) -> tuple[Version, Version | None]:
    """Return what was the latest version just before this one, and what the public read beside it."""
    head = Version.objects.get(entry=first.entry_id, number=first.number - 1)
    publication = (
        Publication.objects.filter(entry=first.entry_id, live_from__lt=first.created_at)
        .order_by("-live_from", "-pk")
        .select_related("version")
        .first()
    )
    if publication is None or (publication.live_until and publication.live_until < first.created_at):
        return head, None
    return head, publication.version if publication.version != head else None
