"""Dumps and their passages: the source texts, stored byte for byte."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from faq.domain.limits import DUMP_NAME_MAX_LENGTH
from faq.domain.text import FINGERPRINT_LENGTH
from faq.models.entries import Entry
from faq.models.versions import Batch


class DumpQuerySet(models.QuerySet):
    """Queries on dumps."""

    def not_undone(self):
        """Return the dumps whose import was not undone."""
        return self.filter(batch__undone_by__isnull=True)

    def current(self):
        """Return the newest edition under each name, without undone imports."""
        newer = Dump.objects.not_undone().filter(name=OuterRef("name"), edition__gt=OuterRef("edition"))
        return self.not_undone().exclude(Exists(newer))


class Dump(models.Model):
    """One edition of one raw text file; its bytes are those of its passages, then its tail, in UTF-8."""

    name = models.CharField("nom", max_length=DUMP_NAME_MAX_LENGTH)
    edition = models.PositiveIntegerField("édition", default=1)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("taille en octets")
    tail = models.TextField("texte après le dernier vote", blank=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="dumps", verbose_name="lot")
    imported_at = models.DateTimeField("importée le")

    objects = DumpQuerySet.as_manager()

    class Meta:
        verbose_name = "extraction"
        verbose_name_plural = "extractions"
        ordering = ("name", "-edition")
        default_permissions = ("add", "view")
        constraints = [
            models.UniqueConstraint(fields=("name", "edition"), name="dump_edition_once_per_name"),
            models.CheckConstraint(condition=Q(edition__gte=1), name="dump_edition_from_1"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(name__contains="#"), name="dump_name_can_be_cited"),
        ]

    def __str__(self):
        return self.name if self.edition == 1 else f"{self.name} (édition {self.edition})"


class PassageQuerySet(models.QuerySet):
    """Queries on passages."""

    def not_undone(self):
        """Return the passages of dumps whose import was not undone."""
        return self.filter(dump__batch__undone_by__isnull=True)

    def current(self):
        """Return the passages of the current edition of each dump."""
        return self.filter(dump__in=Dump.objects.current())


class Passage(models.Model):
    """One answer's place in one dump: `lead + answer + closing` is the exact source text."""

    dump = models.ForeignKey(Dump, models.CASCADE, related_name="passages", verbose_name="extraction")
    position = models.PositiveIntegerField("rang", help_text="À partir de 1.")
    line = models.PositiveIntegerField("ligne", help_text="De la première ligne de la réponse dans le fichier.")
    lead = models.TextField("avant", blank=True)
    answer = models.TextField("réponse", blank=True)
    closing = models.TextField("clôture")
    fingerprint = models.CharField("empreinte", max_length=FINGERPRINT_LENGTH, blank=True, db_index=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="passages", null=True, verbose_name="fiche")

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = "passage"
        verbose_name_plural = "passages"
        ordering = ("dump", "position")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("dump", "position"), name="passage_position_once_per_dump"),
            models.CheckConstraint(condition=Q(position__gte=1), name="passage_position_from_1"),
            models.CheckConstraint(
                condition=Q(entry__isnull=True, fingerprint="") | (Q(entry__isnull=False) & ~Q(fingerprint="")),
                name="passage_has_entry_unless_empty",
            ),
        ]

    def __str__(self):
        return self.source

    @property
    def source(self):
        """The citation that exports use: « dump-name#position »."""
        return f"{self.dump.name}#{self.position}"
