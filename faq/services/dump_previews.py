"""Previews of imports of dumps: kept in the database until somebody confirms them, on whichever worker.

Nothing of a preview is content: what it says comes from an import that was rolled back.
"""

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from faq.domain.chunks import split_in_chunks
from faq.domain.dumps import ParsedPassage, scan_dump
from faq.domain.duplicates.index import ProgressCallback
from faq.domain.duplicates.pairs import FoundPair
from faq.domain.text import fingerprint
from faq.enums import DumpChoice, DumpVerdict, Origin, UploadPurpose
from faq.models import DumpPreview, Entry, Passage, PreviewedAnswer, Upload, Version
from faq.services.content import EntryError
from faq.services.dump_files import PreviewFile, SentFile, check_together, clean_name, find_faults, read_file
from faq.services.dumps import Source, import_dumps
from faq.services.dumps_report import DumpReport, Finding
from faq.services.roles import require
from faq.services.uploads import delete_uploads, store_upload
from faq.services.versions import Provenance

_CHUNK = 500
_RIGHT = "faq.add_dump"
CHOICES: Mapping[str, tuple[DumpChoice, ...]] = {
    DumpVerdict.LOOKS_LIKE: (DumpChoice.CREATE, DumpChoice.KEEP, DumpChoice.PROPOSE),
    DumpVerdict.CHANGED: (DumpChoice.PROPOSE, DumpChoice.KEEP, DumpChoice.CREATE),
}
"""The choices that a verdict leaves, the first ones first."""


def open_preview(sent: Sequence[SentFile], author: User, *, at: datetime | None = None) -> DumpPreview:
    """Check and store files that somebody sent; a file that is refused stays in the list, to be replaced.

    Raises PermissionDenied, and ImportRefused where there is no file, or there are too many or too large ones.
    """
    require(author, _RIGHT)
    moment = at or timezone.now()
    DumpPreview.objects.outdated(moment).delete()
    preview = DumpPreview(author=author, created_at=moment)
    _store_files(preview, [], sent)
    return preview


def change_files(
    preview: DumpPreview,
    *,
    names: Mapping[int, str],
    removed: Collection[int] = (),
    replaced: Mapping[int, SentFile] | None = None,
    added: Sequence[SentFile] = (),
) -> None:
    """Rename, remove, replace and add files; names are by rank. What was computed before is forgotten.

    Raises ImportRefused where no file would be left, or there are too many or too large ones.
    """
    replacements = replaced or {}
    files: list[PreviewFile | SentFile] = []
    for rank, file in enumerate(get_files(preview)):
        if rank in removed:
            continue
        if rank in replacements:
            files.append(replacements[rank])
            continue
        if rank in names:
            file.name, file.unchecked = clean_name(names[rank]), ""
        files.append(file)
    _store_files(preview, files, added)


def _store_files(preview: DumpPreview, files: Sequence[PreviewFile | SentFile], added: Sequence[SentFile]) -> None:
    """Check what was sent, then store it and delete what is left no more."""
    # Checked before the transaction: on SQLite, all other writers wait for its end.
    read = [(file, None) if isinstance(file, PreviewFile) else read_file(file) for file in [*files, *added]]
    check_together([file for file, _ in read])
    with transaction.atomic():
        _replace_files(preview, read)


def _replace_files(preview: DumpPreview, read: Sequence[tuple[PreviewFile, bytes | None]]) -> None:
    """Make these the files of a preview; those that were just sent come with their bytes."""
    for file, content in read:
        if content is not None and not file.fault:
            author, group = preview.author, preview.key
            file.upload = store_upload(file.label, content, UploadPurpose.DUMP, author, group=group).pk
    kept = [file.upload for file, _ in read if file.upload]
    Upload.objects.filter(group=preview.key).exclude(pk__in=kept).delete()
    preview.files = [file.as_row() for file, _ in read]
    preview.computed_at = None
    preview.save()
    preview.answers.all().delete()


def get_preview(key: UUID, author: User) -> DumpPreview:
    """Return the preview that somebody prepares. Raises DumpPreview.DoesNotExist, also where it is somebody else's."""
    preview: DumpPreview = DumpPreview.objects.get(key=key, author=author)
    return preview


def get_files(preview: DumpPreview) -> list[PreviewFile]:
    """Return the files of a preview, in their order."""
    return [PreviewFile(**row) for row in preview.files]


def abandon_preview(preview: DumpPreview) -> None:
    """Delete a preview with its files."""
    with transaction.atomic():
        delete_uploads(preview.key)
        preview.delete()


def is_running(preview: DumpPreview) -> bool | None:
    """Return whether an import of this preview is under way; None where the database cannot tell, as SQLite."""
    if not connection.features.has_select_for_update_skip_locked:
        return None
    with transaction.atomic():
        unlocked = DumpPreview.objects.select_for_update(skip_locked=True).filter(pk=preview.pk)
        return len(unlocked) == 0


def open_sources(preview: DumpPreview, files: Sequence[PreviewFile]) -> list[Source]:
    """Return the files of a preview as an import takes them. Raises EntryError where one is there no more."""
    contents = dict(Upload.objects.filter(group=preview.key).values_list("pk", "content"))
    if any(file.upload not in contents for file in files):
        raise EntryError("Les fichiers de cet aperçu ont été supprimés : envoyez-les de nouveau.")
    return [Source(file.name, io.BytesIO(contents[file.upload]), file.label) for file in files]


def compute_preview(preview: DumpPreview, progress: ProgressCallback | None = None, *, marking: bool = False) -> None:
    """Compute what an import would do, by doing it and rolling it back, and store that with the default choices.

    Choices that were made before stay where their answer's verdict is the same; with `marking`, the answers whose
    verdict or entry is another than before are marked. Raises ImportRefused, PermissionDenied, and EntryError where
    a file is still to be settled, or the import has been done.
    """
    files = get_files(preview)
    if preview.batch_id or any(find_faults(files)):
        raise EntryError("Cet import a déjà été fait, ou un de ses fichiers reste à régler : rien n’a été calculé.")
    sources = open_sources(preview, files)
    known_version = Version.objects.aggregate(last=Max("pk"))["last"] or 0
    provenance = Provenance(Origin.DUMP_IMPORT, preview.author)
    total = TotalProgress(progress, files) if progress else None
    reports = import_dumps(sources, provenance, dry_run=True, progress=total)
    for file, report in zip(files, reports, strict=True):
        file.edition, file.unchanged = report.edition, report.unchanged
    with transaction.atomic():
        locked = DumpPreview.objects.select_for_update().get(pk=preview.pk)
        if locked.batch_id or locked.files != preview.files:
            raise EntryError("L’import a été fait, ou ses fichiers changés, pendant le calcul : rechargez la page.")
        before = _read_former_choices(preview) if preview.computed_at else {}
        preview.answers.all().delete()
        rows = (_follow(row, before, marking) for row in _build_answers(preview, sources, reports))
        for chunk in split_in_chunks(rows, _CHUNK):
            PreviewedAnswer.objects.bulk_create(chunk)
        preview.files = [file.as_row() for file in files]
        preview.computed_at, preview.known_version, preview.started_at = timezone.now(), known_version, None
        preview.save()


class TotalProgress:
    """Progress over several files, from what the import reports of each."""

    def __init__(self, callback: ProgressCallback, files: Sequence[PreviewFile]) -> None:
        self.callback = callback
        self.total = sum(file.answers for file in files)
        self.finished = 0

    def __call__(self, done: int, total: int) -> None:
        """Report the answers done of one file."""
        self.callback(self.finished + done, self.total)
        if done == total:
            self.finished += total


_Key = tuple[int, bool, int]
"""File, whether it vanished, and position of an answer."""
_Former = tuple[str, int | None, int | None, str]
"""Verdict, entry, version of the entry and choice of an answer in a former computation."""


def _read_former_choices(preview: DumpPreview) -> dict[_Key, _Former]:
    columns = ("file", "position", "verdict", "entry", "version", "choice")
    rows = preview.answers.values_list(*columns).iterator(_CHUNK)
    return {
        (file, verdict == DumpVerdict.VANISHED, position): (verdict, entry, version, choice)
        for file, position, verdict, entry, version, choice in rows
    }


def _follow(row: PreviewedAnswer, before: Mapping[_Key, _Former], marking: bool) -> PreviewedAnswer:
    """Set the choice of an answer to the one made before, or mark the answer where that one no longer stands."""
    former = before.get((row.file, row.verdict == DumpVerdict.VANISHED, row.position))
    if before and former is None:
        row.renewed = marking
    elif former:
        verdict, entry, version, choice = former
        # The version of an entry says nothing where there is nothing to choose.
        same = (row.verdict, row.entry_id) == (verdict, entry) and (not row.choice or row.version == version)
        row.choice = choice if same and row.choice else row.choice
        row.renewed = marking and not same
    return row


def _build_answers(
    preview: DumpPreview, sources: Sequence[Source], reports: Sequence[DumpReport]
) -> Iterator[PreviewedAnswer]:
    created = {
        finding.number: name_twin(rank, finding.position)
        for rank, report in enumerate(reports)
        for finding in report.findings
        if finding.number and finding.is_created
    }
    for rank, (source, report) in enumerate(zip(sources, reports, strict=True)):
        source.file.seek(0)
        answers = (part.answer for part in scan_dump(source.file) if isinstance(part, ParsedPassage))
        found = [] if report.unchanged else report.findings
        texts = chain(zip(found, answers, strict=False), ((finding, "") for finding in report.vanished))
        for chunk in split_in_chunks(texts, _CHUNK):
            yield from _build_chunk(preview, rank, chunk, created)


def name_twin(file: int, position: int) -> str:
    """Return the name by which an answer of an import is known to others of it."""
    return f"{file}:{position}"


def _build_chunk(
    preview: DumpPreview, rank: int, chunk: Sequence[tuple[Finding, str]], created: Mapping[int, str]
) -> Iterator[PreviewedAnswer]:
    numbers = {number for finding, _ in chunk if (number := _get_entry(finding)) and number not in created}
    heads = Entry.objects.filter(pk__in=numbers).values_list("pk", "head__number", "head__answer_fingerprint")
    versions = {number: (version, text) for number, version, text in heads}
    passages = {finding.passage for finding, _ in chunk if finding.passage}
    formers = dict(Passage.objects.filter(pk__in=passages).values_list("pk", "fingerprint"))
    for finding, answer in chunk:
        number = _get_entry(finding)
        version, text = versions.get(number or 0, (None, ""))
        curated = finding.passage is not None and formers[finding.passage] != text
        yield PreviewedAnswer(
            preview=preview,
            file=rank,
            position=finding.position,
            line=finding.line,
            verdict=finding.verdict,
            text=answer,
            fingerprint=fingerprint(answer),
            entry_id=number if version else None,
            version=version,
            twin=created.get(number or 0, "") if number else "",
            evidence=_describe(finding.resemblance),
            former_id=finding.passage,
            curated=curated,
            choice=_choose(finding, curated),
        )


def _get_entry(finding: Finding) -> int | None:
    """Return the entry that has the text of an answer, or that the answer resembles; none for what is only new."""
    if finding.resemblance:
        return finding.resemblance.left
    return None if finding.is_created else finding.number


def _describe(pair: FoundPair | None) -> dict[str, str]:
    if pair is None:
        return {}
    reason = pair.verdict.reason
    words = {"cause": reason.cause.value, "left": reason.left, "right": reason.right} if reason else {}
    return {"kind": pair.verdict.kind.value, **words}


def _choose(finding: Finding, curated: bool) -> str:
    """Return the default choice: a text that editors rewrote stays as it is."""
    if finding.verdict == DumpVerdict.CHANGED:
        return DumpChoice.KEEP if curated else DumpChoice.PROPOSE
    return DumpChoice.CREATE if finding.verdict == DumpVerdict.LOOKS_LIKE else ""


def get_choices(row: PreviewedAnswer) -> list[DumpChoice]:
    """Return the choices that an answer leaves; nothing can be proposed to an entry that is not there yet."""
    return [choice for choice in CHOICES.get(row.verdict, ()) if row.entry_id or choice != DumpChoice.PROPOSE]


@transaction.atomic
def store_choices(preview: DumpPreview, choices: Mapping[int, str]) -> int:
    """Store choices by the keys of their answers; return how many changed. Impossible ones are passed over."""
    rows = preview.answers.filter(pk__in=choices).exclude(choice="")
    changed = []
    for row in rows.only("verdict", "choice", "entry"):
        wanted = choices[row.pk]
        if wanted != row.choice and wanted in get_choices(row):
            row.choice = wanted
            changed.append(row)
    PreviewedAnswer.objects.bulk_update(changed, ["choice"])
    return len(changed)


def store_choice_for_all(preview: DumpPreview, verdict: DumpVerdict, choice: DumpChoice) -> int:
    """Make one choice for all answers with a verdict that leave one; return how many changed.

    A text that editors rewrote is replaced by a choice of its own only.
    """
    if choice not in CHOICES.get(verdict, ()):
        return 0
    rows = preview.answers.filter(verdict=verdict).exclude(choice="").exclude(choice=choice)
    if choice == DumpChoice.PROPOSE:
        rows = rows.filter(entry__isnull=False, curated=False)
    number: int = rows.update(choice=choice)
    return number
