"""Files that somebody sent for a preview, stored so that any worker can confirm it. They are not content."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.enums import UploadPurpose

UPLOAD_LIFETIME = timedelta(days=1)
"""The time for which a file waits for the confirmation of its preview."""


class UploadQuerySet(models.QuerySet):
    """Queries on uploads."""

    def outdated(self, at: datetime):
        """Return the files that nobody confirmed in time."""
        return self.filter(created_at__lt=at - UPLOAD_LIFETIME)


class Upload(models.Model):
    """One file of a preview; it is deleted once the preview is confirmed or given up."""

    group = models.UUIDField("aperçu", default=uuid.uuid4, db_index=True)
    """The key that the files of one preview have in common, and its secret: it is drawn at random."""
    purpose = models.CharField("usage", max_length=10, choices=UploadPurpose)
    name = models.CharField("nom du fichier", max_length=255)
    content = models.BinaryField("contenu")
    size = models.PositiveBigIntegerField("taille en octets")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="auteur")
    created_at = models.DateTimeField("envoyé le")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "fichier envoyé"
        verbose_name_plural = "fichiers envoyés"
        ordering = ("pk",)
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=UploadPurpose.values), name="upload_purpose_known"),
        ]

    def __str__(self):
        return self.name
