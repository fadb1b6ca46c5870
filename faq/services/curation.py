"""Curation: questions and filing for answers that came without, keyed by the fingerprint of the answer."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from faq.domain.facets import Facet, Taxonomy
from faq.domain.limits import CURATION_MAX_BYTES, describe_excess, format_number
from faq.domain.text import FINGERPRINT_LENGTH, is_visible
from faq.enums import BatchKind, Origin
from faq.models import Batch, Entry, Version
from faq.selectors.published import load_taxonomy
from faq.services.content import Content, ImportRefused, InvalidContent, clean, content_of
from faq.services.entries import Edit, edit_entries
from faq.services.matching import find_matches
from faq.services.versions import Provenance

COLUMNS = ("fingerprint", "question", *Facet)
TERM_SEPARATOR = "|"
_CELL_LENGTH = format_number(csv.field_size_limit())


@dataclass(frozen=True, slots=True)
class CurationRow:
    """One line of a curation file: what the answer with this fingerprint answers, and where it belongs."""

    line: int
    fingerprint: str
    question: str
    filing: Mapping[Facet, frozenset[int]]


@dataclass(slots=True)
class CurationReport:
    """The result for each line. `kept` entries already have a question that editors wrote."""

    applied: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    kept: list[tuple[CurationRow, int]] = field(default_factory=list)
    unmatched: list[CurationRow] = field(default_factory=list)
    ambiguous: list[tuple[CurationRow, list[int]]] = field(default_factory=list)


@transaction.atomic
def import_curation(data: bytes, provenance: Provenance, *, label: str, overwrite: bool = False) -> CurationReport:
    """Title and file the entries that a CSV file names, as one batch, all or nothing.

    Commas, semicolons and tabs separate columns. An entry with a question keeps it and its filing
    unless `overwrite` is set. Raises ImportRefused, PermissionDenied.
    """
    taxonomy = load_taxonomy()
    report = CurationReport()
    edits = list(_build_edits(read_curation(data, taxonomy), taxonomy, overwrite, report))
    if edits:
        batch = Batch.objects.create(
            kind=BatchKind.CURATION, label=label[:300], author=provenance.author, created_at=provenance.at
        )
        edit_entries(edits, Provenance(Origin.CURATION, provenance.author, batch, at=provenance.at))
    report.applied = [edit.number for edit in edits]
    return report


def read_curation(data: bytes, taxonomy: Taxonomy) -> list[CurationRow]:
    """Read a curation file. Raises ImportRefused, naming every fault with its line and column."""
    if len(data) > CURATION_MAX_BYTES:
        cure = "coupez-le en plusieurs fichiers"
        raise ImportRefused([describe_excess("Le fichier", len(data), CURATION_MAX_BYTES, cure, unit="octets")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"Le fichier n’est pas de l’UTF-8 (octet {error.start + 1}) ; enregistrez-le au format « CSV UTF-8 »."
        raise ImportRefused([reason]) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_detect_delimiter(text))
    faults: list[str] = []
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise ImportRefused([f"Colonnes absentes de la première ligne\u00a0: {', '.join(missing)}."])
        rows = [_parse_row(reader.line_num, cells, taxonomy, faults) for cells in reader]
    except csv.Error as error:
        reason = (
            f"Ligne {reader.line_num} : une cellule est illisible ou dépasse {_CELL_LENGTH} caractères ; corrigez-la."
        )
        raise ImportRefused([reason]) from error
    faults += _find_repeated_fingerprints(rows)
    if faults:
        raise ImportRefused(faults)
    return rows


def _detect_delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _parse_row(line: int, cells: dict[str, str | None], taxonomy: Taxonomy, faults: list[str]) -> CurationRow:
    fingerprint = (cells["fingerprint"] or "").strip().lower()
    if len(fingerprint) != FINGERPRINT_LENGTH or set(fingerprint) - set("0123456789abcdef"):
        faults.append(f"Ligne {line}, colonne fingerprint : {FINGERPRINT_LENGTH} chiffres hexadécimaux attendus.")
    question = (cells["question"] or "").strip()
    if not is_visible(question):
        faults.append(f"Ligne {line}, colonne question : elle est vide.")
    filing = {facet: _parse_terms(line, facet, cells[facet] or "", taxonomy, faults) for facet in Facet}
    return CurationRow(line, fingerprint, question, filing)


def _parse_terms(line: int, facet: Facet, cell: str, taxonomy: Taxonomy, faults: list[str]) -> frozenset[int]:
    slugs = [slug.strip() for slug in cell.split(TERM_SEPARATOR) if slug.strip()]
    unknown = [slug for slug in slugs if (facet, slug) not in taxonomy.by_slug]
    faults += [f"Ligne {line}, colonne {facet} : terme inconnu « {slug} »." for slug in unknown]
    return frozenset(taxonomy.by_slug[facet, slug].id for slug in slugs if slug not in unknown)


def _find_repeated_fingerprints(rows: Sequence[CurationRow]) -> list[str]:
    first: dict[str, int] = {}
    return [
        f"Ligne {row.line}, colonne fingerprint : déjà donnée à la ligne {first[row.fingerprint]}."
        for row in rows
        if first.setdefault(row.fingerprint, row.line) != row.line
    ]


def _build_edits(
    rows: Sequence[CurationRow], taxonomy: Taxonomy, overwrite: bool, report: CurationReport
) -> Iterator[Edit]:
    """Return what is to change; the report takes what is not, and why."""
    found = find_matches([row.fingerprint for row in rows])
    numbers = {match.number for several in found.values() for match in several}
    heads = {entry.pk: entry.head for entry in Entry.objects.filter(pk__in=numbers).select_related("head")}
    titled: set[int] = set()
    for row in rows:
        usable = [match.number for match in found.get(row.fingerprint, ()) if not match.archived]
        if not usable:
            report.unmatched.append(row)
        elif len(usable) > 1:
            report.ambiguous.append((row, usable))
        elif usable[0] in titled:
            # Another line knows the entry by what its answer was, or is.
            report.kept.append((row, usable[0]))
        elif edit := _build_edit(row, heads[usable[0]], taxonomy, overwrite, report):
            titled.add(edit.number)
            yield edit


def _build_edit(
    row: CurationRow, head: Version, taxonomy: Taxonomy, overwrite: bool, report: CurationReport
) -> Edit | None:
    before = content_of(head)
    try:
        after = clean(Content(row.question, before.answer, row.filing), taxonomy)
    except InvalidContent as error:
        raise ImportRefused([f"Ligne {row.line}, colonne {error.field} : {error}"]) from error
    if after == before:
        report.unchanged.append(head.entry_id)
    elif before.question and not overwrite:
        report.kept.append((row, head.entry_id))
    else:
        return Edit(head.entry_id, after, head.number)
    return None
