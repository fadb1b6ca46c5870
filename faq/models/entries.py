"""Entries: questions with their answers, published or not."""

import re

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import slugify
from taggit.managers import TaggableManager

from faq.domain.facets import Facet
from faq.domain.limits import QUESTION_MAX_LENGTH
from faq.domain.text import expand_letters, fold
from faq.enums import EntryStatus
from faq.models.taxonomy import Couloir, Dispositif, EntryTheme, OfferType, Product

SLUG_MAX_LENGTH = 60
_READ = ("status", "question", "answer", "live", "updated_at", "verification")
"""The columns that public pages read; reading another one of a deferred row costs a query."""

_REFERENCE = re.compile(r"(?:fiche )?(?:q ?-? ?)?([0-9]{1,17})")


class EntryQuerySet(models.QuerySet):
    """Queries on entries; public code begins with `live`."""

    def live(self):
        """Return the entries that the public reads now."""
        return self.filter(status=EntryStatus.PUBLISHED)

    def with_draft(self):
        """Return the published entries that have a draft beside their live text."""
        return self.live().exclude(head=F("live"))

    def to_review(self):
        """Entries whose latest text waits for a reviewer, also beside a live one, with the id of who submitted it."""
        # An undo or a refiling that brings a text back to the reviewers has not submitted it.
        origins = ("head__returns_to__returns_to", "head__returns_to")
        brought_back = [When(**{f"{origin}__isnull": False}, then=f"{origin}__author") for origin in origins]
        submitter = Case(*brought_back, default="head__author")
        return self.filter(head__status=EntryStatus.IN_REVIEW).annotate(submitter=submitter)

    def archived(self):
        """Return the archived entries, which can be restored."""
        return self.filter(status=EntryStatus.ARCHIVED)

    def in_use(self):
        """Return the entries that are not archived."""
        return self.exclude(status=EntryStatus.ARCHIVED)

    def due(self, day):
        """Return the live entries whose review date is that day or earlier."""
        return self.live().filter(review_before__lte=day)

    def untitled(self):
        """Return the entries in use whose latest text has no question."""
        return self.in_use().filter(head__question="")

    def complete(self):
        """Return the entries whose latest text has a question and an answer, as publishing requires."""
        return self.exclude(head__question="").exclude(head__answer="")

    def related_to(self, number):
        """Return the entries linked to this one by « Voir aussi »; links of a merged entry count for its survivor."""
        formers = EntryAlias.objects.filter(survivor=number).values("former")
        mentions = SeeAlso.objects.annotate(
            one=Coalesce("left__alias__survivor", "left"), other=Coalesce("right__alias__survivor", "right")
        )
        on_left = mentions.filter(Q(left=number) | Q(left__in=formers)).values("other")
        on_right = mentions.filter(Q(right=number) | Q(right__in=formers)).values("one")
        return self.filter(Q(pk__in=on_left) | Q(pk__in=on_right)).exclude(pk=number)

    def with_live(self):
        """Select the columns that readers see, of the entries and their live versions, in one query."""
        return self.select_related("live").only(*_READ, "live__number", "live__filing")

    def with_filing(self):
        """Prefetch the terms of all facets: one query per facet."""
        return self.prefetch_related(*[facet.value for facet in Facet])


class Entry(models.Model):
    """One question and its answer, with its filing.

    The row holds what the public reads while the entry is published, and the latest text otherwise.
    A draft beside a live text is the latest version, `head`, while it differs from `live`. Only
    `faq.services` writes entries.
    """

    status = models.CharField("état", max_length=10, choices=EntryStatus, default=EntryStatus.DRAFT)
    question = models.CharField("question", max_length=QUESTION_MAX_LENGTH, blank=True)
    answer = models.TextField("réponse", blank=True)
    search_text = models.TextField(editable=False, blank=True)
    """The folded question and answer, and those of a draft beside the live text, for the search of the admin."""
    offer_types = models.ManyToManyField(OfferType, related_name="entries", verbose_name="types d’offre", blank=True)
    couloirs = models.ManyToManyField(Couloir, related_name="entries", verbose_name="couloirs Ségur", blank=True)
    dispositifs = models.ManyToManyField(
        Dispositif, related_name="entries", verbose_name="dispositifs Ségur", blank=True
    )
    products = models.ManyToManyField(Product, related_name="entries", verbose_name="produits et services", blank=True)
    themes = TaggableManager(through=EntryTheme, related_name="entries", verbose_name="thématiques", blank=True)
    head = models.ForeignKey(
        "faq.Version",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name="dernière version",
    )
    live = models.ForeignKey(
        "faq.Version",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name="version en ligne",
    )
    created_at = models.DateTimeField("créée le", editable=False)
    updated_at = models.DateTimeField("mise à jour le", editable=False, db_index=True)
    """When the text and filing of the row were last changed."""
    verification = models.ForeignKey(
        "faq.Verification",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name="dernière vérification",
    )
    """The last verification of the live text, or of the last text that was live."""
    review_before = models.DateField("à revoir avant le", null=True, db_index=True, editable=False)
    """The review date, computed from the verification, the filing, the intervals of the terms and the events; null
    unless the entry is live."""
    comparison_rank = models.BigIntegerField(null=True, db_index=True, editable=False)
    """The rank of the last comparison of the latest text with all other entries; null while it waits for one."""
    compared_version = models.ForeignKey(
        "faq.Version", models.PROTECT, related_name="+", null=True, db_index=False, editable=False
    )
    """The version whose text took part in that comparison: the pairs of other entries may depend on it."""

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche"
        verbose_name_plural = "fiches"
        ordering = ("pk",)
        default_permissions = ("add", "change", "view")
        permissions = [
            ("submit_entry", "Peut soumettre une fiche à la relecture"),
            ("publish_entry", "Peut publier et retirer une fiche"),
            ("archive_entry", "Peut archiver et restaurer une fiche"),
            ("merge_entry", "Peut fusionner des fiches"),
            ("check_entry", "Peut vérifier des fiches et déclarer des événements"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=EntryStatus.values), name="entry_status_known"),
            models.CheckConstraint(
                condition=Q(status=EntryStatus.PUBLISHED, live__isnull=False)
                | (~Q(status=EntryStatus.PUBLISHED) & Q(live__isnull=True)),
                name="entry_live_exactly_when_published",
            ),
            models.CheckConstraint(
                condition=~Q(status=EntryStatus.PUBLISHED) | (~Q(question="") & ~Q(answer="")),
                name="entry_published_has_question_and_answer",
            ),
            models.CheckConstraint(
                condition=Q(status=EntryStatus.PUBLISHED) | Q(review_before__isnull=True),
                name="entry_to_check_again_only_while_live",
            ),
        ]
        indexes = [models.Index(fields=("status", "id"), name="entry_by_status")]

    def __str__(self):
        return f"{self.reference} {self.question}".strip()

    def get_absolute_url(self):
        """Return the permanent public address."""
        return reverse("faq:entry", kwargs={"number": self.pk, "slug": self.slug})

    @property
    def former_numbers(self):
        """The numbers of the entries that were merged into this one."""
        return list(self.former_entries.order_by("former").values_list("former", flat=True))

    @property
    def reference(self):
        """The short name that people can say by phone: « Q-214 »."""
        return reference(self.pk)

    @property
    def slug(self):
        """The title in the public address; only the number before it identifies the entry."""
        words = self.question.replace("’", " ").replace("'", " ")
        return slugify(expand_letters(words))[:SLUG_MAX_LENGTH].strip("-") or "sans-titre"

    @property
    def has_draft(self):
        """Whether the entry has a draft beside its live text."""
        return self.live_id is not None and self.live_id != self.head_id


class ArchivedEntry(Entry):
    """An archived entry, under the name that the trash shows; its rows are those of `Entry.objects.archived()`."""

    class Meta:
        proxy = True
        verbose_name = "fiche archivée"
        verbose_name_plural = "fiches archivées"
        default_permissions = ()


class EntryAlias(models.Model):
    """The number of a merged entry, and the survivor to which its addresses redirect for ever."""

    former = models.OneToOneField(Entry, models.PROTECT, related_name="alias", verbose_name="ancienne fiche")
    survivor = models.ForeignKey(Entry, models.PROTECT, related_name="former_entries", verbose_name="fiche conservée")
    batch = models.ForeignKey("faq.Batch", models.PROTECT, related_name="aliases", verbose_name="lot")

    class Meta:
        verbose_name = "ancienne référence"
        verbose_name_plural = "anciennes références"
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=~Q(former=F("survivor")), name="entry_alias_not_itself")]

    def __str__(self):
        return f"{reference(self.former_id)} → {reference(self.survivor_id)}"


class SeeAlso(models.Model):
    """A « Voir aussi » link between two entries, in both directions."""

    left = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="fiche")
    right = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="autre fiche")

    class Meta:
        verbose_name = "renvoi"
        verbose_name_plural = "renvois"
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("left", "right"), name="see_also_once_per_two_entries"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="see_also_in_order"),
        ]

    def __str__(self):
        return f"{reference(self.left_id)} ↔ {reference(self.right_id)}"


def filing_table(facet: Facet):
    """Return the table between entries and the terms of a facet, and the names of its columns (entry, term)."""
    relation = Entry._meta.get_field(facet)
    through = relation.remote_field.through
    if facet is Facet.THEMES:
        return through, "content_object_id", "tag_id"
    return through, f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"


def reference(number: int) -> str:
    """Return the reference of an entry's number."""
    return f"Q-{number}"


def number_of(text: str) -> int | None:
    """Return the number that a reference names (« Q-214 », « fiche q 214 », « 214 »), or None."""
    # Folded, « Q-² » and « Q-⑳ » would name other entries.
    if not text.isascii() and any(sign.isnumeric() and not sign.isdecimal() for sign in text):
        return None
    found = _REFERENCE.fullmatch(fold(text))
    return int(found[1]) if found else None
