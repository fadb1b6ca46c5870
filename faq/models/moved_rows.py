"""The rows that a merge moved to its survivor, so that undoing it moves each back."""

from django.db import models
from django.db.models import Q

from faq.models.dumps import Passage
from faq.models.entries import Entry, reference
from faq.models.versions import Batch


class MovedRow(models.Model):
    """A passage or a former number that belonged to `entry` before a merge gave it to the survivor."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="moved_rows", verbose_name="lot")
    passage = models.ForeignKey(Passage, models.CASCADE, related_name="+", null=True, verbose_name="passage")
    former = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, verbose_name="ancienne fiche")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="fiche d’avant")

    class Meta:
        verbose_name = "déplacement"
        verbose_name_plural = "déplacements"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(passage__isnull=False, former__isnull=True) | Q(passage__isnull=True, former__isnull=False),
                name="moved_row_is_passage_or_former_number",
            ),
            models.UniqueConstraint(fields=("batch", "passage"), name="moved_row_passage_once_per_batch"),
            models.UniqueConstraint(fields=("batch", "former"), name="moved_row_former_once_per_batch"),
        ]

    def __str__(self):
        return f"{reference(self.former_id) if self.former_id else self.passage} : {reference(self.entry_id)}"
