"""The formats of tables, as django-import-export knows formats, over our own writers."""

from import_export.formats.base_formats import Format
from tablib import Dataset

from faq.domain.spreadsheet import render_csv, render_json
from faq.domain.tables import read_csv, read_json
from faq.domain.workbook_reader import read_workbook
from faq.domain.workbook_writer import render_workbook


class TableDataset(Dataset):
    """A table that was read from a file, as the package knows tables, with the numbers of its rows."""

    def __init__(self, table):
        super().__init__(*table.rows, headers=table.columns)
        self.numbers = table.numbers
        """The number of each row as spreadsheets show it."""
        self.notices = table.notices
        """The guesses that the reader had to make, in French."""
        self.not_text = table.not_text
        """The cells that hold no text; see `Table`."""


class TableFormat(Format):
    """A format that is written piece by piece, without gathering the table first."""

    name = ""
    """The name in options of commands, and the extension of files."""
    title = ""
    content_type = ""
    render = None
    """Yields the bytes of a table, given its columns and rows."""
    read = None
    """Returns the table that bytes hold, given what tells the names of columns."""

    def __init__(self, encoding=None, *, is_header=None):
        """Make a format, which may be given what tells the names of columns from other rows.

        The encoding that the package's admin would choose is found in the file instead.
        """
        self.is_header = is_header

    def get_title(self):
        """Return the French name."""
        return self.title

    def get_extension(self):
        """Return the extension of files, without the dot."""
        return self.name

    def get_content_type(self):
        """Return the media type."""
        return self.content_type

    def can_export(self):
        """Return that tables can be written in it."""
        return True

    def can_import(self):
        """Return that tables can be read in it."""
        return True

    def create_dataset(self, in_stream):
        """Return the table that a file's bytes hold. Raises TableUnreadable."""
        return TableDataset(self.read(in_stream, self.is_header))

    def export_data(self, dataset, **kwargs):
        """Return the bytes of a table that is in memory."""
        return b"".join(self.render(dataset.headers, dataset))


class CSVFormat(TableFormat):
    """CSV that French Excel opens by double-click, without formulas and without loss."""

    name, title, content_type = "csv", "CSV (pour Excel en français)", "text/csv; charset=utf-8"
    render = staticmethod(render_csv)
    read = staticmethod(read_csv)


class JSONFormat(TableFormat):
    """A JSON array of one object per row."""

    name, title, content_type = "json", "JSON", "application/json"
    render = staticmethod(render_json)
    read = staticmethod(lambda data, is_header: read_json(data))


class XLSXFormat(TableFormat):
    """A workbook of one sheet, where every text is text."""

    name, title = "xlsx", "Classeur Excel (XLSX)"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    render = staticmethod(render_workbook)
    read = staticmethod(read_workbook)


FORMATS = {one.name: one for one in (CSVFormat, JSONFormat, XLSXFormat)}
"""The formats by name."""
WRITERS = {name: one.render for name, one in FORMATS.items()}
"""By the name of a format, how to write a table in it: columns and rows in, bytes out."""
