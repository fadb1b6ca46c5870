"""The rights that undoing a batch needs: that to undo batches, or, for its author, the rights of what is undone."""

from faq.enums import Action, BatchKind, EntryStatus
from faq.models import Batch, RowChange, Version
from faq.services.roles import Author, require

RIGHT = "faq.undo_batch"
"""The right to undo what others did, and what is more than texts: imports of dumps, merges, taxonomy."""
_OWN_KINDS = (BatchKind.ACTION, BatchKind.BULK_ACTION, BatchKind.TABLE, BatchKind.CHECK)
"""Kinds of batches that their own author may undo."""
_KEEPS_PUBLIC_TEXT = (Action.EDITED, Action.ABANDONED)
"""Actions of versions that are published only because they say what the public reads already."""


def can_undo(batch: Batch, author: Author) -> bool:
    """Return whether somebody holds the rights that undoing a batch needs."""
    if author is None or author.has_perm(RIGHT):
        return True
    return batch.author_id == author.pk and all(author.has_perm(right) for right in get_undo_rights(batch))


def require_undo_rights(batch: Batch, author: Author) -> None:
    """Raise PermissionDenied, with a French message, where somebody may not undo a batch."""
    if author is None or author.has_perm(RIGHT):
        return
    rights = get_undo_rights(batch) if batch.author_id == author.pk else {RIGHT}
    for right in sorted(rights):
        require(author, right)


def get_undo_rights(batch: Batch) -> set[str]:
    """Return the rights that the author of a batch needs to undo it: those of what goes back."""
    source = batch
    while source.undoes:
        # What an undo took back comes back: the same states are left and reached.
        source = source.undoes
    if source.kind not in _OWN_KINDS or RowChange.objects.filter(batch=source).exists():
        return {RIGHT}
    written = Version.objects.filter(batch=source).order_by().values_list("action", "status").distinct()
    rights = {_get_right(Action(action), EntryStatus(status)) for action, status in written}
    # What writes no version, such as assignments, is an editor's as well.
    return rights | {"faq.check_entry" if source.kind == BatchKind.CHECK else "faq.change_entry"}


def _get_right(action: Action, status: EntryStatus) -> str:
    if action in (Action.CREATED, Action.RESTORED) or status == EntryStatus.ARCHIVED:
        return "faq.archive_entry"
    is_public = action == Action.WITHDRAWN or (status == EntryStatus.PUBLISHED and action not in _KEEPS_PUBLIC_TEXT)
    if is_public or action == Action.REFUSED:
        return "faq.publish_entry"
    return "faq.change_entry"
