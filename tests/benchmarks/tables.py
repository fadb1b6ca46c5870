"""Importing and exporting a table of entries, beside what django-import-export does when left to itself."""

from collections.abc import Callable
from time import process_time

from django.db import transaction
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from import_export.results import Result
from import_export.widgets import ManyToManyWidget

from faq.domain.facets import Facet
from faq.domain.spreadsheet import SEPARATOR
from faq.enums import Headers
from faq.models import Couloir, Dispositif, Entry, OfferType, Product, Theme
from faq.resources import WRITERS, EntryImport, EntryResource, Export
from faq.resources.formats import CSVFormat
from tests.benchmarks import data
from tests.benchmarks.measure import Cost, apart, cost, each, figure, megabytes, milliseconds, table

ROWS = 2_000
NAIVE_ROWS = 500
EXPORTED = (1_000, 10_000, 100_000)


class OrdinaryResource(ModelResource):
    """Entries as the package's documentation has one write them: text and filing, without versions."""

    offer_types = Field(attribute="offer_types", widget=ManyToManyWidget(OfferType, SEPARATOR, "slug"))
    couloirs = Field(attribute="couloirs", widget=ManyToManyWidget(Couloir, SEPARATOR, "slug"))
    dispositifs = Field(attribute="dispositifs", widget=ManyToManyWidget(Dispositif, SEPARATOR, "slug"))
    products = Field(attribute="products", widget=ManyToManyWidget(Product, SEPARATOR, "slug"))
    themes = Field(attribute="themes", widget=ManyToManyWidget(Theme, SEPARATOR, "slug"))

    class Meta:
        model = Entry
        fields = ("id", "question", "answer", *(facet.value for facet in Facet))


class BulkResource(ModelResource):
    """The same, written in bulk: without the filing, which `use_bulk` cannot write."""

    class Meta:
        model = Entry
        fields = ("id", "question", "answer")
        use_bulk = True


def run() -> None:
    """Measure and print; adds entries where the database holds fewer than are exported."""
    _compare_imports()
    _compare_exports()


def _compare_imports() -> None:
    apart(data.fill, ROWS)
    rows = []
    for way, number, measured in (
        ("import, toutes les lignes changées", ROWS, _import_changed),
        ("le même fichier, une seconde fois", ROWS, _import_again),
        ("import, toutes les lignes nouvelles", ROWS, _import_new),
        ("import, aperçu", ROWS, _preview),
        ("django-import-export par défaut", NAIVE_ROWS, _import_ordinarily),
        ("django-import-export, use_bulk", NAIVE_ROWS, _import_in_bulk),
    ):
        spent = apart(measured, number)
        memory = megabytes(spent.memory)
        rows.append(
            (figure(number), way, milliseconds(spent.cpu), each(spent.cpu, number), figure(spent.queries), memory)
        )
    columns = ("lignes", "façon", "UC (ms)", "µs par ligne", "requêtes", "mémoire (Mo)")
    table("Import d’un tableau de fiches : lecture, comparaison, versions, classement, recherche.", columns, rows)


def _write_changed(number: int) -> bytes:
    """Return the export of some entries, with another answer and another thématique on each row."""
    return _rewrite(number, new=False)


def _rewrite(number: int, *, new: bool) -> bytes:
    entries = Entry.objects.filter(pk__in=Entry.objects.order_by("pk")[:number].values("pk"))
    dataset = CSVFormat().create_dataset(b"".join(Export(EntryResource(), entries, "csv", Headers.FRENCH)))
    places = {name: dataset.headers.index(column.french) for name, column in EntryResource().fields.items()}
    theme = Theme.objects.order_by("pk")[0].slug
    rows = []
    for row in map(list, dataset):
        row[places["answer"]] += "\nPrécision ajoutée en tableur."
        row[places["themes"]] = "" if row[places["themes"]] else theme
        if new:
            row[places["reference"]] = row[places["version"]] = ""
        rows.append(row)
    return b"".join(WRITERS["csv"](dataset.headers, rows))


def _import(content: bytes, *, preview: bool = False) -> Result:
    dataset = CSVFormat().create_dataset(content)
    importer = EntryImport(user=None, label="mesure")
    return importer.import_data(dataset, dry_run=preview, rollback_on_validation_errors=True)


def _rolled_back(measure: Callable[[], Cost]) -> Cost:
    """Measure in a transaction that leaves the data as it was; duplicates are looked for after one that stays."""
    with transaction.atomic():
        spent = measure()
        transaction.set_rollback(True)
    return spent


def _check(spent: Cost, expected: str, number: int) -> Cost:
    """Refuse to tell the cost of an import that did not do its work."""
    counted = spent.result.counted
    if counted[expected] != number:
        raise RuntimeError(f"{expected} : {counted}")
    return Cost(spent.cpu, spent.wall, spent.queries, spent.memory)


def _import_changed(number: int) -> Cost:
    content = _write_changed(number)
    return _rolled_back(lambda: _check(cost(lambda: _import(content), patience=0), "modifiées", number))


def _preview(number: int) -> Cost:
    content = _write_changed(number)
    return _rolled_back(lambda: _check(cost(lambda: _import(content, preview=True), patience=0), "modifiées", number))


def _import_again(number: int) -> Cost:
    content = _write_changed(number)

    def measure() -> Cost:
        _import(content)
        return _check(cost(lambda: _import(content), patience=0), "inchangées", number)

    return _rolled_back(measure)


def _import_new(number: int) -> Cost:
    content = _rewrite(number, new=True)
    return _rolled_back(lambda: _check(cost(lambda: _import(content), patience=0), "nouvelles", number))


def _import_ordinarily(number: int) -> Cost:
    return _import_with(OrdinaryResource, number)


def _import_in_bulk(number: int) -> Cost:
    return _import_with(BulkResource, number)


def _import_with(resource: type[ModelResource], number: int) -> Cost:
    entries = Entry.objects.filter(pk__in=Entry.objects.order_by("pk")[:number].values("pk"))
    dataset = resource().export(entries)
    at = dataset.headers.index("answer")
    rows = [[*row[:at], f"{row[at]}\nPrécision.", *row[at + 1 :]] for row in dataset]
    dataset.wipe()
    dataset.headers = resource().get_export_headers()
    dataset.extend(rows)
    content = dataset.export("csv")

    def work() -> Result:
        result = resource().import_data(CSV().create_dataset(content))
        if result.has_errors() or result.totals["update"] != number:
            raise RuntimeError(f"{result.totals}")
        return result

    spent = _rolled_back(lambda: cost(work, patience=0))
    return Cost(spent.cpu, spent.wall, spent.queries, spent.memory)


def _compare_exports() -> None:
    rows = []
    for number in EXPORTED:
        apart(data.fill, number)
        for name in WRITERS:
            spent, first = apart(_export, number, name)
            rows.append(
                (
                    figure(number),
                    name,
                    milliseconds(spent.cpu),
                    each(spent.cpu, number),
                    milliseconds(first),
                    megabytes(spent.memory),
                )
            )
    columns = ("lignes", "format", "UC (ms)", "µs par ligne", "premier octet (ms)", "mémoire (Mo)")
    table("Export du même tableau, morceau par morceau.", columns, rows)


def _export(number: int, file_format: str) -> tuple[Cost, float]:
    last = Entry.objects.order_by("pk").values_list("pk", flat=True)[number - 1]
    entries = Entry.objects.filter(pk__lte=last)
    # Imports of modules are not what is measured.
    few = Entry.objects.filter(pk__in=list(entries.values_list("pk", flat=True)[:10]))
    sum(map(len, Export(EntryResource(), few, file_format)))
    start = process_time()
    next(iter(Export(EntryResource(), entries, file_format, Headers.FRENCH)))
    first = process_time() - start
    spent = cost(lambda: sum(map(len, Export(EntryResource(), entries, file_format, Headers.FRENCH))), patience=0)
    return Cost(spent.cpu, spent.wall, spent.queries, spent.memory), first
