"""Previews of imports of dumps: what an import would do, answer by answer, and what an editor chose. Not content."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.domain.text import FINGERPRINT_LENGTH
from faq.enums import DumpChoice, DumpVerdict
from faq.models.dumps import Passage
from faq.models.entries import Entry
from faq.models.uploads import UPLOAD_LIFETIME
from faq.models.versions import Batch


class DumpPreviewQuerySet(models.QuerySet):
    """Queries on previews."""

    def outdated(self, at: datetime):
        """Return the previews whose files nobody confirmed in time, and those confirmed as long ago."""
        return self.filter(created_at__lt=at - UPLOAD_LIFETIME)


class DumpPreview(models.Model):
    """One import that somebody prepares; its files are the uploads of the group of the same key."""

    key = models.UUIDField("clé", default=uuid.uuid4, unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="auteur")
    created_at = models.DateTimeField("créé le")
    files = models.JSONField("fichiers", default=list)
    """Per file, in their order, the fields of `faq.services.dump_files.PreviewFile`."""
    computed_at = models.DateTimeField("calculé le", null=True)
    """When the answers below were computed; null while the files or their names are still to be settled."""
    known_version = models.PositiveBigIntegerField("dernière version connue", default=0)
    """The key of the newest version when the preview was computed."""
    started_at = models.DateTimeField("import commencé le", null=True)
    """When the last confirmation began, which may have been killed since."""
    batch = models.OneToOneField(Batch, models.CASCADE, related_name="+", null=True, verbose_name="lot")
    """The batch that the confirmation made."""

    objects = DumpPreviewQuerySet.as_manager()

    class Meta:
        verbose_name = "aperçu d’import"
        verbose_name_plural = "aperçus d’import"
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self):
        return f"Aperçu du {self.created_at:%d/%m/%Y}"


class PreviewedAnswer(models.Model):
    """The plan of an import for one answer, or for an answer of the former edition that vanished."""

    preview = models.ForeignKey(DumpPreview, models.CASCADE, related_name="answers", verbose_name="aperçu")
    file = models.PositiveSmallIntegerField("rang du fichier", help_text="À partir de 0.")
    position = models.PositiveIntegerField("rang", help_text="Dans son fichier, ou dans l’édition précédente.")
    line = models.PositiveIntegerField("ligne")
    verdict = models.CharField("verdict", max_length=10, choices=DumpVerdict)
    text = models.TextField("réponse", blank=True)
    """The answer; empty where it vanished, `former` has it."""
    fingerprint = models.CharField("empreinte", max_length=FINGERPRINT_LENGTH, blank=True)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", null=True, verbose_name="fiche")
    """The entry that has the text, that it resembles, or that answered for it before it vanished."""
    version = models.PositiveIntegerField("version de la fiche", null=True)
    """The number of that entry's latest version then."""
    twin = models.CharField("réponse semblable", max_length=30, blank=True)
    """Another answer of the same import that has the text, or resembles it, as « file rank:position »."""
    evidence = models.JSONField("ressemblance", default=dict)
    """Of a resemblance: kind, and where words decide: cause, words of the entry, words of the answer."""
    former = models.ForeignKey(Passage, models.CASCADE, related_name="+", null=True, verbose_name="passage précédent")
    """The passage of the former edition that changed or vanished."""
    curated = models.BooleanField("fiche retravaillée", default=False)
    """Whether the entry's text is no more that of the former passage."""
    choice = models.CharField("choix", max_length=10, choices=DumpChoice, blank=True)
    """Empty where there is nothing to choose."""
    renewed = models.BooleanField("verdict nouveau", default=False)
    """Whether the verdict, or its entry, is another than in the preview that was to be confirmed."""

    class Meta:
        verbose_name = "réponse d’un aperçu"
        verbose_name_plural = "réponses d’un aperçu"
        ordering = ("pk",)
        default_permissions = ()
        indexes = [models.Index(fields=("preview", "verdict"), name="previewed_answer_by_verdict")]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=DumpVerdict.values), name="previewed_answer_verdict_known"),
            models.CheckConstraint(
                condition=Q(choice__in=["", *DumpChoice.values]), name="previewed_answer_choice_known"
            ),
        ]

    def __str__(self):
        return f"Réponse {self.position} du fichier {self.file + 1}"
