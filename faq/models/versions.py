"""Versions, which record who wrote what and when, and publications, which record when the public read them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from faq.domain.facets import Facet
from faq.domain.limits import QUESTION_MAX_LENGTH, VERSION_COMMENT_MAX_LENGTH
from faq.domain.text import FINGERPRINT_LENGTH
from faq.enums import Action, BatchKind, EntryStatus, Origin
from faq.models.entries import Entry


class ImmutableError(TypeError):
    """An attempt to change or delete a row that is immutable."""


class VersionQuerySet(models.QuerySet):
    """Queries on versions and other rows that are added and never changed."""

    def update(self, **kwargs):
        """Refuse: these rows are immutable."""
        raise ImmutableError("rows of this table are never changed")

    def delete(self):
        """Refuse: these rows are never deleted."""
        raise ImmutableError("rows of this table are never deleted")


class Batch(models.Model):
    """All changes of one import, merge, bulk action or taxonomy move, which are undone as a whole."""

    kind = models.CharField("nature", max_length=20, choices=BatchKind)
    label = models.CharField("libellé", max_length=300)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="auteur",
    )
    created_at = models.DateTimeField("fait le")
    survivor = models.ForeignKey(
        Entry, models.PROTECT, related_name="+", null=True, editable=False, verbose_name="fiche conservée"
    )
    """Of a merge: the entry that answers for the others."""
    undone_by = models.OneToOneField(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="annulé par le lot"
    )
    """The batch that takes it back now; none again once that one is undone itself."""
    undoes = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, editable=False, verbose_name="annulation du lot"
    )
    """Of an undo: the batch that it took back, for ever."""

    class Meta:
        verbose_name = "lot"
        verbose_name_plural = "lots"
        ordering = ("-pk",)
        default_permissions = ("view",)
        permissions = [("undo_batch", "Peut annuler un lot")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BatchKind.values), name="batch_kind_known"),
            models.CheckConstraint(
                condition=Q(undone_by__isnull=True) | ~Q(undone_by=F("id")), name="batch_not_undone_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(kind=BatchKind.MERGE, survivor__isnull=False)
                | (~Q(kind=BatchKind.MERGE) & Q(survivor__isnull=True)),
                name="batch_survivor_exactly_of_merges",
            ),
        ]

    def __str__(self):
        return f"Lot {self.pk} : {self.label}"


class ImmutableModel(models.Model):
    """A table whose rows are added, and then neither changed nor deleted."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Store a new row; refuse to change a stored one."""
        if not self._state.adding:
            raise ImmutableError("rows of this table are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refuse: these rows are never deleted."""
        raise ImmutableError("rows of this table are never deleted")


class Version(ImmutableModel):
    """Immutable full snapshot of an entry's text and filing, numbered from 1 within the entry."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="versions", verbose_name="fiche")
    number = models.PositiveIntegerField("numéro")
    question = models.CharField("question", max_length=QUESTION_MAX_LENGTH, blank=True)
    answer = models.TextField("réponse", blank=True)
    answer_fingerprint = models.CharField("empreinte", max_length=FINGERPRINT_LENGTH, blank=True, db_index=True)
    filing = models.JSONField("classement", default=dict)
    """Per facet, the terms as they were then: [{"id": 3, "slug": "hopital", "label": "Hôpital"}]."""
    status = models.CharField("état du texte", max_length=10, choices=EntryStatus)
    action = models.CharField("opération", max_length=10, choices=Action)
    origin = models.CharField("par", max_length=12, choices=Origin)
    minor = models.BooleanField("mineure", default=False, help_text="Une faute corrigée : les votes restent acquis.")
    comment = models.CharField("commentaire", max_length=VERSION_COMMENT_MAX_LENGTH, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="auteur"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="versions", null=True, verbose_name="lot")
    created_at = models.DateTimeField("enregistrée le")
    returns_to = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, editable=False, verbose_name="retour à la version"
    )
    """Of an undo: the version whose text and state it brings back, never an undo itself. Of a draft that a change of
    the taxonomy files otherwise: the version that was written or submitted."""

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version"
        verbose_name_plural = "versions"
        ordering = ("-created_at", "-pk")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("entry", "number"), name="version_number_once_per_entry"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_1"),
            models.CheckConstraint(condition=Q(status__in=EntryStatus.values), name="version_status_known"),
            models.CheckConstraint(condition=Q(action__in=Action.values), name="version_action_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="version_origin_known"),
        ]

    def __str__(self):
        return f"{self.entry.reference}, version {self.number}"

    @property
    def original(self):
        """The version that an undo or a refiling brought back, or else this one: who wrote or submitted the text."""
        return self.returns_to.original if self.returns_to else self

    @property
    def filed_under(self):
        """The ids of the terms that it was filed under, per facet."""
        return {facet: frozenset(term["id"] for term in self.filing.get(facet, ())) for facet in Facet}


class PublicationQuerySet(models.QuerySet):
    """Queries on publications."""

    def at(self, moment):
        """Return the publications at an instant, after all writes of that very instant."""
        # A span that begins and ends at the same instant is empty: of several writes at once, the last one counts.
        return self.filter(Q(live_until__isnull=True) | Q(live_until__gt=moment), live_from__lte=moment)


class Publication(models.Model):
    """The span of time during which the public read one version of an entry."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="publications", verbose_name="fiche")
    version = models.ForeignKey(Version, models.PROTECT, related_name="publications", verbose_name="version")
    live_from = models.DateTimeField("en ligne depuis")
    live_until = models.DateTimeField("jusqu’à", null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "publication"
        verbose_name_plural = "publications"
        ordering = ("-live_from",)
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=("entry",), condition=Q(live_until__isnull=True), name="publication_one_open_per_entry"
            ),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gte=F("live_from")),
                name="publication_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.version} du {self.live_from:%d/%m/%Y}"
