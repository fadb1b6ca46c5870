"""The state that addresses of the cascade share, and the conditional responses of exports and sitemaps."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control

from faq.views.addresses import redirect_permanently
from faq.views.caching import request_snapshot
from faq.views.states import get_renamed_slugs, parse_query

GENERATION = 2
"""Raise it whenever these documents change while the epoch does not: it makes the ETags of all of them new."""


def origin(request) -> str:
    """Return the scheme and host of a request, with which absolute addresses begin."""
    return f"{request.scheme}://{request.get_host()}"


def with_cascade_state(view):
    """Decorate a view(request, snapshot, cascade_query); an address with a former slug redirects to the present one."""

    @wraps(view)
    def view_of_state(request):
        snapshot = request_snapshot(request)
        if renamed := get_renamed_slugs(request.GET, snapshot.everything):
            present = request.GET.copy()
            for parameter, slug in renamed.items():
                present[parameter] = slug
            return redirect_permanently(f"{request.path}?{present.urlencode()}")
        return view(request, snapshot, parse_query(request.GET, snapshot.taxonomy))

    return view_of_state


def conditional_by_epoch(request: HttpRequest, epoch: str, build_response: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what `build_response` returns, or 304 where the client has the document of this epoch already.

    The epoch is the ETag: these documents are too large to be cached, or to be hashed for an ETag.
    """
    etag = f'W/"{GENERATION}-{epoch}"' if epoch else None
    response = get_conditional_response(request, etag=etag) or build_response()
    if etag:
        response.headers.setdefault("ETag", etag)
    patch_cache_control(response, public=True, no_cache=True)
    return response
