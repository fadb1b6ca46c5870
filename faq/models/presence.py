"""Presence: which editors have an entry open. It informs editors and locks nothing."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from faq.models.entries import Entry

PRESENT_FOR = timedelta(minutes=3)
"""The time after the last signal during which an editor counts as present; an open form sends one every minute."""


class PresenceQuerySet(models.QuerySet):
    """Queries on presence."""

    def others(self, entry: int, user: int, at: datetime):
        """Return the other editors who have the entry open, the latest first, with their accounts."""
        present = self.filter(entry=entry, seen_at__gt=at - PRESENT_FOR).exclude(user=user)
        return present.select_related("user").order_by("-seen_at", "user")


class Presence(models.Model):
    """The last time at which an editor had the form of an entry open."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="presences", verbose_name="fiche")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="rédacteur")
    seen_at = models.DateTimeField("vu le")

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("entry", "user"), name="presence_once_per_entry_and_user")]

    def __str__(self):
        return f"{self.user} sur {self.entry.reference}"
