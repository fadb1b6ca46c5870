"""Merging entries that say the same: one survives, the others redirect to it; `faq.services.undo` reverts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from faq.domain.facets import Taxonomy
from faq.domain.text import is_visible
from faq.enums import Action, BatchKind, EntryStatus, Origin
from faq.models import Batch, Entry, EntryAlias, Epoch, MovedRow, Passage, SeeAlso
from faq.models.entries import reference
from faq.selectors.published import load_taxonomy
from faq.services.assignments import follow_merge
from faq.services.conflicts import check_base
from faq.services.content import Content, EntryError, clean, content_of
from faq.services.roles import Author, require
from faq.services.verifications import keep_oldest_check
from faq.services.versions import Change, Outcome, Provenance, latest, lock_entries, record

_RIGHT = "faq.merge_entry"


@dataclass(slots=True)
class MergeReport:
    """The result of a merge: its batch, the survivor, and what was moved to it."""

    batch: Batch
    survivor: Entry
    absorbed: list[Outcome] = field(default_factory=list)
    changed: bool = False
    """Whether the survivor says something else now, or is live since."""
    passages: int = 0
    aliases: int = 0
    """Former numbers that led to an absorbed entry, and lead to the survivor now."""


@transaction.atomic
def merge_entries(
    survivor: int, absorbed: Sequence[int], content: Content, provenance: Provenance, *, bases: Mapping[int, int]
) -> MergeReport:
    """Merge entries as one batch: the survivor gets `content`, and the others redirect to it.

    The absorbed ones are archived; their addresses, passages and former numbers lead to the survivor, which is
    live afterwards if any of them was, and counts as checked when that one was which has waited for longest.
    `bases` gives the versions that the author has seen. Raises StaleVersion where another was written since,
    EntryError where an entry is out of use or merged with itself, InvalidContent, PermissionDenied,
    Entry.DoesNotExist.
    """
    require(provenance.author, _RIGHT)
    entries = {entry.pk: entry for entry in lock_entries({survivor, *absorbed})}
    _refuse_impossible(survivor, absorbed, entries, bases)
    waiting = [entry.verification_id for entry in entries.values() if entry.verification_id and entry.live_id]
    taxonomy = load_taxonomy(share=True)
    batch = _open_batch(survivor, absorbed, provenance)
    told = Provenance(Origin.MERGE, provenance.author, batch, provenance.comment, at=provenance.at)
    report = MergeReport(batch, entries[survivor])
    change = _build_survivor_change(entries, survivor, clean(content, taxonomy))
    _write_versions(entries, survivor, change, taxonomy, told, report)
    _redirect_to_survivor(survivor, absorbed, batch, report)
    keep_oldest_check(report.survivor, waiting, batch)
    follow_merge(report.survivor, absorbed, batch)
    return report


def _refuse_impossible(
    survivor: int, absorbed: Sequence[int], entries: Mapping[int, Entry], bases: Mapping[int, int]
) -> None:
    if survivor in absorbed or not absorbed:
        raise EntryError("Une fusion réunit au moins deux fiches différentes : choisissez celle qui reste.")
    for number, entry in entries.items():
        if entry.status == EntryStatus.ARCHIVED:
            raise EntryError(f"La fiche {entry.reference} est archivée : elle ne peut pas être fusionnée.")
        check_base(entry, bases.get(number))


def _open_batch(survivor: int, absorbed: Sequence[int], provenance: Provenance) -> Batch:
    names = ", ".join(reference(number) for number in sorted(absorbed))
    return Batch.objects.create(
        kind=BatchKind.MERGE,
        label=f"Fusion de {names} dans {reference(survivor)}"[:300],
        author=provenance.author,
        created_at=provenance.at,
        survivor_id=survivor,
    )


def _build_survivor_change(entries: Mapping[int, Entry], survivor: int, content: Content) -> Change | None:
    """Return the change of the survivor, or None where its content and status stay the same."""
    entry = entries[survivor]
    head = latest(entry)
    to_be_live = any(one.live_id for one in entries.values())
    if to_be_live and not (is_visible(content.question) and is_visible(content.answer)):
        raise EntryError("La fiche conservée serait en ligne : il lui faut une question et une réponse.")
    status = EntryStatus.PUBLISHED if to_be_live else EntryStatus(head.status)
    if content == content_of(head) and status == head.status:
        return None
    return Change(entry, content, Action.MERGED, status)


def _write_versions(
    entries: Mapping[int, Entry],
    survivor: int,
    change: Change | None,
    taxonomy: Taxonomy,
    provenance: Provenance,
    report: MergeReport,
) -> None:
    gone = [
        Change(entry, content_of(latest(entry)), Action.ABSORBED, EntryStatus.ARCHIVED)
        for number, entry in sorted(entries.items())
        if number != survivor
    ]
    written = record([*gone, *([change] if change else [])], taxonomy, provenance)
    report.absorbed = [outcome for outcome in written if outcome.entry.pk != survivor]
    report.changed = change is not None


def _redirect_to_survivor(survivor: int, absorbed: Sequence[int], batch: Batch, report: MergeReport) -> None:
    """Make passages and former numbers of the absorbed entries lead to the survivor, and store where they led."""
    passages = Passage.objects.filter(entry__in=absorbed)
    aliases = EntryAlias.objects.filter(survivor__in=absorbed)
    MovedRow.objects.bulk_create(
        [MovedRow(batch=batch, passage_id=pk, entry_id=entry) for pk, entry in passages.values_list("pk", "entry")]
        + [
            MovedRow(batch=batch, former_id=former, entry_id=entry)
            for former, entry in aliases.values_list("former", "survivor")
        ]
    )
    report.passages = passages.update(entry=survivor)
    report.aliases = aliases.update(survivor=survivor)
    EntryAlias.objects.bulk_create(
        EntryAlias(former_id=number, survivor_id=survivor, batch=batch) for number in sorted(absorbed)
    )
    # The addresses of the absorbed entries answer otherwise from now on, even where nothing else changed.
    Epoch.move([survivor, *absorbed])


@transaction.atomic
def add_see_also(one: int, other: int, author: Author) -> bool:
    """Add two entries to each other's « Voir aussi »; return whether anything changed.

    Raises PermissionDenied, EntryError, Entry.DoesNotExist.
    """
    left, right = sorted((one, other))
    require(author, "faq.change_entry")
    if left == right:
        raise EntryError("Une fiche ne renvoie pas à elle-même.")
    lock_entries([left, right])
    _, created = SeeAlso.objects.get_or_create(left_id=left, right_id=right)
    if created:
        Epoch.move([left, right])
    return created


@transaction.atomic
def remove_see_also(one: int, other: int, author: Author) -> bool:
    """Remove two entries from each other's « Voir aussi »; return whether anything changed. Raises PermissionDenied."""
    left, right = sorted((one, other))
    require(author, "faq.change_entry")
    gone, _ = SeeAlso.objects.filter(left=left, right=right).delete()
    if gone:
        Epoch.move([left, right])
    return bool(gone)
