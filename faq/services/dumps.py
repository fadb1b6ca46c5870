"""Import of dumps: one batch, all files or none, with a report of every answer."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import SEEK_END
from typing import BinaryIO

from django.db import connection, transaction

from faq.domain.chunks import split_in_chunks
from faq.domain.dumps import DumpError, ParsedPassage, ParsedTail, describe_tail, scan_dump
from faq.domain.duplicates.index import ProgressCallback
from faq.domain.limits import DUMP_MAX_BYTES, DUMP_NAME_MAX_LENGTH, format_number
from faq.domain.merge import merge_text
from faq.domain.text import fingerprint
from faq.enums import BatchKind, DumpChoice, DumpVerdict, Origin
from faq.models import Batch, Dump, Passage, Version
from faq.services.conflicts import StaleVersion
from faq.services.content import Content, ImportRefused, content_of, normalize_line_ends
from faq.services.dumps_export import export_dump
from faq.services.dumps_former_texts import find_pairs_with_former_texts
from faq.services.dumps_report import DumpReport, Finding, attach_resemblances
from faq.services.duplicates import compare_waiting
from faq.services.duplicates_comparison import Comparison, DuplicateIndex
from faq.services.duplicates_store import store_comparison
from faq.services.entries import Edit, create_entries, edit_entries
from faq.services.matching import find_matches
from faq.services.roles import require
from faq.services.versions import Provenance
from faq.services.workflow import restore_entries

CHUNK = 500
"""Passages read, matched and written together: it bounds memory and the number of queries."""
_LABEL_MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Source:
    """One file to import: the dump's name, and a binary file that can be read twice."""

    name: str
    file: BinaryIO
    label: str
    """The name of the file in error messages."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a text that no entry has: another entry than a new one answers for it."""

    choice: DumpChoice
    """KEEP or PROPOSE: a text without decision makes a new entry."""
    entry: int | None = None
    base: int | None = None
    """The number of the version of that entry on which the decision was made."""
    former: str = ""
    """Of a text that editors rewrote: what the former edition said, from which both their changes started."""
    text: str = ""
    """Without entry: the fingerprint of an earlier text of the same import, whose entry it is."""


Decisions = Mapping[str, Decision]
"""Decisions by the fingerprints of the texts."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The result of a first reading of a file, which proves that it is a dump."""

    sha256: str
    size: int
    answers: int
    note: str
    """The remark on the file, in French, such as a text that follows the last vote line."""


def import_dumps(
    sources: Sequence[Source],
    provenance: Provenance,
    *,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    decisions: Decisions | None = None,
) -> list[DumpReport]:
    """Import files as one batch, all or nothing; a file whose bytes are its dump's newest edition changes nothing.

    A dry run is the real one, rolled back. Raises ImportRefused, PermissionDenied, and EntryError where an entry
    of `decisions` is archived, or is not what its decision was made on.
    """
    require(provenance.author, "faq.add_dump")
    inspections = _inspect_all(sources)
    with transaction.atomic():
        _wait_for_other_imports()
        batch = _open_batch(sources, provenance)
        importer = _Importer(batch, progress, decisions or {})
        # Registered before anything is written: entries whose pairs it stores need not be compared again.
        transaction.on_commit(importer.store_pairs, robust=True)
        reports = [importer.import_file(*pair) for pair in zip(sources, inspections, strict=True)]
        importer.compare(reports)
        if all(report.unchanged for report in reports):
            batch.delete()
        if dry_run:
            transaction.set_rollback(True)
    return reports


def _inspect_all(sources: Sequence[Source]) -> list[Inspection]:
    reasons = list(_find_name_faults(sources))
    inspections = []
    for source in sources:
        try:
            inspections.append(inspect_source(source))
        except DumpError as error:
            reasons.append(f"{source.label} : {error}")
    if reasons:
        raise ImportRefused(reasons)
    return inspections


def _find_name_faults(sources: Sequence[Source]) -> Iterator[str]:
    for source in sources:
        if not source.name or "#" in source.name or "\0" in source.name or len(source.name) > DUMP_NAME_MAX_LENGTH:
            yield (
                f"{source.label} : le nom d’une extraction compte 1 à {DUMP_NAME_MAX_LENGTH} caractères, sans « # ». "
                "Donnez-en un autre avec --name."
            )
    for name, times in Counter(source.name for source in sources).items():
        if times > 1:
            yield f"{times} fichiers portent le nom « {name} ». Importez-les l’un après l’autre, par ordre d’édition."


def inspect_source(source: Source) -> Inspection:
    """Read a file once, from its beginning. Raises DumpError."""
    if (length := source.file.seek(0, SEEK_END)) > DUMP_MAX_BYTES:
        raise DumpError(
            f"Le fichier dépasse {format_number(DUMP_MAX_BYTES)} octets ({format_number(length)} en tout)",
            "Coupez-le en plusieurs fichiers, de noms différents.",
        )
    digest, size = hashlib.sha256(), 0

    def measured_lines() -> Iterator[bytes]:
        nonlocal size
        # Iterating over a file as Django receives it takes time quadratic in the length of its lines.
        for line in iter(source.file.readline, b""):
            digest.update(line)
            size += len(line)
            yield line

    source.file.seek(0)
    answers, note = 0, ""
    for part in scan_dump(measured_lines()):
        if isinstance(part, ParsedTail):
            note = describe_tail(part.text, part.line)
        else:
            answers += 1
    return Inspection(digest.hexdigest(), size, answers, note)


def _wait_for_other_imports() -> None:
    """Let one import run at a time, so that a text makes one entry. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # This mode conflicts with itself, not with readers.
            cursor.execute("LOCK TABLE faq_dump IN SHARE ROW EXCLUSIVE MODE")


def _open_batch(sources: Sequence[Source], provenance: Provenance) -> Batch:
    label = f"Import de {', '.join(source.name for source in sources)}"
    return Batch.objects.create(
        kind=BatchKind.DUMP_IMPORT,
        label=label if len(label) <= _LABEL_MAX_LENGTH else f"Import de {len(sources)} extractions",
        author=provenance.author,
        created_at=provenance.at,
    )


class _Importer:
    """The import of the files of one batch."""

    def __init__(self, batch: Batch, progress: ProgressCallback | None, decisions: Decisions) -> None:
        self.batch = batch
        self.decisions = decisions
        self.earlier_texts = {decision.text for decision in decisions.values()}
        self.earlier: dict[str, int] = {}
        """The entries of the texts above that have been read."""
        self.provenance = Provenance(Origin.DUMP_IMPORT, batch.author, batch, at=batch.created_at)
        self.progress = progress
        self.comparison: Comparison | None = None
        self.restored: set[int] = set()
        """The entries of known texts that an undone import had archived."""

    def import_file(self, source: Source, inspection: Inspection) -> DumpReport:
        """Store one file as the newest edition of its dump, unless it is that already."""
        previous = Dump.objects.current().filter(name=source.name).first()
        report = DumpReport(source.name, 0, inspection.answers, note=inspection.note)
        if previous and previous.sha256 == inspection.sha256:
            report.edition = previous.edition
            report.batch = previous.batch_id
            report.unchanged = True
            return report
        dump = _create_edition(source, inspection, self.batch, self.provenance.at)
        report.edition, report.batch = dump.edition, self.batch.pk
        texts: set[str] = set()
        source.file.seek(0)
        for parts in split_in_chunks(scan_dump(source.file), CHUNK):
            if isinstance(tail := parts[-1], ParsedTail):
                Dump.objects.filter(pk=dump.pk).update(tail=tail.text)
            passages = [(part, fingerprint(part.answer)) for part in parts if isinstance(part, ParsedPassage)]
            texts.update(text for _, text in passages)
            report.findings += self._import_passages(passages, dump, len(report.findings))
            if self.progress:
                self.progress(len(report.findings), report.answers)
        report.vanished = _find_vanished(previous, texts)
        _prove_round_trip(dump, source)
        return report

    def compare(self, reports: Sequence[DumpReport]) -> None:
        """Compare the new entries with all in use and with each other, and report what they resemble."""
        if any(finding.verdict == DumpVerdict.NEW for report in reports for finding in report.findings):
            self.comparison = DuplicateIndex().compare_waiting()
            for report in reports:
                attach_resemblances(report, [*self.comparison.pairs, *find_pairs_with_former_texts(report)])

    def store_pairs(self) -> None:
        """Store the pairs that were found, and those of restored entries, once the import is committed."""
        if self.comparison:
            store_comparison(self.comparison)
        elif self.restored:
            # All at once: compared chunk by chunk, each chunk would change the index of all texts one by one.
            compare_waiting(self.restored)

    def _import_passages(self, passages: list[tuple[ParsedPassage, str]], dump: Dump, before: int) -> list[Finding]:
        """Store passages, given with their fingerprints, and the entries that they lack; return what each became."""
        texts: dict[str, str] = {}
        for passage, text in passages:
            texts.setdefault(text, passage.answer)
        known = self._find_known(texts)
        unknown = {text: answer for text, answer in texts.items() if text and text not in known}
        decided = {text: self.decisions[text] for text in unknown if text in self.decisions}
        self._propose({text: unknown[text] for text, one in decided.items() if one.choice == DumpChoice.PROPOSE}, dump)
        new = self._create({text: answer for text, answer in unknown.items() if text not in decided})
        numbers = known | new
        for text, decision in decided.items():
            # In the order of the file: the entry of an earlier text is there.
            self.earlier |= {one: numbers[one] for one in self.earlier_texts & numbers.keys()}
            numbers[text] = new[text] = decision.entry or self.earlier[decision.text]
        self.earlier |= {one: numbers[one] for one in self.earlier_texts & numbers.keys()}
        findings = [
            Finding(
                position,
                passage.line,
                *_judge(text, numbers, new),
                choice=decided[text].choice if text in decided else DumpChoice.CREATE,
            )
            for position, (passage, text) in enumerate(passages, start=before + 1)
        ]
        Passage.objects.bulk_create(
            _build_passage(passage, text, dump, finding)
            for (passage, text), finding in zip(passages, findings, strict=True)
        )
        return findings

    def _find_known(self, texts: Collection[str]) -> dict[str, int]:
        """Return the entries of known texts; those archived only because their import was undone are restored."""
        best = {text: matches[0] for text, matches in find_matches(texts).items()}
        if undone := {match.number for match in best.values() if match.undone}:
            restore_entries(sorted(undone), self.provenance)
            self.restored |= undone
        return {text: match.number for text, match in best.items()}

    def _create(self, answers: dict[str, str]) -> dict[str, int]:
        """Create an entry for each answer, by the fingerprints of their texts."""
        if not answers:
            return {}
        contents = [Content(answer=normalize_line_ends(answer)) for answer in answers.values()]
        outcomes = create_entries(contents, self.provenance, fingerprints=list(answers))
        return {text: outcome.entry.pk for text, outcome in zip(answers, outcomes, strict=True)}

    def _propose(self, answers: dict[str, str], dump: Dump) -> None:
        """Make each answer the draft of the entry that an editor chose for it."""
        if not answers:
            return
        proposals = {self.decisions[text]: answer for text, answer in answers.items()}
        wanted = {one.entry: one.base for one in proposals}
        versions = Version.objects.filter(entry__in=wanted, number__in=set(wanted.values()))
        seen = {(version.entry_id, version.number): content_of(version) for version in versions}
        edits = [
            Edit(one.entry, _build_proposal(seen[one.entry, one.base], answer, one.former), one.base)
            for one, answer in proposals.items()
            if one.entry
        ]
        for outcome in edit_entries(edits, replace(self.provenance, comment=f"Texte de l’extraction « {dump} »")):
            if outcome.joined:
                raise StaleVersion(outcome.entry, outcome.joined, "relisez-la, puis recommencez.")


def _build_proposal(own: Content, answer: str, former: str) -> Content:
    text = normalize_line_ends(answer)
    return replace(own, answer=(join_texts(former, own.answer, text) if former else None) or text)


def join_texts(former: str, own: str, new: str) -> str | None:
    """Return the text with what editors and a new edition changed in the former one; None where these contradict."""
    return merge_text(normalize_line_ends(former), own, new).text


def _judge(text: str, numbers: dict[str, int], new: dict[str, int]) -> tuple[DumpVerdict, int | None]:
    """Return verdict and entry of one answer; it takes the text out of `new`, so that a second copy is known."""
    if not text:
        return DumpVerdict.EMPTY, None
    return DumpVerdict.NEW if new.pop(text, None) else DumpVerdict.KNOWN, numbers[text]


def _create_edition(source: Source, inspection: Inspection, batch: Batch, at: datetime) -> Dump:
    last = Dump.objects.filter(name=source.name).order_by("-edition").first()
    return Dump.objects.create(
        name=source.name,
        edition=last.edition + 1 if last else 1,
        sha256=inspection.sha256,
        size=inspection.size,
        batch=batch,
        imported_at=at,
    )


def _find_vanished(previous: Dump | None, texts: set[str]) -> list[Finding]:
    """Return the passages of the previous edition whose text the new one lacks, one for each entry."""
    if previous is None:
        return []
    columns = ("fingerprint", "position", "line", "entry", "pk")
    rows = previous.passages.exclude(fingerprint="").order_by("position").values_list(*columns)
    vanished = {
        entry: Finding(position, line, DumpVerdict.VANISHED, entry, passage=passage)
        for text, position, line, entry, passage in rows.iterator(CHUNK)
        if text not in texts
    }
    return list(vanished.values())


def _prove_round_trip(dump: Dump, source: Source) -> None:
    """Export what was stored. Raises ImportRefused where its bytes differ, as after a change between two readings."""
    try:
        for _ in export_dump(Dump.objects.get(pk=dump.pk)):
            pass
    except ValueError as error:
        raise ImportRefused(
            [f"{source.label} : le fichier a changé pendant son import. Recommencez quand il est complet."]
        ) from error


def _build_passage(passage: ParsedPassage, text: str, dump: Dump, finding: Finding) -> Passage:
    return Passage(
        dump=dump,
        position=finding.position,
        line=passage.line,
        lead=passage.lead,
        answer=passage.answer,
        closing=passage.closing,
        fingerprint=text,
        entry_id=finding.number,
    )
