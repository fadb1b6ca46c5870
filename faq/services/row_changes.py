"""Writing rows of reference data, which are no entries, so that the batch they belong to can be undone."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from django.apps import apps
from django.db.models import Model

from faq.models import Batch, RowChange

Columns = dict[str, Any]
"""The columns of a row, without its key, and the sorted keys of the rows it belongs to, by name."""


class RowRecorder:
    """Writes rows within a transaction, and knows what each was before and is now."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, int], RowChange] = {}

    @property
    def changes(self) -> list[RowChange]:
        """The rows that differ from what they were, in the order in which they were written first."""
        return [change for change in self._changes.values() if change.before != change.after]

    def save(
        self, row: Model, relations: Mapping[str, Collection[int]] | None = None, *, successor: int | None = None
    ) -> None:
        """Store a row, new or changed, and the keys of what it belongs to."""
        before = None if row._state.adding else _read_stored(type(row), row.pk)
        row.save()
        for name, keys in (relations or {}).items():
            getattr(row, name).set(keys)
        self._note(row, before, read_columns(row), successor)

    def delete(self, row: Model) -> None:
        """Delete a row."""
        key, before = row.pk, read_columns(row)
        row.delete()
        row.pk = key
        self._note(row, before, None)

    def store(self, batch: Batch) -> None:
        """Store what was written as part of a batch, which may hold earlier changes of the same rows."""
        tables = {change.table for change in self.changes}
        rows = [change.row for change in self.changes]
        span = (min(rows), max(rows)) if rows else (0, 0)
        # Storing a large batch row by row must not read all of it at each row.
        stored = batch.row_changes.filter(table__in=tables, row__range=span)
        earlier = {(change.table, change.row): change for change in stored}
        new = []
        for change in self.changes:
            change.batch = batch
            if first := earlier.get((change.table, change.row)):
                first.after = change.after
                first.save(update_fields=["after"]) if first.before != first.after else first.delete()
            else:
                new.append(change)
        RowChange.objects.bulk_create(new)

    def _note(self, row: Model, before: Columns | None, after: Columns | None, successor: int | None = None) -> None:
        name = row._meta.model_name or ""
        change = RowChange(table=name, row=row.pk, before=before, after=after, successor=successor)
        self._changes.setdefault((name, row.pk), change).after = after


def get_table(name: str) -> type[Model]:
    """Return the model of a changed row."""
    return apps.get_model("faq", name)


def read_columns(row: Model) -> Columns:
    """Return the columns of a row, and the keys of what it belongs to, as they are stored with a batch."""
    columns = {
        field.attname: deepcopy(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    relations = {
        field.name: sorted(getattr(row, field.name).values_list("pk", flat=True)) for field in row._meta.many_to_many
    }
    return columns | relations


def build_row(change: RowChange, columns: Columns) -> tuple[Model, dict[str, Collection[int]]]:
    """Return an instance with these columns, and its relations, ready to be saved."""
    model = get_table(change.table)
    names = {field.name for field in model._meta.many_to_many}
    stored = model._default_manager.filter(pk=change.row).first()
    row = stored or model(pk=change.row)
    for name, value in columns.items():
        if name not in names:
            setattr(row, name, value)
    return row, {name: columns[name] for name in names}


def name_row(change: RowChange) -> str:
    """Return the label of a changed row, as the batch left it, or as it was before it was deleted."""
    columns = change.after or change.before or {}
    return str(columns.get("label") or columns.get("name") or " = ".join(columns.get("expressions", [])))


def _read_stored(model: type[Model], key: int) -> Columns:
    return read_columns(model._default_manager.get(pk=key))
