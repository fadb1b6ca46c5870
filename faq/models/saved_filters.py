"""Saved filters: a search of the list of entries with its filters and its order, under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.domain.limits import SAVED_FILTER_NAME_MAX_LENGTH, SAVED_FILTER_QUERY_MAX_LENGTH
from faq.models.folding import Folded


class SavedFilterQuerySet(models.QuerySet):
    """Queries on saved filters."""

    def offered_to(self, user: int):
        """Return a person's own filters and those that colleagues share, by name."""
        return self.filter(Q(owner=user) | Q(shared=True)).select_related("owner").order_by(Folded("name"), "pk")


class SavedFilter(models.Model):
    """A search of the list of entries that somebody comes back to."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name="enregistré par"
    )
    name = models.CharField("nom", max_length=SAVED_FILTER_NAME_MAX_LENGTH)
    query = models.CharField("filtres", max_length=SAVED_FILTER_QUERY_MAX_LENGTH)
    """The parameters of the list's address, encoded."""
    shared = models.BooleanField("partagé avec l’équipe", default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "recherche enregistrée"
        verbose_name_plural = "recherches enregistrées"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_once_per_owner_and_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_has_name_and_query"),
        ]

    def __str__(self):
        return self.name
