"""Assignments: which editor an entry is given to. They stand beside the entry's row, which the public reads."""

from django.conf import settings
from django.db import models

from faq.models.entries import Entry
from faq.models.versions import Batch


class AssignmentQuerySet(models.QuerySet):
    """Queries on assignments."""

    def to_nobody_present(self):
        """Return the assignments to people whose account is closed: the team has to take them over."""
        return self.filter(assignee__is_active=False)


class Assignment(models.Model):
    """The person whom an entry is assigned to now; an entry without a row is assigned to nobody."""

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="assignment", verbose_name="fiche")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name="attribuée à"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="attribuée par"
    )
    assigned_at = models.DateTimeField("attribuée le")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "attribution"
        verbose_name_plural = "attributions"
        default_permissions = ()

    def __str__(self):
        return f"{self.entry.reference}, attribuée à {self.assignee}"


class AssignmentChange(models.Model):
    """One change of an assignment, from one person to another or to nobody; undoing its batch takes it back."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="assignment_changes", verbose_name="fiche")
    before = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="attribuée avant à"
    )
    after = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="attribuée à"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="assignment_changes", null=True, verbose_name="lot")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="auteur"
    )
    changed_at = models.DateTimeField("changée le")

    class Meta:
        verbose_name = "changement d’attribution"
        verbose_name_plural = "changements d’attribution"
        ordering = ("pk",)
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("batch", "entry"), name="assignment_change_once_per_batch_and_entry")
        ]

    def __str__(self):
        return f"{self.entry.reference} : {self.before or 'personne'} → {self.after or 'personne'}"
