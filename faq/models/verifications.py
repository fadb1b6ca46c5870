"""Verifications of published answers, and the events that make a branch due for review at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime

from faq.domain.facets import Facet
from faq.domain.limits import REASON_MAX_LENGTH
from faq.domain.review_dates import ReviewTrigger
from faq.enums import VerificationKind
from faq.models.entries import Entry
from faq.models.versions import Batch, Version

FACETS = [(facet.value, facet.label) for facet in Facet]


class StandingQuerySet(models.QuerySet):
    """Queries on rows that can be taken back."""

    def standing(self):
        """Return the rows that were not taken back."""
        return self.filter(taken_back_at__isnull=True)


class Verification(models.Model):
    """A check of the text that the public reads, by a person. Rows are added and, at most, marked as taken back.

    The one that counts for an entry is the last that was added and stands: `Entry.verification`.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="verifications", verbose_name="fiche")
    version = models.ForeignKey(Version, models.PROTECT, related_name="verifications", verbose_name="version vérifiée")
    kind = models.CharField("nature", max_length=10, choices=VerificationKind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="vérifiée par"
    )
    checked_at = models.DateTimeField("vérifiée le")
    """Of a merge: the oldest check among those of the united entries."""
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="verifications", null=True, verbose_name="lot")
    """The batch that made it, if any: several checks at once, a merge or a bulk publication."""
    taken_back_at = models.DateTimeField("reprise le", null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="reprise par"
    )
    taken_back_in = models.ForeignKey(Batch, models.PROTECT, related_name="+", null=True, verbose_name="reprise par")

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "vérification"
        verbose_name_plural = "vérifications"
        ordering = ("-pk",)
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VerificationKind.values), name="verification_kind_known"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=False) | Q(taken_back_by__isnull=True, taken_back_in__isnull=True),
                name="verification_taken_back_is_dated",
            ),
        ]

    def __str__(self):
        return f"{self.entry.reference} : {self.get_kind_display()} du {self.checked_at:%d/%m/%Y}"


class ReviewEventQuerySet(StandingQuerySet):
    """Queries on events."""

    def by_entry(self, entries):
        """Return, per live entry, the events that were declared after its last check.

        One query; the entries come with their live version and their verification.
        """
        events = [(event, event.trigger) for event in self.standing()]
        return {
            entry.pk: [event for event, trigger in events if trigger.concerns(filing, entry.verification.checked_at)]
            for entry in entries
            if entry.live and entry.verification
            for filing in [entry.live.filed_under]
        }


class ReviewEvent(models.Model):
    """Something that happened (« nouvel arrêté ») and makes all that is filed under a term due at once."""

    facet = models.CharField("question", max_length=12, choices=FACETS)
    term = models.BigIntegerField("terme")
    """The id of the term; its label is that of the day when the event was declared."""
    label = models.CharField("branche", max_length=100)
    reason = models.CharField("raison", max_length=REASON_MAX_LENGTH)
    happened_on = models.DateField("date de l’événement")
    due_count = models.PositiveIntegerField("fiches concernées")
    """How many entries were live in the branch when it was declared."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="déclaré par"
    )
    declared_at = models.DateTimeField("déclaré le")
    taken_back_at = models.DateTimeField("annulé le", null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="annulé par"
    )

    objects = ReviewEventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"
        ordering = ("-declared_at", "-pk")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(facet__in=[facet.value for facet in Facet]), name="event_facet_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="event_has_reason"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=False) | Q(taken_back_by__isnull=True),
                name="event_taken_back_is_dated",
            ),
        ]

    def __str__(self):
        return f"{self.reason} ({self.label})"

    @property
    def trigger(self):
        """The facet, term and time that decide which entries are due, in the time zone of the site."""
        return ReviewTrigger(Facet(self.facet), self.term, localtime(self.declared_at))
