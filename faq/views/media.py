"""Images and documents, at addresses that say nothing of files that are not public."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from faq.models import MediaFile
from faq.services.media_storage import read_chunks

_PUBLIC = "public, max-age=300"
"""Five minutes: the bytes never change, but a text that is withdrawn takes its images along, from every cache too."""
_PRIVATE = "private, no-cache"
_NOTHING = "Aucun fichier public à cette adresse."
_POLICY = "default-src 'none'; sandbox"
"""A file that is opened by itself runs nothing and loads nothing."""

_logger = logging.getLogger(__name__)


@require_safe
def media(request: HttpRequest, hash: str, extension: str) -> HttpResponse:
    """Send a file: to everybody while the public reads a text that refers to it, else to people who read drafts."""
    files = MediaFile.objects.filter(hash=hash, format=extension)
    file = files.public().first()
    is_public = file is not None
    if file is None and request.user.has_perm("faq.view_mediafile"):
        file = files.first()
    if file is None:
        raise Http404(_NOTHING)
    response = _build_response(request, file)
    response["Cache-Control"] = _PUBLIC if is_public else _PRIVATE
    if not is_public:
        patch_vary_headers(response, ["Cookie"])
        response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _build_response(request: HttpRequest, file: MediaFile) -> HttpResponse:
    etag = f'"{file.hash}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _stream(request, file)
    response["ETag"] = etag
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _stream(request: HttpRequest, file: MediaFile) -> HttpResponse:
    try:
        chunks = read_chunks(file.storage_name)
    except FileNotFoundError:
        _logger.error("%s is missing in the storage", file.storage_name)
        raise Http404(_NOTHING) from None
    response = StreamingHttpResponse(chunks, content_type=file.media_format.content_type)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition_header(not file.is_image, _file_name(file))
    return response


def _file_name(file: MediaFile) -> str:
    """Return the original name with the extension of what is stored."""
    stem, dot, _ = file.original_name.rpartition(".")
    return f"{stem if dot else file.original_name}.{file.format}"
