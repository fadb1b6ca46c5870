"""The list of entries as Django's list: one FilterSet in place of its filters, and the entries before and after one."""

import copy
from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, QueryDict

from faq.admin.lists import BoundedChangeList
from faq.domain.limits import ENTRIES_IN_SEQUENCE_MAX
from faq.entry_filters import EntryFilters

_FILTERS = "_changelist_filters"
"""The parameter in which Django carries the address of a list to its forms."""


class EntryChangeList(BoundedChangeList):
    """Django's list, with one FilterSet in place of Django's own filters and lookups."""

    def get_filters(self, request):
        """Return no filter and no lookup of Django's: what an address cannot mean is ignored, not refused."""
        return [], True, {}, False, False

    def get_queryset(self, request, exclude_parameters=None):
        """Return the entries that search and filters let through, in the order of the list."""
        entries = super().get_queryset(request, exclude_parameters)
        self.filters = EntryFilters(request.GET, entries, request=request)
        return self.filters.qs


class _EntryOrder(EntryChangeList):
    """The order of the list, without its rows and numbers."""

    def get_results(self, request):
        """Read nothing yet."""


@dataclass(frozen=True)
class Sequence:
    """The place of an entry in the list that it was opened from: its rank from 1, and the numbers beside it."""

    rank: int
    total: int
    before: int | None
    after: int | None


def find_sequence(model_admin: ModelAdmin, request: HttpRequest, number: int) -> Sequence | None:
    """Return the place of an entry in the filtered list that its page was opened from.

    None where it was not opened from one, where the list no longer holds it, or from beyond ENTRIES_IN_SEQUENCE_MAX
    entries. One query, which reads numbers alone.
    """
    filters = request.GET.get(_FILTERS)
    if not filters:
        return None
    asked = copy.copy(request)
    asked.GET = QueryDict(filters)
    try:
        order = _build_order(model_admin, asked)
    except IncorrectLookupParameters:
        return None
    numbers = list(order.queryset.values_list("pk", flat=True)[:ENTRIES_IN_SEQUENCE_MAX])
    if number not in numbers:
        return None
    place = numbers.index(number)
    before = numbers[place - 1] if place else None
    after = numbers[place + 1] if place + 1 < len(numbers) else None
    return Sequence(place + 1, len(numbers), before, after)


def _build_order(model_admin: ModelAdmin, request: HttpRequest) -> _EntryOrder:
    display = model_admin.get_list_display(request)
    return _EntryOrder(
        request,
        model_admin.model,
        # Django counts columns in the order of the address with the boxes to tick.
        ["action_checkbox", *display],
        model_admin.get_list_display_links(request, display),
        list_filter=(),
        date_hierarchy=None,
        search_fields=model_admin.get_search_fields(request),
        list_select_related=False,
        list_per_page=model_admin.list_per_page,
        list_max_show_all=model_admin.list_max_show_all,
        list_editable=(),
        model_admin=model_admin,
        sortable_by=model_admin.get_sortable_by(request),
        search_help_text=None,
    )
