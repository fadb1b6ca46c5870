"""The formats of images and documents, known by their first bytes, and what is said of all other files."""

import re
from dataclasses import dataclass
from enum import StrEnum


class RefusedFile(ValueError):
    """A file that is not stored. The message goes on from its name: what is wrong with it, and the cure, in French."""


class MediaFormat(StrEnum):
    """A format that is stored, by its extension."""

    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    PDF = "pdf"

    @property
    def is_image(self) -> bool:
        """Whether files of this format are images."""
        return self is not MediaFormat.PDF

    @property
    def content_type(self) -> str:
        """The media type with which files of this format are sent."""
        return _CONTENT_TYPES[self]


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A checked file without metadata, as it is stored."""

    content: bytes
    format: MediaFormat
    width: int | None = None
    """Pixels; None for a document."""
    height: int | None = None
    pages: int | None = None
    """None for an image."""


_CONTENT_TYPES = {
    MediaFormat.PNG: "image/png",
    MediaFormat.JPEG: "image/jpeg",
    MediaFormat.WEBP: "image/webp",
    MediaFormat.PDF: "application/pdf",
}

ACCEPTED = "PNG, JPEG, WebP ou PDF"
"""The formats, as sentences name them."""
_HEAD = 1024
"""Bytes by which a format is known."""
_BLANK_BEFORE_PDF = re.compile(rb"\A(?:\xef\xbb\xbf)?[\x00\t\n\f\r ]*%PDF-\d")
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]|<!doctype svg", re.IGNORECASE)
_MARKUP = re.compile(rb"\A\s*<(?:!doctype|html|head|body|script|\?xml|[a-z])", re.IGNORECASE)
_OTHER_IMAGE = "enregistrez-la en PNG ou en JPEG, puis recommencez"
_KNOWN_OTHERS = (
    (rb"GIF8[79]a", "est une image GIF, un format qui n’est pas accepté", _OTHER_IMAGE),
    (rb"BM.{4}\x00\x00\x00\x00", "est une image BMP, un format qui n’est pas accepté", _OTHER_IMAGE),
    (rb"II\*\x00|MM\x00\*", "est une image TIFF, un format qui n’est pas accepté", _OTHER_IMAGE),
    (rb"\x00\x00\x01\x00", "est une icône, un format qui n’est pas accepté", _OTHER_IMAGE),
    (rb"8BPS", "est une image Photoshop", _OTHER_IMAGE),
    (rb".{4}ftyp(?:hei|hev|mif|msf)", "est une image HEIC, un format qui n’est pas accepté", _OTHER_IMAGE),
    (rb".{4}ftypavi[fs]", "est une image AVIF, un format qui n’est pas accepté", _OTHER_IMAGE),
    (rb".{4}ftyp", "est une vidéo", "déposez-la sur un service de vidéos, puis mettez un lien"),
    (rb"PK\x03\x04", "est une archive ou un document bureautique", "enregistrez le document en PDF, puis recommencez"),
    (rb"\xd0\xcf\x11\xe0", "est un document bureautique", "enregistrez-le en PDF, puis recommencez"),
    (rb"{\\rtf", "est un document RTF", "enregistrez-le en PDF, puis recommencez"),
    (rb"%!PS", "est un document PostScript", "enregistrez-le en PDF, puis recommencez"),
    (rb"MZ|\x7fELF|#!", "est un programme", f"seuls des fichiers {ACCEPTED} sont acceptés"),
)
_OTHERS = [(re.compile(pattern, re.DOTALL), what, cure) for pattern, what, cure in _KNOWN_OTHERS]


def find_format(data: bytes) -> MediaFormat:
    """Return the format of a file, by its content, whatever its name. Raises RefusedFile for all others."""
    head = data[:_HEAD]
    if not head.strip():
        raise RefusedFile("est vide\u00a0; choisissez un autre fichier.")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaFormat.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return MediaFormat.JPEG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return MediaFormat.WEBP
    if _BLANK_BEFORE_PDF.match(head):
        return MediaFormat.PDF
    raise RefusedFile(_describe_other(head))


def _describe_other(head: bytes) -> str:
    for pattern, what, cure in _OTHERS:
        if pattern.match(head):
            return f"{what}\u00a0; {cure}."
    # Texts of any encoding: what XML says of itself is ASCII, maybe with zeros between.
    ascii_only = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if _SVG.search(ascii_only):
        return (
            "est une image SVG, un format qui peut contenir des programmes et n’est pas accepté\u00a0; "
            "enregistrez-la en PNG, puis recommencez."
        )
    if _MARKUP.match(ascii_only):
        return f"est une page web ou du XML\u00a0; seuls des fichiers {ACCEPTED} sont acceptés."
    return f"n’est ni une image ni un PDF lisible\u00a0; seuls des fichiers {ACCEPTED} sont acceptés."


def format_size(size: int) -> str:
    """Return a number of bytes as the French read it: « 320 ko », « 1,2 Mo »."""
    if size < 995_000:
        return f"{max(1, round(size / 1_000))}\u00a0ko"
    return f"{size / 1_000_000:.1f}\u00a0Mo".replace(".", ",").replace(",0\u00a0", "\u00a0")
