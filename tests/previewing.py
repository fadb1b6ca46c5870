"""Previews of imports of dumps, as tests make them and read them."""

import io

from faq.models import Batch, Dump, DumpPreview, Entry, Passage, PreviewedAnswer, Version
from faq.services.dump_confirmation import confirm_preview
from faq.services.dump_files import SentFile
from faq.services.dump_previews import compute_preview, open_preview
from faq.services.dumps_export import export_dump, find_dump


def sent(name: str, data: bytes) -> SentFile:
    """A file that a form sends."""
    return SentFile(f"{name}.txt", io.BytesIO(data))


def a_preview(author, *files: SentFile, **named: bytes) -> DumpPreview:
    """The preview of an import of files, some given by the name of their dump."""
    preview = open_preview([*files, *(sent(name, data) for name, data in named.items())], author)
    compute_preview(preview)
    return preview


def rows(preview: DumpPreview) -> list[PreviewedAnswer]:
    """The answers of a preview."""
    return list(preview.answers.all())


def verdicts(preview: DumpPreview) -> list[str]:
    """The verdicts of a preview."""
    return [row.verdict for row in rows(preview)]


def confirm(preview: DumpPreview, author) -> DumpPreview:
    """Confirm a preview."""
    return confirm_preview(preview.key, author)


def exported(name: str) -> bytes:
    """The bytes of the newest edition of a dump."""
    return b"".join(export_dump(find_dump(name)))


def content() -> list[list[dict]]:
    """Every row of the tables of content."""
    return [list(model.objects.order_by("pk").values()) for model in (Entry, Version, Dump, Passage, Batch)]
