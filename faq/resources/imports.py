"""Tables that come back: each row is compared with what is stored, and all changes are one batch, or none is made."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result, RowResult

from faq.domain.diff import Change, Line, Segment
from faq.domain.limits import TABLE_MAX_CHANGES, format_number
from faq.domain.spreadsheet import SEPARATOR
from faq.domain.tables import TableUnreadable, find_mojibake, name_some
from faq.domain.text import build_label_key, fold
from faq.domain.workbook_writer import name_column
from faq.resources import tables
from faq.resources.tables import TableResource
from faq.services.content import EntryError

_TERM_SEPARATOR = SEPARATOR.strip()
_NO_TERM = frozenset()


@dataclass
class TableRowResult(RowResult):
    """The result of one row."""

    number: int = 0
    """Its number as spreadsheets show it."""
    name: str = ""
    """The reference or the name of what it is about."""
    before: Any = None
    after: Any = None
    """The contents before and after; None where there is none."""
    note: str = ""
    """A French sentence about the change, such as what it was joined with."""

    def __post_init__(self):
        super().__init__()


class TableResult(Result):
    """The result of a whole table."""

    def __init__(self):
        super().__init__()
        self.notices = []
        """French sentences about the table as a whole."""
        self.batch = None
        """The batch that was made; None where nothing changed."""
        self.resource = None
        """The resource that read the table, which can tell the differences of its rows."""

    @property
    def counted(self):
        """The numbers of new, changed, unchanged and refused rows, by their French names: they add up."""
        return {
            "nouvelles": self.totals[RowResult.IMPORT_TYPE_NEW],
            "modifiées": self.totals[RowResult.IMPORT_TYPE_UPDATE],
            "inchangées": self.totals[RowResult.IMPORT_TYPE_SKIP],
            "refusées": self.totals[RowResult.IMPORT_TYPE_INVALID],
        }

    @property
    def is_refused(self):
        """Whether nothing can be stored."""
        return self.has_errors() or self.has_validation_errors()

    @property
    def changes(self):
        """The rows that add or change something."""
        return [row for row in self.rows if row.is_new() or row.is_update()]


class RowRefused(Exception):
    """A row that cannot be stored: what is wrong, in French, by the name of a column."""

    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.column = column
        self.reason = reason


class ImportResource(TableResource):
    """A table that is read, whose rows a subclass compares and stores. No row is stored where one is refused."""

    read_only = frozenset()
    """Names of the columns that exports have and imports ignore."""
    naming = frozenset()
    """Names of the columns of which every table has one at least."""
    not_text = frozenset()
    """Names of the columns whose cells may be numbers or truth values: no text was lost there."""
    required = frozenset()
    """Names of the columns without which nothing can be imported."""

    class Meta:
        # One transaction for all rows, without a savepoint for each; the services write, not the package.
        use_bulk = True
        skip_diff = True
        report_skipped = False
        instance_loader_class = BaseInstanceLoader

    def __init__(self, *, user, label):
        super().__init__()
        self.user = user
        self.label = label
        self.headers = {}
        """The headers of the file, by the names of their columns."""

    @classmethod
    def get_result_class(cls):
        """Return the class of results that count as editors do."""
        return TableResult

    def get_diff_headers(self):
        """Return nothing: differences are shown field by field."""
        return []

    def before_import(self, dataset, **kwargs):
        """Recognise the columns. Raises TableUnreadable."""
        self.dataset = dataset
        self.headers = {}
        self.mojibake = ""
        """Says where the first text stands that was decoded wrongly."""
        headers = self._recognise(dataset.headers)
        self.check_columns(headers)
        self.columns = [(name, dataset.headers.index(header)) for name, header in headers.items()]
        self.headers = headers

    @classmethod
    def _get_names(cls):
        """Return the names of the columns by what headers may call them."""
        names = {}
        for name, column in cls.fields.items():
            names |= {_key(name): name, _key(column.french): name}
        return names

    @classmethod
    def is_header(cls, cells):
        """Return whether the cells of a row are the names of columns."""
        names = cls._get_names()
        return any(names.get(_key(cell)) in cls.naming for cell in cells)

    def _recognise(self, headers):
        names = self._get_names()
        unknown = [header for header in headers if _key(header) not in names]
        if unknown:
            known = ", ".join(f"«\u00a0{column.french}\u00a0»" for column in self.fields.values())
            raise TableUnreadable(
                f"Colonnes inconnues\u00a0: {name_some(unknown)}. Corrigez leur nom ou retirez-les\u00a0; "
                f"connues\u00a0: {known}."
            )
        found = {}
        for header in headers:
            name = names[_key(header)]
            if name in found:
                raise TableUnreadable(f"La colonne «\u00a0{header}\u00a0» est donnée deux fois.")
            found[name] = header
        return found

    def check_columns(self, found):
        """Raise TableUnreadable where a column is missing without which nothing can be imported."""
        missing = [self.fields[name].french for name in self.fields if name in self.required and name not in found]
        if missing:
            raise TableUnreadable(f"Colonnes absentes\u00a0: {', '.join(missing)}.")

    def import_row(self, row, instance_loader, *, row_number, **kwargs):
        """Return what becomes of a row."""
        result = TableRowResult(number=self.dataset.numbers[row_number - 1])
        if not self.headers:
            result.import_type = RowResult.IMPORT_TYPE_SKIP
            return result
        place = (row_number - 1) % tables.CHUNK
        if place == 0:
            self.rows = self._read_chunk(row_number - 1)
            self.load_chunk(self.rows)
        cells = self.rows[place]
        if faults := self._find_lost_texts(result.number):
            result.import_type = RowResult.IMPORT_TYPE_INVALID
            result.validation_error = ValidationError(faults)
            return result
        try:
            result.import_type = self.read_row(cells, result)
        except RowRefused as refused:
            result.import_type = RowResult.IMPORT_TYPE_INVALID
            header = self.headers.get(refused.column) or self.fields[refused.column].french
            result.validation_error = ValidationError({header: [refused.reason]})
        if result.is_new() or result.is_update():
            self._look_for_mojibake(cells, result.number)
        return result

    def _find_lost_texts(self, number):
        """Return what is wrong, by their headers, with cells of a row that a spreadsheet made into something else."""
        held = self.dataset.not_text.get(number)
        if not held:
            return {}
        return {
            self.headers[name]: [
                f"La cellule {name_column(place)}{number} contient {held[place]}, non un texte\u00a0: Excel a remplacé "
                "ce qui était tapé. Mettez la colonne au format Texte, puis retapez la cellule."
            ]
            for name, place in self.columns
            if place in held and name not in self.not_text | self.read_only
        }

    def _look_for_mojibake(self, cells, number):
        if not self.mojibake and (found := next(filter(None, map(find_mojibake, cells.values())), "")):
            self.mojibake = (
                f"Des accents semblent abîmés («\u00a0{found}\u00a0», ligne {number})\u00a0: vérifiez avant "
                "d’importer, ou enregistrez de nouveau le fichier d’origine en «\u00a0CSV UTF-8\u00a0»."
            )

    def _read_chunk(self, start):
        """Return the cells, by the names of their columns, of the rows from a place on that are compared together."""
        chunk = self.dataset[start : start + tables.CHUNK]
        return [{name: row[place] for name, place in self.columns} for row in chunk]

    def load_chunk(self, rows):
        """Bring along what these rows are compared with."""

    @abstractmethod
    def read_row(self, cells, result):
        """Return what becomes of a row, one of the package's import types. Raises RowRefused."""

    @abstractmethod
    def store(self):
        """Store the changes of all rows; return their batch, or None without any."""

    @abstractmethod
    def get_differences(self, row):
        """Return what a row changes: titles of fields, each with its lines of `faq.domain.diff`."""

    def after_import(self, dataset, result, **kwargs):
        """Store the changes, unless a row or the table is refused."""
        result.resource = self
        for refused in result.invalid_rows:
            refused.number = dataset.numbers[refused.number - 1]
        result.notices = [*dataset.notices, *filter(None, [self.mojibake]), *self._tell_ignored_columns()]
        if result.is_refused:
            return
        if len(result.changes) > TABLE_MAX_CHANGES:
            raise TableUnreadable(
                f"Plus de {format_number(TABLE_MAX_CHANGES)} lignes changeraient ({format_number(len(result.changes))})"
                "\u00a0; coupez le fichier en plusieurs."
            )
        result.batch = self.store()

    def _tell_ignored_columns(self):
        ignored = [header for name, header in self.headers.items() if name in self.read_only]
        return [f"Lues, mais jamais modifiées par un import\u00a0: {', '.join(ignored)}."] if ignored else []

    def handle_import_error(self, result, error, raise_errors=False):
        """Add what is wrong with the table as a whole; other errors are bugs, and are raised."""
        if not isinstance(error, TableUnreadable | EntryError):
            raise error
        super().handle_import_error(result, error, raise_errors)


def compare_cells(old, new):
    """Return the lines of a cell that holds another text now."""
    texts = ((Change.REMOVED, old), (Change.ADDED, new))
    return [mark_text(change, text) for change, text in texts if text]


def mark_text(change, text):
    """Return a line that is added, removed or left as a whole."""
    return Line(change, (Segment(change, text),))


class TermFinder:
    """Finds the terms that cells name: by slug, present or former, or by label."""

    def __init__(self, taxonomy):
        self.taxonomy = taxonomy
        self.labels = {(term.facet, build_label_key(term.label)): term for term in reversed(taxonomy.terms)}
        self.found = {}

    def find(self, facet, cell, column=None):
        """Return the ids of the terms of a facet that a cell names. Raises RowRefused, with the name of its column."""
        if not cell:
            return _NO_TERM
        key = (facet, cell)
        if key not in self.found:
            names = [name.strip() for name in cell.split(_TERM_SEPARATOR) if name.strip()]
            self.found[key] = frozenset(self._find_one(facet, name, column or facet).id for name in names)
        return self.found[key]

    def _find_one(self, facet, name, column):
        known = self.taxonomy.by_slug, self.taxonomy.by_old_slug
        found = next((terms[facet, name] for terms in known if (facet, name) in terms), None)
        found = found or self.labels.get((facet, build_label_key(name)))
        if found is None:
            raise RowRefused(column, f"Terme inconnu\u00a0: «\u00a0{name[:60]}\u00a0».")
        return found


def _key(header):
    return fold(header).strip()
