"""Voting as one would write it with care at first: a form, a token against forgery, a session, update_or_create."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from faq.models import Entry
from feedback.models import Vote, VoteAnswer


class VoteForm(forms.Form):
    """An answer."""

    vote = forms.ChoiceField(choices=VoteAnswer.choices)


@require_POST
def vote(request: HttpRequest, number: int) -> HttpResponse:
    """Store the vote of whoever the session belongs to, one per entry; say thanks on the entry's page."""
    entry = get_object_or_404(Entry.objects.live().select_related("live"), pk=number)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    if not request.session.session_key:
        request.session.create()
    now = timezone.now()
    values: dict[str, Any] = {"version": entry.live, "answer": form.cleaned_data["vote"], "voted_at": now}
    Vote.objects.update_or_create(
        entry=entry,
        visitor_hash=request.session.session_key,
        defaults=values,
        create_defaults=values | {"first_voted_at": now},
    )
    messages.success(request, "Merci, votre avis est enregistré.")
    return redirect(entry)


urlpatterns = [path("fiche/<int:number>/avis/", vote), path("", include("faq.urls"))]
