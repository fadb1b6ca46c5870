"""The five facets: tables of terms, and thématiques as tags."""

from django.core.exceptions import ValidationError
from django.db import models
from taggit.models import ItemBase, TagBase

from faq.domain.limits import LABEL_MAX_LENGTH
from faq.domain.review_dates import NO_DATE
from faq.domain.text import build_label_key, has_letter_or_digit, remove_direction_marks
from faq.models.folding import Folded

LABEL_KEY_MAX_LENGTH = 300
REVIEW_MONTHS = [(1, "1 mois"), (3, "3 mois"), (6, "6 mois"), (12, "1 an"), (24, "2 ans"), (36, "3 ans")]


def check_label_is_readable(label):
    """Raise ValidationError where a label has nothing but signs, blanks and invisible characters."""
    if not has_letter_or_digit(label):
        raise ValidationError("Ce libellé ne contient ni lettre ni chiffre.")


def compute_label_key(label):
    """Return the key that only one term of a facet has, cut where letters that unfold make it very long."""
    return build_label_key(label)[:LABEL_KEY_MAX_LENGTH]


class LabelKeyField(models.CharField):
    """The key of a term's label, which every save computes.

    Two terms that were spelt alike before keys were unique keep a key with a mark, until one is renamed or merged.
    """

    DOUBLE = "|"
    """Begins the mark, and stands in no key of a label."""

    def pre_save(self, model_instance, add):
        """Set and return the key of the present label."""
        label = model_instance.label if hasattr(model_instance, "label") else model_instance.name
        key = compute_label_key(label)
        stored = getattr(model_instance, self.attname)
        if stored.partition(self.DOUBLE)[0] != key:
            setattr(model_instance, self.attname, key)
        return getattr(model_instance, self.attname)


def _describe_double(term):
    """Return the French sentence that refuses another spelling of a term."""
    if term.merged_into:
        return f"« {term} » existe déjà, fusionné dans « {term.merged_into} » : classez les fiches sous celui-ci."
    return f"« {term} » existe déjà : casse, accents, espaces et signes ne font pas un autre libellé."


class TermQuerySet(models.QuerySet):
    """Queries on any table of terms."""

    def in_use(self):
        """Return the terms under which editors may still file entries."""
        return self.filter(retired=False)

    def standing(self):
        """Return the terms that were not merged into another."""
        return self.filter(merged_into=None)


class Term(models.Model):
    """The columns that the terms of all facets share."""

    position = models.PositiveIntegerField(
        "ordre", default=0, help_text="Les plus petits d’abord ; à égalité, ordre alphabétique."
    )
    retired = models.BooleanField(
        "retiré",
        default=False,
        help_text="Un terme retiré n’est plus proposé ni aux visiteurs ni au classement ; "
        "les fiches déjà classées le gardent.",
    )
    review_months = models.PositiveSmallIntegerField(
        "à revoir au bout de",
        choices=[(None, "non fixé"), *REVIEW_MONTHS, (NO_DATE, "pas de date")],
        null=True,
        blank=True,
        help_text="Délai entre deux vérifications des fiches classées ici. «\u00a0Non fixé\u00a0»\u00a0: le délai du "
        "terme au-dessus, sinon celui du site. Une fiche classée à plusieurs endroits suit le délai le plus court.",
    )
    old_slugs = models.JSONField(
        "anciens identifiants",
        default=list,
        blank=True,
        editable=False,
        help_text="Leurs adresses redirigent ici.",
    )

    label_key = LabelKeyField("clé du libellé", max_length=LABEL_KEY_MAX_LENGTH + 20, default="", editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, editable=False, verbose_name="fusionné dans"
    )
    """The term that answers for this one, which stays for the versions that name it."""

    objects = TermQuerySet.as_manager()
    LABEL_COLUMN = "label"

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=("label_key",), name="%(class)s_label_key_once"),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | (models.Q(retired=True) & ~models.Q(merged_into=models.F("id"))),
                name="%(class)s_merged_is_retired",
            ),
            models.CheckConstraint(
                condition=models.Q(review_months__isnull=True)
                | models.Q(review_months__in=[NO_DATE, *dict(REVIEW_MONTHS)]),
                name="%(class)s_review_months_known",
            ),
        ]

    def clean(self):
        """Refuse a label that is unreadable or spells another term of the facet, and a slug that one of them had.

        The label loses its marks of direction, which would turn round the text around it.
        """
        setattr(self, self.LABEL_COLUMN, remove_direction_marks(self.label))
        others = type(self).objects.exclude(pk=self.pk)
        # A label that is missing is told by its field.
        if self.label and not self._had_this_label():
            self._check_label(others)
        if any(self.slug in old_slugs for old_slugs in others.values_list("old_slugs", flat=True)):
            raise ValidationError(
                {"slug": "Cet identifiant est l’ancienne adresse d’un autre terme ; choisissez-en un autre."}
            )

    def _had_this_label(self):
        """Return whether the term is stored with this label, or another spelling of it that can be read as well."""
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        if stored is None or "\0" in self.label:
            return False
        return build_label_key(stored.label) == build_label_key(self.label)

    def _check_label(self, others):
        if "\0" in self.label:
            raise ValidationError("Ce libellé contient un caractère invisible illisible\u00a0; retapez-le.")
        check_label_is_readable(self.label)
        wanted = build_label_key(self.label)
        if same := next((term for term in others if build_label_key(term.label) == wanted), None):
            raise ValidationError(_describe_double(same))


class TableTerm(Term):
    """A term with a label and a slug of its own (thématiques have taggit's)."""

    label = models.CharField("libellé", max_length=LABEL_MAX_LENGTH, unique=True)
    slug = models.SlugField(
        "identifiant",
        max_length=LABEL_MAX_LENGTH,
        unique=True,
        help_text="Son nom dans les adresses des pages\u00a0; les anciennes adresses mènent toujours ici.",
    )

    class Meta(Term.Meta):
        abstract = True
        ordering = ("position", Folded("label"))

    def __str__(self):
        return self.label


class OfferType(TableTerm):
    """Type d'offre: the first question."""

    class Meta(TableTerm.Meta):
        verbose_name = "type d’offre"
        verbose_name_plural = "types d’offre"


class Couloir(TableTerm):
    """Couloir Ségur (sector lane) of an offer type."""

    offer_type = models.ForeignKey(
        OfferType,
        models.PROTECT,
        related_name="couloirs",
        verbose_name="type d’offre",
        help_text="Dont il relève.",
    )

    class Meta(TableTerm.Meta):
        verbose_name = "couloir Ségur"
        verbose_name_plural = "couloirs Ségur"


class Dispositif(TableTerm):
    """Dispositif Ségur (kind of software in a funding wave) of one or more couloirs."""

    couloirs = models.ManyToManyField(
        Couloir, related_name="dispositifs", verbose_name="couloirs Ségur", help_text="Un au moins."
    )
    vague = models.PositiveSmallIntegerField(
        "vague",
        choices=[(1, "vague 1"), (2, "vague 2")],
        null=True,
        blank=True,
        help_text="Vague du Ségur numérique.",
    )

    class Meta(TableTerm.Meta):
        verbose_name = "dispositif Ségur"
        verbose_name_plural = "dispositifs Ségur"
        constraints = [
            *TableTerm.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(vague__isnull=True) | models.Q(vague__in=(1, 2)),
                name="dispositif_vague_is_1_or_2",
            ),
        ]


class Product(TableTerm):
    """Produit ou service of one or more offer types; without any it belongs to all."""

    offer_types = models.ManyToManyField(
        OfferType,
        related_name="products",
        verbose_name="types d’offre",
        blank=True,
        help_text="Aucun : proposé pour tous.",
    )

    class Meta(TableTerm.Meta):
        verbose_name = "produit ou service"
        verbose_name_plural = "produits et services"


class Theme(Term, TagBase):
    """Thématique: a tag, so that editors can create new ones while they file an entry."""

    LABEL_COLUMN = "name"
    was_public = models.BooleanField("a été publique", default=True, editable=False)
    """False for one that was named while filing a draft, until an entry that is filed there goes live."""

    class Meta(Term.Meta):
        verbose_name = "thématique"
        verbose_name_plural = "thématiques"
        ordering = ("position", Folded("name"))

    def __str__(self):
        return self.name

    @property
    def label(self):
        """The name, under the attribute that the other facets use."""
        return self.name


class EntryTheme(ItemBase):
    """A thématique of an entry."""

    content_object = models.ForeignKey("faq.Entry", models.CASCADE, related_name="entry_themes")
    tag = models.ForeignKey(Theme, models.PROTECT, related_name="entry_themes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("content_object", "tag"), name="entry_theme_once")]

    def __str__(self):
        return f"{self.tag} : {self.content_object}"
