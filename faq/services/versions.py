"""The one place that writes versions, and lets entries, filing, publications and the read side follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from faq.domain.facets import Facet, Filing, Taxonomy
from faq.domain.text import fingerprint, fold
from faq.enums import Action, EntryStatus, Origin
from faq.models import Batch, Entry, Epoch, Publication, Version
from faq.models.live import filing_table
from faq.services.content import Content, content_of
from faq.services.roles import Author


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who changes something, by which path, as part of what, when and why: what a version remembers."""

    origin: Origin
    author: Author = None
    batch: Batch | None = None
    comment: str = ""
    minor: bool = False
    at: datetime = field(default_factory=timezone.now)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an entry whose row is locked, or new."""

    entry: Entry
    content: Content
    action: Action
    text_status: EntryStatus
    live_beside: Version | None = None
    """The version that the public reads while the new one is a draft."""

    @property
    def goes_live(self) -> bool:
        """Whether the new version is what the public reads from now on."""
        return self.text_status == EntryStatus.PUBLISHED

    @property
    def public_notices(self) -> bool:
        """Whether the public reads something else, or nothing any more, after the change."""
        return self.goes_live or self.entry.live_id != (self.live_beside.pk if self.live_beside else None)

    @property
    def row_follows(self) -> bool:
        """Whether the row, which holds the live text or else the latest, changes too."""
        return self.live_beside is None or self.public_notices

    @property
    def shown(self) -> Content:
        """What the row holds after the change."""
        return content_of(self.live_beside) if self.live_beside else self.content


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry: its latest version, and whether the call wrote it."""

    entry: Entry
    version: Version
    changed: bool


def record(changes: Sequence[Change], taxonomy: Taxonomy, provenance: Provenance) -> list[Outcome]:
    """Leave one version per entry and let everything that is derived from it follow.

    To be called within a transaction, in a number of queries that does not depend on how many
    entries there are.
    """
    if not changes:
        return []
    versions = Version.objects.bulk_create(_version(change, taxonomy, provenance) for change in changes)
    recorded = list(zip(changes, versions, strict=True))
    noticed = [(change, version) for change, version in recorded if change.public_notices]
    _record_publications(noticed, provenance.at)
    _file([(change.entry, change.shown.filing) for change in changes if change.row_follows])
    for change, version in recorded:
        _bring_up_to_date(change, version, provenance.at)
    fields = ["status", "question", "answer", "folded", "head", "live", "updated_at"]
    Entry.objects.bulk_update([change.entry for change in changes], fields, batch_size=500)
    if noticed:
        Epoch.move()
    return [Outcome(change.entry, version, changed=True) for change, version in recorded]


def _version(change: Change, taxonomy: Taxonomy, provenance: Provenance) -> Version:
    return Version(
        entry=change.entry,
        number=change.entry.head.number + 1 if change.entry.head else 1,
        question=change.content.question,
        answer=change.content.answer,
        answer_fingerprint=fingerprint(change.content.answer),
        filing=_labelled(change.content.filing, taxonomy),
        status=change.text_status,
        action=change.action,
        origin=provenance.origin,
        minor=provenance.minor,
        comment=provenance.comment,
        author=provenance.author,
        batch=provenance.batch,
        created_at=provenance.at,
    )


def _labelled(filing: Filing, taxonomy: Taxonomy) -> dict[str, list[dict[str, int | str]]]:
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


def _file(filings: Sequence[tuple[Entry, Filing]]) -> None:
    """Make the filing tables say exactly this, in two queries per facet."""
    numbers = [entry.pk for entry, _ in filings]
    for facet in Facet:
        table, entry_column, term_column = filing_table(facet)
        table.objects.filter(**{f"{entry_column}__in": numbers}).delete()
        table.objects.bulk_create(
            table(**{entry_column: entry.pk, term_column: term}) for entry, filing in filings for term in filing[facet]
        )


def _bring_up_to_date(change: Change, version: Version, at: datetime) -> None:
    entry = change.entry
    if change.row_follows:
        shown = change.shown
        entry.question = shown.question
        entry.answer = shown.answer
        entry.folded = fold(f"{shown.question}\n{shown.answer}")
        entry.updated_at = at
    entry.head = version
    entry.live = version if change.goes_live else change.live_beside
    entry.status = EntryStatus.PUBLISHED if entry.live else change.text_status
