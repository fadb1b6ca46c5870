"""The pages about the site itself, and all versions of their texts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from faq.domain.limits import PAGE_TITLE_MAX_LENGTH
from faq.enums import PageSlug
from faq.models.versions import ImmutableModel


class SitePage(models.Model):
    """A page about the site: accessibility, legal notice, personal data. Only `faq.services.pages` writes it."""

    slug = models.CharField("adresse", max_length=30, choices=PageSlug, unique=True, editable=False)
    title = models.CharField("titre", max_length=PAGE_TITLE_MAX_LENGTH)
    text = models.TextField("texte")
    number = models.PositiveIntegerField("version", editable=False)
    """The number of the version that the public reads: the latest."""
    updated_at = models.DateTimeField("mise à jour le", editable=False)

    class Meta:
        verbose_name = "page du site"
        verbose_name_plural = "pages du site"
        ordering = ("pk",)
        default_permissions = ("change", "view")
        constraints = [models.CheckConstraint(condition=Q(slug__in=PageSlug.values), name="site_page_known")]

    def __str__(self):
        return self.get_slug_display()

    def get_absolute_url(self):
        """Return the public address."""
        return reverse("faq:page", kwargs={"slug": self.slug})


class SitePageVersion(ImmutableModel):
    """An immutable version of the text of a page."""

    page = models.ForeignKey(SitePage, models.PROTECT, related_name="versions", verbose_name="page")
    number = models.PositiveIntegerField("numéro")
    title = models.CharField("titre", max_length=PAGE_TITLE_MAX_LENGTH)
    text = models.TextField("texte")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="auteur"
    )
    created_at = models.DateTimeField("enregistrée le")

    class Meta:
        verbose_name = "version d’une page"
        verbose_name_plural = "versions des pages"
        ordering = ("page", "-number")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("page", "number"), name="site_page_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="site_page_version_number_from_1"),
        ]

    def __str__(self):
        return f"{self.page}, version {self.number}"
