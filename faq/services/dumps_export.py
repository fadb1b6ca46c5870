"""Export of dumps: the bytes that were imported, or the same dump with its answers as they are live today."""

import hashlib
import unicodedata
from collections.abc import Iterator

from django.db.models import QuerySet

from faq.domain.dumps import LINE_END, describe_tail
from faq.domain.text import normalise
from faq.enums import EntryStatus
from faq.models import Dump, Passage

CHUNK = 500
"""Passages read together, which bounds memory."""


def find_dump(name: str, edition: int | None = None) -> Dump:
    """Return a dump by its name, or by the name of its file; the newest edition unless one is asked for.

    Raises Dump.DoesNotExist.
    """
    dumps: QuerySet[Dump] = (
        Dump.objects.current() if edition is None else Dump.objects.not_undone().filter(edition=edition)
    )
    try:
        return dumps.get(name=dump_name(name))
    except Dump.DoesNotExist:
        return dumps.get(name=dump_name(name).removesuffix(".txt"))


def dump_name(text: str) -> str:
    """Return the form in which names are stored and compared."""
    return unicodedata.normalize("NFC", text).strip()


def export_dump(dump: Dump) -> Iterator[bytes]:
    """Yield the bytes that were imported, part by part. Raises ValueError at the end if they were altered."""
    digest = hashlib.sha256()
    for passage in dump.passages.order_by("position").iterator(CHUNK):
        part = f"{passage.lead}{passage.answer}{passage.closing}".encode()
        digest.update(part)
        yield part
    tail = dump.tail.encode()
    digest.update(tail)
    yield tail
    if digest.hexdigest() != dump.sha256:
        raise ValueError(
            f"L’extraction « {dump} » a été altérée dans la base : ses octets ne sont plus ceux d’origine."
        )


def describe_end(dump: Dump) -> str:
    """Return a French sentence on the text after the last vote line; "" where it is blank."""
    if not dump.tail.strip():
        return ""
    last = dump.passages.order_by("position").last()
    line = last.line + len(LINE_END.findall(last.answer + last.closing)) if last else 1
    return describe_tail(dump.tail, line)


def export_current(dump: Dump) -> Iterator[bytes]:
    """Yield the dump with each answer as it is live today, or as imported where it is not live or is unchanged."""
    passages = dump.passages.order_by("position").select_related("entry")
    for passage in passages.iterator(CHUNK):
        yield f"{passage.lead}{_current_answer(passage)}{passage.closing}".encode()
    yield dump.tail.encode()


def _current_answer(passage: Passage) -> str:
    entry = passage.entry
    if entry is None or entry.status != EntryStatus.PUBLISHED or normalise(entry.answer) == normalise(passage.answer):
        return passage.answer
    line_end = "\r\n" if passage.closing.startswith("\r\n") else "\n"
    return entry.answer.replace("\n", line_end)
