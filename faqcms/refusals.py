"""The answer to a form whose CSRF token is wrong or has expired."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.csrf import csrf_failure

from faq.unsaved_text import read_sent_text, store_unsaved_text

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
