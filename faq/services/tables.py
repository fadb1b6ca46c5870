"""Writing what an imported table changes: all rows or none, as one batch that is undone as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from faq.domain.chunks import split_in_chunks
from faq.enums import BatchKind, Origin
from faq.models import Batch
from faq.services.content import Content
from faq.services.entries import Edit, create_entries, edit_entries
from faq.services.roles import Author
from faq.services.taxonomy_batches import shorten
from faq.services.versions import Provenance

_CHUNK = 2_000
"""Entries written at a time: what they take in memory does not grow with the table."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """The content of a new entry, and the fingerprint of its answer."""

    content: Content
    fingerprint: str


def create_table_batch(label: str, author: Author, at: datetime) -> Batch:
    """Create the batch of an imported table, to be called within its transaction."""
    return Batch.objects.create(kind=BatchKind.TABLE, label=shorten(label), author=author, created_at=at)


@transaction.atomic
def store_entry_table(
    edits: Sequence[Edit], new: Sequence[NewEntry], provenance: Provenance, *, label: str
) -> Batch | None:
    """Change and create entries as one batch; return it, or None where the table changes nothing.

    Raises PermissionDenied, EntryError and what `edit_entries` raises, having stored nothing.
    """
    if not edits and not new:
        return None
    batch = create_table_batch(label, provenance.author, provenance.at)
    told = replace(provenance, origin=Origin.TABLE, batch=batch)
    # In the order of the numbers, as all who lock several entries do.
    for edited in split_in_chunks(sorted(edits, key=lambda edit: edit.number), _CHUNK):
        edit_entries(edited, told)
    for created in split_in_chunks(new, _CHUNK):
        contents = [entry.content for entry in created]
        create_entries(contents, told, fingerprints=[entry.fingerprint for entry in created])
    return batch
