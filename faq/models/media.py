"""Images and documents that editors sent, and which versions of texts refer to them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from faq.domain.limits import MEDIA_NAME_MAX_LENGTH, MEDIA_UNUSED_DAYS
from faq.domain.markup.media import SCHEME
from faq.domain.media.formats import MediaFormat
from faq.models.entries import Entry
from faq.models.folding import with_all_words
from faq.models.pages import SitePageVersion
from faq.models.versions import ImmutableModel, Version

HASH_LENGTH = 32
"""Hexadecimal digits of a hash: the first of the SHA-256 of the stored bytes."""
_IMAGES = [format.value for format in MediaFormat if format.is_image]


class MediaFileQuerySet(models.QuerySet):
    """Queries on files."""

    def named(self, names):
        """Return the files with these names, each a hash, a full stop and the extension."""
        # A name whose extension is not that of the file names nothing.
        parts = [name.partition(".") for name in names]
        return self.filter(hash__in=[hash for hash, _, _ in parts]).filter(
            format__in={extension for _, _, extension in parts}
        )

    def images(self):
        """Return the images."""
        return self.filter(format__in=_IMAGES)

    def public(self):
        """Return the files to which something refers that the public reads now."""
        by_entries = MediaUse.objects.filter(file=OuterRef("pk"), version__in=Entry.objects.live().values("live"))
        by_pages = MediaUse.objects.filter(file=OuterRef("pk"), page_version__page__number=F("page_version__number"))
        return self.filter(Exists(by_entries) | Exists(by_pages))

    def unused(self):
        """Return the files to which no version of any text refers."""
        return self.filter(~Exists(MediaUse.objects.filter(file=OuterRef("pk"))))

    def outdated(self, at: datetime):
        """Return the unused files that nobody has sent for long."""
        return self.unused().filter(last_sent_at__lt=at - timedelta(days=MEDIA_UNUSED_DAYS))

    def matching(self, text):
        """Return the files whose name or alternative text holds all words, without regard to case and accents."""
        if not text.strip():
            return self
        uses = MediaUse.objects.filter(with_all_words(text, ("text",)))
        return self.filter(with_all_words(text, ("original_name",)) | Q(pk__in=uses.values("file")))

    def with_use_counts(self):
        """Annotate how many live texts, drafts, pages of the site and versions of either refer to a file."""
        entries = "uses__version__entry"
        return self.annotate(
            live_count=Count(entries, Q(uses__version__entry__live=F("uses__version")), distinct=True),
            draft_count=Count(
                entries,
                Q(uses__version__entry__head=F("uses__version"))
                & (Q(uses__version__entry__live=None) | ~Q(uses__version__entry__live=F("uses__version"))),
                distinct=True,
            ),
            page_count=Count("uses__page_version__page", distinct=True),
            use_count=Count("uses", distinct=True),
        )


class MediaFile(models.Model):
    """An image or a PDF, stored under the hash of its bytes: it never changes. `faq.services.media` writes it."""

    hash = models.CharField("empreinte", max_length=HASH_LENGTH, unique=True)
    format = models.CharField("format", max_length=4, choices=[(one.value, one.name) for one in MediaFormat])
    size = models.PositiveIntegerField("taille en octets")
    width = models.PositiveIntegerField("largeur", null=True)
    height = models.PositiveIntegerField("hauteur", null=True)
    pages = models.PositiveIntegerField("pages", null=True)
    original_name = models.CharField("nom", max_length=MEDIA_NAME_MAX_LENGTH)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="envoyé par"
    )
    created_at = models.DateTimeField("envoyé le")
    last_sent_at = models.DateTimeField("envoyé pour la dernière fois le")
    """When somebody last sent the same file: what is not used yet is kept from then on."""

    objects = MediaFileQuerySet.as_manager()

    class Meta:
        verbose_name = "image ou document"
        verbose_name_plural = "images et documents"
        ordering = ("-pk",)
        default_permissions = ("add", "delete", "view")
        constraints = [
            models.CheckConstraint(condition=Q(hash__regex=r"^[0-9a-f]{32}$"), name="media_file_hash_readable"),
            models.CheckConstraint(
                condition=Q(format__in=[one.value for one in MediaFormat]), name="media_file_format_known"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="media_file_not_empty"),
            models.CheckConstraint(
                condition=Q(
                    format__in=_IMAGES, width__isnull=False, height__isnull=False, width__gt=0, height__gt=0, pages=None
                )
                | Q(format=MediaFormat.PDF.value, width=None, height=None, pages__isnull=False, pages__gt=0),
                name="media_file_sides_of_images_pages_of_documents",
            ),
        ]

    def __str__(self):
        return self.original_name

    def get_absolute_url(self):
        """Return the address, public where something refers to the file that the public reads."""
        return reverse("faq:media", kwargs={"hash": self.hash, "extension": self.format})

    @property
    def name(self):
        """The name of the file in references and addresses."""
        return f"{self.hash}.{self.format}"

    @property
    def storage_name(self):
        """The name of the file in the storage: a folder holds some of all files."""
        return f"{self.hash[:2]}/{self.name}"

    @property
    def reference(self):
        """The target of a reference in the text of an answer."""
        return f"{SCHEME}{self.name}"

    @property
    def media_format(self):
        """The format."""
        return MediaFormat(self.format)

    @property
    def is_image(self):
        """Whether it is an image."""
        return self.media_format.is_image


class MediaUse(ImmutableModel):
    """The fact that a version of an answer, or of a page about the site, refers to a file."""

    file = models.ForeignKey(MediaFile, models.PROTECT, related_name="uses", verbose_name="fichier")
    version = models.ForeignKey(Version, models.PROTECT, related_name="media_uses", null=True, verbose_name="version")
    page_version = models.ForeignKey(
        SitePageVersion, models.PROTECT, related_name="media_uses", null=True, verbose_name="version d’une page"
    )
    text = models.TextField("texte alternatif ou nom", blank=True)
    """The alternative text of an image, or the text of the link to a document, as it stands there first."""

    class Meta:
        verbose_name = "emploi d’un fichier"
        verbose_name_plural = "emplois de fichiers"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("version", "file"), name="media_use_once_per_version"),
            models.UniqueConstraint(fields=("page_version", "file"), name="media_use_once_per_page_version"),
            models.CheckConstraint(
                condition=Q(version=None, page_version__isnull=False) | Q(version__isnull=False, page_version=None),
                name="media_use_of_one_text",
            ),
        ]

    def __str__(self):
        return f"{self.file} : {self.version or self.page_version}"
