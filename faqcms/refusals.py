"""The answers to forms whose CSRF token is wrong or has expired, to forms above the limit, and to what failed."""

import sys

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, server_error

from faq.domain.limits import FORM_MAX_BYTES, format_number
from faq.unsaved_text import read_sent_text, store_unsaved_text
from faqcms.busy import is_lock_timeout, refuse_for_now

_TOO_LARGE = "400_too_large.html"
_FILE_NAME = "400_file_name.html"
_TOKEN = "CSRF "  # noqa: S105
"""How the reason begins where only the token is wrong, and the form comes from a page of ours."""


def refuse_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form, without losing the text of an entry that was typed into it.

    A token goes stale when one signs in again in another window. What comes from another site is
    refused and forgotten: it would put its own words before an editor.
    """
    text = read_sent_text(request) if reason.startswith(_TOKEN) else None
    if text is None:
        return csrf_failure(request, reason)
    if not admin.site.has_permission(request):
        return admin.site.ask_to_sign_in(request, text)
    store_unsaved_text(request, text)
    return redirect(text.address)


def refuse_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse what cannot be read; of a form above the limit, say how to mend it."""
    if request.method == "POST" and isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, _TOO_LARGE, {"limit": format_number(FORM_MAX_BYTES)}, status=400)
    if isinstance(exception, MultiPartParserError):
        # What browsers send is well formed; the only limit that it can exceed is that of the names of files.
        return render(request, _FILE_NAME, status=400)
    return bad_request(request, exception)


def refuse_failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed, also outside of a view, as where a session is saved or a vote is stored."""
    return refuse_for_now(request) if is_lock_timeout(sys.exception()) else server_error(request)
