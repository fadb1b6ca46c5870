"""Groups of expressions that searches treat as equal."""

from django.db import models

LONGEST_EXPRESSION = 100
MOST_EXPRESSIONS = 20


class SynonymGroupQuerySet(models.QuerySet):
    """Queries on groups."""

    def in_use(self):
        """Return the groups that searches use."""
        return self.filter(retired=False)


class SynonymGroup(models.Model):
    """Expressions of one meaning: an acronym and what it stands for, a product and what people call it."""

    expressions = models.JSONField("expressions", default=list)
    """From two to MOST_EXPRESSIONS, in the order in which editors gave them."""
    one_way = models.BooleanField(
        "sens unique",
        default=False,
        help_text="Chercher la première expression trouve aussi les autres, mais pas l’inverse.",
    )

    retired = models.BooleanField(
        "retiré", default=False, help_text="Un groupe retiré ne sert plus à la recherche ; on peut le reprendre."
    )

    objects = SynonymGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "groupe de synonymes"
        verbose_name_plural = "synonymes"
        ordering = ("expressions", "pk")
        default_permissions = ("add", "change", "view")

    def __str__(self):
        return (" → " if self.one_way else " = ").join(self.expressions[:2])
