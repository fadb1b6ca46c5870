"""Pairs of entries that look like duplicates, and what editors decided about them."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When

from faq.domain.text import FINGERPRINT_LENGTH
from faq.enums import Decision, EntryStatus, PairKind
from faq.models.entries import Entry


class PairQuerySet(models.QuerySet):
    """Queries on pairs."""

    def in_use(self):
        """Return the pairs that still look alike, of entries that are both in use."""
        archived = Q(left__status=EntryStatus.ARCHIVED) | Q(right__status=EntryStatus.ARCHIVED)
        return self.filter(stands=True).exclude(archived)

    def open(self):
        """Return the pairs that wait for a decision: never decided, or decided on texts materially changed since."""
        changed = ~Q(decided_left=F("left_text")) | ~Q(decided_right=F("right_text"))
        return self.in_use().exclude(kind=PairKind.SIBLINGS).filter(Q(decision="") | changed)

    def of_entry(self, number):
        """Return the pairs of one entry."""
        return self.filter(Q(left=number) | Q(right=number))

    def variants_of(self, number):
        """Return the numbers of the entries that an editor declared variants of this one."""
        decided = self.filter(decision=Decision.VARIANT)
        other = Case(When(left=number, then="right"), default="left")
        return decided.of_entry(number).order_by().annotate(other=other).values("other")


class Pair(models.Model):
    """Two entries, the smaller number first, with the detector's verdict on their latest texts."""

    left = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="fiche")
    right = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="autre fiche")
    kind = models.CharField("nature", max_length=10, choices=PairKind)
    score = models.FloatField("ressemblance", help_text="De 0 à 1.")
    evidence = models.JSONField("motif", default=dict)
    """The words that decided, if any: {"cause": "number", "left": "30 jours", "right": "60 jours"}."""
    generation = models.PositiveIntegerField("génération", help_text="Du détecteur qui l’a trouvée.")
    stands = models.BooleanField("toujours vraie", default=True)
    """Whether the latest texts still look alike; a decided pair is stored even when they do not."""
    left_text = models.CharField(max_length=FINGERPRINT_LENGTH, editable=False)
    right_text = models.CharField(max_length=FINGERPRINT_LENGTH, editable=False)
    """Material fingerprints of the texts that were compared."""
    found_at = models.DateTimeField("trouvée le")
    decision = models.CharField("décision", max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="décidée par"
    )
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    decided_left = models.CharField(max_length=FINGERPRINT_LENGTH, blank=True, editable=False)
    decided_right = models.CharField(max_length=FINGERPRINT_LENGTH, blank=True, editable=False)
    """Material fingerprints of the texts that the decision was made on."""

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = "paire"
        verbose_name_plural = "doublons possibles"
        ordering = ("-score", "left", "right")
        default_permissions = ("view",)
        permissions = [("decide_pair", "Peut décider des doublons possibles")]
        constraints = [
            models.UniqueConstraint(fields=("left", "right"), name="pair_once_per_two_entries"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="pair_score_from_0_to_1"),
            models.CheckConstraint(condition=Q(kind__in=PairKind.values), name="pair_kind_known"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | Q(decision__in=Decision.values, decided_at__isnull=False),
                name="pair_decision_known_and_dated",
            ),
        ]

    def __str__(self):
        return f"{self.left.reference} et {self.right.reference}"
