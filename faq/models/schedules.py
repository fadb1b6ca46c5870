"""Schedules: publications and withdrawals planned for a later time."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.enums import Action
from faq.models.entries import Entry
from faq.models.versions import Batch, Version

SCHEDULED_ACTIONS = ((Action.PUBLISHED.value, Action.PUBLISHED.label), (Action.WITHDRAWN.value, Action.WITHDRAWN.label))

PLAN_COLUMNS = ("entry_id", "action", "version_id", "due_at", "author_id", "created_at", "failed_at", "error")
"""The columns of a plan, dropped or not."""


class ScheduleQuerySet(models.QuerySet):
    """Queries on schedules."""

    def due(self, at: datetime):
        """Return the schedules to carry out at that time, the earliest first; failed ones wait for an editor."""
        return self.filter(due_at__lte=at, failed_at__isnull=True).order_by("due_at", "pk")

    def failed(self):
        """Return the schedules that failed."""
        return self.filter(failed_at__isnull=False)


class PlannedAction(models.Model):
    """The columns of a plan: what is to be done, when, by whom it was planned, and why it failed."""

    action = models.CharField("opération", max_length=10, choices=SCHEDULED_ACTIONS)
    version = models.ForeignKey(
        Version,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name="version",
        help_text="Le texte à publier, et nul autre ; sans objet pour un retrait.",
    )
    due_at = models.DateTimeField("prévue le", db_index=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="planifiée par"
    )
    created_at = models.DateTimeField("planifiée le")
    failed_at = models.DateTimeField("en échec depuis", null=True)
    error = models.TextField("raison de l’échec", blank=True)

    class Meta:
        abstract = True


class Schedule(PlannedAction):
    """An operation on an entry planned for a given time; the row is deleted once it is done."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="schedules", verbose_name="fiche")

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = "planification"
        verbose_name_plural = "planifications"
        ordering = ("due_at", "pk")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("entry", "action"), name="schedule_once_per_entry_and_action"),
            models.CheckConstraint(
                condition=Q(action=Action.PUBLISHED, version__isnull=False)
                | Q(action=Action.WITHDRAWN, version__isnull=True),
                name="schedule_publishes_one_version",
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, error="") | (Q(failed_at__isnull=False) & ~Q(error="")),
                name="schedule_failure_has_reason",
            ),
        ]

    def __str__(self):
        return f"{self.get_action_display()} de la fiche {self.entry.reference}"


class DroppedSchedule(PlannedAction):
    """A plan that a batch dropped, as it was: undoing the batch plans it again."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="dropped_schedules", verbose_name="lot")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="fiche")

    class Meta:
        verbose_name = "planification abandonnée"
        verbose_name_plural = "planifications abandonnées"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("batch", "entry", "action"), name="dropped_schedule_once_per_batch_entry_and_action"
            )
        ]

    def __str__(self):
        return f"{self.get_action_display()} de la fiche {self.entry.reference}, abandonnée"
