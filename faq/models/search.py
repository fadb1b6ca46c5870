"""The analysed words of every live entry. Derived from the entries, never the truth."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from faq.domain.search.analysis import MAX_WORD_BYTES
from faq.models.entries import Entry

MOST_USEFUL = 100


class SearchStem(models.Model):
    """A stem, which all forms of a word share; its primary key is its number in indexes."""

    key = models.CharField(max_length=MAX_WORD_BYTES, unique=True)

    class Meta:
        verbose_name = "racine"
        default_permissions = ()

    def __str__(self):
        return self.key


class SearchForm(models.Model):
    """A form of a word, as people write it."""

    form = models.CharField(max_length=MAX_WORD_BYTES, unique=True)
    """Without case and accents."""
    shown = models.CharField(max_length=100)
    """With them."""
    stem = models.ForeignKey(SearchStem, models.CASCADE, related_name="forms")

    class Meta:
        verbose_name = "forme"
        default_permissions = ()

    def __str__(self):
        return self.shown


class SearchedEntry(models.Model):
    """The analysed words of a live entry; other entries have no row."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="+")
    words = models.BinaryField()
    """The stems with their weights, see `faq.domain.search.postings.pack`."""
    generation = models.PositiveSmallIntegerField()
    """Of the analysis, see `faq.domain.search.analysis.GENERATION`."""
    usefulness = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-MOST_USEFUL), MaxValueValidator(MOST_USEFUL)]
    )
    """From -100 (useful to nobody) to 100; 0 where it is not known."""

    class Meta:
        verbose_name = "fiche cherchée"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(usefulness__gte=-MOST_USEFUL, usefulness__lte=MOST_USEFUL),
                name="searched_entry_usefulness_in_range",
            )
        ]

    def __str__(self):
        return str(self.entry_id)
