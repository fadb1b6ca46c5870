"""One operation on many entries: one batch, and an entry that refuses does not stop the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from faq.enums import BatchKind, Origin
from faq.models import Batch
from faq.services.content import EntryError
from faq.services.roles import Author
from faq.services.versions import Outcome, Provenance

Operation = Callable[[int, Provenance], Outcome]
"""A write of `faq.services.entries` that takes an entry's number."""


@dataclass(slots=True)
class BulkReport:
    """What became of the entries: changed, already as wanted, or refused and why (in French)."""

    batch: Batch | None = None
    """None where no entry was changed."""
    changed: list[Outcome] = field(default_factory=list)
    unchanged: list[Outcome] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def change_many(numbers: Iterable[int], operation: Operation, label: str, author: Author) -> BulkReport:
    """Apply an operation to entries, in the order of their numbers, as one batch with that French label.

    Raises PermissionDenied, and Entry.DoesNotExist, having changed nothing.
    """
    at = timezone.now()
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label=label, author=author, created_at=at)
    report = BulkReport(batch)
    provenance = Provenance(Origin.BULK_ACTION, author, batch, at=at)
    for number in sorted(numbers):
        _change_one(number, operation, provenance, report)
    if not report.changed:
        batch.delete()
        report.batch = None
    return report


def _change_one(number: int, operation: Operation, provenance: Provenance, report: BulkReport) -> None:
    try:
        with transaction.atomic():
            outcome = operation(number, provenance)
    except EntryError as refusal:
        report.refused.append(str(refusal))
    else:
        (report.changed if outcome.changed else report.unchanged).append(outcome)
