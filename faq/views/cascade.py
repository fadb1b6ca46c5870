"""The cascade: five questions and a search that narrow the FAQ down, and the answers that remain."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from faq.domain.facets import State
from faq.services.failed_searches import record_failed_search
from faq.views.addresses import moved_permanently
from faq.views.answers import AnswerList
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.pagination import nearest_page, pagination
from faq.views.results import Proposals, Results, proposals, results_of
from faq.views.selections import origin
from faq.views.states import page_address, read_state, renamed_slugs, state_address


@require_safe
@cached_by_epoch
def cascade(request):
    """Show the questions worth asking in the state that the address names, and the answers of that state."""
    snapshot = request_snapshot(request)
    if renamed := renamed_slugs(request.GET, snapshot.taxonomy):
        return _with_present_slugs(request.GET, renamed)
    results = results_of(snapshot, read_state(request.GET, snapshot.taxonomy))
    response = HttpResponse(render_to_string("faq/cascade.html", _context(request, results)))
    if results.found_nowhere:
        record_failed_search(results.search)
        # So that it is counted every time.
        patch_cache_control(response, no_store=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return response


def _with_present_slugs(query, renamed: dict[str, str]) -> HttpResponse:
    present = query.copy()
    for parameter, slug in renamed.items():
        present[parameter] = slug
    return moved_permanently(f"{reverse('faq:cascade')}?{present.urlencode()}")


def _feed(state: State) -> str:
    """Return the address of the feed of a state; "" for the whole FAQ, whose feed every page names."""
    return reverse("faq:feed") + state_address(state).removeprefix(reverse("faq:cascade")) if state else ""


def _context(request: HttpRequest, results: Results) -> dict[str, Any]:
    page = nearest_page(results.numbers, results.reading.page)
    address = page_address(results.address, page.number)
    site = origin(request)
    return {
        "search": results.reading.search,
        "found_nowhere": results.found_nowhere,
        "notices": results.notices,
        "questions": results.questions,
        "filters": results.filters,
        "page": page,
        "pagination": pagination(page, results.address),
        "answers": AnswerList(results.snapshot, site).written(page.object_list, address, results.hits),
        "proposals": Proposals([], []) if page.paginator.count else proposals(results),
        "canonical": site + address,
        "site": site,
        "feed": _feed(results.reading.state),
        "empty": not results.snapshot.index.live,
    }
