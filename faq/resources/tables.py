"""The base of all tables: columns of two names, and exports of any length that stream through little memory."""

from itertools import islice

from django.utils import timezone
from import_export.fields import Field
from import_export.resources import Resource

from faq.enums import Headers
from faq.resources.formats import WRITERS

CHUNK = 500
"""Rows in memory at a time; each chunk costs the same few queries."""


class Column(Field):
    """A column with a stable name, which programs rely on, and a French one, which people read."""

    def __init__(self, french, attribute=None, *, stable=True, **options):
        super().__init__(attribute, **options)
        self.french = french
        self.stable = stable
        """Whether tables with stable headers have the column, too."""


class TableResource(Resource):
    """A table of the FAQ: its columns, the rows that it takes, and what their columns need."""

    model = None
    """The table of the database that it shows."""

    @classmethod
    def get_display_name(cls):
        """Return the French name of the rows."""
        return cls.model._meta.verbose_name_plural

    def get_columns(self, headers):
        """Return the columns of a table with such headers, in order."""
        columns = [self.fields[name] for name in self.get_export_order()]
        return [column for column in columns if column.stable or headers == Headers.FRENCH]

    def get_headers(self, headers):
        """Return the first row of a table with such headers."""
        columns = self.get_columns(headers)
        return [column.french if headers == Headers.FRENCH else column.column_name for column in columns]

    def prepare_chunk(self, instances):
        """Bring along what the columns of some rows need, in a few queries."""

    def get_cell_method(self, column):
        """Return the function that computes a column's cell from a row."""
        method = column.get_dehydrate_method(self.get_field_name(column))
        method = method if callable(method) else getattr(self, method, None)
        return method or column.export


class Export:
    """One export: its bytes, piece by piece, and how many rows were written so far."""

    def __init__(self, resource, queryset, file_format, headers=Headers.STABLE):
        self.resource = resource
        self.queryset = queryset
        self.file_format = file_format
        self.headers = headers
        self.rows = 0

    def __iter__(self):
        """Return the bytes. Raises TableTooBig where the format cannot hold the table."""
        return WRITERS[self.file_format](self.resource.get_headers(self.headers), self._cells())

    def _cells(self):
        # The package's own export gathers the whole table before it writes the first byte, and looks up the
        # columns for each row.
        methods = [self.resource.get_cell_method(column) for column in self.resource.get_columns(self.headers)]
        instances = self.resource.filter_export(self.queryset).iterator(chunk_size=CHUNK)
        while chunk := list(islice(instances, CHUNK)):
            self.resource.prepare_chunk(chunk)
            for instance in chunk:
                yield [method(instance) for method in methods]
                self.rows += 1


def iso_date(moment):
    """Write a date with its offset in ISO 8601, as text in every format: Excel knows no time zones."""
    return timezone.localtime(moment).isoformat()
