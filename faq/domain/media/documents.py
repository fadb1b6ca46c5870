"""PDF documents: what could act or hide in them is refused, the rest is written again without metadata.

Only what can be reached from the catalogue is written: former revisions, and what stands before or after, stay behind.
"""

import io
import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from faq.domain.limits import (
    DOCUMENT_MAX_BYTES,
    DOCUMENT_MAX_OBJECTS,
    DOCUMENT_MAX_PAGES,
    DOCUMENT_MAX_UNPACKED_BYTES,
    IMAGE_MAX_PIXELS,
    format_number,
)
from faq.domain.media.formats import CleanFile, MediaFormat, RefusedFile
from faq.domain.media.jpeg import drop_jpeg_metadata

PRINT_AGAIN = "imprimez-le en PDF depuis votre lecteur, puis recommencez"
UNREADABLE = f"est abîmé ou incomplet\u00a0: le PDF ne s’ouvre pas\u00a0; {PRINT_AGAIN}."
_INTRICATE = f"est construit de façon trop compliquée pour être vérifié\u00a0; {PRINT_AGAIN}."

_PROGRAM = "contient un programme (JavaScript)"
_EMBEDDED = "contient un autre fichier"
_LAUNCH = "lance un programme ou ouvre un autre fichier"
_MULTIMEDIA = "contient du son, de la vidéo ou un modèle en trois dimensions"
_SENDS = "est un formulaire qui envoie ce que l’on y tape"
_SIGNED = (
    f"porte une signature électronique, que le nettoyage de ses données cachées romprait\u00a0; {PRINT_AGAIN}. "
    "Pour garder la signature, mettez un lien vers le document d’origine."
)
_PROTECTED = "est protégé par un mot de passe ou des restrictions\u00a0; retirez la protection, puis recommencez."
_REFUSED_KEYS = {
    "/JS": _PROGRAM,
    "/JavaScript": _PROGRAM,
    "/EF": _EMBEDDED,
    "/EmbeddedFiles": _EMBEDDED,
    "/Collection": _EMBEDDED,
    "/XFA": "est un formulaire XFA",
    "/RichMediaContent": _MULTIMEDIA,
}
"""Keys of dictionaries that no document may hold, wherever they stand."""
_REFUSED_ACTIONS = {
    "/JavaScript": _PROGRAM,
    "/Launch": _LAUNCH,
    "/GoToR": _LAUNCH,
    "/GoToE": _LAUNCH,
    "/ImportData": _SENDS,
    "/SubmitForm": _SENDS,
    "/Rendition": _MULTIMEDIA,
    "/Movie": _MULTIMEDIA,
    "/Sound": _MULTIMEDIA,
    "/RichMediaExecute": _MULTIMEDIA,
    "/GoTo3DView": _MULTIMEDIA,
}
_REFUSED_SUBTYPES = {
    "/FileAttachment": _EMBEDDED,
    "/RichMedia": _MULTIMEDIA,
    "/Movie": _MULTIMEDIA,
    "/Sound": _MULTIMEDIA,
    "/Screen": _MULTIMEDIA,
    "/3D": _MULTIMEDIA,
    "/PS": _PROGRAM,
}
_METADATA_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")
_ANNOTATION_METADATA_KEYS = ("/T", "/M", "/CreationDate", "/NM")
"""Who commented and when; of the fields of a form, /T is the name."""
_PUBLIC_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_NESTING = re.compile(rb"<<|>>|\[|\]|endstream|stream|endobj")
_MAX_NESTING = 200
"""Values within one another; those of documents are a dozen deep."""

# The library describes each fault of a file, in English, where nobody reads it.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def clean_document(data: bytes) -> CleanFile:
    """Return a document without metadata. Raises RefusedFile."""
    _check_size(len(data))
    _check_nesting(data)
    try:
        content, pages = _rewrite(data)
    except (RefusedFile, MemoryError):
        raise
    except (RecursionError, LimitReachedError):
        raise RefusedFile(_INTRICATE) from None
    except Exception:  # noqa: BLE001 (hostile bytes make the library raise errors of a dozen kinds)
        raise RefusedFile(UNREADABLE) from None
    _check_size(len(content))
    return CleanFile(content, MediaFormat.PDF, pages=pages)


def _check_size(size: int) -> None:
    if size > DOCUMENT_MAX_BYTES:
        raise RefusedFile(
            f"pèse {format_number(-(-size // 1_000_000))}\u00a0Mo\u00a0: {DOCUMENT_MAX_BYTES // 1_000_000}\u00a0Mo au "
            "plus pour un PDF\u00a0; réduisez la taille de ses images, ou partagez-le en plusieurs."
        )


def _check_nesting(data: bytes) -> None:
    """Refuse values within values within values: how deep the library reads them depends on who calls it."""
    depth, in_stream = 0, False
    for found in _NESTING.finditer(data):
        sign = found[0]
        if sign in (b"stream", b"endstream", b"endobj"):
            depth, in_stream = 0, sign == b"stream"
        elif not in_stream:
            depth += 1 if sign in (b"<<", b"[") else -1
            if depth > _MAX_NESTING:
                raise RefusedFile(_INTRICATE)


def _rewrite(data: bytes) -> tuple[bytes, int]:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
    except (DependencyError, FileNotDecryptedError):
        # Methods of encryption that the library leaves to another one.
        raise RefusedFile(_PROTECTED) from None
    if reader.is_encrypted:
        raise RefusedFile(_PROTECTED)
    pages = len(reader.pages)
    if pages < 1:
        raise RefusedFile(UNREADABLE)
    if pages > DOCUMENT_MAX_PAGES:
        raise RefusedFile(
            f"a {format_number(pages)} pages\u00a0: {DOCUMENT_MAX_PAGES} au plus\u00a0; partagez-le en plusieurs."
        )
    _clean_objects(reader)
    writer = PdfWriter()
    # Neither the description of the document nor its identifiers come along, nor what nothing refers to.
    writer.clone_reader_document_root(reader)
    writer.pdf_header = "%PDF-1.7"
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue(), pages


def _clean_objects(reader: PdfReader) -> None:
    unpacked = 0
    for node in _walk(reader):
        if not isinstance(node, DictionaryObject):
            continue
        _refuse_what_acts(node)
        _drop_metadata(node)
        if isinstance(node, StreamObject):
            unpacked += _clean_stream(node)
            if unpacked > DOCUMENT_MAX_UNPACKED_BYTES:
                raise RefusedFile(
                    "contient des données comprimées qui prendraient une place démesurée\u00a0; " + PRINT_AGAIN + "."
                )


def _walk(reader: PdfReader) -> Iterator[Any]:
    """Yield all objects that can be reached from the catalogue, each once."""
    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    seen: set[tuple[int, int]] = set()
    met = 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            key = node.idnum, node.generation
            if key in seen:
                continue
            seen.add(key)
            node = node.get_object()
        met += 1
        if met > DOCUMENT_MAX_OBJECTS:
            raise RefusedFile(_INTRICATE)
        yield node
        # What was dropped from a dictionary meanwhile is not walked through.
        if isinstance(node, DictionaryObject):
            waiting.extend(node.raw_get(key) for key in node)
        elif isinstance(node, ArrayObject):
            waiting.extend(list.__iter__(node))


def _refuse_what_acts(node: DictionaryObject) -> None:
    for key, what in _REFUSED_KEYS.items():
        if key in node:
            raise RefusedFile(f"{what}\u00a0; {PRINT_AGAIN}.")
    if act := _REFUSED_ACTIONS.get(_get_name(node, "/S")) or _REFUSED_SUBTYPES.get(_get_name(node, "/Subtype")):
        raise RefusedFile(f"{act}\u00a0; {PRINT_AGAIN}.")
    if "/ByteRange" in node:
        raise RefusedFile(_SIGNED)
    if isinstance(node, StreamObject) and "/F" in node:
        raise RefusedFile(f"{_LAUNCH}\u00a0; {PRINT_AGAIN}.")


def _get_name(node: DictionaryObject, key: str) -> str:
    value = node.get(key)
    return str(value) if isinstance(value, NameObject) else ""


def _drop_metadata(node: DictionaryObject) -> None:
    for key in _METADATA_KEYS:
        node.pop(key, None)
    if "/Rect" in node and _get_name(node, "/Subtype") not in ("", "/Widget"):
        for key in _ANNOTATION_METADATA_KEYS:
            node.pop(key, None)
    if _get_name(node, "/S") == "/URI" and not _PUBLIC_LINK.match(str(node.get("/URI", ""))):
        # A link to a file of the author's machine leads nowhere, and tells its name.
        node.clear()


def _clean_stream(stream: StreamObject) -> int:
    """Drop the metadata of an image within the document; return how many bytes the stream has, unpacked at most."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, ArrayObject) else [str(filters)] if filters else []
    data = stream._data
    if names == ["/DCTDecode"]:
        stream._data = drop_jpeg_metadata(data)
    width, height = stream.get("/Width"), stream.get("/Height")
    if isinstance(width, int) and isinstance(height, int) and width * height > IMAGE_MAX_PIXELS * 2:
        raise RefusedFile(
            f"contient une image de {format_number(width)}\u00a0×\u00a0{format_number(height)}\u00a0pixels\u00a0; "
            f"réduisez-la, puis recommencez."
        )
    size = len(data)
    for name in names:
        if name not in ("/FlateDecode", "/Fl"):
            break
        data = _unpack(data)
        size += len(data)
    return size


def _unpack(data: bytes) -> bytes:
    """Return a stream unpacked, up to just above the limit; what cannot be read counts for nothing."""
    try:
        return zlib.decompressobj().decompress(data, DOCUMENT_MAX_UNPACKED_BYTES + 1)
    except zlib.error:
        return b""
