"""Which columns entries have in tables, and how an export of any length streams through little memory."""

import tempfile
from functools import partial
from itertools import chain

from django.db.models import Prefetch
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import IntegerWidget
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from faq.domain.facets import Facet
from faq.domain.spreadsheet import check_excel_row, excel_text, is_guarded, render_csv, render_json
from faq.models import EntryTheme, Passage

SEPARATOR = " | "
"""The separator of several terms, or several sources, in one cell."""

CHUNK = 500
"""Rows in memory at a time; each chunk costs the same few queries."""

PIECE = 64 * 1024
"""Bytes of a finished workbook that are given at a time."""


def xlsx_file(columns, rows):
    """Write a table as an Excel workbook of one sheet, where every text is text and never a formula.

    Raises TableTooBig, before the first piece, where Excel would cut a cell or the table.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.freeze_panes = "A2"
    try:
        for number, row in enumerate(chain([columns], rows), start=1):
            check_excel_row(columns, row, number)
            sheet.append([_excel_cell(sheet, cell) for cell in row])
    finally:
        sheet.close()
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from iter(partial(file.read, PIECE), b"")


def _excel_cell(sheet, value):
    if value == "":
        return None
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, excel_text(value))
    # Left to itself, openpyxl makes formulas of what begins with « = » and errors of « #N/A ».
    cell.data_type = "s"
    # Excel's own apostrophe: the text remains text when somebody edits the cell.
    if is_guarded(value):
        cell.quotePrefix = True
    return cell


WRITERS = {"csv": render_csv, "json": render_json, "xlsx": xlsx_file}
"""By the name of a format, how to write a table in it: columns and rows in, bytes out."""


class Export:
    """One export: its bytes, piece by piece, and how many rows were written so far."""

    def __init__(self, resource, queryset, file_format):
        self.resource = resource
        self.queryset = queryset
        self.file_format = file_format
        self.rows = 0

    def __iter__(self):
        """Return the bytes. Raises TableTooBig where the format cannot hold the table."""
        return WRITERS[self.file_format](self.resource.get_export_headers(), self._cells())

    def _cells(self):
        # The package's own export gathers the whole table before it writes the first byte.
        instances = self.resource.filter_export(self.queryset)
        for instance in instances.iterator(chunk_size=CHUNK):
            yield self.resource.export_resource(instance)
            self.rows += 1


def _slugs(facet, entry):
    """Return the slugs of a facet's terms, as `filter_export` brought them along."""
    return SEPARATOR.join(term.slug for term in getattr(entry, f"filed_{facet}"))


class EntryResource(Resource):
    """All entries by number, as their rows hold them: what the public reads, or else the latest text."""

    reference = Field(attribute="reference")
    status = Field(attribute="status")
    question = Field(attribute="question")
    answer = Field(attribute="answer")
    offer_types = Field(dehydrate_method=partial(_slugs, Facet.OFFER_TYPES))
    couloirs = Field(dehydrate_method=partial(_slugs, Facet.COULOIRS))
    dispositifs = Field(dehydrate_method=partial(_slugs, Facet.DISPOSITIFS))
    products = Field(dehydrate_method=partial(_slugs, Facet.PRODUCTS))
    themes = Field()
    live_version = Field(attribute="live__number", widget=IntegerWidget(coerce_to_string=False))
    updated_at = Field()
    sources = Field()
    checked_on = Field()
    review_before = Field()

    def filter_export(self, queryset, **kwargs):
        """Order the entries and bring along what their columns need, six queries per chunk."""
        themes = EntryTheme.objects.select_related("tag").order_by("tag")
        sources = Passage.objects.current().select_related("dump").order_by("dump__name", "position")
        return (
            queryset.order_by("pk")
            .select_related("live", "verification")
            .only(
                "status",
                "question",
                "answer",
                "updated_at",
                "review_before",
                "live__number",
                "verification__checked_at",
            )
            .prefetch_related(
                *(Prefetch(facet, to_attr=f"filed_{facet}") for facet in Facet if facet is not Facet.THEMES),
                Prefetch("entry_themes", themes, to_attr="filed_themes"),
                Prefetch("passages", sources.only("entry", "position", "dump__name"), to_attr="sources"),
            )
        )

    def dehydrate_themes(self, entry):
        """Return the slugs of the thématiques; taggit would give them in the order of filing."""
        return SEPARATOR.join(filed.tag.slug for filed in entry.filed_themes)

    def dehydrate_updated_at(self, entry):
        """Return the date of the text or filing."""
        return iso_date(entry.updated_at)

    def dehydrate_sources(self, entry):
        """Cite the passages of the dumps as they are now, not of undone imports and former editions."""
        return SEPARATOR.join(passage.source for passage in entry.sources)

    def dehydrate_checked_on(self, entry):
        """Return the day on which somebody last vouched for what is live."""
        checked = entry.live and entry.verification
        return timezone.localdate(checked.checked_at).isoformat() if checked else ""

    def dehydrate_review_before(self, entry):
        """Return the day before which it is to be checked again."""
        return entry.review_before.isoformat() if entry.review_before else ""


def iso_date(moment):
    """Write a date with its offset in ISO 8601, as text in every format: Excel knows no time zones."""
    return timezone.localtime(moment).isoformat()
