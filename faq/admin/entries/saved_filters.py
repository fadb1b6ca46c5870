"""« Recherches enregistrées »: the searches that somebody comes back to, above the list of entries."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from faq.admin.pages import AdminView
from faq.models import SavedFilter
from faq.models.entries import number_of
from faq.services.content import EntryError
from faq.services.saved_filters import delete_filter, save_filter

_LEFT_OUT = ("p", "e", "all", "_facets")
"""Parameters of the list that are no search: page numbers, and what Django adds."""


@dataclass(frozen=True)
class SavedFilterLink:
    """A saved filter as the list offers it."""

    saved: SavedFilter
    address: str
    is_current: bool
    is_own: bool


def clean_query(parameters: QueryDict) -> str:
    """Return the search, the filters and the order of a list's address, encoded; empty ones are left out."""
    kept = sorted((name, value) for name, value in parameters.items() if value and name not in _LEFT_OUT)
    query = QueryDict(mutable=True)
    query.update(dict(kept))
    return query.urlencode()


def build_links(request: HttpRequest) -> list[SavedFilterLink]:
    """Return the filters that the person saved or that colleagues share, in one query."""
    current = clean_query(request.GET)
    entries = reverse("admin:faq_entry_changelist")
    return [
        SavedFilterLink(saved, f"{entries}?{saved.query}", saved.query == current, saved.owner_id == request.user.pk)
        for saved in SavedFilter.objects.offered_to(request.user.pk)
    ]


class SavedFiltersView(AdminView):
    """Save the filters of the list under a name, or delete some; then show the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what the pressed button asks."""
        query = clean_query(QueryDict(request.POST.get("query", "")))
        number = number_of(request.POST.get("delete", ""))
        if number is not None:
            if name := delete_filter(number, request.user):
                messages.success(
                    request, f"La recherche «\u00a0{name}\u00a0» est supprimée\u00a0; les fiches n’ont pas changé."
                )
        else:
            try:
                saved = save_filter(request.POST.get("name", ""), query, request.user, shared="shared" in request.POST)
            except (EntryError, PermissionDenied) as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"La recherche «\u00a0{saved.name}\u00a0» est enregistrée.")
        entries = reverse("admin:faq_entry_changelist")
        return redirect(f"{entries}?{query}" if query else entries)
