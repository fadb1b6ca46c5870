"""Undoing a batch as a whole.

What an undo brings back is read from the versions of each entry (`faq.selectors.entry_states`) and from the rows
that the batch left (`MovedRow`, `RowChange`, `DroppedSchedule`, `Verification`). An entry is left alone where it is no
more what the batch made of it: another text, filing, state or live text, a refusal, or a plan that was made since. Its
number of versions says nothing: batches that were made one after another are undone in reverse.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from faq.domain.facets import Filing, Taxonomy
from faq.domain.refiling import refile
from faq.enums import Action, BatchKind, EntryStatus
from faq.models import Batch, Dump, Entry, EntryAlias, Epoch, MovedRow, Passage, RowChange, Schedule, Version
from faq.models.entries import reference
from faq.selectors.entry_states import EntryState, read_entry_states
from faq.selectors.published import load_taxonomy
from faq.services.assignments import get_assigned_entries, restore_assignments
from faq.services.content import Content, EntryError, content_of
from faq.services.refiling import Refiled, hold_taxonomy, refile_entries
from faq.services.roles import Author, require
from faq.services.row_undo import restore_rows
from faq.services.schedules import drop_restored_plans, restore_plans
from faq.services.taxonomy_batches import follow_intervals, get_refiling_terms
from faq.services.undo_rights import require_undo_rights
from faq.services.verifications import RIGHT as CHECK_RIGHT
from faq.services.verifications import get_checked_entries, restore_checks
from faq.services.versions import Change, Provenance, latest, lock_entries, record


@dataclass(slots=True)
class UndoReport:
    """The effects of an undo."""

    batch: Batch | None
    """The batch that records the undo; None where it had no effect and can be tried again."""
    archived: list[Entry] = field(default_factory=list)
    """Entries that the batch had created."""
    reverted: list[Entry] = field(default_factory=list)
    """Entries that are again what they were before the batch."""
    left: list[tuple[Entry, str]] = field(default_factory=list)
    """Entries that the undo does not touch, and why, in French."""
    checks: list[Entry] = field(default_factory=list)
    """Entries of which a check counts no more, or counts again."""
    refusals: list[tuple[Entry, Version]] = field(default_factory=list)
    """Entries whose text is refused again, and the version that refused it."""
    planned: list[Schedule] = field(default_factory=list)
    """Plans that the batch had dropped; where their hour has passed, they wait for an editor as failed."""
    dropped: list[Schedule] = field(default_factory=list)
    """Plans that are dropped again, because an undo that had restored them is undone."""
    former_numbers: dict[int, int | None] = field(default_factory=dict)
    """Per former number, the entry that it leads to again: None where it stands for itself."""
    passages: Counter[int] = field(default_factory=Counter)
    """Per entry, the number of passages that belong to it again."""
    assigned: list[Entry] = field(default_factory=list)
    """Entries that are assigned as they were before the batch."""
    dumps_change: bool = False
    """Whether other dumps count from now on."""
    rows: list[RowChange] = field(default_factory=list)
    """Terms and groups of synonyms that are as before."""
    rows_left: list[tuple[str, str]] = field(default_factory=list)
    """The names of those that the undo does not touch, and why, in French."""
    refiled: list[Refiled] = field(default_factory=list)
    """Entries left as they are but for their filing, which follows the terms."""

    @property
    def untouched(self) -> list[tuple[Entry, str]]:
        """The entries that are left, but for those whose filing alone follows the terms."""
        refiled = {one.entry.pk for one in self.refiled}
        return [(entry, reason) for entry, reason in self.left if entry.pk not in refiled]

    @property
    def has_effect(self) -> bool:
        """Whether anything was undone."""
        entries = self.archived or self.reverted or self.checks or self.former_numbers or self.assigned
        return bool(entries or self.rows or self.dumps_change)


@transaction.atomic
def undo_batch(number: int, provenance: Provenance) -> UndoReport:
    """Undo a batch, as a batch of its own: what it created is archived, what it changed or merged is as before.

    Entries that were changed since, or that another dump has come to cite, are left alone and named. An undo
    without effect is not recorded. Undoing an undo brings its effects back. Its author needs the rights of what
    goes back, anybody else the right to undo batches. Raises PermissionDenied,
    Batch.DoesNotExist, and EntryError where the batch is undone already, or later merges have to be undone before.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("undoes").get(pk=number)
    require_undo_rights(batch, provenance.author)
    if batch.undone_by_id:
        raise EntryError(f"Le lot {batch.pk} est déjà annulé, par le lot {batch.undone_by_id}.")
    if batch.undoes and batch.undoes.kind == BatchKind.MERGE:
        raise EntryError("L’annulation d’une fusion ne s’annule pas : fusionnez de nouveau les fiches.")
    return _undo(batch, provenance)


@transaction.atomic
def take_back_checks(number: int, author: Author) -> Batch:
    """Undo the batch of what its author checked at once; return the batch that does so.

    Raises PermissionDenied, Batch.DoesNotExist, and EntryError where it is undone already, or is no such batch.
    """
    require(author, CHECK_RIGHT)
    batch = Batch.objects.select_for_update().get(pk=number)
    if batch.kind == BatchKind.CHECK and batch.author == author and not batch.undone_by_id:
        lock_entries(get_checked_entries(batch))
        undo = _open_undo(batch, author, timezone.now())
        if restore_checks(undo):
            return undo
    raise EntryError("Ces vérifications ont déjà été annulées, ou sont de quelqu’un d’autre.")


@dataclass(frozen=True, slots=True)
class _Own:
    """The versions of one entry that a batch wrote: numbers of the first and the last, from 1."""

    first: int
    last: int
    is_new: bool
    """Whether the batch created the entry."""
    is_restored: bool
    """Whether the batch restored the entry, which was archived."""
    written_at: datetime


def _undo(batch: Batch, provenance: Provenance) -> UndoReport:
    """Undo a locked batch; roll back where that has no effect."""
    with transaction.atomic():
        report = _Undo(batch, provenance).run()
        transaction.set_rollback(not report.has_effect)
    if not report.has_effect:
        report.batch = None
    return report


class _Undo:
    """The steps of one undo; all entries are locked."""

    def __init__(self, batch: Batch, provenance: Provenance) -> None:
        self.batch = batch
        self.own = _versions_of(batch)
        self.changed_rows = list(batch.row_changes.order_by("-pk"))
        self.merged = list(EntryAlias.objects.filter(batch=batch).order_by("former").values_list("former", flat=True))
        numbers = {*self.own, *get_checked_entries(batch), *get_assigned_entries(batch), *self.merged} | (
            {batch.survivor_id} if batch.survivor_id else set()
        )
        terms = get_refiling_terms(self.changed_rows)
        # Terms of which entries may hold more than the batch knows are locked with these entries.
        entries = hold_taxonomy(lambda: terms, numbers) if self.changed_rows else lock_entries(numbers)
        self.entries = {entry.pk: entry for entry in entries}
        self.states = read_entry_states(self.own)
        self.provenance = provenance

    def run(self) -> UndoReport:
        """Undo everything, and report it."""
        if self.batch.survivor_id:
            self._refuse_after_later_merge(self.batch.survivor_id)
        kept_dumps = _kept_dumps()
        self.undo = _open_undo(self.batch, self.provenance.author, self.provenance.at)
        self.report = UndoReport(self.undo)
        self.report.dumps_change = kept_dumps != _kept_dumps()
        if self.batch.survivor_id:
            self._take_moves_back(self.batch.survivor_id)
        before = after = load_taxonomy(share=True)
        if self.changed_rows:
            self.report.rows, self.report.rows_left = restore_rows(self.changed_rows, self.undo)
            after = load_taxonomy()
        self._write_versions(after)
        self._file_as_terms_demand(before, after)
        self._restore_plans()
        written = [entry.pk for entry in (*self.report.reverted, *self.report.archived)]
        checked = restore_checks(self.undo, written, left=[entry.pk for entry, _ in self.report.left])
        self.report.checks = [self.entries[number] for number in sorted(checked)]
        assigned, otherwise = restore_assignments(self.undo)
        self.report.assigned = [self.entries[number] for number in sorted(assigned)]
        if not self.batch.survivor_id:
            reason = "attribuée à quelqu’un d’autre depuis"
            self.report.left += [(self.entries[number], reason) for number in sorted(otherwise)]
        return self.report

    def _refuse_after_later_merge(self, survivor: int) -> None:
        if later := EntryAlias.objects.filter(former=survivor).first():
            name = reference(survivor)
            raise EntryError(f"La fiche {name} a été fusionnée à son tour : annulez d’abord le lot {later.batch_id}.")

    def _take_moves_back(self, survivor: int) -> None:
        """Redirect passages and former numbers to where they led before the merge."""
        self.report.former_numbers = dict.fromkeys(self.merged)
        EntryAlias.objects.filter(batch=self.batch).delete()
        passages = defaultdict(list)
        for row in MovedRow.objects.filter(batch=self.batch):
            if row.passage_id:
                passages[row.entry_id].append(row.passage_id)
            elif row.former_id and EntryAlias.objects.filter(former=row.former_id, survivor=survivor).update(
                survivor=row.entry_id
            ):
                self.report.former_numbers[row.former_id] = row.entry_id
        for number, moved in sorted(passages.items()):
            self.report.passages[number] = Passage.objects.filter(pk__in=moved, entry=survivor).update(entry=number)
        Epoch.move([survivor, *self.merged])

    def _write_versions(self, taxonomy: Taxonomy) -> None:
        """Write one version, with the state before the batch, per entry that was not changed since."""
        cited = self._cited()
        texts = self._texts()
        planned = self._planned_since()
        changes = []
        for number, own in sorted(self.own.items()):
            entry = self.entries[number]
            if self._changed_since(number, texts):
                self.report.left.append((entry, "modifiée depuis"))
            elif number in planned:
                self.report.left.append((entry, "une publication ou un retrait y a été planifié depuis"))
            elif number in cited:
                self.report.left.append((entry, "citée par une autre extraction"))
            elif own.is_new:
                self.report.archived.append(entry)
                changes.append(Change(entry, content_of(latest(entry)), Action.ARCHIVED, EntryStatus.ARCHIVED))
            else:
                self.report.reverted.append(entry)
                changes.append(self._change_back(entry, texts))
        self.report.refusals = [
            (entry, texts[refusal])
            for entry in self.report.reverted
            if (refusal := self._state_before(entry.pk).refusal)
        ]
        provenance = self.provenance
        record(changes, taxonomy, Provenance(provenance.origin, provenance.author, self.undo, at=provenance.at))

    def _file_as_terms_demand(self, before: Taxonomy, after: Taxonomy) -> None:
        """File entries that are left, or whose former filing contradicts itself by now, as the terms demand."""
        written = {entry.pk for entry in (*self.report.reverted, *self.report.archived)}
        left = {entry.pk for entry, _ in self.report.left}
        provenance = Provenance(self.provenance.origin, self.provenance.author, self.undo, at=self.provenance.at)

        def get_filing(entry: Entry, filing: Filing) -> Filing:
            if entry.pk in left:
                return refile(filing, before, after)
            # What was written just now, or never was the batch's, is kept unless it contradicts itself.
            return filing if after.accepts(filing) else refile(filing, after if entry.pk in written else before, after)

        self.report.refiled = refile_entries(self.entries.values(), get_filing, after, provenance)
        follow_intervals(self.report.rows)

    def _cited(self) -> set[int]:
        """Return the entries that the batch brought into use, and that a dump holds whose import stands."""
        is_import = self.batch.kind == BatchKind.DUMP_IMPORT
        brought = [number for number, own in self.own.items() if own.is_new or (is_import and own.is_restored)]
        return set(Passage.objects.not_undone().filter(entry__in=brought).values_list("entry", flat=True))

    def _planned_since(self) -> set[int]:
        plans = Schedule.objects.filter(entry__in=self.own).values_list("entry", "created_at")
        return {number for number, planned_at in plans if planned_at > self.own[number].written_at}

    def _texts(self) -> dict[int, Version]:
        """Return all versions that are compared or brought back, by primary key."""
        pointed = {
            version.pk: version for entry in self.entries.values() for version in (entry.head, entry.live) if version
        }
        wanted: set[int | None] = set()
        for number, own in self.own.items():
            left, now = self.states[number][own.last - 1], self.states[number][-1]
            wanted |= {left.version, left.live} if left[:2] != now[:2] else set()
            wanted |= set() if own.is_new else set(self._state_before(number))
        return pointed | Version.objects.in_bulk(wanted - pointed.keys() - {None})

    def _state_before(self, number: int) -> EntryState:
        return self.states[number][self.own[number].first - 2]

    def _changed_since(self, number: int, texts: dict[int, Version]) -> bool:
        left, now = self.states[number][self.own[number].last - 1], self.states[number][-1]
        return left != now and _described(left, texts) != _described(now, texts)

    def _change_back(self, entry: Entry, texts: dict[int, Version]) -> Change:
        before = self._state_before(entry.pk)
        head = texts[before.version]
        live = texts[before.live] if before.live and before.live != head.pk else None
        return Change(
            entry,
            content_of(head),
            Action.UNDONE,
            EntryStatus(head.status),
            live_beside=live,
            # A draft that is a minor correction of the live text stays minor.
            minor=head.minor and live is not None,
            returns_to=head,
        )

    def _restore_plans(self) -> None:
        """Plan again what the batch dropped, drop again what it had planned again as an undo."""
        reverted = {entry.pk: entry for entry in self.report.reverted}
        self.report.dropped = drop_restored_plans(self.undo, [*reverted, *(entry.pk for entry in self.report.archived)])
        self.report.planned = restore_plans(self.undo, reverted)


def _versions_of(batch: Batch) -> dict[int, _Own]:
    own: dict[int, _Own] = {}
    versions = Version.objects.filter(batch=batch).order_by("entry", "number")
    for entry, number, action, written_at in versions.values_list("entry", "number", "action", "created_at"):
        before = own.get(entry)
        own[entry] = _Own(
            before.first if before else number,
            number,
            before.is_new if before else action == Action.CREATED,
            before.is_restored if before else action == Action.RESTORED,
            written_at,
        )
    return own


def _described(state: EntryState, texts: dict[int, Version]) -> tuple[Content, str, Content | None, int | None]:
    """Return what makes two states of an entry the same: content, state, live text, refusal."""
    version = texts[state.version]
    return content_of(version), version.status, content_of(texts[state.live]) if state.live else None, state.refusal


def _kept_dumps() -> set[int]:
    return set(Dump.objects.not_undone().values_list("pk", flat=True))


def _set_undone_by(batch: Batch, undo: Batch | None) -> None:
    """Store which batch takes another back now; what that one takes back as an undo itself follows."""
    Batch.objects.filter(pk=batch.pk).update(undone_by=undo)
    undone = batch.undoes
    if undone and undone.undone_by_id == (batch.pk if undo else None):
        _set_undone_by(undone, None if undo else batch)


def _open_undo(batch: Batch, author: Author, at: datetime) -> Batch:
    """Create the batch that undoes another."""
    undo = Batch.objects.create(
        kind=BatchKind.UNDO, label=f"Annulation du lot {batch.pk}", author=author, created_at=at, undoes=batch
    )
    _set_undone_by(batch, undo)
    return undo
