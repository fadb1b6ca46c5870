"""Every public address for search engines: an index of lists, each written while it is read."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import F, Max
from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from faq.domain.facets import Taxonomy
from faq.models import Entry, SitePage
from faq.views.caching import request_epoch, request_snapshot
from faq.views.selections import as_of, origin
from faq.views.states import branch, state_address

NUMBERS_IN_A_LIST = 2_000
"""Entry numbers. Search engines take lists of up to 50,000 addresses; shorter ones are written in a moment."""
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

Address = tuple[str, datetime | None]
"""A path, and when what stands there last changed, where that is known."""


@require_safe
def sitemap(request):
    """List the lists: one of the pages and branches, and one for every two thousand entry numbers."""

    def lists() -> Iterator[Address]:
        yield reverse("faq:sitemap_of_pages"), None
        for part, updated_at in _parts():
            yield reverse("faq:sitemap_of_entries", args=(part,)), updated_at

    return _answer(request, request_epoch(request).published, "sitemapindex", "sitemap", lists)


@require_safe
def sitemap_of_pages(request):
    """List the pages about the site, and the branches of the cascade that hold answers."""
    snapshot = request_snapshot(request)

    def pages() -> Iterator[Address]:
        yield state_address({}), None
        yield reverse("faq:site_map"), None
        yield reverse("faq:reuse"), None
        yield from ((page.get_absolute_url(), page.updated_at) for page in SitePage.objects.defer("text"))
        yield from ((address, None) for address in _branches(snapshot.taxonomy, snapshot.index))

    return _answer(request, snapshot.epoch, "urlset", "url", pages)


@require_safe
def sitemap_of_entries(request, part):
    """List the entries whose numbers lie in one range of two thousand."""
    first = part * NUMBERS_IN_A_LIST
    entries = Entry.objects.live().filter(pk__gte=first, pk__lt=first + NUMBERS_IN_A_LIST).order_by("pk")
    epoch = request_epoch(request).published
    if not entries.exists():
        raise Http404

    def addresses() -> Iterator[Address]:
        rows = entries.only("question", "updated_at").iterator()
        return ((entry.get_absolute_url(), entry.updated_at) for entry in rows)

    return _answer(request, epoch, "urlset", "url", addresses)


def _parts() -> Iterable[tuple[int, datetime]]:
    """Return the ranges that hold live entries, each with its latest change: one query."""
    ranges = Entry.objects.live().order_by().annotate(part=F("pk") / NUMBERS_IN_A_LIST).values("part")
    return ranges.annotate(latest=Max("updated_at")).order_by("part").values_list("part", "latest")


def _branches(taxonomy: Taxonomy, index) -> Iterator[str]:
    for term in taxonomy.terms:
        state = branch(term, taxonomy)
        if not any(chosen.retired for chosen in state.values()) and index.count(state):
            yield state_address(state)


def _answer(request, epoch, root, element, addresses):
    def write():
        lines = _document(root, element, addresses(), origin(request))
        return StreamingHttpResponse(lines, content_type="application/xml; charset=utf-8")

    return as_of(request, epoch, write)


def _document(root: str, element: str, addresses: Iterable[Address], site: str) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMESPACE}>\n'
    for path, changed_at in addresses:
        changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
        yield f"<{element}><loc>{escape(site + path)}</loc>{changed}</{element}>\n"
    yield f"</{root}>\n"
