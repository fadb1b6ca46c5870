"""« Événements »: a whole branch to be checked again because something happened; declared after a look at how many."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from faq.forms import ReviewEventForm
from faq.models import Entry, ReviewEvent
from faq.selectors.published import load_taxonomy
from faq.services.content import EntryError
from faq.services.review_dates import live_under
from faq.services.review_events import declare_event
from faq.services.undo import take_back_event
from faq.services.verifications import RIGHT

_SHOWN = 10
"""Entries that the preview names."""
_REMEMBERED = 50
"""Events that the page lists."""


def review_events(model_admin, request):
    """Answer with the events of the past, the form for another, and what that one would do."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    may_declare = request.user.has_perm(RIGHT)
    if request.method == "POST":
        if not may_declare:
            raise PermissionDenied
        return _take_back(request) if "take-back" in request.POST else _declare(model_admin, request)
    form = ReviewEventForm(request.GET if "term" in request.GET else None, taxonomy=load_taxonomy())
    return _show(model_admin, request, form if may_declare else None)


def _declare(model_admin, request):
    form = ReviewEventForm(request.POST, taxonomy=load_taxonomy())
    if not form.is_valid():
        return _show(model_admin, request, form)
    term, typed = form.cleaned_data["term"], form.cleaned_data
    try:
        event = declare_event(term, typed["reason"], typed["happened_on"], request.user)
    except EntryError as refusal:
        messages.error(request, str(refusal))
        return _show(model_admin, request, form)
    queue = f"{reverse('admin:faq_entry_due')}?evenement={event.pk}"
    told = '« {} » : {} fiche{} à revoir. <a href="{}">Les voir</a>'
    several = "s" if event.due_count > 1 else ""
    messages.success(request, format_html(told, event, event.due_count, several, queue))
    return redirect("admin:faq_entry_review_events")


def _take_back(request):
    number = request.POST["take-back"]
    event = ReviewEvent.objects.filter(pk=number if number.isdecimal() else 0).first()
    if event and take_back_event(event, request.user):
        messages.success(request, f"« {event} » est annulé : les fiches retrouvent leur échéance d’avant.")
    else:
        messages.info(request, "Cet événement a déjà été annulé.")
    return redirect("admin:faq_entry_review_events")


def _show(model_admin, request, form):
    ready = form is not None and form.is_bound and form.is_valid()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": Entry._meta,
        "title": "Événements",
        "form": form,
        "preview": _preview(form.cleaned_data["term"]) if ready else None,
        "events": ReviewEvent.objects.select_related("author", "taken_back_by")[:_REMEMBERED],
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/faq/entry/review_events.html", context)


def _preview(term):
    """Return which entries would become due."""
    branch = live_under(term.facet, term.id)
    total, already = branch.count(), branch.due(timezone.localdate()).count()
    named = list(branch.only("question").order_by("pk")[:_SHOWN])
    return {"term": term, "total": total, "already": already, "entries": named, "more": total - len(named)}
