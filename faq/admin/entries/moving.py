"""The buttons of the page of an entry that take it to another state, and what they ask before."""

from faq.admin.entries.action_effects import ActionEffects, describe_effects
from faq.admin.entries.actions import (
    ABANDON,
    ARCHIVE,
    PUBLISH,
    RECALL,
    REFUSE,
    RESTORE,
    REVERT,
    SUBMIT,
    WITHDRAW,
    EntryAction,
)
from faq.admin.entries.confirmation import ConfirmButton, change_one_or_describe, has_to_ask, show_confirmation
from faq.admin.entries.differences import differences
from faq.domain.limits import VERSION_COMMENT_MAX_LENGTH
from faq.enums import Action, EntryStatus
from faq.models.entries import number_of
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError, InvalidContent, clean, content_of, normalize_line_ends
from faq.services.former_publications import get_former_publication
from faq.services.workflow import check_refusal_comment, find_obstacle, get_submission

BUTTONS = (WITHDRAW, REVERT, ABANDON, RECALL, ARCHIVE, RESTORE)
"""The actions that need no text, each with a button of its own."""
_SAVED_WITH = {Action.PUBLISHED: PUBLISH, Action.SUBMITTED: SUBMIT}
"""The actions that the buttons which save do as well."""
REFUSAL_FIELD = "refusal"
"""The field with what the author of a text in review is to change."""


def get_buttons(entry, user):
    """Return the actions that somebody is offered for an entry as it is."""
    return [action for action in _find_possible(entry, user) if user.has_perm(action.right)] if entry else []


def _find_possible(entry, user):
    if entry.status == EntryStatus.ARCHIVED:
        # A merged entry comes back only when its merge is undone.
        return [] if hasattr(entry, "alias") else [RESTORE]
    submission = get_submission(entry)
    found = [RECALL] if submission and submission.author_id == user.pk else []
    found += [ABANDON] if entry.has_draft else []
    if entry.status == EntryStatus.PUBLISHED:
        found += [WITHDRAW]
        found += [REVERT] if user.has_perm(REVERT.right) and get_former_publication(entry) else []
    return [*found, ARCHIVE]


def get_context(request, entry):
    """Return what the block about refusing shows: to those who may, of a text that waits for a reviewer."""
    waits = entry.head.status == EntryStatus.IN_REVIEW
    return {
        "may_refuse": waits and request.user.has_perm(REFUSE.right),
        "refusal_typed": get_typed_refusal(request),
        "comment_max_length": VERSION_COMMENT_MAX_LENGTH,
    }


def get_typed_refusal(request):
    """Return the comment that was typed to refuse the text."""
    return normalize_line_ends(request.POST.get(REFUSAL_FIELD, "")).strip()


def move(page, action):
    """Take the entry of a page to another state; return the outcome, or the effects that are to be confirmed first."""
    base = number_of(page.request.POST.get("base", "")) or NO_VERSION
    return change_one_or_describe(page.request, action, page.entry.pk, base)


def refuse(page, form):
    """Refuse the text of a page; what was typed in it would be lost, and is to be saved or taken back first."""
    comment = get_typed_refusal(page.request)
    check_refusal_comment(comment)
    if not form.is_valid() or form.cleaned_data.get("new_themes") or _get_content(form) != form.content_before:
        raise EntryError("Vous avez aussi changé le texte ou le classement : enregistrez-les, ou rechargez la page.")
    return change_one_or_describe(page.request, REFUSE, page.entry.pk, form.cleaned_data["base"], comment=comment)


def find_effects_to_confirm(request, entry, form, then):
    """Return what saving a text with an action would do, where that is to be confirmed first; the entry is locked."""
    action = _SAVED_WITH.get(then)
    if entry is None or action is None:
        return None
    try:
        content = _get_content(form)
    except InvalidContent:
        # The service refuses it.
        return None
    if find_obstacle(then, entry, form.taxonomy, content):
        return None
    comment = get_typed_refusal(request) if action is PUBLISH else ""
    notes = [f"Vous avez écrit un commentaire de refus, que publier laisse de côté : « {comment} »"] if comment else []
    effects = describe_effects(action, {entry.pk: None}, is_bulk=False, notes=notes, content=content)
    return effects if has_to_ask(request, effects) else None


def _get_content(form):
    return clean(form.content(()), form.taxonomy)


def ask(page, effects: ActionEffects, action_name: str):
    """Show what an action would do; its button is named as the one that was pressed."""
    action: EntryAction = effects.action
    entry = page.entry
    buttons = [ConfirmButton(action_name, "1", action.verb)]
    if action is PUBLISH and get_typed_refusal(page.request):
        buttons.append(ConfirmButton(REFUSE.button_name, "1", "Refuser avec ce commentaire"))
    return show_confirmation(
        page.model_admin,
        page.request,
        effects,
        buttons,
        differences=_compare_texts(action, entry, effects),
        comes_back=True,
    )


def _compare_texts(action, entry, effects):
    """Return what changes of what the public reads, or of the draft that is given up; None where nothing does."""
    head, live = entry.head, entry.live
    if live is None:
        return None
    if action is ABANDON:
        return differences(head, live, head)
    if action is REVERT:
        former = get_former_publication(entry)
        return differences(live, former, head) if former else None
    # A text that is typed and not saved is no version yet.
    is_saved = effects.effects[0].content == content_of(head)
    return differences(live, head, head) if action is PUBLISH and is_saved and entry.has_draft else None
