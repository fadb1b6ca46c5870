"""From the number in an address to the entry that the public reads there."""

from functools import wraps

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from faq.enums import EntryStatus
from faq.models import Entry, EntryAlias


class Absent(Exception):
    """Nothing to read at an address where there was something; the template says so to the visitor."""

    def __init__(self, status: int, template: str) -> None:
        self.status = status
        self.template = template
        super().__init__(template)


def tells_absences(view):
    """Answer with the page of an Absent that a view raises."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Absent as absent:
            return render(request, absent.template, status=absent.status)

    return answer


def live_entry(number: int) -> Entry:
    """Return the live entry that answers at a number: the one of that number, or the one it was merged into.

    Its live version and its last verification come along. Raises Http404 where there is nothing that the public
    ever read, and Absent: 410 for an entry that was archived, 404 for one that was withdrawn, because it may come
    back.
    """
    entries = Entry.objects.with_live().select_related("verification")
    entry = entries.filter(pk=number).first()
    if entry is None:
        raise Http404
    if entry.live:
        return entry
    answering = entries.get(pk=_survivor(number))
    if answering.live:
        return answering
    if answering.status != EntryStatus.ARCHIVED and answering.publications.exists():
        raise Absent(404, "faq/withdrawn.html")
    if entry.status == EntryStatus.ARCHIVED:
        raise Absent(410, "410.html")
    raise Http404


def moved_permanently(address: str) -> HttpResponse:
    """Redirect for good, but have browsers ask again: titles change back, and they would go in circles."""
    response = HttpResponsePermanentRedirect(address)
    patch_cache_control(response, no_cache=True)
    return response


def _survivor(number: int) -> int:
    """Follow the merges to their end; a circle, which no merge makes, ends where it closes."""
    seen = {number}
    while step := EntryAlias.objects.filter(former=number).values_list("survivor", flat=True).first():
        if step in seen:
            break
        seen.add(step)
        number = step
    return number
