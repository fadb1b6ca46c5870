"""Undoing changes of reference data: what a batch changed is as before, where it still is what the batch left."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from django.db.models import Model, ProtectedError

from faq.enums import BatchKind
from faq.models import Batch, Epoch, RowChange, Version
from faq.models.taxonomy import LabelKeyField, Term
from faq.services.content import EntryError
from faq.services.roles import Author, require
from faq.services.row_changes import Columns, RowRecorder, build_row, get_table, name_row, read_columns
from faq.services.taxonomy import find_present_uses, find_term_uses
from faq.services.taxonomy_batches import AnyTerm

_DERIVED = ("label_key",)
"""Columns that follow from others."""


class _Left(Exception):
    """The reason why a row is left as it is, in French."""


def restore_rows(changes: Sequence[RowChange], undo: Batch) -> tuple[list[RowChange], list[tuple[str, str]]]:
    """Bring back the rows that a batch changed, from the last to the first, as part of the batch that undoes it.

    Return the changes that were made, and the names of the rows left alone with the reasons. Of an operation on the
    taxonomy all rows come back, or EntryError says which one does not. Raises PermissionDenied.
    """
    recorder = RowRecorder()
    left = []
    for change in changes:
        _require_right(change, undo.author)
        try:
            _restore(change, recorder)
        except _Left as refusal:
            left.append((name_row(change), str(refusal)))
    if left and _get_first_kind(undo) == BatchKind.TAXONOMY:
        name, reason = left[0]
        raise EntryError(f"« {name} » ne peut pas redevenir comme avant : {reason}.")
    if recorder.changes:
        recorder.store(undo)
        # Terms are read again, and synonyms.
        Epoch.move()
    return recorder.changes, left


def _require_right(change: RowChange, author: Author) -> None:
    verb = "change" if change.before and change.after else "add" if change.before is None else "delete"
    # Who may create a row may take it back; who may delete one may bring it back.
    require(author, f"faq.{verb}_{change.table}")


def _get_first_kind(batch: Batch) -> str:
    """Return the kind of the batch that an undo, or an undo of an undo, comes down to."""
    while batch.undoes:
        batch = batch.undoes
    return batch.kind


def _restore(change: RowChange, recorder: RowRecorder) -> None:
    row = get_table(change.table)._default_manager.filter(pk=change.row).first()
    if change.before is None:
        _take_back(change, row, recorder)
    elif change.after is None:
        if row is not None:
            raise _Left("il existe de nouveau")
        _save(change, change.before, recorder)
    elif row is None:
        raise _Left("il a été supprimé depuis")
    else:
        ends = {columns.get("merged_into_id") for columns in (change.before, change.after)}
        if len(ends) > 1:
            for end in ends - {None}:
                _refuse_before_later_operation(change, end)
        _save(change, _compute_columns(change.before, change.after, read_columns(row)), recorder)


def _take_back(change: RowChange, row: Model | None, recorder: RowRecorder) -> None:
    """Delete a row that the batch had created, or let the term answer for it from which a split had made it."""
    if row is None:
        return
    if _without_traces(read_columns(row)) != _without_traces(change.after or {}):
        raise _Left("il a été modifié depuis ; annulez d’abord ce changement")
    if change.successor:
        _refuse_before_later_operation(change, change.successor)
        columns = {**read_columns(row), "retired": True, "merged_into_id": change.successor}
        recorder.save(*build_row(change, columns))
        return
    if isinstance(row, Term) and (uses := find_term_uses(cast(AnyTerm, row))):
        if find_present_uses(cast(AnyTerm, row)):
            raise _Left(f"{' ; '.join(uses)}")
        # Only past versions name it: it stays for them, and is offered no more.
        recorder.save(*build_row(change, {**read_columns(row), "retired": True}))
        return
    try:
        recorder.delete(row)
    except ProtectedError as error:
        raise _Left("d’autres données y renvoient depuis") from error


def _refuse_before_later_operation(change: RowChange, end: int) -> None:
    """Raise _Left where what a merge or a split files under a term has gone on from there since.

    Undone before the later operation, its entries would stay where that has put them, and no undo would lead them back.
    """
    terms: Any = get_table(change.table)._default_manager
    term = terms.filter(pk=end).exclude(merged_into=None).select_related("merged_into").first()
    if term:
        raise _Left(
            f"«\u00a0{term}\u00a0» a été fusionné depuis dans "
            f"«\u00a0{term.merged_into}\u00a0»\u00a0; annulez d’abord ce changement"
        )
    own = Version.objects.filter(batch=change.batch_id).values("entry")
    splits = RowChange.objects.filter(
        table=change.table, successor=end, batch__undone_by=None, batch__gt=change.batch_id
    )
    if split := splits.filter(batch__versions__entry__in=own).first():
        raise _Left(f"des fiches ont suivi depuis une scission\u00a0; annulez d’abord le lot {split.batch_id}")


def _compute_columns(before: Columns, after: Columns, now: Columns) -> Columns:
    """Return the columns of now with those that the batch changed as before. Raises _Left where others changed them."""
    columns = dict(now)
    for name, left in after.items():
        if left == before.get(name) or name in _DERIVED:
            continue
        if name == "old_slugs":
            columns[name] = _restore_slugs(before, after, now)
        elif now[name] != left:
            raise _Left("il a été modifié depuis ; annulez d’abord ce changement")
        else:
            columns[name] = before[name]
    if columns.get("slug") != now.get("slug"):
        # Addresses with the slug that the batch had given lead here for ever.
        kept = [*columns["old_slugs"], now["slug"]]
        columns["old_slugs"] = [slug for slug in dict.fromkeys(kept) if slug != columns["slug"]]
    return columns


def _restore_slugs(before: Columns, after: Columns, now: Columns) -> list[str]:
    """Take back the former slugs that the batch added, and add those that it took away."""
    added = set(after["old_slugs"]) - set(before["old_slugs"])
    if not added <= set(now["old_slugs"]):
        raise _Left("d’autres adresses y mènent depuis ; annulez d’abord ce changement")
    taken = [slug for slug in before["old_slugs"] if slug not in after["old_slugs"]]
    return [*(slug for slug in now["old_slugs"] if slug not in added), *taken]


def _save(change: RowChange, columns: Columns, recorder: RowRecorder) -> None:
    row, relations = build_row(change, columns)
    _refuse_collision(row)
    _refuse_missing(row, relations)
    recorder.save(row, relations)


def _refuse_collision(row: Model) -> None:
    """Raise _Left where another row has taken what only one can have."""
    others = type(row)._default_manager.exclude(pk=row.pk)
    for field in row._meta.concrete_fields:
        is_key = isinstance(field, LabelKeyField)
        value = field.pre_save(row, add=False) if is_key else field.value_from_object(row)
        if is_key or (field.unique and not field.primary_key):
            if taken := others.filter(**{field.attname: value}).first():
                raise _Left(f"« {taken} » a pris depuis son {'libellé' if is_key else field.verbose_name}")


def _refuse_missing(row: Model, relations: dict[str, Collection[int]]) -> None:
    """Raise _Left where a row that it belonged to does not exist any more."""
    foreign = [(field, [field.value_from_object(row)]) for field in row._meta.concrete_fields if field.is_relation]
    for field, keys in [*foreign, *((row._meta.get_field(name), keys) for name, keys in relations.items())]:
        related: Any = field.related_model
        wanted = {key for key in keys if key is not None}
        if related._default_manager.filter(pk__in=wanted).count() < len(wanted):
            raise _Left("ce dont il relevait a été supprimé depuis")


def _without_traces(columns: Columns) -> Columns:
    """Return the columns without the position, which other terms change, and the slugs that undone changes left."""
    return {name: value for name, value in columns.items() if name not in ("position", "old_slugs")}
