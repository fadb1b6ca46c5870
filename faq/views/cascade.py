"""The cascade: five questions and a search that narrow the FAQ down, and the answers that remain."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from faq.domain.facets import State
from faq.domain.search.references import parse_reference
from faq.services.failed_searches import record_failed_search
from faq.views.addresses import AbsentEntry, get_live_entry
from faq.views.answers import AnswerRenderer
from faq.views.caching import cached_by_epoch
from faq.views.pagination import build_pagination, get_nearest_page
from faq.views.results import Proposals, Results, build_results, find_proposals
from faq.views.selections import origin, with_cascade_state
from faq.views.states import page_address, state_address


@require_safe
@cached_by_epoch
@with_cascade_state
def cascade(request, snapshot, query):
    """Show the questions and the answers of the state that the address names."""
    number = parse_reference(query.search)
    if number is not None and number not in snapshot.index.live and _has_address(number):
        return redirect("faq:entry_by_number", number)
    results = build_results(snapshot, query)
    response = HttpResponse(render_to_string("faq/cascade.html", _build_context(request, results)))
    if results.is_vain:
        record_failed_search(results.search)
        # The response is not cached, so that every search without a result is recorded.
        patch_cache_control(response, no_store=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return response


def _has_address(number: int) -> bool:
    """Return whether the address of an entry that is not live says where it went: to a survivor, or that it is gone."""
    try:
        get_live_entry(number)
    except AbsentEntry:
        return True
    except Http404:
        return False
    return True


def _feed_address(state: State) -> str:
    """Return the address of the feed of a state; "" for the whole FAQ, whose feed is linked from every page."""
    return reverse("faq:feed") + state_address(state).removeprefix(reverse("faq:cascade")) if state else ""


def _build_context(request: HttpRequest, results: Results) -> dict[str, Any]:
    page = get_nearest_page(results.numbers, results.query.page)
    address = page_address(results.address, page.number)
    site = origin(request)
    return {
        "search": results.query.search,
        "found_nowhere": results.found_nowhere,
        "notices": results.notices,
        "other_searches": results.other_searches,
        "questions": results.questions,
        "filters": results.filters,
        "page": page,
        "pagination": build_pagination(page, results.address),
        "answers": AnswerRenderer(results.snapshot, site).render(page.object_list, address, results.hits),
        "proposals": Proposals([], []) if page.paginator.count else find_proposals(results),
        "canonical": site + address,
        "site": site,
        "feed": _feed_address(results.query.state),
        "empty": not results.snapshot.index.live,
    }
