"""« Exporter »: the rows of a list of the admin, as its filters and its search leave them, as a table."""

from abc import abstractmethod
from itertools import chain

from django import forms
from django.contrib import admin
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from faq.admin.pages import AdminPage
from faq.domain.spreadsheet import TableTooBig
from faq.enums import Headers
from faq.models.entries import number_of
from faq.resources.formats import CSVFormat, JSONFormat, XLSXFormat
from faq.resources.tables import Export

FORMATS = (CSVFormat, XLSXFormat, JSONFormat)
_PIECE = 16 * 1024
"""Bytes that are gathered before they are sent: a piece of a table may be a single row."""


class TableExportForm(ExportForm):
    """The format of a table, and the names of its columns."""

    headers = forms.ChoiceField(label="Noms des colonnes", choices=Headers.choices, initial=Headers.FRENCH)

    def __init__(self, formats, resources, **options):
        super().__init__(formats, resources, **{"label_suffix": "", **options})
        self.fields["format"].choices = [(str(place), one().get_title()) for place, one in enumerate(formats)]


class ExportPage(AdminPage):
    """The frame of the page that offers a table."""

    template_name = "admin/faq/table_export.html"
    breadcrumb = "Exporter"

    def get_title(self):
        """Return what is offered, and from which list."""
        return f"Exporter\u00a0: {self.nouns}"

    @property
    def nouns(self):
        """The plural name of the rows."""
        return self.model_admin.opts.verbose_name_plural


class ExportTablesMixin(ExportMixin):
    """A mixin for the admin of a table whose list can be exported by all who may read it."""

    export_formats = FORMATS
    export_form_class = TableExportForm
    export_template_name = ExportPage.template_name

    def init_change_list_template(self):
        """Leave Django its choice of a template: the package would have it show one of its own."""
        self.ie_base_change_list_template = self.change_list_template

    def has_export_permission(self, request):
        """Return whether the account may read the table."""
        return self.has_view_permission(request)

    def get_export_queryset(self, request):
        """Return the rows that the filters and the search of the list let through, with all their columns."""
        listed = super().get_export_queryset(request)
        return self.model._default_manager.filter(pk__in=listed.order_by().values("pk"))

    def get_valid_export_item_pks(self, request):
        """Return the keys that the form names: the rows are sought among those of the list."""
        return [item for item in request.POST.getlist("export_items") if number_of(item) is not None]

    def init_request_context_data(self, request, form):
        """Return what the page shows."""
        page = ExportPage(model_admin=self)
        page.request = request
        ticked = form.initial.get("export_items") or request.POST.getlist("export_items")
        number = len(ticked) or self.get_export_queryset(request).count()
        return page.get_context(form=form, number=number, nouns=page.nouns, export_url=self._export_address(request))

    def _export_address(self, request):
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        return f"{address}?{request.GET.urlencode()}" if request.GET else address

    def _do_file_export(self, file_format, request, queryset, export_form=None):
        """Return the table, piece by piece: the package's own export gathers it first."""
        resource = self.choose_export_resource_class(export_form, request)()
        return stream_table(resource, queryset, file_format, export_form.cleaned_data["headers"], self.opts)


class ExportTickedMixin:
    """A mixin for a list that also exports the rows which are ticked."""

    @admin.action(description="Exporter…", permissions=["view"])
    def export_ticked(self, request, queryset):
        """Show the page that exports the ticked rows; for those of all pages it is the page of the whole list."""
        if request.POST.get("select_across") == "1":
            return redirect(self._export_address(request))
        items = [str(number) for number in queryset.order_by("pk").values_list("pk", flat=True)]
        form = TableExportForm(
            FORMATS, self.get_export_resource_classes(request), initial={"export_items": items, "format": "0"}
        )
        form.fields["export_items"].choices = [(item, item) for item in items]
        page = ExportPage(model_admin=self)
        page.request = request
        return page.render(form=form, number=len(items), nouns=page.nouns, export_url=self._export_address(request))


class TableExportView(ExportPage):
    """The export of a queue that is no list of a table; a subclass says which rows it shows."""

    resource_class = None

    @abstractmethod
    def get_rows(self):
        """Return the rows that the filters of the address let through."""

    @property
    def nouns(self):
        """The plural name of the rows."""
        return self.resource_class.model._meta.verbose_name_plural

    def get(self, request):
        """Show the form."""
        return self._render_form(TableExportForm(FORMATS, [self.resource_class]))

    def post(self, request):
        """Return the table, or the form where something is wrong."""
        form = TableExportForm(FORMATS, [self.resource_class], data=request.POST)
        if not form.is_valid():
            return self._render_form(form)
        file_format = FORMATS[int(form.cleaned_data["format"])]()
        meta = self.resource_class.model._meta
        try:
            return stream_table(self.resource_class(), self.get_rows(), file_format, form.cleaned_data["headers"], meta)
        except TableTooBig as error:
            form.add_error(None, str(error))
            return self._render_form(form)

    def _render_form(self, form):
        rows = self.get_rows()
        return self.render(form=form, number=rows.count(), nouns=self.nouns, export_url=self.request.get_full_path())


def stream_table(resource, queryset, file_format, headers, meta):
    """Return a response that sends a table as it is read. Raises TableTooBig before anything is sent."""
    pieces = iter(Export(resource, queryset, file_format.name, headers))
    first = next(pieces)
    response = StreamingHttpResponse(chain([first], _gather(pieces)), content_type=file_format.get_content_type())
    name = f"{slugify(meta.verbose_name_plural)}-{timezone.localdate():%Y-%m-%d}.{file_format.get_extension()}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _gather(pieces):
    """Join small pieces: each one that is sent is a call of the system."""
    gathered, size = [], 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)
