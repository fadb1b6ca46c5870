"""Transitions of the workflow: submitting, publishing, refusing, withdrawing, archiving and restoring entries.

Every function takes `base`, the number of the version that the author has seen: where it is given and another was
written since, nothing is done and StaleVersion is raised. All raise PermissionDenied, EntryError with the reason
why the transition is impossible, and Entry.DoesNotExist. An entry that has the target status already stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst

from faq.domain.facets import FilingContradiction, Taxonomy
from faq.domain.text import is_visible
from faq.enums import Action, EntryStatus
from faq.models import Entry, Version
from faq.selectors.published import load_taxonomy
from faq.services.conflicts import check_base
from faq.services.content import Content, EntryError, check_version_comment, content_of
from faq.services.roles import require
from faq.services.versions import Change, Outcome, Provenance, latest, lock_entries, record


def submit_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Hand the latest text to the reviewers."""
    [outcome] = _apply({number: base}, provenance, Action.SUBMITTED)
    return outcome


def publish_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Make exactly the latest text live, at once."""
    [outcome] = _apply({number: base}, provenance, Action.PUBLISHED)
    return outcome


def publish_entries(numbers: Sequence[int], provenance: Provenance) -> list[Outcome]:
    """Publish several entries, all or none, in a constant number of queries."""
    return _apply(dict.fromkeys(numbers), provenance, Action.PUBLISHED)


def refuse_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Return a text that waits for a reviewer back to its editors; the comment says what is to be changed."""
    check_refusal_comment(provenance.comment)
    [outcome] = _apply({number: base}, provenance, Action.REFUSED)
    return outcome


def check_refusal_comment(comment: str) -> None:
    """Raise EntryError where a comment cannot go with a refusal."""
    check_version_comment(comment)
    if not comment.strip():
        raise EntryError("Un refus demande un commentaire : dites au rédacteur ce qu’il doit changer.")


def recall_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Take a text back from the reviewers, as a draft; only the person who submitted it may."""
    [outcome] = _apply({number: base}, provenance, Action.RECALLED)
    return outcome


def abandon_draft(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Abandon the draft beside a live text: the latest text is what the public reads, and goes on to read."""
    [outcome] = _apply({number: base}, provenance, Action.ABANDONED)
    return outcome


def withdraw_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Take a published entry back to draft."""
    [outcome] = _apply({number: base}, provenance, Action.WITHDRAWN)
    return outcome


def archive_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Take an entry out of use; its address answers « gone »."""
    [outcome] = _apply({number: base}, provenance, Action.ARCHIVED)
    return outcome


def archive_entries(numbers: Sequence[int], provenance: Provenance) -> list[Outcome]:
    """Archive several entries at once, in a constant number of queries."""
    return _apply(dict.fromkeys(numbers), provenance, Action.ARCHIVED)


def restore_entry(number: int, provenance: Provenance, *, base: int | None = None) -> Outcome:
    """Bring an archived entry back as a draft."""
    [outcome] = _apply({number: base}, provenance, Action.RESTORED)
    return outcome


def restore_entries(numbers: Sequence[int], provenance: Provenance) -> list[Outcome]:
    """Restore several entries at once, in a constant number of queries."""
    return _apply(dict.fromkeys(numbers), provenance, Action.RESTORED)


@dataclass(frozen=True, slots=True)
class Transition:
    """One transition of the workflow: the right that it needs, and the status that it leads to."""

    right: str
    target: EntryStatus
    obstacle: Callable[[Entry, Content], str | None]
    """Return why the transition is impossible for an entry with that text, in French, or None."""
    is_reached: Callable[[Entry], bool]
    """Return whether the latest text of the entry is there already."""


def _cannot_submit(entry: Entry, content: Content) -> str | None:
    if entry.status == EntryStatus.PUBLISHED and content == content_of(latest(entry)) and not entry.has_draft:
        return "son texte est déjà en ligne et rien n’y a été changé"
    return _cannot_publish(entry, content)


def _cannot_publish(entry: Entry, content: Content) -> str | None:
    if entry.status == EntryStatus.ARCHIVED:
        return "elle est archivée ; restaurez-la d’abord"
    texts = (("question", content.question), ("réponse", content.answer))
    missing = [name for name, text in texts if not is_visible(text)]
    return f"il lui manque sa {' et sa '.join(missing)}" if missing else None


def _cannot_refuse(entry: Entry, content: Content) -> str | None:
    return None if latest(entry).status == EntryStatus.IN_REVIEW else "elle n’attend pas de relecture"


def _cannot_abandon(entry: Entry, content: Content) -> str | None:
    return None if entry.live_id else "elle n’est pas en ligne : aucun texte ne resterait"


def _cannot_withdraw(entry: Entry, content: Content) -> str | None:
    return None if entry.status == EntryStatus.PUBLISHED else "elle n’est pas publiée"


def _cannot_archive(entry: Entry, content: Content) -> str | None:
    return None


def _cannot_restore(entry: Entry, content: Content) -> str | None:
    if entry.status != EntryStatus.ARCHIVED:
        return "elle n’est pas archivée"
    alias = getattr(entry, "alias", None)
    return f"elle a été fusionnée par le lot {alias.batch_id} ; annulez-le pour la retrouver" if alias else None


def _has_status(status: EntryStatus) -> Callable[[Entry], bool]:
    # A draft beside a live text is not yet an entry in draft.
    return lambda entry: latest(entry).status == status and not (status == EntryStatus.DRAFT and entry.live_id)


def _is_refused(entry: Entry) -> bool:
    return bool(latest(entry).original.action == Action.REFUSED)


def _is_recalled(entry: Entry) -> bool:
    return bool(latest(entry).original.action == Action.RECALLED)


def _has_no_draft(entry: Entry) -> bool:
    return entry.live_id is not None and not entry.has_draft


_TRANSITIONS = {
    Action.SUBMITTED: Transition(
        "faq.submit_entry", EntryStatus.IN_REVIEW, _cannot_submit, _has_status(EntryStatus.IN_REVIEW)
    ),
    Action.PUBLISHED: Transition(
        "faq.publish_entry", EntryStatus.PUBLISHED, _cannot_publish, _has_status(EntryStatus.PUBLISHED)
    ),
    Action.REFUSED: Transition("faq.publish_entry", EntryStatus.DRAFT, _cannot_refuse, _is_refused),
    Action.RECALLED: Transition("faq.submit_entry", EntryStatus.DRAFT, _cannot_refuse, _is_recalled),
    Action.ABANDONED: Transition("faq.change_entry", EntryStatus.PUBLISHED, _cannot_abandon, _has_no_draft),
    Action.WITHDRAWN: Transition(
        "faq.publish_entry", EntryStatus.DRAFT, _cannot_withdraw, _has_status(EntryStatus.DRAFT)
    ),
    Action.ARCHIVED: Transition(
        "faq.archive_entry", EntryStatus.ARCHIVED, _cannot_archive, _has_status(EntryStatus.ARCHIVED)
    ),
    Action.RESTORED: Transition(
        "faq.archive_entry", EntryStatus.DRAFT, _cannot_restore, _has_status(EntryStatus.DRAFT)
    ),
}
_BESIDE_LIVE = (Action.SUBMITTED, Action.REFUSED, Action.RECALLED)
"""Transitions of a draft that leave the live text beside it."""


@transaction.atomic
def _apply(bases: Mapping[int, int | None], provenance: Provenance, action: Action) -> list[Outcome]:
    """Apply a transition to entries, all or none; return outcomes in the order of the entries' numbers."""
    require_transition_right(action, provenance)
    entries = lock_entries(bases)
    for entry in entries:
        check_base(entry, bases[entry.pk])
    if action == Action.RESTORED:
        prefetch_related_objects(entries, "alias")
    taxonomy = load_taxonomy(share=True)
    changes = []
    for entry in entries:
        content = get_content_after(action, entry)
        if action == Action.RECALLED:
            _require_submitter(entry, provenance)
        if change := build_change(action, entry, content, minor=action == Action.ABANDONED):
            if reason := find_contradiction(action, content, taxonomy):
                name = f"{capfirst(action.label)} impossible pour la fiche {entry.reference}"
                raise EntryError(f"{name}\u00a0: {reason}")
            changes.append(change)
    return complete_outcomes(entries, record(changes, taxonomy, provenance))


def get_content_after(action: Action, entry: Entry) -> Content:
    """Return the text and filing that a transition makes the latest: of what is live, or of the latest version."""
    return content_of(entry.live if action == Action.ABANDONED and entry.live else latest(entry))


def find_contradiction(action: Action, content: Content, taxonomy: Taxonomy) -> str | None:
    """Return why the terms of a text that goes towards the public contradict each other, as the form says it."""
    if action in (Action.SUBMITTED, Action.PUBLISHED):
        try:
            taxonomy.complete(content.filing)
        except FilingContradiction as contradiction:
            return str(contradiction)
    return None


def get_submission(entry: Entry) -> Version | None:
    """Return the version that handed the latest text to the reviewers; None where it does not wait for them."""
    head = latest(entry)
    return head.original if head.status == EntryStatus.IN_REVIEW else None


def _require_submitter(entry: Entry, provenance: Provenance) -> None:
    submission, author = get_submission(entry), provenance.author
    if submission and author and submission.author_id != author.pk:
        by = submission.author
        name = (by.get_full_name() or by.get_username()) if by else "le système"
        raise EntryError(f"La fiche {entry.reference} a été soumise par {name}, qui peut seul la reprendre.")


def require_transition_right(action: Action, provenance: Provenance) -> None:
    """Raise PermissionDenied unless the author holds the right of the transition."""
    require(provenance.author, _TRANSITIONS[action].right)


def find_obstacle(action: Action, entry: Entry, taxonomy: Taxonomy, content: Content | None = None) -> str | None:
    """Return why a transition of an entry is impossible, in French, or None; of its latest text unless one is given."""
    content = content or get_content_after(action, entry)
    return _TRANSITIONS[action].obstacle(entry, content) or find_contradiction(action, content, taxonomy)


def has_reached(action: Action, entry: Entry) -> bool:
    """Return whether a transition would change nothing of the entry."""
    same = get_content_after(action, entry) == content_of(latest(entry))
    return same and _TRANSITIONS[action].is_reached(entry)


def get_transition_right(action: Action) -> str:
    """Return the permission that a transition needs."""
    return _TRANSITIONS[action].right


def target_status(action: Action, entry: Entry, content: Content) -> EntryStatus:
    """Return the status that a locked or new entry with that text gets. Raises EntryError where it cannot."""
    if reason := _TRANSITIONS[action].obstacle(entry, content):
        # The number of an entry that will not be created means nothing to anybody.
        whose = f"la fiche {entry.reference}" if entry.head else "cette fiche"
        raise EntryError(f"{capfirst(action.label)} impossible pour {whose}\u00a0: {reason}.")
    return _TRANSITIONS[action].target


def build_change(action: Action, entry: Entry, content: Content, *, minor: bool = False) -> Change | None:
    """Return the change that applies a transition to a locked entry with that text, or None where nothing changes.

    `minor` says whether the text, where it differs from the latest, is a minor correction. Raises EntryError.
    """
    same = content == content_of(latest(entry))
    if same and _TRANSITIONS[action].is_reached(entry):
        return None
    status = target_status(action, entry, content)
    live_beside = entry.live if action in _BESIDE_LIVE else None
    stays_minor = entry.has_draft and latest(entry).minor if same else minor
    return Change(entry, content, action, status, live_beside, minor=stays_minor)


def complete_outcomes(entries: Sequence[Entry], recorded: Sequence[Outcome]) -> list[Outcome]:
    """Return one outcome per locked entry, also for those that stayed as they were."""
    written = {outcome.entry.pk: outcome for outcome in recorded}
    return [written.get(entry.pk) or Outcome(entry, latest(entry), changed=False) for entry in entries]
