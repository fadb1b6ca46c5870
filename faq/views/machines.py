"""Files that programs look for at fixed addresses: robots.txt, llms.txt and the health checks."""

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_safe

from faq.models import Epoch
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.selections import origin
from faq.views.states import open_branches, state_address

_TEXT = "text/plain; charset=utf-8"


@require_safe
@conditional_page
@cache_control(public=True, max_age=3600)
def robots(request):
    """Return robots.txt: the address of the sitemap, and the paths that crawlers should skip."""
    return render(request, "faq/robots.txt", {"site": origin(request)}, content_type=_TEXT)


@require_safe
@cached_by_epoch
@cache_control(public=True, no_cache=True)
def llms(request):
    """Return llms.txt: an overview of the site for language models, with the addresses of its exports."""
    snapshot = request_snapshot(request)
    roots = [term for term in snapshot.taxonomy.terms if not term.parents]
    branches = [
        {"label": [*state.values()][-1].label, "address": state_address(state), "count": count}
        for state, count in open_branches(snapshot, roots)
    ]
    context = {"site": origin(request), "count": snapshot.index.count({}), "branches": branches}
    return render(request, "faq/llms.txt", context, content_type=_TEXT)


@require_safe
@never_cache
def alive(request):
    """Return 200 while the process answers, whatever the state of the database."""
    return HttpResponse("ok\n", content_type=_TEXT)


@require_safe
@never_cache
def ready(request):
    """Return 200 when visitors can be served, and 503 while the database does not answer."""
    try:
        Epoch.now()
    except DatabaseError:
        return HttpResponse("base de données injoignable\n", status=503, content_type=_TEXT)
    return HttpResponse("ok\n", content_type=_TEXT)
