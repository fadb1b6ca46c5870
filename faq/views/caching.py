"""Pages that are the same for everybody: kept as they were sent, until the public reads something else."""

import gzip
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cached_property, wraps
from hashlib import blake2b
from typing import Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from faq.models import Epoch

Value = TypeVar("Value")
GetResponse = Callable[[HttpRequest], HttpResponse]

KEPT_BYTES = 6_000_000
"""Of pages, in each process; what was asked for longest ago goes first."""
LONGEST_ADDRESS = 500
"""Characters. Longer ones are made up, and seldom asked for twice."""
_READING = ("GET", "HEAD")
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class Kept(Generic[Value]):
    """What a process keeps at hand, up to a number of bytes. Threads share it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return what is kept under a key, if anything is."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep something of that many bytes; what was asked for longest ago makes room for it."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._values[key] = value, size
            self._size += size - before
            while self._size > self._limit:
                _, (_, freed) = self._values.popitem(last=False)
                self._size -= freed

    def clear(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._values.clear()
            self._size = 0


class _Page:
    """What the site answered, every header included, ready to be sent again."""

    def __init__(self, response: HttpResponse, epoch: str) -> None:
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


_pages: Kept[_Page] = Kept(KEPT_BYTES)


def cached_by_epoch(view):
    """Have a page sent again as it was, with an ETag, for as long as what the public reads stays the same.

    For views whose answer depends on nothing but the address and what is published. They find the epoch, which
    was read before anything else, as `request.epoch`: what they read is as new as that or newer.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        if not hasattr(request, "epoch"):
            request.epoch = Epoch.now()
        response = view(request, *args, **kwargs)
        if request.epoch and _can_be_kept(response):
            response.epoch = request.epoch
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
        page = _pages.get(key) if request.method in _READING else None
        if page:
            request.epoch = Epoch.now()
            if page.epoch == request.epoch:
                return page.response(request)
        response = get_response(request)
        if not hasattr(response, "epoch") or response.cookies:
            return response
        page = _Page(response, response.epoch)
        if len(key[-1]) <= LONGEST_ADDRESS:
            _pages.put(key, page, len(page.body))
        return page.response(request)

    return middleware


def _can_be_kept(response: HttpResponse) -> bool:
    return response.status_code == 200 and "no-store" not in response.headers.get("Cache-Control", "")


def forget_pages() -> None:
    """Send no page again: for tests, whose settings and templates change while nothing is published."""
    _pages.clear()
