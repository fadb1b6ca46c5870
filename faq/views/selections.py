"""What programs ask for: the answers of a state of the cascade, named by the parameters of its own addresses."""

from functools import wraps

from django.utils.cache import get_conditional_response, patch_cache_control

from faq.views.addresses import moved_permanently
from faq.views.caching import request_snapshot
from faq.views.states import read_state, renamed_slugs

GENERATION = 2
"""Raised whenever programs are told otherwise what did not change: what they kept is then out of date."""


def origin(request) -> str:
    """Return the scheme and host by which the site was reached, as absolute addresses begin."""
    return f"{request.scheme}://{request.get_host()}"


def of_a_state(view):
    """Return a view the snapshot and the state that the address names; a renamed term leads to its present name."""

    @wraps(view)
    def answer(request):
        snapshot = request_snapshot(request)
        if renamed := renamed_slugs(request.GET, snapshot.taxonomy):
            present = request.GET.copy()
            present.update(renamed)
            return moved_permanently(f"{request.path}?{_last_of_each(present).urlencode()}")
        return view(request, snapshot, read_state(request.GET, snapshot.taxonomy))

    return answer


def as_of(request, epoch: str, write):
    """Answer with what `write` makes, or with 304 where the asker has that of this epoch already.

    For what is too large to be kept in memory, or to be read through for its ETag: the epoch is the ETag.
    """
    etag = f'W/"{GENERATION}-{epoch}"' if epoch else None
    response = get_conditional_response(request, etag=etag) or write()
    if etag:
        response.headers.setdefault("ETag", etag)
    patch_cache_control(response, public=True, no_cache=True)
    return response


def _last_of_each(query):
    """Leave one value per parameter, the one that counts."""
    for parameter in list(query):
        query[parameter] = query[parameter]
    return query
