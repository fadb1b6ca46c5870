"""Assigning entries: the block of the entry page, and the page to which the actions of lists lead."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from faq.admin.bulk_messages import add_bulk_messages
from faq.admin.display import person_name
from faq.admin.entries.selection import get_list_address, read_selected_entries, read_selection
from faq.admin.pages import AdminPage
from faq.domain.limits import FILED_AT_ONCE_MAX, format_number
from faq.models import Assignment
from faq.models.entries import number_of
from faq.services.assignments import RIGHT, assign_entries, assign_entry, get_assignable_people
from faq.services.content import EntryError

NOBODY = ""
_FIELD = "assignee"
_ASSIGN = "_assign"
_NUMBER = "number"
_ENTRIES_NAMED = 100


def read_assignee(text: str) -> User | None:
    """Return the person that a form names, or None for nobody. Raises EntryError for who cannot be assigned to."""
    if text == NOBODY:
        return None
    person = get_assignable_people().filter(pk=number_of(text)).first()
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


class AssignPage(AdminPage):
    """The page that assigns the entries ticked in a list, or all that its filters let through, as one lot."""

    template_name = "admin/faq/entry/assign.html"
    title = "Attribuer des fiches"
    breadcrumb = "Attribuer"
    body_class = "assign-page"
    permission = RIGHT

    def get_trail(self):
        """Lead back to the list with the same filters."""
        *above, (label, _) = super().get_trail()
        return [*above, (label, get_list_address(self.request.GET))]

    def get(self, request):
        """Show whom the entries that the address names can be assigned to."""
        numbers = read_selection(request.GET, FILED_AT_ONCE_MAX)
        if 0 < len(numbers) <= FILED_AT_ONCE_MAX:
            return self._show(numbers)
        limit = f"{format_number(FILED_AT_ONCE_MAX)} fiches au plus à la fois\u00a0: filtrez la liste davantage."
        reason = limit if numbers else "Cochez d’abord les fiches à attribuer."
        messages.warning(request, reason)
        return redirect(get_list_address(request.GET))

    def post(self, request):
        """Assign the entries that were shown."""
        numbers = [number for text in request.POST.getlist(_NUMBER) if (number := number_of(text))]
        known = [entry.pk for entry in read_selected_entries(numbers[:FILED_AT_ONCE_MAX])]
        if not known or _FIELD not in request.POST:
            return self.get(request)
        try:
            report = assign_entries(known, read_assignee(request.POST[_FIELD]), request.user)
        except EntryError as refusal:
            messages.error(request, str(refusal))
            return self._show(known)
        add_bulk_messages(request, "Attribution", report)
        return redirect(get_list_address(request.GET))

    def _show(self, numbers):
        entries = read_selected_entries(numbers)
        return self.render(
            entries=entries[:_ENTRIES_NAMED],
            numbers=[entry.pk for entry in entries],
            total=len(entries),
            assignable=list_choices(self.request.user),
            back=get_list_address(self.request.GET),
        )
