"""The check of one file, whatever it is."""

from faq.domain.media.documents import clean_document
from faq.domain.media.formats import CleanFile, find_format
from faq.domain.media.images import clean_image


def clean_file(data: bytes) -> CleanFile:
    """Return a file as it is stored: its format by its content, decoded, without metadata. Raises RefusedFile."""
    format = find_format(data)
    return clean_image(data, format) if format.is_image else clean_document(data)
