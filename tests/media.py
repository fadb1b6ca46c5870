"""Images and documents for tests, made on the spot, and what is sent to the site."""

import io
import struct
import zlib

from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from faq.domain.media.formats import CleanFile, MediaFormat
from faq.models import MediaFile
from faq.services.media import _store, store_media


def an_image(format: str = "PNG", size: tuple[int, int] = (32, 20), colour: str = "navy", mode: str = "RGB", **options):
    """The bytes of an image of one colour."""
    output = io.BytesIO()
    Image.new("RGB", size, colour).convert(mode).save(output, format, **options)
    return output.getvalue()


def a_photograph(orientation: int = 6, **options) -> bytes:
    """The bytes of a JPEG that is red above and blue below, with a place and a camera in it, turned by its EXIF."""
    image = Image.new("RGB", (48, 32), "red")
    image.paste("blue", (0, 16, 48, 32))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0110] = "SECRET camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)
    output = io.BytesIO()
    image.save(output, "JPEG", exif=exif, comment=b"SECRET comment", quality=95, **options)
    return output.getvalue()


def a_png_of(width: int, height: int) -> bytes:
    """The bytes of a PNG that says it has these sides, with no pixel in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def a_document(pages: int = 1, **description: str) -> bytes:
    """The bytes of a PDF with blank pages; `description` is of its author, title…"""
    return written(a_writer(pages, **description))


def a_writer(pages: int = 1, **description: str) -> PdfWriter:
    """A PDF that can still be changed."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    writer.add_metadata({f"/{key.title()}": value for key, value in description.items()})
    return writer


def written(writer: PdfWriter) -> bytes:
    """Return the bytes of a PDF."""
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def with_action(kind: str, **entries: str) -> bytes:
    """The bytes of a PDF that does something when it is opened."""
    writer = a_writer()
    action = {NameObject("/S"): NameObject(f"/{kind}")}
    action |= {NameObject(f"/{key}"): TextStringObject(value) for key, value in entries.items()}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    return written(writer)


def raw_document(*objects: bytes) -> bytes:
    """The bytes of a PDF made of these objects, numbered from 1; the first is the catalogue."""
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return body + head + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(body))


def a_media_file(colour: str = "navy", *, name: str = "capture.png", author=None, **options) -> MediaFile:
    """An image that the site stores."""
    return store_media(name, an_image(colour=colour), author, **options)


def many_media_files(number: int) -> list[MediaFile]:
    """Images that nobody checked: starting a process for each would take seconds."""
    files = []
    for rank in range(number):
        content = an_image(size=(rank + 1, 1))
        files.append(_store("capture.png", CleanFile(content, MediaFormat.PNG, rank + 1, 1), None, timezone.now()))
    return files


def an_answer_with(*files: MediaFile, alternative: str = "Écran d’accueil") -> str:
    """An answer that shows images, or leads to documents."""
    return "\n\n".join(f"{'!' if file.is_image else ''}[{alternative}]({file.reference})" for file in files)
