"""Searches that found nothing, stored without any trace of the visitor."""

from django.db import models

MAX_QUERY_LENGTH = 100


class FailedSearch(models.Model):
    """A folded query without personal data, and how often it found nothing on one day."""

    day = models.DateField("jour")
    query = models.CharField("recherche", max_length=MAX_QUERY_LENGTH)
    times = models.PositiveIntegerField("fois", default=1)

    class Meta:
        verbose_name = "recherche sans résultat"
        verbose_name_plural = "recherches sans résultat"
        ordering = ("-day", "-times", "query")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("day", "query"), name="failed_search_once_a_day"),
            models.CheckConstraint(condition=~models.Q(query=""), name="failed_search_says_something"),
        ]

    def __str__(self):
        return self.query
