"""Importing a dump into an empty FAQ, beside one query and one write service call per answer."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.management import call_command
from django.utils import timezone

from faq.domain.dumps import ParsedPassage, scan_dump
from faq.domain.text import fingerprint
from faq.enums import BatchKind, Origin
from faq.models import Batch, Dump, Version
from faq.models import Passage as StoredPassage
from faq.services.content import Content
from faq.services.dumps import Source, import_dumps
from faq.services.entries import create_entry
from faq.services.versions import Provenance
from tests.benchmarks import data
from tests.benchmarks.measure import Cost, apart, cost, each, figure, megabytes, milliseconds, table

SIZES = (100, 1_000, 10_000)
LARGEST_NAIVE = 1_000


def run() -> None:
    """Measure and print; leaves an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for size in SIZES for row in _rows(Path(folder) / f"{size}.txt", size)]
    table(
        "Import d’une extraction dans une FAQ vide, de bout en bout.",
        ("réponses", "façon", "UC (ms)", "durée (ms)", "µs par réponse", "requêtes", "mémoire (Mo)"),
        rows,
    )


def _rows(path: Path, size: int) -> Iterator[tuple[str, ...]]:
    apart(data.write_dump, path, size)
    yield _row(size, "import_dumps", apart(_measured, _import, path, size))
    if size <= LARGEST_NAIVE:
        yield _row(size, "réponse par réponse", apart(_measured, _import_naively, path, size))


def _row(size: int, way: str, spent: Cost) -> tuple[str, ...]:
    return (
        figure(size),
        way,
        milliseconds(spent.cpu),
        milliseconds(spent.wall),
        each(spent.cpu, size),
        figure(spent.queries),
        megabytes(spent.memory),
    )


def _measured(function: Callable[[BinaryIO], None], path: Path, size: int) -> Cost:
    """Import the file once; leave the database as empty as before."""
    with path.open("rb") as file:
        spent = cost(lambda: function(file), patience=0)
    if StoredPassage.objects.exclude(entry=None).count() != size:
        raise RuntimeError(f"{size} réponses : il en manque après l’import")
    call_command("flush", interactive=False, verbosity=0)
    return spent


def _import(file: BinaryIO) -> None:
    import_dumps([Source("mesure", file, "mesure.txt")], Provenance(Origin.DUMP_IMPORT))


def _import_naively(file: BinaryIO) -> None:
    """Take one answer after the other: look it up, create its entry, store its passage."""
    at = timezone.now()
    batch = Batch.objects.create(kind=BatchKind.DUMP_IMPORT, label="mesure", created_at=at)
    dump = Dump.objects.create(name="mesure", sha256="", size=0, batch=batch, imported_at=at)
    provenance = Provenance(Origin.DUMP_IMPORT, batch=batch, at=at)
    answers = (part for part in scan_dump(file) if isinstance(part, ParsedPassage))
    for position, part in enumerate(answers, start=1):
        key = fingerprint(part.answer)
        known = Version.objects.filter(answer_fingerprint=key).first()
        entry = known.entry if known else create_entry(Content("", part.answer), provenance).entry
        dump.passages.create(
            position=position,
            line=part.line,
            lead=part.lead,
            answer=part.answer,
            closing=part.closing,
            fingerprint=key,
            entry=entry,
        )
