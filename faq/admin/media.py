"""« Images et documents »: the list, the page of each file, and the page that takes files without a script."""

import re
from collections import defaultdict

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import format_moment, person_name
from faq.admin.lists import EditorsModelAdmin
from faq.admin.pages import AdminPage, AdminView
from faq.admin.readonly import UndeletableMixin
from faq.domain.limits import DOCUMENT_MAX_BYTES, IMAGE_MAX_BYTES, MEDIA_MAX_FILES, cut_admin_search
from faq.domain.media.formats import format_size
from faq.models import MediaFile, MediaUse
from faq.models.entries import number_of, reference
from faq.services.content import EntryError
from faq.services.media import MEDIA_MAX_BYTES, RefusedMedia, delete_media, describe_large_media, store_media

_OFFERED = 24
"""Files that the dialog of the form of an entry offers at once."""
_DELETE = "_delete"
"""The button that deletes a file."""
_SPACES = re.compile(r"[ \t\r\n]+")
_NO_FILE = "Choisissez un fichier."


class UseFilter(admin.SimpleListFilter):
    """Files by the texts that refer to them."""

    title, parameter_name = "emploi", "emploi"

    def lookups(self, request, model_admin):
        """Return the choices."""
        return [("public", "en ligne"), ("interne", "hors ligne seulement"), ("aucun", "jamais employés")]

    def queryset(self, request, queryset):
        """Return the files of the chosen kind."""
        match self.value():
            case "public":
                return queryset.public()
            case "interne":
                used = MediaUse.objects.values("file")
                return queryset.filter(pk__in=used).exclude(pk__in=MediaFile.objects.public().values("pk"))
            case "aucun":
                return queryset.unused()
            case _:
                return queryset


class KindFilter(admin.SimpleListFilter):
    """Images, or documents."""

    title, parameter_name = "nature", "nature"

    def lookups(self, request, model_admin):
        """Return the two kinds."""
        return [("image", "images"), ("document", "documents")]

    def queryset(self, request, queryset):
        """Return the files of the chosen kind."""
        match self.value():
            case "image":
                return queryset.images()
            case "document":
                return queryset.exclude(pk__in=MediaFile.objects.images().values("pk"))
            case _:
                return queryset


@admin.register(MediaFile)
class MediaFileAdmin(UndeletableMixin, EditorsModelAdmin):
    """Files are sent, shown, and deleted on a page of their own while nothing refers to them; they never change."""

    list_display = ("thumbnail", "name", "size_shown", "sent", "uses")
    list_display_links = ("name",)
    list_filter = (KindFilter, UseFilter)
    list_per_page = 25
    search_fields = ("original_name",)
    search_help_text = "Tous les mots, dans le nom ou le texte alternatif, sans accents ni majuscules."
    actions = None

    def get_queryset(self, request):
        """Return the files with the numbers of texts that refer to them."""
        return super().get_queryset(request).select_related("author").with_use_counts()

    def get_search_results(self, request, queryset, search_term):
        """Return the files whose name or alternative text holds all the words."""
        return queryset.matching(search_term), False

    def has_change_permission(self, request, obj=None):
        """Return that nobody changes a file: another one takes its place in a text."""
        return False

    @admin.display(description="aperçu")
    def thumbnail(self, file):
        """Return the image, small; of a document, its format."""
        return thumbnail(file)

    @admin.display(description="nom", ordering="original_name")
    def name(self, file):
        """Return the original name."""
        return file.original_name

    @admin.display(description="taille", ordering="size")
    def size_shown(self, file):
        """Return the sides or the pages, and the bytes."""
        return describe_file(file)

    @admin.display(description="envoyé", ordering="created_at")
    def sent(self, file):
        """Return when and by whom it was sent."""
        return format_html("{}<br>{}", format_moment(file.created_at), person_name(file.author))

    @admin.display(description="emploi")
    def uses(self, file):
        """Return how many texts refer to it."""
        return describe_uses(file)

    def get_urls(self):
        """Add the addresses of the form of an entry."""
        return [
            UploadView.as_path("envoyer/", "faq_mediafile_upload", self),
            PickerView.as_path("choisir/", "faq_mediafile_picker", self),
            *super().get_urls(),
        ]

    def add_view(self, request, form_url="", extra_context=None):
        """Show the page that takes files."""
        return UploadPage.as_view(model_admin=self)(request)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the page of a file."""
        return MediaFilePage.as_view(model_admin=self)(request, object_id=object_id)


def thumbnail(file):
    """Return an image, small; of a document, its format. Its name stands beside it."""
    if not file.is_image:
        return format_html('<span class="media-format">{}</span>', file.format.upper())
    address = file.get_absolute_url()
    return format_html('<img class="media-thumbnail" src="{}" alt="" loading="lazy">', address)


def describe_file(file):
    """Return the format of a file, its sides or pages, and its bytes."""
    sides = f"{file.width} × {file.height} px" if file.is_image else f"{file.pages} page{'s' if file.pages > 1 else ''}"
    return f"{file.get_format_display()}, {sides}, {format_size(file.size)}"


def describe_uses(file):
    """Return how many live texts, drafts and pages refer to a file; the counts must have been annotated."""
    counts = (
        (file.live_count, "fiche en ligne", "fiches en ligne"),
        (file.draft_count, "brouillon", "brouillons"),
        (file.page_count, "page du site", "pages du site"),
    )
    told = [f"{number} {many if number > 1 else one}" for number, one, many in counts if number]
    if told:
        return ", ".join(told)
    return "d’anciennes versions" if file.use_count else "aucun"


def build_markdown(file, text=None):
    """Return the line that shows an image, or leads to a document, in the text of an answer."""
    shown = escape_text(get_link_text(file) if text is None and not file.is_image else text or "")
    return f"{'!' if file.is_image else ''}[{shown}]({file.reference})"


def get_link_text(file):
    """Return the text that a link to a document begins with: its name, format and size."""
    stem, dot, _ = file.original_name.rpartition(".")
    name = " ".join((stem if dot else file.original_name).replace("_", " ").split())
    return f"{name} ({file.get_format_display()}, {format_size(file.size)})"


def escape_text(text):
    """Return a text that ends no reference: without line ends and backslashes, its brackets escaped."""
    # No-break spaces stay: they stand between a number and its unit.
    plain = " ".join(_SPACES.split(text.replace("\\", "/"))).strip()
    return plain.replace("[", "\\[").replace("]", "\\]")


def read_upload(upload, user):
    """Store a file that a form sends. Raises RefusedMedia; a file above all limits is not even read."""
    if upload.size > MEDIA_MAX_BYTES:
        raise RefusedMedia(describe_large_media(upload.name, upload.size))
    return store_media(upload.name, upload.read(), user)


class UploadView(AdminView):
    """The address to which the form of an entry sends a file that was dropped, pasted or picked."""

    permission = "faq.add_mediafile"
    http_method_names = ["post"]

    def post(self, request):
        """Store the file; return what the form needs to refer to it, or why it is refused.

        A refusal is an answer like another: browsers report a failure to their console.
        """
        upload = request.FILES.get("file")
        if upload is None:
            return JsonResponse({"error": _NO_FILE})
        try:
            file = read_upload(upload, request.user)
        except RefusedMedia as refusal:
            return JsonResponse({"error": str(refusal)})
        return JsonResponse(describe_for_form(file))


def describe_for_form(file):
    """Return what the form of an entry needs to show a file and to refer to it."""
    last_text = file.uses.order_by("-pk").values_list("text", flat=True).first() if file.is_image else None
    return {
        "name": file.original_name,
        "reference": file.reference,
        "address": file.get_absolute_url(),
        "isImage": file.is_image,
        "text": (last_text or "") if file.is_image else get_link_text(file),
    }


class PickerView(AdminView):
    """The files that were sent earlier, for the dialog of the form of an entry."""

    permission = "faq.add_mediafile"
    http_method_names = ["get"]

    def get(self, request):
        """Return those whose name or alternative text holds all the words, the latest first."""
        words = cut_admin_search(request.GET.get("q", ""))
        found = list(MediaFile.objects.matching(words)[: _OFFERED + 1])
        offered = [(file, thumbnail(file), describe_file(file), describe_for_form(file)) for file in found[:_OFFERED]]
        context = {"offered": offered, "words": words, "is_cut": len(found) > _OFFERED}
        return render(request, "admin/faq/mediafile/_offered.html", context)


class UploadPage(AdminPage):
    """The page that takes files, and then shows the lines to copy into an answer."""

    template_name = "admin/faq/mediafile/upload.html"
    title = "Envoyer des images ou des documents"
    permission = "faq.add_mediafile"

    def post(self, request):
        """Store each file that is accepted, and say of the others why they are not."""
        uploads = request.FILES.getlist("files")
        stored, refused = [], [] if uploads else [_NO_FILE]
        if len(uploads) > MEDIA_MAX_FILES:
            refused, uploads = [f"{len(uploads)} fichiers\u00a0: {MEDIA_MAX_FILES} au plus à la fois."], []
        for upload in uploads:
            try:
                stored.append(read_upload(upload, request.user))
            except RefusedMedia as refusal:
                refused.append(str(refusal))
        lines = [(file, thumbnail(file), build_markdown(file)) for file in stored]
        return self.render(stored=lines, problems=refused)

    def get_context(self, **context):
        """Add the limits, which are told before anything is sent."""
        return super().get_context(
            **{
                "stored": [],
                "max_files": MEDIA_MAX_FILES,
                "image_limit": format_size(IMAGE_MAX_BYTES),
                "document_limit": format_size(DOCUMENT_MAX_BYTES),
                **context,
            }
        )


class MediaFilePage(AdminPage):
    """A file, the line that refers to it, the texts that do, and the button that deletes it while none does."""

    template_name = "admin/faq/mediafile/change_form.html"
    post_permission = "faq.delete_mediafile"

    def dispatch(self, request, *args, object_id):
        """Read the file."""
        number = number_of(object_id)
        self.file = MediaFile.objects.with_use_counts().select_related("author").filter(pk=number).first()
        return super().dispatch(request, *args) if self.file else self.redirect_unknown(object_id)

    def get_title(self):
        """Return the original name."""
        return self.file.original_name

    def post(self, request) -> HttpResponse:
        """Delete the file."""
        if _DELETE not in request.POST:
            return self.render()
        try:
            delete_media(self.file, request.user)
        except (EntryError, PermissionDenied) as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        except MediaFile.DoesNotExist:
            return self.redirect_unknown(str(self.file.pk))
        messages.success(request, f"«\u00a0{self.file}\u00a0» est supprimé.")
        return redirect("admin:faq_mediafile_changelist")

    def get_context(self, **context):
        """Add the texts that refer to the file."""
        uses, pages = list_uses(self.file)
        return super().get_context(
            file=self.file,
            description=describe_file(self.file),
            author=person_name(self.file.author),
            line=build_markdown(self.file, uses[0][3] if uses and self.file.is_image else None),
            uses=uses,
            pages=pages,
            is_public=MediaFile.objects.public().filter(pk=self.file.pk).exists(),
            delete_button=_DELETE,
            may_delete=not self.file.use_count and self.request.user.has_perm("faq.delete_mediafile"),
            **context,
        )


def list_uses(file):
    """Return each entry that refers to a file, with address, question, version and text; then the pages of the site."""
    rows = MediaUse.objects.filter(file=file, version__isnull=False).order_by("version__entry", "-version__number")
    by_entry = defaultdict(list)
    for row in rows.annotate(
        entry=F("version__entry"),
        question=F("version__entry__question"),
        is_live=F("version__entry__live"),
        is_head=F("version__entry__head"),
    ).values_list("entry", "question", "version", "is_live", "is_head", "text"):
        by_entry[row[0]].append(row)
    entries = [
        (
            reverse("admin:faq_entry_change", args=(number,)),
            f"{reference(number)} {rows[0][1] or '(sans question)'}",
            _describe_use(rows),
            rows[0][5],
        )
        for number, rows in by_entry.items()
    ]
    used_by = MediaUse.objects.filter(file=file, page_version__isnull=False).select_related("page_version__page")
    pages = {use.page_version.page: use for use in used_by.order_by("page_version__number")}
    return entries, [
        (
            reverse("admin:faq_sitepage_change", args=(page.pk,)),
            str(page),
            "en ligne" if use.page_version.number == page.number else "dans une ancienne version",
        )
        for page, use in pages.items()
    ]


def _describe_use(rows):
    is_live = any(version == live for _, _, version, live, _, _ in rows)
    is_in_draft = any(version == head != live for _, _, version, live, head, _ in rows)
    told = [words for holds, words in ((is_live, "en ligne"), (is_in_draft, "dans le brouillon")) if holds]
    return " et ".join(told) or "dans une ancienne version"
