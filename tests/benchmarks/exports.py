"""Exporting the entries, piece by piece, beside the package's own export, which gathers the table first."""

from collections.abc import Callable

from faq.models import Entry
from faq.resources import WRITERS, EntryResource, Export
from tests.benchmarks.measure import Cost, apart, cost, each, figure, megabytes, milliseconds, table

SIZES = (100, 1_000, 10_000)


def run() -> None:
    """Measure and print; the database holds at least the largest of SIZES."""
    rows = []
    for size in SIZES:
        for file_format in WRITERS:
            rows.append(_row(size, file_format, apart(_measured, size, _stream, file_format)))
        rows.append(_row(size, "csv de django-import-export", apart(_measured, size, _gather, "csv")))
    table(
        "Export des fiches.",
        ("fiches", "format", "UC (ms)", "µs par fiche", "requêtes", "mémoire (Mo)", "octets"),
        rows,
    )


def _row(size: int, way: str, spent: Cost) -> tuple[str, ...]:
    return (
        figure(size),
        way,
        milliseconds(spent.cpu),
        each(spent.cpu, size),
        figure(spent.queries),
        megabytes(spent.memory),
        figure(spent.result),
    )


def _measured(size: int, write: Callable[..., int], file_format: str) -> Cost:
    last = Entry.objects.order_by("pk").values_list("pk", flat=True)[size - 1]
    entries = Entry.objects.filter(pk__lte=last)
    return cost(lambda: write(entries, file_format), patience=0)


def _stream(entries: object, file_format: str) -> int:
    return sum(len(piece) for piece in Export(EntryResource(), entries, file_format))


class _Gathered(EntryResource):
    def filter_export(self, queryset, **kwargs):
        """Read all rows and what their columns need at once."""
        entries = list(super().filter_export(queryset, **kwargs))
        self.prepare_chunk(entries)
        return entries


def _gather(entries: object, file_format: str) -> int:
    return len(_Gathered().export(entries).export(file_format).encode())
