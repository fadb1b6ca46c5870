"""Pages about the site: those that editors write, the map of the site, and how to reuse the answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, State, Taxonomy
from faq.domain.markup import parse_sections
from faq.models import SitePage
from faq.selectors.published import Snapshot
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.exports import FORMAT
from faq.views.selections import origin
from faq.views.states import open_branches, state_address


@dataclass(frozen=True, slots=True)
class Branch:
    """A term on the map of the site, with the number of its answers and the branches below it."""

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
    tree = _BranchTree(snapshot.taxonomy, snapshot.index)
    context = {
        "count": snapshot.index.count({}),
        "offers": tuple(tree.branches_below({}, Facet.OFFER_TYPES)),
        "products": _flat_branches(snapshot, Facet.PRODUCTS),
        "themes": _flat_branches(snapshot, Facet.THEMES),
        "pages": SitePage.objects.defer("text"),
        **_addresses(request),
    }
    return render(request, "faq/site_map.html", context)


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
def reuse(request):
    """Show how programs can read the answers, and what the fields of the export mean."""
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


def _flat_branches(snapshot: Snapshot, facet: Facet) -> list[Branch]:
    """Return the branch of each term of a facet, without branches below it."""
    branches = open_branches(snapshot, snapshot.taxonomy.by_facet[facet])
    return [Branch(state[facet].label, state_address(state), count) for state, count in branches]


@dataclass(frozen=True)
class _BranchTree:
    """The branches of the cascade that hold answers, without retired terms."""

    taxonomy: Taxonomy
    index: CascadeIndex

    def branches_below(self, above: State, facet: Facet) -> Iterator[Branch]:
        """Yield the branches of a facet within the state `above`, each with the branches below it."""
        for term in self.taxonomy.by_facet[facet]:
            state = {**above, facet: term}
            if not term.retired and self.taxonomy.fits(term, above) and (count := self.index.count(state)):
                child = _CHILD_FACET.get(facet)
                branches = tuple(self.branches_below(state, child)) if child else ()
                yield Branch(term.label, state_address(state), count, branches)


_CHILD_FACET = {Facet.OFFER_TYPES: Facet.COULOIRS, Facet.COULOIRS: Facet.DISPOSITIFS}
"""The facet whose branches the map shows below those of another."""
