"""The sitemap: an index, one list of pages and branches, and lists of entries, all streamed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import F, Max
from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from faq.models import Entry, SitePage
from faq.views.caching import request_epoch, request_snapshot
from faq.views.selections import conditional_by_epoch, origin
from faq.views.states import open_branches, state_address

ENTRIES_PER_LIST = 2_000
"""Width of the range of entry numbers in one list; the protocol allows 50,000 addresses, shorter lists are fast."""
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

Address = tuple[str, datetime | None]
"""A path, and when its page last changed, where that is known."""


@require_safe
def sitemap(request):
    """Return the index: the list of pages and branches, and the lists of entries."""

    def lists() -> Iterator[Address]:
        yield reverse("faq:sitemap_of_pages"), None
        for part, updated_at in _get_ranges():
            yield reverse("faq:sitemap_of_entries", args=(part,)), updated_at

    return _respond(request, request_epoch(request).published, "sitemapindex", "sitemap", lists)


@require_safe
def sitemap_of_pages(request):
    """Return the list of the pages about the site and of the branches of the cascade that hold answers."""
    snapshot = request_snapshot(request)

    def pages() -> Iterator[Address]:
        yield state_address({}), None
        yield reverse("faq:site_map"), None
        yield reverse("faq:reuse"), None
        yield from ((page.get_absolute_url(), page.updated_at) for page in SitePage.objects.defer("text"))
        yield from ((state_address(state), None) for state, _ in open_branches(snapshot, snapshot.taxonomy.terms))

    return _respond(request, snapshot.epoch, "urlset", "url", pages)


@require_safe
def sitemap_of_entries(request, part):
    """Return the list of the entries in one range of numbers. Raises Http404 where none of them is live."""
    first = part * ENTRIES_PER_LIST
    entries = Entry.objects.live().filter(pk__gte=first, pk__lt=first + ENTRIES_PER_LIST).order_by("pk")
    epoch = request_epoch(request).published
    if not entries.exists():
        raise Http404

    def addresses() -> Iterator[Address]:
        rows = entries.only("question", "updated_at").iterator()
        return ((entry.get_absolute_url(), entry.updated_at) for entry in rows)

    return _respond(request, epoch, "urlset", "url", addresses)


def _get_ranges() -> Iterable[tuple[int, datetime]]:
    """Return the ranges with live entries, each with the time of its latest change: one query."""
    ranges = Entry.objects.live().order_by().annotate(part=F("pk") / ENTRIES_PER_LIST).values("part")
    return ranges.annotate(latest=Max("updated_at")).order_by("part").values_list("part", "latest")


def _respond(request, epoch, root, element, addresses):
    def stream():
        lines = _serialize(root, element, addresses(), origin(request))
        return StreamingHttpResponse(lines, content_type="application/xml; charset=utf-8")

    return conditional_by_epoch(request, epoch, stream)


def _serialize(root: str, element: str, addresses: Iterable[Address], site: str) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMESPACE}>\n'
    for path, changed_at in addresses:
        changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
        yield f"<{element}><loc>{escape(site + path)}</loc>{changed}</{element}>\n"
    yield f"</{root}>\n"
