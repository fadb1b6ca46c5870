"""One change to the filing of many entries: one batch, in a constant number of queries; a refusal stops no other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import timezone

from faq.domain.facets import Filing, FilingContradiction, Taxonomy
from faq.domain.filing_changes import FilingChange
from faq.enums import BatchKind, EntryStatus, Origin
from faq.models import Batch, Entry
from faq.selectors.published import load_taxonomy
from faq.services.bulk import BulkReport
from faq.services.conflicts import check_base
from faq.services.content import Content, EntryError, clean, content_of
from faq.services.entries import Edit, edit_entries
from faq.services.roles import Author, require
from faq.services.versions import Outcome, Provenance, latest, lock_entries

LABEL = "Classement depuis la liste"


@dataclass(frozen=True, slots=True)
class Refiling:
    """The filing of an entry before and after a change."""

    entry: Entry
    before: Filing
    after: Filing


@dataclass(slots=True)
class FilingReport(BulkReport):
    """The result for each entry, with the filings of those that changed, in the order of their numbers."""

    refilings: list[Refiling] = field(default_factory=list)


@transaction.atomic
def file_entries(bases: Mapping[int, int | None], change: FilingChange, author: Author) -> FilingReport:
    """Apply a change to the filing of entries, of their draft where one stands beside a live text.

    `bases` gives, per entry, the number of the version that the author has seen, where known: an entry of which
    another was written since is refused, as one that is archived or would contradict itself. Raises
    PermissionDenied, and Entry.DoesNotExist, having changed nothing.
    """
    require(author, "faq.change_entry")
    at = timezone.now()
    taxonomy = load_taxonomy()
    report = FilingReport()
    edits = []
    for entry in lock_entries(bases):
        try:
            content = _apply(change, entry, bases[entry.pk], taxonomy)
        except EntryError as refusal:
            report.refused.append(str(refusal))
            continue
        before = content_of(latest(entry))
        if content == before:
            report.unchanged.append(Outcome(entry, latest(entry), changed=False))
        else:
            edits.append(Edit(entry.pk, content, latest(entry).number))
            report.refilings.append(Refiling(entry, before.filing, content.filing))
    if edits:
        report.batch = Batch.objects.create(kind=BatchKind.BULK_ACTION, label=LABEL, author=author, created_at=at)
        report.changed = edit_entries(edits, Provenance(Origin.BULK_ACTION, author, report.batch, at=at))
    return report


def _apply(change: FilingChange, entry: Entry, base: int | None, taxonomy: Taxonomy) -> Content:
    if entry.status == EntryStatus.ARCHIVED:
        raise EntryError(f"La fiche {entry.reference} est archivée\u00a0: restaurez-la avant de la classer.")
    check_base(entry, base)
    before = content_of(latest(entry))
    try:
        filing = change.apply(before.filing, taxonomy)
    except FilingContradiction as contradiction:
        raise EntryError(f"Fiche {entry.reference}\u00a0: {contradiction}") from contradiction
    if filing == before.filing:
        return before
    return clean(replace(before, filing=filing), taxonomy)
