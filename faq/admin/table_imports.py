"""« Importer un tableau »: a file, the preview of what each row would change, and the confirmation, on any worker."""

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from import_export.admin import ImportMixin
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.tmp_storages import BaseStorage

from faq.admin.display import link_to
from faq.admin.pages import AdminPage
from faq.admin.table_exports import FORMATS
from faq.domain.limits import TABLE_MAX_BYTES, describe_excess
from faq.domain.tables import TableUnreadable, describe_other_format, detect_format
from faq.enums import UploadPurpose
from faq.models import Upload
from faq.services.uploads import delete_uploads, get_upload, store_upload

CHANGES_SHOWN = 100
"""Changed rows whose differences the preview shows; all are counted."""
REFUSALS_SHOWN = 100
_NOT_SENT = (
    "Rien n’a été importé\u00a0: la session a sans doute expiré avant la confirmation. Envoyez le fichier de nouveau."
)
_GONE = "Cet aperçu n’attend plus\u00a0: il a été confirmé, ou le fichier a plus d’un jour. Envoyez-le de nouveau."


class TableImportForm(ImportForm):
    """The file that is imported; its format is recognised by what it holds."""

    def __init__(self, formats, resources, *, user, **options):
        super().__init__(formats, resources, **{"label_suffix": "", **options})
        self.user = user
        self.notices = []
        """The remarks on the file beside its rows, in French."""
        self.fields["import_file"].label = "Fichier CSV, XLSX ou JSON"
        self.fields["import_file"].widget.attrs = {"accept": ".csv,.txt,.xlsx,.json"}
        self.fields["format"].required = False
        self.fields["format"].widget = forms.HiddenInput()

    @property
    def media(self):
        """Return no script: nothing has to be guessed from the name of the file."""
        return forms.Media()

    def clean_import_file(self):
        """Refuse what is too big, and remember who sends the file."""
        file = self.cleaned_data["import_file"]
        if file.size > TABLE_MAX_BYTES:
            cure = "coupez-le en plusieurs fichiers"
            raise forms.ValidationError(describe_excess("Le fichier", file.size, TABLE_MAX_BYTES, cure, unit="octets"))
        file.user = self.user
        return file

    def clean(self):
        """Recognise the format."""
        cleaned = super().clean()
        if file := cleaned.get("import_file"):
            try:
                name = detect_format(file.read())
            except TableUnreadable as unreadable:
                self.add_error("import_file", list(unreadable.reasons))
            else:
                cleaned["format"] = str([one.name for one in FORMATS].index(name))
                self.notices = list(filter(None, [describe_other_format(file.name, name)]))
            file.seek(0)
        return cleaned


class TableConfirmForm(ConfirmImportForm):
    """The confirmation of a preview: it names the file, which only who sent it may import."""

    def __init__(self, *, user, **options):
        super().__init__(**options)
        self.user = user

    def clean_import_file_name(self):
        """Return the file that waits. Raises ValidationError where there is none."""
        try:
            group = uuid.UUID(self.cleaned_data["import_file_name"])
            return get_upload(group, UploadPurpose.TABLE, self.user)
        except (ValueError, Upload.DoesNotExist) as error:
            raise forms.ValidationError(_GONE) from error

    def clean_format(self):
        """Return the place of the format. Raises ValidationError for another."""
        place = self.cleaned_data["format"]
        if place not in {str(place) for place in range(len(FORMATS))}:
            raise forms.ValidationError(_GONE)
        return place


class UploadStorage(BaseStorage):
    """The place of a file between preview and confirmation: a row of the database, which every worker reads.

    The package's own storages change line ends, or live on one machine.
    """

    def read(self):
        """Return the bytes that were sent."""
        return bytes(self.name.content)

    def remove(self):
        """Delete the file."""
        delete_uploads(self.name.group)


class ImportPage(AdminPage):
    """The frame of the page that takes a table and shows its preview."""

    template_name = "admin/faq/table_import.html"
    breadcrumb = "Importer"

    def get_title(self):
        """Return which list the table is for."""
        return f"Importer un tableau\u00a0: {self.model_admin.opts.verbose_name_plural}"


class ImportTablesMixin(ImportMixin):
    """A mixin for the admin of a table that comes back through the services; only who may write it may send one."""

    import_resource_class = None
    import_formats = FORMATS
    import_form_class = TableImportForm
    confirm_form_class = TableConfirmForm
    import_template_name = ImportPage.template_name
    tmp_storage_class = UploadStorage
    from_encoding = None
    # Versions, and batches, say who changed what.
    skip_admin_log = True

    def has_import_permission(self, request):
        """Return whether the account may add rows and change them."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def get_import_formats(self):
        """Return the formats, which know the names of the table's columns."""
        return [partial(one, is_header=self.import_resource_class.is_header) for one in FORMATS]

    def get_import_resource_classes(self, request):
        """Return the resource that reads tables."""
        return [self.import_resource_class]

    def get_import_resource_kwargs(self, request, *, form=None, **options):
        """Return who imports, and what the batch is called."""
        cleaned = getattr(form, "cleaned_data", {})
        file = cleaned.get("original_file_name") or getattr(cleaned.get("import_file"), "name", "")
        return {"user": request.user, "label": f"Import du tableau {file}"}

    def get_import_form_kwargs(self, request):
        """Add who sends the file."""
        return {**super().get_import_form_kwargs(request), "user": request.user}

    def get_confirm_form_kwargs(self, request, import_form=None):
        """Add who confirms."""
        return {**super().get_confirm_form_kwargs(request, import_form), "user": request.user}

    def write_to_tmp_storage(self, import_file, input_format):
        """Store the file in the database; its bytes stay as they are."""
        upload = store_upload(import_file.name, import_file.read(), UploadPurpose.TABLE, import_file.user)
        return UploadStorage(name=upload)

    def get_confirm_form_initial(self, request, import_form):
        """Return what the confirmation has to name."""
        initial = super().get_confirm_form_initial(request, import_form)
        if initial:
            initial["import_file_name"] = str(initial["import_file_name"].group)
        return initial

    def get_import_data_kwargs(self, **kwargs):
        """Roll all rows back where one is refused."""
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form, error):
        """Add to the form why the file cannot be read; other errors are bugs, and are raised."""
        if not isinstance(error, TableUnreadable):
            raise error
        form.add_error("import_file", list(error.reasons))

    def import_action(self, request, **kwargs):
        """Show the form or the preview, in our frame; a file that waits for no confirmation is not kept."""
        response = super().import_action(request, **kwargs)
        context = response.context_data
        file = getattr(context["form"], "cleaned_data", {}).get("import_file")
        upload = getattr(file, "tmp_storage_name", None)
        if upload and not ("confirm_form" in context and context["result"].changes):
            delete_uploads(upload.group)
        return self._frame(request, response)

    @method_decorator(transaction.atomic)
    def process_import(self, request, **kwargs):
        """Import the file of a preview, once: a second confirmation waits for the first, and finds no file."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            # Who signs in after a session that expired is led to the address of the confirmation.
            messages.warning(request, _NOT_SENT)
            return redirect(self._get_address("import"))
        list(Upload.objects.select_for_update().filter(group=_parse_group(request.POST.get("import_file_name", ""))))
        response = super().process_import(request, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data.get("confirm_form"):
            messages.warning(request, _GONE)
            return redirect(self._get_address("import"))
        return response

    def process_result(self, result, request):
        """Say what was imported, or show what is refused: the rows may have changed since the preview."""
        if result.is_refused:
            context = {"result": result, "form": self.create_empty_form(request)}
            return self._frame(request, TemplateResponse(request, [self.import_template_name], context))
        counted = ", ".join(f"{number} {name}" for number, name in _tell_counts(result) if number)
        if result.batch is None:
            messages.info(request, f"Rien à changer ({counted})\u00a0: rien n’a été enregistré.")
        else:
            text = format_html(
                "Lignes importées\u00a0: {} ({}). {}",
                counted,
                link_to("batch_change", result.batch.pk, f"lot {result.batch.pk}"),
                link_to("batch_undo", result.batch.pk, "Annuler ce lot")
                if request.user.has_perm("faq.undo_batch")
                else "",
            )
            messages.success(request, text)
        return redirect(self._get_address("changelist"))

    def create_empty_form(self, request):
        """Return an empty form."""
        options = {"user": request.user, "initial": self.get_import_form_initial(request)}
        return self.import_form_class(FORMATS, self.get_import_resource_classes(request), **options)

    def _get_address(self, page):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}")

    def _frame(self, request, response):
        """Return the package's page in our frame, with what our template shows."""
        page = ImportPage(model_admin=self)
        page.request = request
        given = response.context_data
        result, form = given.get("result"), given["form"]
        refused = bool(form.errors) or (result is not None and result.is_refused)
        response.context_data = page.get_context(
            form=form,
            confirm_form=given.get("confirm_form"),
            preview=_describe(result, form.notices) if result else None,
            problems=refused,
            columns=self._describe_columns(),
            import_url=self._get_address("import"),
            confirm_url=self._get_address("process_import"),
        )
        response.status_code = 400 if refused else 200
        return response

    def _describe_columns(self):
        """Return the French and the stable name of each column, and whether imports change it."""
        resource = self.import_resource_class(user=None, label="")
        return [(column.french, name, name not in resource.read_only) for name, column in resource.fields.items()]


def _parse_group(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _tell_counts(result):
    """Return the numbers of rows with their names, which agree with them."""
    return [(number, name if number > 1 else name.removesuffix("s")) for name, number in result.counted.items()]


def _describe(result, notices):
    """Return what the page shows of a preview, given what is to be said of the file."""
    changes = result.changes
    return {
        "counted": result.counted,
        "told": _tell_counts(result),
        "total": sum(result.counted.values()),
        "notices": [*notices, *result.notices],
        "base_errors": [reason for error in result.base_errors for reason in str(error.error).splitlines()],
        "refused": [
            (row.number, column, reason)
            for row in result.invalid_rows[:REFUSALS_SHOWN]
            for column, reasons in row.error_dict.items()
            for reason in reasons
        ],
        "refused_more": max(0, len(result.invalid_rows) - REFUSALS_SHOWN),
        "rows": [(row, list(result.resource.get_differences(row))) for row in changes[:CHANGES_SHOWN]],
        "rows_more": max(0, len(changes) - CHANGES_SHOWN),
        "changes": len(changes),
    }
