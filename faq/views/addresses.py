"""Finding the live entry that an address names, and the responses where none is live."""

from functools import wraps

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from faq.enums import EntryStatus
from faq.models import Entry, EntryAlias


class AbsentEntry(Exception):
    """An entry that the public could read and cannot any more, with the status and the template of the response."""

    def __init__(self, status: int, template: str) -> None:
        self.status = status
        self.template = template
        super().__init__(template)


def handle_absent_entry(view):
    """Decorate a view that may raise AbsentEntry: render the template of the exception."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except AbsentEntry as absent:
            return render(request, absent.template, status=absent.status)

    return guarded


def get_live_entry(number: int) -> Entry:
    """Return the live entry that answers at a number: the one of that number, or the one it was merged into.

    Its live version and its last verification come in the same query. Raises Http404 where the public never read
    anything, and AbsentEntry: 410 for an archived entry, 404 for a withdrawn one, which may come back.
    """
    entries = Entry.objects.with_live().select_related("verification")
    entry = entries.filter(pk=number).first()
    if entry is None:
        raise Http404
    if entry.live:
        return entry
    answering = entries.get(pk=_get_final_survivor(number))
    if answering.live:
        return answering
    if answering.status != EntryStatus.ARCHIVED and answering.publications.exists():
        raise AbsentEntry(404, "faq/withdrawn.html")
    if entry.status == EntryStatus.ARCHIVED:
        raise AbsentEntry(410, "410.html")
    raise Http404


def redirect_permanently(address: str) -> HttpResponse:
    """Redirect permanently, but uncached: a title that changes back would make browsers redirect in circles."""
    response = HttpResponsePermanentRedirect(address)
    patch_cache_control(response, no_cache=True)
    return response


def _get_final_survivor(number: int) -> int:
    """Return the number of the entry at the end of a chain of merges; a circle, which no merge makes, ends it too."""
    seen = {number}
    while step := EntryAlias.objects.filter(former=number).values_list("survivor", flat=True).first():
        if step in seen:
            break
        seen.add(step)
        number = step
    return number
