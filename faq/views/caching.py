"""Pages that are the same for everybody: cached as they were sent, for as long as the epoch stays the same."""

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

PAGE_CACHE_BYTES = 6_000_000
"""Size of the page cache of one process; the least recently requested pages are dropped first."""
MAX_ADDRESS_LENGTH = 500
"""Characters. Pages at longer addresses, which are made up and seldom requested twice, are not cached."""
_SAFE_METHODS = ("GET", "HEAD")
_ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class _CachedPage:
    """A response with all its headers, ready to be sent again."""

    def __init__(self, response: HttpResponse, epoch: EpochTokens) -> None:
        self.epoch = epoch
        self.body = response.content
        self._etag = f'"{blake2b(self.body, digest_size=16).hexdigest()}"'
        patch_vary_headers(response, ["Accept-Encoding"])
        self._headers = {**response.headers, "ETag": self._etag, "Content-Length": str(len(self.body))}

    @cached_property
    def _compressed(self) -> tuple[bytes, dict[str, str]]:
        # Without a date: every worker sends the same bytes.
        body = gzip.compress(self.body, 6, mtime=0)
        # The bytes differ, the page is the same: the ETag of a compressed page is weak.
        changed = {"ETag": f"W/{self._etag}", "Content-Encoding": "gzip", "Content-Length": str(len(body))}
        return body, self._headers | changed

    def build_response(self, request: HttpRequest) -> HttpResponse:
        """Return the page, compressed where the browser accepts that, or 304 where the browser has the page already."""
        accepts_gzip = _ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        body, headers = self._compressed if accepts_gzip else (self.body, self._headers)
        response = HttpResponse(body, headers=headers)
        if "HTTP_IF_NONE_MATCH" in request.META:
            return get_conditional_response(request, etag=headers["ETag"], response=response)
        return response


page_cache: LRUByteCache[_CachedPage] = LRUByteCache(PAGE_CACHE_BYTES)


def request_epoch(request: HttpRequest) -> EpochTokens:
    """Return the epoch that was current when the request first asked for it: one query per request."""
    if not hasattr(request, "epoch"):
        request.epoch = Epoch.tokens()
    return request.epoch


def request_snapshot(request: HttpRequest) -> Snapshot:
    """Return the snapshot of what was published when the request first asked for it."""
    return live_snapshot(request_epoch(request))


def cached_by_epoch(view):
    """Decorate a view whose response depends on its address and the epoch alone: its pages are cached, with an ETag.

    The epoch is read before anything else, so that a cached page can be newer than its epoch, never older.
    """

    @wraps(view)
    def cached_view(request, *args, **kwargs):
        epoch = request_epoch(request)
        response = view(request, *args, **kwargs)
        if epoch and _is_cacheable(response):
            response.epoch = epoch
        return response

    return cached_view


def page_cache_middleware(get_response: GetResponse) -> GetResponse:
    """Send cached pages again; the first middleware, so that the others run once for each cached page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # The header as it was sent: under a host that is not allowed no page was ever cached.
        host = request.META.get("HTTP_HOST") or (request.META["SERVER_NAME"], request.META["SERVER_PORT"])
        key = request.scheme, host, request.get_full_path()
        page = page_cache.get(key) if request.method in _SAFE_METHODS else None
        if page and page.epoch == request_epoch(request):
            return page.build_response(request)
        response = get_response(request)
        if not hasattr(response, "epoch") or response.cookies:
            return response
        page = _CachedPage(response, response.epoch)
        if len(key[-1]) <= MAX_ADDRESS_LENGTH:
            page_cache.put(key, page, len(page.body))
        return page.build_response(request)

    return middleware


def _is_cacheable(response: HttpResponse) -> bool:
    return response.status_code == 200 and "no-store" not in response.headers.get("Cache-Control", "")
