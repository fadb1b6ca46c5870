"""Assigning entries: the block of the entry page, and the page to which the list's action leads."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from faq.admin.display import person_name
from faq.models import Assignment
from faq.services.assignments import RIGHT, assign_entry, get_assignable_people
from faq.services.content import EntryError

NOBODY = ""
_FIELD = "assignee"
_ASSIGN = "_assign"


def read_assignee(text: str) -> User | None:
    """Return the person that a form names, or None for nobody. Raises EntryError for who cannot be assigned to."""
    if text == NOBODY:
        return None
    person = get_assignable_people().filter(pk=int(text)).first() if text.isascii() and text.isdecimal() else None
    if person is None:
        raise EntryError("Cette personne ne peut plus recevoir de fiche\u00a0: choisissez quelqu’un d’autre.")
    return person


def assign(request, entry):
    """Assign the entry to whom the form names."""
    try:
        person = read_assignee(request.POST.get(_FIELD, NOBODY))
        changed = assign_entry(entry.pk, person, request.user)
    except (EntryError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return True
    to = f"attribuée à {person_name(person)}" if person else "attribuée à personne"
    if changed:
        messages.success(request, f"Fiche {entry.reference} {to}.")
    else:
        messages.info(request, f"La fiche {entry.reference} est déjà {to}.")
    return True


HANDLERS = {_ASSIGN: assign}
"""The button of the block; see `BlockHandler` in `faq.admin.entries.page`."""


def get_context(request, entry):
    """Return who the entry is assigned to, and the people to whom it can be."""
    assignment = Assignment.objects.filter(entry=entry).select_related("assignee", "author").first()
    return {
        "assignment": assignment,
        "assigned_to": person_name(assignment.assignee) if assignment else "",
        "assigned_by": person_name(assignment.author) if assignment else "",
        "assignable": list_choices(request.user) if request.user.has_perm(RIGHT) else [],
    }


def list_choices(user: User) -> list[tuple[str, str]]:
    """Return the choices of a form that assigns: oneself, the others by name, nobody."""
    people = [person for person in get_assignable_people() if person != user]
    return [
        (str(user.pk), f"moi ({person_name(user)})"),
        *((str(person.pk), person_name(person)) for person in people),
        (NOBODY, "personne"),
    ]
