"""Votes on a short way: past what pages need and an answer without a page does not."""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from feedback.views import vote

_VOTE = re.compile(r"/fiche/([0-9]{1,18})/vote/", re.ASCII)
_TAKEN = (200, 303)

GetResponse = Callable[[HttpRequest], HttpResponse]


def votes_first(get_response: GetResponse) -> GetResponse:
    """Middleware: take votes before sessions, people and policies, none of which they have.

    Whatever is not taken, and nothing was written of then, goes the way of all requests, and gets a page that says so.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        address = _VOTE.fullmatch(request.path_info) if request.method == "POST" else None
        taken = address and _taken(request, int(address[1]))
        return taken or get_response(request)

    return middleware


def _taken(request: HttpRequest, number: int) -> HttpResponse | None:
    try:
        response = vote(request, number)
    except Http404:
        return None
    return response if response.status_code in _TAKEN else None
