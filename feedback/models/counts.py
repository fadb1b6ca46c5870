"""Stored sums of votes and comments."""

from django.db import models
from django.db.models import Q

from faq.models import Version


class Subtotal(models.Model):
    """The votes that a version got in a week that is over, added up, so that nobody has to at each visit.

    For reading, all goes through feedback.subtotals, which keeps them right.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name="version lue")
    week = models.DateField("semaine du")
    """Its Monday; EARLIER for all weeks before those that are told apart."""
    yes = models.PositiveIntegerField("oui")
    no = models.PositiveIntegerField("non")
    yes_again = models.PositiveIntegerField("oui, donnés de nouveau")
    """Of votes that do not count while their entry is merged into another."""
    no_again = models.PositiveIntegerField("non, donnés de nouveau")

    class Meta:
        verbose_name = "sous-total"
        verbose_name_plural = "sous-totaux"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("version", "week"), name="subtotal_once")]

    def __str__(self):
        return f"{self.version}, {self.week:%d/%m/%Y}"


class AddedUp(models.Model):
    """Up to when votes are in the subtotals. One row, once there are any."""

    until = models.DateTimeField("jusqu’au")

    class Meta:
        verbose_name = "votes additionnés"
        default_permissions = ()

    def __str__(self):
        return str(self.until)


class MonthlyCount(models.Model):
    """The sums of one month's votes on one version, which outlive the votes themselves."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name="version lue")
    month = models.DateField("mois")
    yes = models.PositiveIntegerField("oui", default=0)
    no = models.PositiveIntegerField("non", default=0)
    comments = models.PositiveIntegerField("commentaires", default=0)

    class Meta:
        verbose_name = "compte du mois"
        verbose_name_plural = "comptes par mois"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("version", "month"), name="monthly_count_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="monthly_count_of_a_month"),
        ]

    def __str__(self):
        return f"{self.version}, {self.month:%m/%Y}"
