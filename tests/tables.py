"""Tables of tests: exports as bytes, changed rows, and imports without a page."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from faq.domain.spreadsheet import FrenchExcel, guard, unguard
from faq.enums import Headers
from faq.models import Entry
from faq.resources import EntryImport, EntryResource, Export
from faq.resources.formats import FORMATS
from faq.resources.imports import ImportResource, TableResult
from faq.resources.tables import TableResource

Row = dict[str, str]


def export_table(
    file_format: str = "csv",
    headers: str = Headers.FRENCH,
    *,
    resource: type[TableResource] = EntryResource,
    rows: QuerySet | None = None,
) -> bytes:
    """Return an export's bytes."""
    queryset = resource.model._default_manager.all() if rows is None else rows
    return b"".join(Export(resource(), queryset, file_format, headers))


def read_rows(data: bytes) -> list[Row]:
    """Return the rows of a CSV export, without guards."""
    lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), dialect=FrenchExcel)
    return [{column: unguard(cell) for column, cell in row.items()} for row in lines]


def write_rows(rows: Sequence[Mapping[str, str]], *, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """Return rows as CSV."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), dialect=FrenchExcel, delimiter=delimiter)
    writer.writeheader()
    writer.writerows({column: guard(cell) for column, cell in row.items()} for row in rows)
    return file.getvalue().encode(encoding)


def change_export(change: Callable[[list[Row]], object], **options) -> bytes:
    """Return the CSV export after a change of its rows."""
    rows = read_rows(export_table(**options))
    change(rows)
    return write_rows(rows)


def import_table(
    data: bytes,
    *,
    file_format: str = "csv",
    user=None,
    preview: bool = False,
    resource: type[ImportResource] = EntryImport,
) -> TableResult:
    """Import a table as the admin does, by a command or by somebody."""
    dataset = FORMATS[file_format]().create_dataset(data)
    importer = resource(user=user, label="essai.csv")
    return importer.import_data(dataset, dry_run=preview, rollback_on_validation_errors=True)


def refusals(result: TableResult) -> list[tuple[int, str, str]]:
    """Return the refused rows: number, column and reason."""
    return [
        (row.number, column, reason)
        for row in result.invalid_rows
        for column, reasons in row.error_dict.items()
        for reason in reasons
    ]


def send_table(client: Client, data: bytes, page: str = "faq_entry", name: str = "fiches.csv"):
    """Send a file for its preview."""
    sent = {"resource": "0", "import_file": SimpleUploadedFile(name, data)}
    return client.post(reverse(f"admin:{page}_import"), sent)


def confirm_table(client: Client, preview, page: str = "faq_entry", **options):
    """Confirm a preview."""
    sent = {field.html_name: field.value() for field in preview.context["confirm_form"].hidden_fields()}
    return client.post(reverse(f"admin:{page}_process_import"), sent, **options)


def read_json(data: bytes) -> list[Row]:
    """Return the rows of a JSON export."""
    return json.loads(data)


def the_entry() -> Entry:
    """Return the only entry."""
    return Entry.objects.select_related("head", "live").get()
