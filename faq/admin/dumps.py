"""« Extractions »: the imported files, passage by passage, and their exact bytes."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from faq.admin.display import link_to, moment_column, person_name
from faq.admin.dump_import import ImportPage
from faq.admin.dump_preview import PreviewPage
from faq.admin.dump_result import ResultPage
from faq.admin.lists import EditorsModelAdmin
from faq.admin.pages import AdminView
from faq.admin.passages import PASSAGES_PER_PAGE
from faq.admin.readonly import ReadOnlyMixin
from faq.admin.table_exports import ExportTablesMixin
from faq.models import Dump, Passage
from faq.models.entries import number_of
from faq.resources import DumpResource
from faq.services.dumps_export import export_dump


@admin.register(Dump)
class DumpAdmin(ExportTablesMixin, ReadOnlyMixin, EditorsModelAdmin):
    """Dumps are stored to the byte, so they are only read."""

    taken_at = moment_column("imported_at", "importée le")
    list_display = ("name", "edition", "answers", "file_size", "taken_at", "by", "not_undone")
    list_per_page = 50
    resource_classes = [DumpResource]
    search_fields = ("name",)
    fields = ("edition", "answers", "file_size", "taken_at", "by", "batch_link", "not_undone", "sha256", "download")

    def get_queryset(self, request):
        """Return the dumps with what the list shows, without their texts."""
        dumps = super().get_queryset(request).select_related("batch__author").defer("tail")
        return dumps.annotate(answer_count=Count("passages"))

    @admin.display(description="réponses", ordering="answer_count")
    def answers(self, dump):
        """Return the number of answers in the file."""
        return dump.answer_count

    @admin.display(description="taille", ordering="size")
    def file_size(self, dump):
        """Return the size of the file."""
        return filesizeformat(dump.size)

    @admin.display(description="par")
    def by(self, dump):
        """Return who imported it."""
        return person_name(dump.batch.author)

    @admin.display(description="lot")
    def batch_link(self, dump):
        """Return a link to the batch that imported it."""
        return link_to("batch_change", dump.batch_id, dump.batch)

    @admin.display(description="conservée", boolean=True)
    def not_undone(self, dump):
        """Return whether its import has not been undone."""
        return dump.batch.undone_by_id is None

    @admin.display(description="fichier d’origine")
    def download(self, dump):
        """Return a link to the file."""
        address = reverse("admin:faq_dump_download", args=(dump.pk,))
        return format_html('<a href="{}">Télécharger, à l’octet près</a>', address)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the passages below the fields, page by page."""
        passages = Paginator(_passages(object_id), PASSAGES_PER_PAGE).get_page(request.GET.get("page"))
        return super().change_view(request, object_id, form_url, {"passages": passages})

    def get_urls(self):
        """Add the addresses of the file, and of the pages that import."""
        return [
            DumpFileView.as_path("<int:number>/telecharger/", "faq_dump_download", self),
            ImportPage.as_path("importer/", "faq_dump_import", self),
            PreviewPage.as_path("importer/<str:key>/", "faq_dump_preview", self),
            ResultPage.as_path("lot/<int:number>/", "faq_dump_result", self),
            *super().get_urls(),
        ]


class DumpFileView(AdminView):
    """The file that was imported, to the byte."""

    def get(self, request, number):
        """Return the file."""
        dump = get_object_or_404(Dump, pk=number)
        response = StreamingHttpResponse(export_dump(dump), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, _file_name(dump))
        response["Content-Length"] = dump.size
        return response


def _passages(object_id):
    passages = Passage.objects.filter(dump=number_of(object_id)).select_related("entry").order_by("position")
    return passages.defer("entry__answer", "entry__search_text")


def _file_name(dump):
    name = dump.name.replace("/", "-")
    edition = f"-edition-{dump.edition}" if dump.edition > 1 else ""
    return f"{name.removesuffix('.txt')}{edition}.txt"
