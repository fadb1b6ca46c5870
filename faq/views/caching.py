"""Pages that are the same for everybody: kept as they were sent, until the public reads something else."""

import gzip
import re
from collections.abc import Callable
from functools import cached_property, wraps
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from faq.caching import LRUByteCache
from faq.models import Epoch, EpochTokens
from faq.selectors.published import Snapshot, live_snapshot

GetResponse = Callable[[HttpRequest], HttpResponse]

KEPT_BYTES = 6_000_000
"""Of pages, in each process; what was asked for longest ago goes first."""
LONGEST_ADDRESS = 500
"""Characters. Longer ones are made up, and seldom asked for twice."""
_READING = ("GET", "HEAD")
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class _Page:
    """What the site answered, every header included, ready to be sent again."""

    def __init__(self, response: HttpResponse, epoch: EpochTokens) -> None:
        self.epoch = epoch
        self.body = response.content
        self._etag = f'"{blake2b(self.body, digest_size=16).hexdigest()}"'
        patch_vary_headers(response, ["Accept-Encoding"])
        self._headers = {**response.headers, "ETag": self._etag, "Content-Length": str(len(self.body))}

    @cached_property
    def _zipped(self) -> tuple[bytes, dict[str, str]]:
        # No date in it: every worker is to send the same bytes.
        body = gzip.compress(self.body, 6, mtime=0)
        # Other bytes, same page: the tag of a compressed page is a weak one.
        changed = {"ETag": f"W/{self._etag}", "Content-Encoding": "gzip", "Content-Length": str(len(body))}
        return body, self._headers | changed

    def response(self, request: HttpRequest) -> HttpResponse:
        """Return the page, compressed where the browser reads that, or 304 where it has the page already."""
        zips = _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        body, headers = self._zipped if zips else (self.body, self._headers)
        response = HttpResponse(body, headers=headers)
        if "HTTP_IF_NONE_MATCH" in request.META:
            return get_conditional_response(request, etag=headers["ETag"], response=response)
        return response


page_cache: LRUByteCache[_Page] = LRUByteCache(KEPT_BYTES)


def request_epoch(request: HttpRequest) -> EpochTokens:
    """Return the epoch that was current when the request first asked for it: one query per request."""
    if not hasattr(request, "epoch"):
        request.epoch = Epoch.tokens()
    return request.epoch


def request_snapshot(request: HttpRequest) -> Snapshot:
    """Return the snapshot of what was published when the request first asked for it."""
    return live_snapshot(request_epoch(request))


def cached_by_epoch(view):
    """Have a page sent again as it was, with an ETag, for as long as what the public reads stays the same.

    For views whose answer depends on nothing but the address and what is published. The epoch is read before
    anything else: what they read is as new as that or newer.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        epoch = request_epoch(request)
        response = view(request, *args, **kwargs)
        if epoch and _can_be_kept(response):
            response.epoch = epoch
        return response

    return answer


def kept_pages(get_response: GetResponse) -> GetResponse:
    """Middleware, before all others: send the pages of such views again, which are the same for everybody.

    What is kept is what all the others made of a page, so none of them has to see it twice.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # As it was sent: a host that is not ours never got a page that could be found under its name.
        host = request.META.get("HTTP_HOST") or (request.META["SERVER_NAME"], request.META["SERVER_PORT"])
        key = request.scheme, host, request.get_full_path()
        page = page_cache.get(key) if request.method in _READING else None
        if page and page.epoch == request_epoch(request):
            return page.response(request)
        response = get_response(request)
        if not hasattr(response, "epoch") or response.cookies:
            return response
        page = _Page(response, response.epoch)
        if len(key[-1]) <= LONGEST_ADDRESS:
            page_cache.put(key, page, len(page.body))
        return page.response(request)

    return middleware


def _can_be_kept(response: HttpResponse) -> bool:
    return response.status_code == 200 and "no-store" not in response.headers.get("Cache-Control", "")
