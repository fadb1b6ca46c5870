"""The confirmation of a preview: the import that it showed, once, as one batch, or the news that it is out of date."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from faq.domain.chunks import split_in_chunks
from faq.domain.duplicates.index import ProgressCallback
from faq.enums import DumpChoice, DumpVerdict, Origin
from faq.models import DumpPreview, Entry, PreviewedAnswer
from faq.models.entries import reference
from faq.services.content import EntryError, ImportRefused
from faq.services.dump_files import PreviewFile
from faq.services.dump_previews import TotalProgress, get_files, name_twin, open_sources
from faq.services.dumps import Decision, Decisions, import_dumps
from faq.services.dumps_report import DumpReport, Finding
from faq.services.roles import require
from faq.services.uploads import delete_uploads
from faq.services.versions import Provenance

_CHUNK = 500
_PLACES_NAMED = 5
_UNSETTLED = (DumpVerdict.NEW, DumpVerdict.LOOKS_LIKE, DumpVerdict.CHANGED)
"""The verdicts on a text that no entry has."""


class PreviewOutdated(EntryError):
    """The FAQ is no more what the preview was computed from; nothing was imported."""

    def __init__(self) -> None:
        super().__init__(
            "La FAQ a changé depuis votre aperçu : rien n’a été importé. Le voici recalculé ; relisez ce qui a changé."
        )


def confirm_preview(key: UUID, author: User, progress: ProgressCallback | None = None) -> DumpPreview:
    """Import the files of a preview with the choices that were made, and return it with its batch.

    A second confirmation waits for the first, and changes nothing. Raises DumpPreview.DoesNotExist,
    PermissionDenied, ImportRefused, PreviewOutdated, and EntryError where a choice is impossible; nothing is stored.
    """
    require(author, "faq.add_dump")
    # Committed at once: an import that is killed leaves a trace of having begun.
    DumpPreview.objects.filter(key=key, author=author, batch=None).update(started_at=timezone.now())
    try:
        return _import_once(key, author, progress)
    except (EntryError, ImportRefused):
        DumpPreview.objects.filter(key=key, author=author).update(started_at=None)
        raise


@transaction.atomic
def _import_once(key: UUID, author: User, progress: ProgressCallback | None) -> DumpPreview:
    preview: DumpPreview = DumpPreview.objects.select_for_update().get(key=key, author=author)
    if preview.batch_id:
        return preview
    if preview.computed_at is None:
        raise EntryError("L’aperçu n’est pas encore calculé : regardez-le d’abord.")
    files = get_files(preview)
    decisions = _read_decisions(preview, files)
    compared = _get_chosen(preview).filter(entry__isnull=False)
    if compared.exclude(entry__head__number=F("version")).exists():
        raise PreviewOutdated
    reports = _import(preview, files, decisions, progress)
    if any(_find_differences(preview, files, reports)):
        raise PreviewOutdated
    batches = {report.batch for report in reports if not report.unchanged}
    if not batches:
        raise EntryError("Ces fichiers sont déjà importés à l’identique : il n’y a rien à importer.")
    [preview.batch_id] = batches
    preview.started_at = None
    preview.save()
    preview.answers.all().delete()
    delete_uploads(preview.key)
    return preview


def _import(
    preview: DumpPreview, files: Sequence[PreviewFile], decisions: Decisions, progress: ProgressCallback | None
) -> list[DumpReport]:
    """Import, whatever the preview says. Raises PreviewOutdated where an entry changed that a decision is about.

    Raises EntryError where a file is there no more.
    """
    total = TotalProgress(progress, files) if progress else None
    provenance = Provenance(Origin.DUMP_IMPORT, preview.author)
    sources = open_sources(preview, files)
    try:
        return import_dumps(sources, provenance, progress=total, decisions=decisions)
    except EntryError as error:
        raise PreviewOutdated from error


def _get_chosen(preview: DumpPreview) -> QuerySet[PreviewedAnswer]:
    """Return the answers that leave a choice."""
    return preview.answers.exclude(choice="")


def _read_decisions(preview: DumpPreview, files: Sequence[PreviewFile]) -> Decisions:
    """Return what was chosen. Raises EntryError where two answers propose a text to one entry."""
    decisions: dict[str, Decision] = {}
    proposed: dict[int, list[str]] = defaultdict(list)
    rows = _get_chosen(preview).exclude(choice=DumpChoice.CREATE).order_by("pk")
    twins = _read_twins(preview)
    columns = ("file", "line", "fingerprint", "choice", "entry", "version", "twin", "curated", "former__answer")
    for file, line, text, choice, entry, version, twin, curated, former in rows.values_list(*columns).iterator(_CHUNK):
        like = twins[twin] if twin else ""
        decisions[text] = Decision(DumpChoice(choice), entry, version, former if curated else "", like)
        if choice == DumpChoice.PROPOSE:
            proposed[entry].append(f"{files[file].name}, ligne {line}")
    for number, places in proposed.items():
        if len(places) > 1:
            named = " ; ".join(places[:_PLACES_NAMED])
            raise EntryError(
                f"{len(places)} réponses proposent leur texte à {reference(number)} ({named}) : "
                "gardez-en une, et choisissez autre chose pour les autres. Rien n’a été importé."
            )
    return decisions


def _read_twins(preview: DumpPreview) -> dict[str, str]:
    """Return the fingerprints of the answers that others are attached to, by the name that these give them."""
    attached = _get_chosen(preview).filter(choice=DumpChoice.KEEP, entry=None)
    wanted = set(attached.values_list("twin", flat=True))
    if not wanted:
        return {}
    rows = preview.answers.filter(verdict__in=_UNSETTLED).values_list("file", "position", "fingerprint")
    return {
        name: text for file, position, text in rows.iterator(_CHUNK) if (name := name_twin(file, position)) in wanted
    }


def _find_differences(
    preview: DumpPreview, files: Sequence[PreviewFile], reports: Sequence[DumpReport]
) -> Iterator[bool]:
    """Yield, for files and groups of answers, whether the import did something else than the preview said."""
    rows = preview.answers.exclude(verdict=DumpVerdict.VANISHED).order_by("pk")
    for rank, (file, report) in enumerate(zip(files, reports, strict=True)):
        yield (file.edition, file.unchanged) != (report.edition, report.unchanged)
        light = rows.filter(file=rank).only("position", "verdict", "entry")
        findings = [] if report.unchanged else report.findings
        for finding, row in zip(findings, light.iterator(_CHUNK), strict=False):
            yield not _is_as_previewed(finding, row)
        yield _resembles_newer_texts(findings, preview.known_version, report.batch)


def _is_as_previewed(finding: Finding, row: PreviewedAnswer) -> bool:
    """Return whether the text of an answer is known, to the same entry, or unknown, as the preview said."""
    if finding.position != row.position or (row.verdict in _UNSETTLED) != (finding.verdict in _UNSETTLED):
        return False
    # Of a second copy within the import, which has no entry yet, the first one decides.
    return finding.verdict != DumpVerdict.KNOWN or row.entry_id in (None, finding.number)


def _resembles_newer_texts(findings: Sequence[Finding], known_version: int, batch: int | None) -> bool:
    """Return whether a new entry resembles a text that was written after the preview, by anything but this import."""
    alike = {finding.resemblance.left for finding in findings if finding.resemblance and finding.is_created}
    return any(
        Entry.objects.filter(pk__in=numbers, head__gt=known_version).exclude(head__batch=batch).exists()
        for numbers in split_in_chunks(sorted(alike), _CHUNK)
    )
