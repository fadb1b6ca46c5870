"""« Importer une extraction »: the page that takes the files of dumps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from faq.admin.pages import AdminPage
from faq.admin.streaming import run_long_work
from faq.domain.duplicates.index import ProgressCallback
from faq.domain.limits import DUMP_MAX_ANSWERS, DUMP_MAX_BYTES, DUMP_MAX_FILES, DUMP_NAME_MAX_LENGTH, format_number
from faq.models import DumpPreview
from faq.services.content import ImportRefused
from faq.services.dump_files import SentFile, find_faults
from faq.services.dump_previews import compute_preview, get_files, open_preview

RIGHT = "faq.add_dump"
_AT_ONCE = 1_000
"""Answers up to which the preview is computed as soon as the files are sent: about two seconds."""
_PREVIEWS_NAMED = 5


class ImportPage(AdminPage):
    """The page that takes the files."""

    template_name = "admin/faq/dump/import.html"
    title = "Importer une extraction"
    permission = RIGHT
    body_class = "dump-import-page"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the files, compute the preview of small ones, and show it."""
        sent = read_sent(request)
        try:
            preview = open_preview(sent, request.user)
        except ImportRefused as refusal:
            return self.render(problems=refusal.reasons)
        return show_preview(request, preview)

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Add the limits, which are told before anything is sent."""
        waiting = DumpPreview.objects.filter(author=self.request.user, batch=None).order_by("-pk")
        return super().get_context(
            max_files=DUMP_MAX_FILES,
            max_bytes=DUMP_MAX_BYTES,
            max_size=f"{format_number(DUMP_MAX_BYTES // 1_000_000)} Mo",
            max_answers=format_number(DUMP_MAX_ANSWERS),
            name_max_length=DUMP_NAME_MAX_LENGTH,
            waiting=[
                (preview_address(preview), ", ".join(file.label for file in get_files(preview)), preview.created_at)
                for preview in waiting[:_PREVIEWS_NAMED]
            ],
            **context,
        )


def show_preview(request: HttpRequest, preview: DumpPreview) -> HttpResponse:
    """Return a redirect to a preview whose files have just changed, computed already if they are small."""
    files, address = get_files(preview), preview_address(preview)
    if any(find_faults(files)) or sum(file.answers for file in files) > _AT_ONCE:
        return redirect(address)

    def work(progress: ProgressCallback | None) -> str:
        compute_preview(preview, progress)
        return address

    return run_long_work(request, work, address)


def preview_address(preview: DumpPreview) -> str:
    """Return the address of a preview."""
    return reverse("admin:faq_dump_preview", args=(preview.key,))


def read_sent(request: HttpRequest) -> list[SentFile]:
    """Return the files that a form sends, with the names that were typed for them, if any were."""
    uploads = [upload for upload in request.FILES.getlist("files") if upload]
    typed = request.POST.getlist("names")
    if len(typed) != len(uploads):
        typed = [None] * len(uploads)
    return [SentFile(upload.name, upload, name) for upload, name in zip(uploads, typed, strict=True)]
