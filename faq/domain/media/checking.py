"""The check of one file, whatever it is."""

from faq.domain.media.formats import CleanFile, find_format


def clean_file(data: bytes) -> CleanFile:
    """Return a file as it is stored: its format by its content, decoded, without metadata. Raises RefusedFile."""
    format = find_format(data)
    # Each library is loaded where it is needed: the check runs in a process that does nothing else.
    if format.is_image:
        from faq.domain.media.images import clean_image

        return clean_image(data, format)
    from faq.domain.media.documents import clean_document

    return clean_document(data)
