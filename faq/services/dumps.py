"""Dumps in: imports that are all or nothing, one batch, and tell what they make of every answer."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import connection, transaction

from faq.domain.dumps import DumpError, ParsedPassage, ParsedTail, scan_dump
from faq.domain.duplicates.index import ProgressCallback
from faq.domain.text import fingerprint
from faq.enums import BatchKind, DumpVerdict, Origin
from faq.models import Batch, Dump
from faq.models import Passage as StoredPassage
from faq.models.dumps import NAME_MAX_LENGTH
from faq.services.content import Content, one_line_end
from faq.services.dumps_export import export_dump
from faq.services.dumps_report import DumpReport, Finding, attach_resemblances
from faq.services.duplicates_comparison import Comparison, DuplicateIndex
from faq.services.duplicates_store import store_comparison
from faq.services.entries import create_entries
from faq.services.matching import Match, find_matches
from faq.services.roles import require
from faq.services.versions import Provenance
from faq.services.workflow import restore_entries

CHUNK = 500
"""Passages read, matched and written together: what bounds memory and the number of queries."""


class ImportRefused(ValueError):
    """Files that cannot be imported; nothing was stored. `reasons` are French lines, one per fault."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("\n".join(self.reasons))


@dataclass(frozen=True, slots=True)
class Source:
    """One file to import: the dump's name, and a binary file that can be read twice."""

    name: str
    file: BinaryIO
    label: str
    """How error messages call the file."""


@dataclass(frozen=True, slots=True)
class _Inspection:
    sha256: str
    size: int
    fingerprints: Sequence[str]


def import_dumps(
    sources: Sequence[Source],
    provenance: Provenance,
    *,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
) -> list[DumpReport]:
    """Import files as one batch, all or nothing; a file whose bytes are its dump's newest edition changes nothing.

    A dry run is the real one, rolled back. Raises ImportRefused, PermissionDenied.
    """
    require(provenance.author, "faq.add_dump")
    inspections = _inspect_all(sources)
    with transaction.atomic():
        _wait_for_other_imports()
        batch = _open_batch(sources, provenance)
        imported = _Import(batch, progress)
        # Before anything is written: what is found here need not be looked for again after the commit.
        transaction.on_commit(imported.store_pairs, robust=True)
        reports = [imported.take(*pair) for pair in zip(sources, inspections, strict=True)]
        imported.compare(reports)
        if all(report.unchanged for report in reports):
            batch.delete()
        if dry_run:
            transaction.set_rollback(True)
    return reports


def _inspect_all(sources: Sequence[Source]) -> list[_Inspection]:
    reasons = list(_name_faults(sources))
    inspections = []
    for source in sources:
        try:
            inspections.append(_inspect(source))
        except DumpError as error:
            reasons.append(f"{source.label} : {error}")
    if reasons:
        raise ImportRefused(reasons)
    return inspections


def _name_faults(sources: Sequence[Source]) -> Iterator[str]:
    for source in sources:
        if not source.name or "#" in source.name or "\0" in source.name or len(source.name) > NAME_MAX_LENGTH:
            yield (
                f"{source.label} : le nom d’une extraction compte 1 à {NAME_MAX_LENGTH} caractères, sans « # ». "
                "Donnez-en un autre avec --name."
            )
    for name, times in Counter(source.name for source in sources).items():
        if times > 1:
            yield f"{times} fichiers portent le nom « {name} ». Importez-les l’un après l’autre, par ordre d’édition."


def _inspect(source: Source) -> _Inspection:
    source.file.seek(0)
    digest = hashlib.sha256()
    size = 0

    def measured() -> Iterator[bytes]:
        nonlocal size
        for piece in source.file:
            digest.update(piece)
            size += len(piece)
            yield piece

    fingerprints = [fingerprint(part.answer) for part in scan_dump(measured()) if isinstance(part, ParsedPassage)]
    return _Inspection(digest.hexdigest(), size, fingerprints)


def _wait_for_other_imports() -> None:
    """Let two imports of one text make one entry. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Conflicts with itself, not with readers.
            cursor.execute("LOCK TABLE faq_dump IN SHARE ROW EXCLUSIVE MODE")


def _open_batch(sources: Sequence[Source], provenance: Provenance) -> Batch:
    names = ", ".join(source.name for source in sources)
    label = f"Import de {names}"
    return Batch.objects.create(
        kind=BatchKind.DUMP_IMPORT,
        label=label if len(label) <= 300 else f"Import de {len(sources)} extractions",
        author=provenance.author,
        created_at=provenance.at,
    )


class _Import:
    """The files of one batch on their way in, and what their answers look like."""

    def __init__(self, batch: Batch, progress: ProgressCallback | None) -> None:
        self.batch = batch
        self.provenance = Provenance(Origin.DUMP_IMPORT, batch.author, batch, at=batch.created_at)
        self.progress = progress
        self.look: Comparison | None = None

    def take(self, source: Source, inspection: _Inspection) -> DumpReport:
        """Store one file as the newest edition of its dump, unless it is that already."""
        previous = Dump.objects.current().filter(name=source.name).first()
        report = DumpReport(source.name, 0, len(inspection.fingerprints))
        if previous and previous.sha256 == inspection.sha256:
            report.edition = previous.edition
            report.unchanged = True
            return report
        dump = _new_edition(source, inspection, self.batch, self.provenance.at)
        report.edition = dump.edition
        report.vanished = _missing(previous, inspection)
        for passages in self._chunks(source, dump):
            report.findings += self._take_passages(passages, dump, len(report.findings))
            if self.progress:
                self.progress(len(report.findings), report.answers)
        _prove_round_trip(dump, source)
        return report

    def compare(self, reports: Sequence[DumpReport]) -> None:
        """Look for what is new among everything in use, what came in with it included, and tell what it is like."""
        if any(finding.verdict == DumpVerdict.NEW for report in reports for finding in report.findings):
            self.look = DuplicateIndex().compare_waiting()
            for report in reports:
                attach_resemblances(report, self.look.pairs)

    def store_pairs(self) -> None:
        """Keep what was found, once the import is committed."""
        if self.look:
            store_comparison(self.look)

    def _chunks(self, source: Source, dump: Dump) -> Iterator[list[ParsedPassage]]:
        source.file.seek(0)
        parts = scan_dump(source.file)
        while chunk := list(itertools.islice(parts, CHUNK)):
            if isinstance(chunk[-1], ParsedTail):
                Dump.objects.filter(pk=dump.pk).update(tail=chunk[-1].text)
            yield [part for part in chunk if isinstance(part, ParsedPassage)]

    def _take_passages(self, passages: list[ParsedPassage], dump: Dump, before: int) -> list[Finding]:
        fingerprints = [fingerprint(passage.answer) for passage in passages]
        texts: dict[str, str] = {}
        for text, passage in zip(fingerprints, passages, strict=True):
            texts.setdefault(text, passage.answer)
        known = {text: found[0] for text, found in find_matches(texts).items()}
        self._bring_back(known.values())
        new = self._create({text: answer for text, answer in texts.items() if text and text not in known})
        numbers = {text: match.number for text, match in known.items()} | new
        findings = [
            Finding(position, passage.line, *_judge(text, numbers, new))
            for position, (text, passage) in enumerate(zip(fingerprints, passages, strict=True), start=before + 1)
        ]
        StoredPassage.objects.bulk_create(
            _stored(passage, text, dump, finding)
            for passage, text, finding in zip(passages, fingerprints, findings, strict=True)
        )
        return findings

    def _bring_back(self, known: Iterable[Match]) -> None:
        """Restore entries that went out of use only with an import that was undone."""
        numbers = {match.number for match in known if match.undone}
        if numbers:
            restore_entries(sorted(numbers), self.provenance)

    def _create(self, answers: dict[str, str]) -> dict[str, int]:
        if not answers:
            return {}
        contents = [Content(answer=one_line_end(answer)) for answer in answers.values()]
        outcomes = create_entries(contents, self.provenance)
        return {text: outcome.entry.pk for text, outcome in zip(answers, outcomes, strict=True)}


def _judge(text: str, numbers: dict[str, int], new: dict[str, int]) -> tuple[DumpVerdict, int | None]:
    """Return verdict and entry of one answer; a second copy of a new answer is known already."""
    if not text:
        return DumpVerdict.EMPTY, None
    return DumpVerdict.NEW if new.pop(text, None) else DumpVerdict.KNOWN, numbers[text]


def _new_edition(source: Source, inspection: _Inspection, batch: Batch, at: datetime) -> Dump:
    last = Dump.objects.filter(name=source.name).order_by("-edition").first()
    return Dump.objects.create(
        name=source.name,
        edition=last.edition + 1 if last else 1,
        sha256=inspection.sha256,
        size=inspection.size,
        batch=batch,
        imported_at=at,
    )


def _missing(previous: Dump | None, inspection: _Inspection) -> list[Finding]:
    """Return the passages of the previous edition whose text the new one lacks, one for each entry."""
    if previous is None:
        return []
    here = set(inspection.fingerprints)
    columns = ("fingerprint", "position", "line", "entry")
    rows = previous.passages.exclude(fingerprint="").order_by("position").values_list(*columns)
    missing = {
        entry: Finding(position, line, DumpVerdict.VANISHED, entry)
        for text, position, line, entry in rows.iterator(CHUNK)
        if text not in here
    }
    return list(missing.values())


def _prove_round_trip(dump: Dump, source: Source) -> None:
    """Take nothing that cannot be given back: a file that changed between its two readings, say."""
    try:
        for _ in export_dump(Dump.objects.get(pk=dump.pk)):
            pass
    except ValueError as error:
        raise ImportRefused(
            [f"{source.label} : le fichier a changé pendant son import. Recommencez quand il est complet."]
        ) from error


def _stored(passage: ParsedPassage, text: str, dump: Dump, finding: Finding) -> StoredPassage:
    return StoredPassage(
        dump=dump,
        position=finding.position,
        line=passage.line,
        lead=passage.lead,
        answer=passage.answer,
        closing=passage.closing,
        fingerprint=text,
        entry_id=finding.number,
    )
