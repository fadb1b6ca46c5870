"""Who else has an entry open: shown at the top of its form, and asked again every minute by a script."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timesince import timesince

from faq.admin.display import person_name
from faq.admin.pages import AdminView
from faq.models import Entry, Presence
from faq.services.presence import note_presence


def note_and_list_others(entry, user, at):
    """Note that somebody has the entry open, and return the names of the others who do."""
    note_presence(entry.pk, user, at)
    others = Presence.objects.others(entry.pk, user.pk, at)
    return [f"{person_name(other.user)}, {_time_since(other.seen_at, at)}" for other in others]


class PresenceView(AdminView):
    """The address that an open form asks every minute."""

    def has_permission(self):
        """Return whether the account may write entries."""
        return self.model_admin.has_change_permission(self.request)

    def post(self, request, number):
        """Return who else is there, and which version is the latest by now."""
        entry = get_object_or_404(Entry.objects.select_related("head__author"), pk=number)
        others = note_and_list_others(entry, request.user, timezone.now())
        return JsonResponse({"others": others, "version": entry.head.number, "author": person_name(entry.head.author)})


def _time_since(seen_at, at):
    seconds = (at - seen_at).total_seconds()
    return "à l’instant" if seconds < 60 else f"il y a {timesince(seen_at, at)}"
