"""The public page as one would write it with care at first: django-filter, prefetching, one aggregate per facet.

It shows what the site's page shows, but for the questions that are skipped: the same frame, answers and votes.
"""

from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django_filters import FilterSet, ModelChoiceFilter

from faq.domain.facets import Facet
from faq.models import Couloir, Dispositif, Entry, OfferType, Product, Theme
from faq.views.pagination import ANSWERS_PER_PAGE

TEMPLATE = Path(__file__).with_name("ordinary.html")
COLUMNS = {facet: "entry_themes__tag" if facet is Facet.THEMES else facet.value for facet in Facet}
TERMS = {
    Facet.OFFER_TYPES: OfferType,
    Facet.COULOIRS: Couloir,
    Facet.DISPOSITIFS: Dispositif,
    Facet.PRODUCTS: Product,
    Facet.THEMES: Theme,
}


def _choice(facet: Facet) -> ModelChoiceFilter:
    terms = TERMS[facet].objects.in_use()
    return ModelChoiceFilter(COLUMNS[facet], queryset=terms, to_field_name="slug", method="narrow", label="")


class EntryFilters(FilterSet):
    """One choice per facet; an entry without a term there goes with all of them."""

    offre = _choice(Facet.OFFER_TYPES)
    couloir = _choice(Facet.COULOIRS)
    dispositif = _choice(Facet.DISPOSITIFS)
    produit = _choice(Facet.PRODUCTS)
    theme = _choice(Facet.THEMES)

    def narrow(self, entries: QuerySet[Entry], column: str, term: Any) -> QuerySet[Entry]:
        """Leave the entries that concern a term."""
        return narrowed(entries, column, term)


def narrowed(entries: QuerySet[Entry], column: str, term: Any) -> QuerySet[Entry]:
    """Leave the entries under a term, and those under none: without a join, which would list some twice."""
    below = Entry.objects.filter(**{column: term}).values("pk")
    return entries.filter(Q(pk__in=below) | Q(**{f"{column}__isnull": True}))


def page(request: HttpRequest) -> HttpResponse:
    """Show the answers of a state, and how many each option would lead to."""
    filters = EntryFilters(request.GET, Entry.objects.live())
    chosen = {facet: filters.form.cleaned_data[facet.parameter] for facet in Facet} if filters.is_valid() else {}
    entries = filters.qs.select_related("live").prefetch_related(*(facet.value for facet in Facet)).order_by("pk")
    shown = Paginator(entries, ANSWERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "questions": list(_questions(chosen)),
        "page": shown,
        "numbers": shown.paginator.get_elided_page_range(shown.number, on_each_side=1, on_ends=1),
        "query": "",
    }
    return HttpResponse(_template().render(context, request))


@cache
def _template() -> Any:
    return engines["django"].from_string(TEMPLATE.read_text(encoding="utf-8"))


def _questions(chosen: dict[Facet, Any]) -> Iterator[tuple[Facet, Any, int, list[tuple[Any, int]]]]:
    for facet in Facet:
        numbers = counts(facet, {other: term for other, term in chosen.items() if other is not facet and term})
        transverse = numbers.pop(None, 0)
        options = [
            (term, number) for term in TERMS[facet].objects.in_use() if (number := numbers.get(term.pk, 0) + transverse)
        ]
        yield facet, chosen.get(facet), transverse + sum(numbers.values()), options


def counts(facet: Facet, others: dict[Facet, Any]) -> dict[int | None, int]:
    """Count the entries under each term of a facet, and under None those without any, in one query."""
    entries = reduce(lambda some, one: narrowed(some, COLUMNS[one[0]], one[1]), others.items(), Entry.objects.live())
    column = COLUMNS[facet]
    return dict(entries.order_by().values_list(column).annotate(number=Count("pk", distinct=True)))
