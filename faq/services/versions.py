"""The one place that writes versions, and lets entries, filing, publications, schedules and the read side follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from faq.domain.facets import Facet, Filing, Taxonomy
from faq.domain.markup import blank_markup
from faq.domain.text import fingerprint, fold
from faq.enums import Action, EntryStatus, Origin
from faq.models import Batch, DroppedSchedule, Entry, Epoch, Publication, Schedule, Theme, Version
from faq.models.entries import filing_table, reference
from faq.models.schedules import PLAN_COLUMNS
from faq.services.content import NOT_FILED, Content, EntryError, check_version_comment, content_of
from faq.services.duplicates import compare_waiting
from faq.services.media_uses import record_media_uses
from faq.services.notifications import announce_review
from faq.services.review_dates import follow_publications
from faq.services.roles import Author
from faq.services.search import index_entries

_FACETS = tuple(Facet)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The author, path, batch, reason and time of a write, as versions store them."""

    origin: Origin
    author: Author = None
    batch: Batch | None = None
    comment: str = ""
    minor: bool = False
    """Whether the change is a minor correction, after which votes still count."""
    at: datetime = field(default_factory=timezone.now)


@dataclass(frozen=True, slots=True)
class Change:
    """A change to an entry whose row is locked, or new: one version and everything that follows from it."""

    entry: Entry
    content: Content
    action: Action
    text_status: EntryStatus
    live_beside: Version | None = None
    """The version that the public reads while the new one is a draft."""
    minor: bool = False
    """The value of `Version.minor`."""
    answer_fingerprint: str | None = None
    """The fingerprint of the answer, where it has been computed already."""
    returns_to: Version | None = None
    """Of an undo: the version whose text and state it brings back, maybe an undo. Of a refiled draft: the draft."""

    @property
    def goes_live(self) -> bool:
        """Whether the new version is what the public reads from now on."""
        return self.text_status == EntryStatus.PUBLISHED

    @property
    def changes_public_text(self) -> bool:
        """Whether the public reads something else, or nothing any more, after the change."""
        return self.goes_live or self.entry.live_id != (self.live_beside.pk if self.live_beside else None)

    @property
    def keeps_public_text(self) -> bool:
        """Whether the public goes on reading the same words, under the number of another version maybe."""
        is_live = self.goes_live or self.live_beside is not None
        return is_live and self.entry.live is not None and content_of(self.entry.live) == self.row_content

    @property
    def updates_entry_row(self) -> bool:
        """Whether the row, which holds the live text or else the latest, changes too."""
        return self.live_beside is None or self.changes_public_text

    @property
    def to_compare(self) -> bool:
        """Whether the entry has to be compared again with all others, to find its duplicates."""
        head = self.entry.head
        if head is None or EntryStatus.ARCHIVED in {self.text_status, self.entry.status}:
            return True
        return (head.question, head.answer) != (self.content.question, self.content.answer)

    @property
    def repeated_comment(self) -> str:
        """The comment with which the text that an undo brings back was submitted or refused; its readers need it."""
        return self.returns_to.comment if self.returns_to and not self.goes_live else ""

    @property
    def previous_filing(self) -> Filing:
        """The filing of the row before the change: of the live version, or else of the latest."""
        before = self.entry.live or self.entry.head
        return content_of(before).filing if before else NOT_FILED

    @property
    def row_content(self) -> Content:
        """The content of the row after the change: of the live version, or else of the new one."""
        return content_of(self.live_beside) if self.live_beside else self.content


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one entry: its latest version, and whether the call wrote it."""

    entry: Entry
    version: Version
    changed: bool
    joined: Version | None = None
    """The version that somebody else had saved meanwhile, with which the change was merged."""


def lock_entries(numbers: Iterable[int]) -> list[Entry]:
    """Lock entries, always in the order of their numbers, and bring their pointers along.

    To be called within a transaction. Raises Entry.DoesNotExist, naming all that are missing.
    """
    wanted = set(numbers)
    # Two queries: PostgreSQL does not lock through the outer join that the nullable pointers need.
    entries = list(Entry.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if missing := wanted - {entry.pk for entry in entries}:
        raise Entry.DoesNotExist(f"Aucune fiche {', '.join(reference(number) for number in sorted(missing))}.")
    pointers = {entry.head_id for entry in entries} | {entry.live_id for entry in entries}
    versions = Version.objects.in_bulk(pointers - {None})
    for entry in entries:
        entry.head = versions[entry.head_id]
        entry.live = versions[entry.live_id] if entry.live_id else None
    return entries


def latest(entry: Entry) -> Version:
    """Return the latest version; only an entry that is being created has none."""
    if entry.head is None:
        raise EntryError(f"La fiche {entry.reference} n’a pas de version ; prévenez un administrateur.")
    return entry.head


def record(
    changes: Sequence[Change], taxonomy: Taxonomy, provenance: Provenance, *, all_read_again: bool = False
) -> list[Outcome]:
    """Write one version per entry, and update everything that follows from it.

    To be called within a transaction; takes a constant number of queries. `all_read_again` says that the transaction
    has moved the epoch for all entries already. Raises EntryError where the comment is too long.
    """
    if not changes:
        return []
    check_version_comment(provenance.comment)
    provenance = replace(provenance, at=_compute_write_time(changes, provenance.at))
    filings = _label_filings(changes, taxonomy)
    versions = Version.objects.bulk_create(
        _build_version(change, filing, provenance) for change, filing in zip(changes, filings, strict=True)
    )
    record_media_uses(versions)
    recorded = list(zip(changes, versions, strict=True))
    announce_review([(change.entry, version) for change, version in recorded])
    noticed = [(change, version) for change, version in recorded if change.changes_public_text]
    _record_publications(noticed, provenance.at)
    rewritten = [change for change in changes if change.updates_entry_row]
    _update_filing(rewritten)
    names_are_new = _publish_themes(noticed, taxonomy)
    if names_are_new or (noticed and not all_read_again):
        # Before the review dates are computed: a transaction that changes what they depend on moves it too, and waits.
        Epoch.move([change.entry.pk for change, _ in noticed], terms=names_are_new)
    for change, version in recorded:
        _update_entry(change, version, provenance.at)
    if online := [(change.entry, version) for change, version in noticed if change.entry.live]:
        follow_publications(online)
    fields = ["search_text", "head"]
    # Most imports and forms write a draft beside what the public reads, and leave the rest of the row.
    if rewritten:
        fields += ["status", "question", "answer", "live", "updated_at"]
    # What is new waits to be compared from the first, and writing a column of thousands takes a second.
    fields += ["verification", "review_before"] if noticed else []
    fields += ["comparison_rank"] if any(version.number > 1 for version in versions) else []
    _save_entries([change.entry for change in changes], fields)
    _drop_overtaken_schedules(changes, [change for change, _ in noticed], provenance.batch)
    if noticed:
        index_entries(change.entry for change, _ in noticed)
    if any(change.entry.comparison_rank is None for change in changes):
        numbers = [change.entry.pk for change in changes]
        transaction.on_commit(lambda: compare_waiting(numbers), robust=True)
    return [Outcome(change.entry, version, changed=True) for change, version in recorded]


def _publish_themes(noticed: Sequence[tuple[Change, Version]], taxonomy: Taxonomy) -> bool:
    """Store that the public reads the names of thématiques from now on; return whether there are such."""
    named = {id for change, _ in noticed if change.goes_live for id in change.content.filing[Facet.THEMES]}
    new = [id for id in named if not taxonomy.by_id[Facet.THEMES, id].was_public]
    if new:
        Theme.objects.filter(pk__in=new).update(was_public=True)
    return bool(new)


def _save_entries(entries: Sequence[Entry], fields: Sequence[str]) -> None:
    if len(entries) == 1:
        # Most writes: a third of what the statement for several takes.
        entries[0].save(update_fields=fields)
    else:
        _update_rows(entries, fields)


def _update_rows(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """Update each row by a statement of its own, all sent at once: `bulk_update` takes a millisecond a row longer."""
    fields: list[Any] = [Entry._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quote(Entry._meta.db_table)} SET {assignments} WHERE id = %s"  # noqa: S608 (our own names)
    rows = [
        [*(field.get_db_prep_save(getattr(entry, field.attname), connection) for field in fields), entry.pk]
        for entry in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _compute_write_time(changes: Sequence[Change], at: datetime) -> datetime:
    """Return the time of a write, never before the version that it follows: it may have waited, or a clock be slow."""
    return max([at, *(change.entry.head.created_at for change in changes if change.entry.head)])


LabelledFiling = dict[str, list[dict[str, int | str]]]
"""A filing as versions store it: the terms of each facet, with the names that they have at that time."""


def _build_version(change: Change, filing: LabelledFiling, provenance: Provenance) -> Version:
    return Version(
        entry=change.entry,
        number=change.entry.head.number + 1 if change.entry.head else 1,
        question=change.content.question,
        answer=change.content.answer,
        answer_fingerprint=_fingerprint_of(change),
        filing=filing,
        status=change.text_status,
        action=change.action,
        origin=provenance.origin,
        minor=change.minor,
        comment=change.repeated_comment or provenance.comment,
        author=provenance.author,
        batch=provenance.batch,
        created_at=provenance.at,
        returns_to_id=_get_version_returned_to(change),
    )


def _get_version_returned_to(change: Change) -> int | None:
    """Return the version that an undo brings back, or that was written before a draft was refiled."""
    version = change.returns_to
    if version is None:
        return None
    # An undo returns to a refiled draft itself: what is live beside that one was refiled too.
    is_itself = change.action == Action.UNDONE and version.action == Action.REFILED
    return version.pk if is_itself else version.returns_to_id or version.pk


def _fingerprint_of(change: Change) -> str:
    known = change.answer_fingerprint
    return fingerprint(change.content.answer) if known is None else known


def _label_filings(changes: Iterable[Change], taxonomy: Taxonomy) -> list[LabelledFiling]:
    """Return the filings of changes as versions store them; equal ones, of which there are many, are made once."""
    made: dict[tuple[frozenset[int], ...], LabelledFiling] = {}
    labelled = []
    for change in changes:
        key = tuple(change.content.filing[facet] for facet in _FACETS)
        if key not in made:
            made[key] = _build_labelled_filing(change.content.filing, taxonomy)
        labelled.append(made[key])
    return labelled


def _build_labelled_filing(filing: Filing, taxonomy: Taxonomy) -> LabelledFiling:
    filed = {facet: [taxonomy.by_id[facet, id] for id in sorted(ids)] for facet, ids in filing.items()}
    return {
        facet.value: [{"id": term.id, "slug": term.slug, "label": term.label} for term in terms]
        for facet, terms in filed.items()
    }


def _record_publications(noticed: Sequence[tuple[Change, Version]], at: datetime) -> None:
    numbers = [change.entry.pk for change, _ in noticed]
    Publication.objects.filter(entry__in=numbers, live_until__isnull=True).update(live_until=at)
    Publication.objects.bulk_create(
        Publication(entry=change.entry, version=live, live_from=at)
        for change, version in noticed
        if (live := version if change.goes_live else change.live_beside)
    )


def _drop_overtaken_schedules(changes: Sequence[Change], noticed: Sequence[Change], batch: Batch | None) -> None:
    """Drop plans that have come true, or can no longer come true, without waiting for their hour."""
    undone = {change.entry.pk for change in changes if _leaves_plans(change)}
    published = {change.entry.pk for change in noticed if change.goes_live} - undone
    ended = {change.entry.pk for change in noticed if not change.goes_live and not change.live_beside} - undone
    archived = {change.entry.pk for change in changes if change.text_status == EntryStatus.ARCHIVED} - undone
    if published or ended or archived:
        overtaken = Q(entry__in=published, action=Action.PUBLISHED) | Q(entry__in=ended, action=Action.WITHDRAWN)
        drop_schedules(Schedule.objects.filter(overtaken | Q(entry__in=archived)), batch)


def _leaves_plans(change: Change) -> bool:
    """Return whether plans stay: an undo sets them itself, and a refiled text is the one that was planned."""
    if change.action in (Action.UNDONE, Action.REFILED):
        return True
    # Brought back to the live text by hand: the plan of another text waits for a decision, as after every edit.
    return change.action == Action.EDITED or (change.action == Action.REVERTED and change.minor)


def drop_schedules(plans: Iterable[Schedule], batch: Batch | None) -> list[Schedule]:
    """Delete plans, store them as dropped by the batch where one is given, and return them."""
    plans = list(plans)
    if not plans:
        return plans
    if batch:
        DroppedSchedule.objects.bulk_create(
            DroppedSchedule(batch=batch, **{column: getattr(plan, column) for column in PLAN_COLUMNS}) for plan in plans
        )
    Schedule.objects.filter(pk__in=[plan.pk for plan in plans]).delete()
    return plans


def _update_filing(changes: Sequence[Change]) -> None:
    """Make the filing tables say what is shown after the changes, in two queries per facet where that differs."""
    filings = [(change.entry, change.previous_filing, change.row_content.filing) for change in changes]
    for facet in Facet:
        moved = [(entry, filing[facet]) for entry, held, filing in filings if held[facet] != filing[facet]]
        if not moved:
            continue
        table, entry_column, term_column = filing_table(facet)
        table.objects.filter(**{f"{entry_column}__in": [entry.pk for entry, _ in moved]}).delete()
        table.objects.bulk_create(
            table(**{entry_column: entry.pk, term_column: term}) for entry, terms in moved for term in terms
        )


def _update_entry(change: Change, version: Version, at: datetime) -> None:
    entry = change.entry
    if change.to_compare:
        entry.comparison_rank = None
    if change.updates_entry_row:
        shown = change.row_content
        if not change.keeps_public_text:
            entry.updated_at = at
        entry.question = shown.question
        entry.answer = shown.answer
    entry.head = version
    entry.live = version if change.goes_live else change.live_beside
    entry.status = EntryStatus.PUBLISHED if entry.live else change.text_status
    entry.review_before = entry.review_before if entry.live else None
    entry.search_text = build_search_text(change.row_content, change.content)


def build_search_text(shown: Content, latest: Content) -> str:
    """Return what the admin searches: what the row holds, then the latest text where it differs."""
    texts = dict.fromkeys(f"{content.question}\n{blank_markup(content.answer)}" for content in (shown, latest))
    return fold("\n".join(texts))
