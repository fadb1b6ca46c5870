"""One operation on many entries, or on one: one batch; of many, one that refuses does not stop the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from django.db import connection, transaction
from django.utils import timezone

from faq.enums import BatchKind, Origin
from faq.models import Batch
from faq.services.content import EntryError
from faq.services.roles import Author
from faq.services.versions import Outcome, Provenance, lock_entries


class Operation(Protocol):
    """A write of `faq.services.workflow`, or another that takes an entry's number and the version seen."""

    def __call__(self, number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
        """Write. Raises EntryError."""


@dataclass(slots=True)
class BulkReport:
    """The result for each entry: changed, already as wanted, or refused and why (in French)."""

    batch: Batch | None = None
    """The batch, or None where no entry was changed."""
    changed: list[Outcome] = field(default_factory=list)
    unchanged: list[Outcome] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def change_many(
    bases: Mapping[int, int | None],
    operation: Operation,
    label: str,
    author: Author,
    *,
    origin: Origin = Origin.BULK_ACTION,
    comment: str = "",
) -> BulkReport:
    """Apply an operation to entries, in the order of their numbers, as one batch with that French label.

    `bases` gives, per entry, the number of the version that the author has seen, where known: an entry of
    which another was written since is refused, and named. Raises PermissionDenied, and Entry.DoesNotExist,
    having changed nothing.
    """
    if connection.features.has_select_for_update:
        # All of them first: the first write may move the epoch, for which others wait while they hold entries.
        lock_entries(bases)
    at = timezone.now()
    batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label=label, author=author, created_at=at)
    report = BulkReport(batch)
    provenance = Provenance(origin, author, batch, comment, at=at)
    for number in sorted(bases):
        _change_one(number, bases[number], operation, provenance, report)
    if not report.changed:
        batch.delete()
        report.batch = None
    return report


@transaction.atomic
def change_one(write: Callable[[Provenance], Outcome], label: str, provenance: Provenance) -> Outcome:
    """Do a write of one entry as a batch of its own, which can be undone; without effect it leaves none.

    `label` says in French what is done; the batch says of which entry. Raises what `write` raises.
    """
    batch = Batch.objects.create(kind=BatchKind.ACTION, label=label, author=provenance.author, created_at=provenance.at)
    outcome = write(replace(provenance, batch=batch))
    if outcome.changed:
        # A text that was joined with another is not submitted or published: somebody reads it first.
        done = "Modification" if outcome.joined else label
        Batch.objects.filter(pk=batch.pk).update(label=f"{done} de {outcome.entry.reference}")
    else:
        batch.delete()
    return outcome


def _change_one(
    number: int, base: int | None, operation: Operation, provenance: Provenance, report: BulkReport
) -> None:
    try:
        with transaction.atomic():
            outcome = operation(number, provenance, base=base)
    except EntryError as refusal:
        report.refused.append(str(refusal))
    else:
        (report.changed if outcome.changed else report.unchanged).append(outcome)
