"""The write service: the only code that changes entries, whatever path the change comes by.

Every changed entry gets exactly one new version whose snapshot equals it; an unchanged one gets none.
The check, the lock, the version and its effects share one transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from faq.domain.facets import Taxonomy
from faq.enums import Action, EntryStatus
from faq.models import Entry, Version
from faq.models.entries import reference
from faq.models.live import load_taxonomy
from faq.services.content import Content, EntryError, clean, content_of
from faq.services.roles import require
from faq.services.versions import Change, Outcome, Provenance, record


class StaleVersion(EntryError):
    """Somebody else wrote since the version that the change is based on; nothing was written."""

    def __init__(self, entry: Entry, theirs: Version) -> None:
        self.entry = entry
        self.theirs = theirs
        super().__init__(
            f"La fiche {entry.reference} a été modifiée entre-temps (version {theirs.number}). "
            "Rien n’a été enregistré : comparez votre texte au sien, puis enregistrez de nouveau."
        )


def create_entry(content: Content, provenance: Provenance) -> Outcome:
    """Create a draft. Raises PermissionDenied, InvalidContent."""
    [outcome] = create_entries([content], provenance)
    return outcome


@transaction.atomic
def create_entries(contents: Iterable[Content], provenance: Provenance) -> list[Outcome]:
    """Create drafts, in a number of queries that does not depend on how many. Raises as `create_entry`."""
    require(provenance.author, "faq.add_entry")
    taxonomy = load_taxonomy()
    cleaned = [clean(content, taxonomy) for content in contents]
    entries = Entry.objects.bulk_create(
        Entry(created_at=provenance.at, updated_at=provenance.at, status=EntryStatus.DRAFT) for _ in cleaned
    )
    changes = [
        Change(entry, content, Action.CREATED, EntryStatus.DRAFT)
        for entry, content in zip(entries, cleaned, strict=True)
    ]
    return record(changes, taxonomy, provenance)


@dataclass(frozen=True, slots=True)
class Edit:
    """What an entry is to say; `base` is the number of the version that the change was made from, where known."""

    number: int
    content: Content
    base: int | None = None


def edit_entry(number: int, content: Content, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Change the text or filing: of the entry itself, or of the draft beside it while it is published.

    Raises StaleVersion where `base` is given and is not the latest version any more, and also
    PermissionDenied, InvalidContent, Entry.DoesNotExist, and EntryError for an archived entry.
    """
    [outcome] = edit_entries([Edit(number, content, base)], provenance)
    return outcome


@transaction.atomic
def edit_entries(edits: Sequence[Edit], provenance: Provenance) -> list[Outcome]:
    """Change several entries, all or none, in a constant number of queries. Raises as `edit_entry`.

    Outcomes come in the order of the entries' numbers.
    """
    require(provenance.author, "faq.change_entry")
    taxonomy = load_taxonomy()
    by_number = {edit.number: edit for edit in edits}
    entries = _lock(list(by_number))
    changes = [change for entry in entries if (change := _edited(entry, by_number[entry.pk], taxonomy))]
    return _outcomes(entries, record(changes, taxonomy, provenance))


def _edited(entry: Entry, edit: Edit, taxonomy: Taxonomy) -> Change | None:
    head = _head(entry)
    if edit.base is not None and edit.base != head.number:
        raise StaleVersion(entry, head)
    if entry.status == EntryStatus.ARCHIVED:
        raise EntryError(f"La fiche {entry.reference} est archivée : restaurez-la avant de la modifier.")
    content = clean(edit.content, taxonomy)
    if content == content_of(head):
        return None
    return Change(entry, content, Action.EDITED, EntryStatus.DRAFT, live_beside=entry.live)


def submit_entry(number: int, provenance: Provenance) -> Outcome:
    """Hand the latest text to the reviewers. Raises PermissionDenied, EntryError, Entry.DoesNotExist."""
    [outcome] = _move([number], provenance, Action.SUBMITTED)
    return outcome


def publish_entry(number: int, provenance: Provenance) -> Outcome:
    """Make exactly the latest text live, at once. Raises PermissionDenied, EntryError, Entry.DoesNotExist."""
    [outcome] = publish_entries([number], provenance)
    return outcome


def publish_entries(numbers: Sequence[int], provenance: Provenance) -> list[Outcome]:
    """Publish several entries, all or none, in a constant number of queries. Raises as `publish_entry`."""
    return _move(numbers, provenance, Action.PUBLISHED)


def withdraw_entry(number: int, provenance: Provenance) -> Outcome:
    """Take a published entry back to draft. Raises PermissionDenied, EntryError, Entry.DoesNotExist."""
    [outcome] = _move([number], provenance, Action.WITHDRAWN)
    return outcome


def archive_entry(number: int, provenance: Provenance) -> Outcome:
    """Take an entry out of use; its address answers « gone ». Raises PermissionDenied, Entry.DoesNotExist."""
    [outcome] = archive_entries([number], provenance)
    return outcome


def archive_entries(numbers: Sequence[int], provenance: Provenance) -> list[Outcome]:
    """Archive several entries at once, in a constant number of queries. Raises as `archive_entry`."""
    return _move(numbers, provenance, Action.ARCHIVED)


def restore_entry(number: int, provenance: Provenance) -> Outcome:
    """Bring an archived entry back as a draft. Raises PermissionDenied, Entry.DoesNotExist."""
    [outcome] = restore_entries([number], provenance)
    return outcome


def restore_entries(numbers: Sequence[int], provenance: Provenance) -> list[Outcome]:
    """Restore several entries at once, in a constant number of queries. Raises as `restore_entry`."""
    return _move(numbers, provenance, Action.RESTORED)


@transaction.atomic
def return_to(head: Version, live: Version | None, provenance: Provenance) -> Outcome:
    """Undo what came after `head`: a new version with its text, filing and state.

    `live` is what the public read then beside it, none where it read `head` itself or nothing. Raises
    PermissionDenied.
    """
    require(provenance.author, "faq.undo_batch")
    [entry] = _lock([head.entry_id])
    change = Change(entry, content_of(head), Action.UNDONE, EntryStatus(head.status), live_beside=live)
    [outcome] = record([change], load_taxonomy(), provenance)
    return outcome


@dataclass(frozen=True, slots=True)
class _Transition:
    permission: str
    leads_to: EntryStatus
    obstacle: Callable[[Entry], str | None]
    """Why an entry cannot go this way, in French; none where it can."""


def _cannot_submit(entry: Entry) -> str | None:
    if entry.status == EntryStatus.PUBLISHED and not entry.has_draft:
        return "son texte est déjà en ligne et rien n’y a été changé"
    return _cannot_publish(entry)


def _cannot_publish(entry: Entry) -> str | None:
    if entry.status == EntryStatus.ARCHIVED:
        return "elle est archivée ; restaurez-la d’abord"
    head = _head(entry)
    missing = [name for name, text in (("question", head.question), ("réponse", head.answer)) if not text]
    return f"il lui manque sa {' et sa '.join(missing)}" if missing else None


def _cannot_withdraw(entry: Entry) -> str | None:
    return None if entry.status == EntryStatus.PUBLISHED else "elle n’est pas publiée"


def _cannot_archive(entry: Entry) -> str | None:
    return None


def _cannot_restore(entry: Entry) -> str | None:
    return None if entry.status == EntryStatus.ARCHIVED else "elle n’est pas archivée"


_TRANSITIONS = {
    Action.SUBMITTED: _Transition("faq.submit_entry", EntryStatus.IN_REVIEW, _cannot_submit),
    Action.PUBLISHED: _Transition("faq.publish_entry", EntryStatus.PUBLISHED, _cannot_publish),
    Action.WITHDRAWN: _Transition("faq.publish_entry", EntryStatus.DRAFT, _cannot_withdraw),
    Action.ARCHIVED: _Transition("faq.archive_entry", EntryStatus.ARCHIVED, _cannot_archive),
    Action.RESTORED: _Transition("faq.archive_entry", EntryStatus.DRAFT, _cannot_restore),
}


@transaction.atomic
def _move(numbers: Sequence[int], provenance: Provenance, action: Action) -> list[Outcome]:
    """Take entries, all or none, to the state that the action leads to; those that are there stay as they are."""
    transition = _TRANSITIONS[action]
    require(provenance.author, transition.permission)
    entries = _lock(numbers)
    moving = [entry for entry in entries if not _is_there(entry, transition.leads_to)]
    for entry in moving:
        if reason := transition.obstacle(entry):
            raise EntryError(f"« {action.label} » impossible pour la fiche {entry.reference} : {reason}.")
    return _outcomes(entries, record([_moved(entry, action) for entry in moving], load_taxonomy(), provenance))


def _outcomes(entries: Sequence[Entry], recorded: Sequence[Outcome]) -> list[Outcome]:
    written = {outcome.entry.pk: outcome for outcome in recorded}
    return [written.get(entry.pk) or Outcome(entry, _head(entry), changed=False) for entry in entries]


def _is_there(entry: Entry, status: EntryStatus) -> bool:
    # A draft beside a live text is not yet an entry in draft.
    return _head(entry).status == status and not (status == EntryStatus.DRAFT and entry.live_id)


def _moved(entry: Entry, action: Action) -> Change:
    stays_live = entry.live if action == Action.SUBMITTED else None
    return Change(entry, content_of(_head(entry)), action, _TRANSITIONS[action].leads_to, stays_live)


def _lock(numbers: Sequence[int]) -> list[Entry]:
    """Lock entries, always in the order of their numbers, and bring their pointers along."""
    # Two queries: PostgreSQL does not lock through the outer join that the nullable pointers need.
    entries = list(Entry.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
    if missing := set(numbers) - {entry.pk for entry in entries}:
        raise Entry.DoesNotExist(f"Aucune fiche {', '.join(reference(number) for number in sorted(missing))}.")
    pointers = {entry.head_id for entry in entries} | {entry.live_id for entry in entries}
    versions = Version.objects.in_bulk(pointers - {None})
    for entry in entries:
        entry.head = versions[entry.head_id]
        entry.live = versions[entry.live_id] if entry.live_id else None
    return entries


def _head(entry: Entry) -> Version:
    """Give the latest version; only an entry that is being created has none."""
    if entry.head is None:
        raise EntryError(f"La fiche {entry.reference} n’a pas de version ; prévenez un administrateur.")
    return entry.head
