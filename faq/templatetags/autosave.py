"""The part of a form that has it autosaved, for all forms alike."""

from typing import Any

from django import template

from faq.enums import FormKind
from faq.unsaved_text import KEY_FIELD, UnsavedText, parse_key

SUBJECT_FIELD = "autosave-subject"

register = template.Library()


@register.inclusion_tag("admin/faq/autosave/_form.html", takes_context=True)
def autosave(context: template.Context, kind: str, subject: object, title: str) -> dict[str, Any]:
    """Autosave the form around this tag: `{% autosave "entry" entry.pk "Fiche Q-12" %}`.

    A form that comes back, or that is filled in with a text that was kept, goes on under the same key. `unsaved` of
    the context is that text, `unsaved_note` that of a note.
    """
    request, about = context["request"], str(subject or "")
    unsaved: UnsavedText | None = context.get("unsaved_note" if kind == FormKind.NOTE else "unsaved")
    taken = unsaved.autosave if unsaved else None
    if taken and (taken.kind, taken.subject) != (kind, about):
        taken = None
    sent = unsaved.fields if unsaved else request.POST
    is_typed = sent.get(SUBJECT_FIELD) == about
    key = taken.key if taken else parse_key(sent.get(KEY_FIELD, "")) if is_typed else None
    return {
        "kind": kind,
        "subject": about,
        "title": title,
        "person": str(request.user.pk),
        "key": key,
        "taken": taken,
        # As text: templates write numbers with spaces between thousands.
        "seen": str(taken.sequence if taken else 0),
        "typed": is_typed and not taken,
    }
