"""Who else has the entry open: told at the top of its form, and asked again every minute."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timesince import timesince

from faq.admin.display import person
from faq.models import Entry, Presence
from faq.services.presence import note_presence


def arrive(entry, user, at):
    """Note that somebody has the entry open; name the others who do."""
    note_presence(entry.pk, user, at)
    others = Presence.objects.others(entry.pk, user.pk, at)
    return [f"{person(other.user)}, {_ago(other.seen_at, at)}" for other in others]


def sign_of_life(model_admin, request, number):
    """Take an open form's sign of life; answer who else is there, and which version is the latest by now."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    entry = get_object_or_404(Entry.objects.select_related("head__author"), pk=number)
    others = arrive(entry, request.user, timezone.now())
    return JsonResponse({"others": others, "version": entry.head.number, "author": person(entry.head.author)})


def _ago(seen_at, at):
    seconds = (at - seen_at).total_seconds()
    return "à l’instant" if seconds < 60 else f"il y a {timesince(seen_at, at)}"
