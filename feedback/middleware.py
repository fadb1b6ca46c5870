"""Votes on a short way: past the middleware that pages need and an answer without a page does not."""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from feedback.views import take_vote

_VOTE = re.compile(r"/fiche/([0-9]{1,18})/vote/", re.ASCII)
_STORED = (200, 303)

GetResponse = Callable[[HttpRequest], HttpResponse]


def votes_first(get_response: GetResponse) -> GetResponse:
    """Middleware: store votes before sessions, accounts and policies, none of which they need.

    A vote that is refused goes on to the view, which answers with the refusal; that page needs the policies.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        address = _VOTE.fullmatch(request.path_info) if request.method == "POST" else None
        if address is None:
            return get_response(request)
        try:
            response = take_vote(request, int(address[1]))
        except Http404 as absence:
            request.refused_vote = absence
            return get_response(request)
        if response.status_code in _STORED:
            return response
        request.refused_vote = response
        return get_response(request)

    return middleware
