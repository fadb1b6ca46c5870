"""The entries that a page works on: those ticked in a list, or all that its filters let through: see its address."""

from collections.abc import Iterable

from django.http import QueryDict
from django.urls import reverse

from faq.admin.entries.question_filters import QuestionFilters
from faq.models import Entry
from faq.models.entries import number_of
from faq.selectors.entry_search import search_entries

ALL = "tout"
"""The parameter of the address by which all entries are meant that the filters beside it let through."""
_TICKED = "fiche"
_BACK = "retour"
_LISTS = {"questions": "faq_entry_questions", "relecture": "faq_entry_review"}
"""The lists, beside that of all entries, to which a page leads back."""


def selection_address(page: str, numbers: Iterable[int] | None, filters: QueryDict, *, back: str = "") -> str:
    """Return the address of a page, such as « filing », for some entries, or for all that the filters let through."""
    query = filters.copy()
    if back:
        query[_BACK] = back
    if numbers is None:
        query[ALL] = "1"
    else:
        query.setlist(_TICKED, [str(number) for number in numbers])
    return f"{reverse(f'admin:faq_entry_{page}')}?{query.urlencode()}"


def read_selection(query: QueryDict, most: int) -> list[int]:
    """Return the numbers of the entries that an address names, one more than may be selected at most."""
    if ALL in query:
        entries = search_entries(Entry.objects.order_by("pk"), query.get("q", ""))
        found = QuestionFilters(_get_filters(query), entries).qs
        return list(found.values_list("pk", flat=True)[: most + 1])
    ticked = [number_of(text) for text in query.getlist(_TICKED)]
    return list(dict.fromkeys(number for number in ticked if number is not None))


def read_selected_entries(numbers: Iterable[int]) -> list[Entry]:
    """Return the entries with their latest questions, without their long texts, in the order of their numbers."""
    entries = Entry.objects.filter(pk__in=list(numbers)).order_by("pk").select_related("head")
    return list(entries.defer("answer", "search_text", "head__answer"))


def get_list_address(query: QueryDict) -> str:
    """Return the address of the list, with its filters, from which an address was reached."""
    filters = _get_filters(query).urlencode()
    page = _LISTS.get(query.get(_BACK, ""), "faq_entry_changelist")
    return f"{reverse(f'admin:{page}')}{'?' if filters else ''}{filters}"


def _get_filters(query: QueryDict) -> QueryDict:
    filters = query.copy()
    for name in (ALL, _TICKED, _BACK):
        filters.pop(name, None)
    return filters
