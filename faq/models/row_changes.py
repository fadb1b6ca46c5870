"""The rows of reference data that a batch changed, so that undoing it brings each back."""

from django.db import models
from django.db.models import Q

from faq.models.versions import Batch


class RowChange(models.Model):
    """A term or a group of synonyms before and after a batch; null where the row did not exist."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="row_changes", verbose_name="lot")
    table = models.CharField("table", max_length=40)
    """The name of the model, such as "couloir"."""
    row = models.BigIntegerField("ligne")
    before = models.JSONField("avant", null=True)
    """Its columns, and the keys of the rows that it belongs to, by name."""
    after = models.JSONField("après", null=True)
    successor = models.BigIntegerField("successeur", null=True)
    """Of a term that a split made: the term that answers for it once the split is undone."""

    class Meta:
        verbose_name = "changement d’une ligne"
        verbose_name_plural = "changements de lignes"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("batch", "table", "row"), name="row_change_once_per_batch"),
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False), name="row_change_says_something"
            ),
        ]

    def __str__(self):
        return f"{self.table} {self.row}, lot {self.batch_id}"
