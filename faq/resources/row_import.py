"""Terms and groups of synonyms that come back from a table, row by row through their services, as one batch."""

from abc import abstractmethod

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from import_export.results import RowResult

from faq.domain.facets import Facet
from faq.domain.spreadsheet import SEPARATOR
from faq.domain.text import expand_letters
from faq.models import Theme
from faq.resources.imports import ImportResource, RowRefused, TermFinder, compare_cells
from faq.resources.terms import (
    CouloirResource,
    DispositifResource,
    OfferTypeResource,
    ProductResource,
    RowResource,
    SynonymResource,
    ThemeResource,
)
from faq.selectors.published import load_taxonomy
from faq.services.synonyms import ExpressionIndex, SynonymsRefused, save_synonyms
from faq.services.tables import create_table_batch
from faq.services.taxonomy import parent_relation, save_term

_TRUE = frozenset({"oui", "vrai", "yes", "true", "1", "x"})
_FALSE = frozenset({"", "non", "faux", "no", "false", "0"})
_MISSING = {
    "label": "Le libellé manque\u00a0: écrivez-le.",
    "name": "Le libellé manque\u00a0: écrivez-le.",
    "slug": "L’identifiant manque\u00a0: écrivez-le, en lettres sans accent, chiffres et traits d’union.",
    "offer_type": "Le type d’offre manque\u00a0: écrivez l’identifiant ou le libellé de celui dont il relève.",
}
"""The cures, by the names of the fields that may not be empty."""
_MAX_DIGITS = 9
"""Digits of the numbers in these tables: far above all that they hold."""


class RowImport(ImportResource, RowResource):
    """Rows that have a number; one without is new. A mark tells whether a row was changed since the export."""

    naming = frozenset({"id", "label", "expressions"})
    not_text = frozenset({"id", "position", "retired", "review_months", "vague", "one_way", "version"})

    def before_import(self, dataset, **kwargs):
        """Recognise the columns, and read the stored rows."""
        self.stored = {row.pk: row for row in self.filter_export(self.model._default_manager.all())}
        self.rows_by_number = {}
        self.batch = None
        super().before_import(dataset, **kwargs)

    def read_row(self, cells, result):
        """Store a row where it is new or changed. Raises RowRefused."""
        row = self._find_row(cells, result)
        before = dict(zip(self.written, map(_text, self.get_values(row)), strict=True)) if row else {}
        after = {name: cells[name] for name in self.written if name in cells and cells[name] != before.get(name, "")}
        values = {name: self.parse_cell(name, cell) for name, cell in after.items()}
        if row:
            values = {name: value for name, value in values.items() if value != self.get_value(row, name)}
            if not values:
                return RowResult.IMPORT_TYPE_SKIP
            self._check_version(row, cells)
        self.store_row(row or self.model(), values)
        result.before = {name: before.get(name, "") for name in values}
        result.after = {name: after[name] for name in values}
        result.name = str(row) if row else next(iter(result.after.values()), "")
        return RowResult.IMPORT_TYPE_UPDATE if row else RowResult.IMPORT_TYPE_NEW

    def _find_row(self, cells, result):
        """Return the stored row that a row is about; None where it is new. Raises RowRefused."""
        cell = cells.get("id", "").strip()
        if not cell:
            if cells.get("version", "").strip():
                raise RowRefused("id", "Le numéro manque, alors que la ligne a une version.")
            return None
        row = self.stored.get(parse_number("id", cell))
        if row is None:
            raise RowRefused("id", f"Aucune ligne ne porte le numéro {cell[:20]}.")
        earlier = self.rows_by_number.setdefault(row.pk, result.number)
        if earlier != result.number:
            raise RowRefused("id", f"Le numéro {row.pk} est déjà à la ligne {earlier}.")
        return row

    def _check_version(self, row, cells):
        mark = cells.get("version", "").strip()
        if not mark:
            raise RowRefused("version", "La version manque\u00a0: c’est celle de l’export dont part la ligne.")
        if mark != self.dehydrate_version(row):
            raise RowRefused("version", f"Ligne périmée\u00a0: «\u00a0{row}\u00a0» a changé depuis l’export.")

    @abstractmethod
    def parse_cell(self, name, cell):
        """Return the value that a cell stands for. Raises RowRefused."""

    @abstractmethod
    def get_value(self, row, name):
        """Return the value of a stored row that `parse_cell` would return."""

    @abstractmethod
    def store_row(self, row, values):
        """Store a row with new values, as part of the batch. Raises RowRefused."""

    def get_batch(self):
        """Return the batch of the table, made with its first change."""
        if self.batch is None:
            self.batch = create_table_batch(self.label, self.user, timezone.now())
        return self.batch

    def store(self):
        """Return the batch: the rows were stored one by one."""
        return self.batch

    def get_differences(self, row):
        """Return the cells that a row changes."""
        for name, cell in row.after.items():
            yield self.fields[name].french, compare_cells(row.before[name], cell)


class TermImport(RowImport):
    """The terms of a facet."""

    read_only = frozenset({"old_slugs"})
    parent = None
    """The facet that its terms belong to."""

    def before_import(self, dataset, **kwargs):
        """Read the taxonomy once."""
        self.terms = TermFinder(load_taxonomy())
        super().before_import(dataset, **kwargs)

    def parse_cell(self, name, cell):
        """Return the value that a cell stands for. Raises RowRefused."""
        cell = " ".join(cell.split())
        match name:
            case "retired":
                return parse_truth(name, cell)
            case "position" | "vague" | "review_months":
                return parse_number(name, cell) if cell else None
            case "offer_type" | "couloirs" | "offer_types":
                return self.terms.find(self.parent, cell, name)
            case _:
                return cell

    def get_value(self, row, name):
        """Return the value of a stored term."""
        if name == "offer_type":
            return frozenset({row.offer_type_id})
        value = getattr(row, name)
        return frozenset(parent.pk for parent in value.all()) if name == parent_relation(row) else value

    def store_row(self, row, values):
        """Store a term through the service. Raises RowRefused."""
        relation = parent_relation(row)
        parents = values.get(relation) if relation else None
        for name, value in values.items():
            if name == "offer_type":
                if len(value) != 1:
                    raise RowRefused("offer_type", "Un type d’offre, et un seul, est attendu.")
                [row.offer_type_id] = value
            elif name == "position":
                row.position = value or 0
            elif name != relation:
                setattr(row, "name" if name == "label" and isinstance(row, Theme) else name, value)
        if not row.slug:
            row.slug = slugify(expand_letters(row.label or ""))
        if relation == "couloirs" and not (parents or (row.pk and parents is None)):
            raise RowRefused("couloirs", "Un couloir au moins est attendu.")
        try:
            row.clean_fields()
            save_term(row, self.user, parents=parents, batch=self.get_batch())
        except ValidationError as error:
            by_field = error.message_dict if hasattr(error, "error_dict") else {"label": error.messages}
            field, reasons = next(iter(by_field.items()))
            missing = any(one.code in ("null", "blank") for one in getattr(error, "error_dict", {}).get(field, ()))
            if missing and field in _MISSING:
                reasons = [_MISSING[field]]
            # Thématiques have taggit's name for it; what is wrong with the whole row is mostly its label.
            raise RowRefused(field if field in self.fields else "label", " ".join(reasons)) from error


class OfferTypeImport(TermImport, OfferTypeResource):
    """The types d’offre."""


class CouloirImport(TermImport, CouloirResource):
    """The couloirs."""

    parent = Facet.OFFER_TYPES


class DispositifImport(TermImport, DispositifResource):
    """The dispositifs."""

    parent = Facet.COULOIRS


class ProductImport(TermImport, ProductResource):
    """The products."""

    parent = Facet.OFFER_TYPES


class ThemeImport(TermImport, ThemeResource):
    """The thématiques."""


class SynonymImport(RowImport, SynonymResource):
    """The groups of synonyms."""

    def before_import(self, dataset, **kwargs):
        """Read the expressions of all groups once."""
        self.index = ExpressionIndex()
        super().before_import(dataset, **kwargs)

    def parse_cell(self, name, cell):
        """Return the value that a cell stands for. Raises RowRefused."""
        if name != "expressions":
            return parse_truth(name, cell)
        expressions = (" ".join(one.split()) for one in cell.split(SEPARATOR.strip()))
        return [expression for expression in expressions if expression]

    def get_value(self, row, name):
        """Return the value of a stored group."""
        return getattr(row, name)

    def store_row(self, row, values):
        """Store a group through the service. Raises RowRefused."""
        for name, value in values.items():
            setattr(row, name, value)
        try:
            save_synonyms(row, self.user, batch=self.get_batch(), index=self.index)
        except SynonymsRefused as refused:
            raise RowRefused("expressions", str(refused)) from refused


def parse_number(column, cell):
    """Return the whole number that a cell holds. Raises RowRefused."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= _MAX_DIGITS):
        raise RowRefused(column, f"«\u00a0{cell[:20]}\u00a0» n’est pas un nombre entier.")
    return int(cell)


def parse_truth(column, cell):
    """Return whether a cell says yes. Raises RowRefused where it says neither yes nor no."""
    said = cell.strip().lower()
    if said not in _TRUE | _FALSE:
        raise RowRefused(
            column, f"«\u00a0{cell[:20]}\u00a0»\u00a0: «\u00a0oui\u00a0» ou «\u00a0non\u00a0» est attendu."
        )
    return said in _TRUE


def _text(value):
    return "" if value is None else str(value)
