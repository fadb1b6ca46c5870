"""Writing the text and filing of entries, for forms, list edits, imports and commands alike.

Every changed entry gets exactly one new version whose snapshot equals it; an unchanged one gets none.
The check, the lock, the version and its effects share one transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from django.db import transaction
from django.utils.text import capfirst

from faq.domain.facets import Facet, Taxonomy
from faq.enums import Action, EntryStatus
from faq.models import Entry, Version
from faq.selectors.published import load_taxonomy
from faq.services.conflicts import check_base, load_bases, merge_with_latest
from faq.services.content import Content, EntryError, clean, content_of
from faq.services.roles import require
from faq.services.versions import Change, Outcome, Provenance, latest, lock_entries, record
from faq.services.workflow import build_change, complete_outcomes, require_transition_right, target_status

FIELDS = ("question", "answer", *(facet.value for facet in Facet))
"""Names of the fields that editors write, as forms, conflicts and restorations use them."""


def create_entry(content: Content, provenance: Provenance, *, then: Action | None = None) -> Outcome:
    """Create a draft, or with `then` an entry that is SUBMITTED or PUBLISHED at once.

    Raises PermissionDenied, InvalidContent, and EntryError where it cannot go that way.
    """
    [outcome] = create_entries([content], provenance, then=then)
    return outcome


@transaction.atomic
def create_entries(
    contents: Iterable[Content],
    provenance: Provenance,
    *,
    then: Action | None = None,
    fingerprints: Iterable[str] = (),
) -> list[Outcome]:
    """Create entries, in a constant number of queries. Raises as `create_entry`.

    `fingerprints` are those of the answers, in the same order, where the caller has computed them.
    """
    _require_rights("faq.add_entry", then, provenance)
    taxonomy = load_taxonomy(share=True)
    cleaned = [clean(content, taxonomy) for content in contents]
    entries = Entry.objects.bulk_create(
        Entry(created_at=provenance.at, updated_at=provenance.at, status=EntryStatus.DRAFT) for _ in cleaned
    )
    changes = [
        _build_creation(entry, content, then, text)
        for entry, content, text in zip_longest(entries, cleaned, fingerprints)
    ]
    return record(changes, taxonomy, provenance)


def _build_creation(entry: Entry, content: Content, then: Action | None, text: str | None) -> Change:
    status = target_status(then, entry, content) if then else EntryStatus.DRAFT
    return Change(entry, content, Action.CREATED, status, answer_fingerprint=text)


@dataclass(frozen=True, slots=True)
class Edit:
    """The new content of an entry; `base` is the number of the version that the change was made from, where known."""

    number: int
    content: Content
    base: int | None = None


def edit_entry(
    number: int, content: Content, provenance: Provenance, *, base: int | None = None, then: Action | None = None
) -> Outcome:
    """Change the text or filing: of the entry itself, or of the draft beside it while it is published.

    With `then` the changed text is SUBMITTED or PUBLISHED by the same version. Where `base` is given and
    somebody else wrote since, both changes are joined, and `Outcome.joined` holds theirs; what was joined is
    not published, because nobody has read it yet. Raises Conflict where both changed the same, and also
    PermissionDenied, InvalidContent, Entry.DoesNotExist, and EntryError for an archived entry.
    """
    [outcome] = edit_entries([Edit(number, content, base)], provenance, then=then)
    return outcome


@transaction.atomic
def edit_entries(edits: Sequence[Edit], provenance: Provenance, *, then: Action | None = None) -> list[Outcome]:
    """Change several entries, all or none, in a constant number of queries.

    Outcomes come in the order of the entries' numbers. Raises as `edit_entry`.
    """
    _require_rights("faq.change_entry", then, provenance)
    by_number = {edit.number: edit for edit in edits}
    entries = lock_entries(by_number)
    taxonomy = load_taxonomy(share=True)
    stale = {entry.pk: by_number[entry.pk].base for entry in entries if _is_stale(entry, by_number[entry.pk])}
    bases = load_bases(stale)
    rebased = {entry.pk: _rebase_edit(entry, by_number[entry.pk], taxonomy, bases.get(entry.pk)) for entry in entries}
    changes = [
        change for entry in entries if (change := _build_edit_change(entry, rebased[entry.pk], provenance.minor, then))
    ]
    written = complete_outcomes(entries, record(changes, taxonomy, provenance))
    return [replace(outcome, joined=rebased[outcome.entry.pk].joined) for outcome in written]


@dataclass(frozen=True, slots=True)
class _RebasedEdit:
    """An edit brought to the latest version, and what of somebody else's it was joined with."""

    content: Content
    joined: Version | None = None


def _is_stale(entry: Entry, edit: Edit) -> bool:
    """Return whether somebody wrote since the version that an edit was made from."""
    return edit.base is not None and edit.base != latest(entry).number


def _rebase_edit(entry: Entry, edit: Edit, taxonomy: Taxonomy, started_from: Version | None = None) -> _RebasedEdit:
    if entry.status == EntryStatus.ARCHIVED:
        raise EntryError(f"La fiche {entry.reference} est archivée : restaurez-la avant de la modifier.")
    content = clean(edit.content, taxonomy)
    if edit.base is None or edit.base == latest(entry).number:
        return _RebasedEdit(content)
    merged = merge_with_latest(entry, content, edit.base, started_from)
    return _RebasedEdit(clean(merged, taxonomy), latest(entry))


def _build_edit_change(entry: Entry, rebased: _RebasedEdit, minor: bool, then: Action | None) -> Change | None:
    head = latest(entry)
    # A minor correction of a draft that differs from the live text does not make the whole draft minor.
    minor = minor and (head.minor or not entry.has_draft)
    # Nobody has read the whole of a text that was just merged: it is not published.
    if then and not (rebased.joined and then == Action.PUBLISHED):
        return build_change(then, entry, rebased.content, minor=minor)
    if rebased.content == content_of(head):
        return None
    if entry.live and rebased.content == content_of(entry.live):
        # What the public reads already is no draft: nothing stays to be published.
        return Change(entry, rebased.content, Action.EDITED, EntryStatus.PUBLISHED, minor=True)
    return Change(entry, rebased.content, Action.EDITED, EntryStatus.DRAFT, live_beside=entry.live, minor=minor)


@transaction.atomic
def restore_version(
    version: Version, provenance: Provenance, *, fields: Collection[str] = FIELDS, base: int | None = None
) -> Outcome:
    """Bring back what a version said, or some of its FIELDS, as a new draft that says so.

    Raises StaleVersion where `base` is given and is not the latest version any more, PermissionDenied,
    InvalidContent where the former filing contradicts the present taxonomy, and EntryError for an archived entry.
    """
    require(provenance.author, "faq.change_entry")
    [entry] = lock_entries([version.entry_id])
    taxonomy = load_taxonomy(share=True)
    check_base(entry, base)
    content = _replace_fields(content_of(version), content_of(latest(entry)), fields)
    change = _build_edit_change(entry, _rebase_edit(entry, Edit(entry.pk, content), taxonomy), provenance.minor, None)
    if change is None:
        return Outcome(entry, latest(entry), changed=False)
    told = replace(provenance, comment=_build_restoration_comment(version, fields, provenance.comment))
    [outcome] = record([replace(change, action=Action.REVERTED)], taxonomy, told)
    return outcome


def _replace_fields(past: Content, present: Content, fields: Collection[str]) -> Content:
    return Content(
        past.question if "question" in fields else present.question,
        past.answer if "answer" in fields else present.answer,
        {facet: (past if facet.value in fields else present).filing[facet] for facet in Facet},
    )


def _build_restoration_comment(version: Version, fields: Collection[str], comment: str) -> str:
    names = {"question": "question", "answer": "réponse", **{facet.value: facet.label for facet in Facet}}
    what = ", ".join(names[name] for name in FIELDS if name in fields)
    source = (
        f"Retour à la version {version.number}"
        if set(fields) >= set(FIELDS)
        else (f"{capfirst(what)} de la version {version.number}")
    )
    return f"{source}. {comment}".strip()


def _require_rights(right: str, then: Action | None, provenance: Provenance) -> None:
    require(provenance.author, right)
    if then:
        require_transition_right(then, provenance)
