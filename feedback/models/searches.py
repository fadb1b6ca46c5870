"""The editors' follow-up of searches that found nothing."""

from django.db import models
from django.db.models import Q

from faq.models import Entry
from faq.models.failed_searches import MAX_QUERY_LENGTH
from feedback.enums import FollowUpState
from feedback.models.fields import FollowedUp, corrected_exactly_by_a_version


class SearchFollowUp(FollowedUp):
    """The follow-up of a search that found nothing; a search without one is new."""

    query = models.CharField("recherche", max_length=MAX_QUERY_LENGTH, unique=True)
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="fiche créée"
    )
    followed_on = models.DateField("suivi le")

    class Meta:
        verbose_name = "suivi d’une recherche"
        verbose_name_plural = "suivis de recherches"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FollowUpState.values), name="search_follow_up_state_known"),
            corrected_exactly_by_a_version("search_follow_up_corrected_by_a_version"),
        ]

    def __str__(self):
        return self.query
