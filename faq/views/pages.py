"""The pages about the site itself: what the law asks for, the map of the site, how to reuse its answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, State, Taxonomy, Term
from faq.domain.markup import parse_sections
from faq.models import SitePage
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.exports import FORMAT
from faq.views.selections import origin
from faq.views.states import branch, state_address


@dataclass(frozen=True, slots=True)
class Branch:
    """A term of the taxonomy, the answers that it leads to, and its own branches."""

    label: str
    address: str
    count: int
    branches: tuple["Branch", ...] = ()


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
def page(request, slug):
    """Show a page that editors write."""
    shown = SitePage.objects.filter(slug=slug).first()
    if shown is None:
        raise Http404
    context = {"page": shown, "sections": parse_sections(shown.text), **_addresses(request)}
    return render(request, "faq/page.html", context)


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
def site_map(request):
    """Show every branch of the cascade that holds answers, and every other page."""
    snapshot = request_snapshot(request)
    tree = _Tree(snapshot.taxonomy, snapshot.index)
    context = {
        "count": snapshot.index.count({}),
        "offers": tuple(tree.below({}, Facet.OFFER_TYPES)),
        "products": tuple(tree.alone(Facet.PRODUCTS)),
        "themes": tuple(tree.alone(Facet.THEMES)),
        "pages": SitePage.objects.defer("text"),
        **_addresses(request),
    }
    return render(request, "faq/site_map.html", context)


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
def reuse(request):
    """Return how programs get the answers, and what the fields of the export mean."""
    context = {
        "format": FORMAT,
        "export": reverse("faq:export"),
        "feed": reverse("faq:feed"),
        "sitemap": reverse("faq:sitemap"),
        "facets": list(Facet),
        **_addresses(request),
    }
    return render(request, "faq/reuse.html", context)


def _addresses(request) -> dict[str, str]:
    return {"site": origin(request), "canonical": request.build_absolute_uri(request.path)}


@dataclass(frozen=True)
class _Tree:
    """The branches of the cascade that hold answers; retired terms are on none."""

    taxonomy: Taxonomy
    index: CascadeIndex

    def below(self, above: State, facet: Facet) -> Iterator[Branch]:
        """Return the terms of a facet that belong to what was chosen above, with those below them."""
        for term in self._offered(facet):
            state = {**above, facet: term}
            if self.taxonomy.fits(term, above) and (count := self.index.count(state)):
                child = _BELOW.get(facet)
                branches = tuple(self.below(state, child)) if child else ()
                yield Branch(term.label, state_address(state), count, branches)

    def alone(self, facet: Facet) -> Iterator[Branch]:
        """Return the terms of a facet, each with the branch that it stands for."""
        for term in self._offered(facet):
            state = branch(term, self.taxonomy)
            if not any(chosen.retired for chosen in state.values()) and (count := self.index.count(state)):
                yield Branch(term.label, state_address(state), count)

    def _offered(self, facet: Facet) -> Iterator[Term]:
        return (term for term in self.taxonomy.by_facet[facet] if not term.retired)


_BELOW = {Facet.OFFER_TYPES: Facet.COULOIRS, Facet.COULOIRS: Facet.DISPOSITIFS}
"""The facets whose terms belong to the one above, as the map shows them."""
