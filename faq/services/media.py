"""Storing and deleting images and documents: checked first, known by the hash of their bytes, never changed."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PureWindowsPath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from faq.domain.limits import DOCUMENT_MAX_BYTES, IMAGE_MAX_BYTES, MEDIA_NAME_MAX_LENGTH, format_number
from faq.domain.media.formats import CleanFile, RefusedFile
from faq.models import MediaFile
from faq.models.media import HASH_LENGTH
from faq.services.content import EntryError
from faq.services.media_checking import check_file
from faq.services.media_storage import get_storage, list_stored_names
from faq.services.media_uses import is_in_unsaved_text, link_earlier_versions
from faq.services.roles import Author, require

MEDIA_MAX_BYTES = max(IMAGE_MAX_BYTES, DOCUMENT_MAX_BYTES)
"""Bytes of a file of any format."""
STRAY_AFTER = timedelta(days=1)
"""The time after which a stored file that no row names is no upload under way any more."""


class RefusedMedia(EntryError):
    """A file that was not stored; the message names it, and says why and how to mend it."""


def store_media(name: str, content: bytes, author: Author, *, at: datetime | None = None) -> MediaFile:
    """Store an image or a document, once: a file whose bytes are stored already is that file.

    Raises PermissionDenied, and RefusedMedia where the file is none that is accepted; then nothing is stored.
    """
    require(author, "faq.add_mediafile")
    shown_name = _clean_name(name)
    moment = at or timezone.now()
    # One that was stored and sent back, as by an editor who downloads it: cleaning it again could change it.
    known = MediaFile.objects.filter(hash=compute_hash(content)).first()
    if known is None:
        clean = _check(shown_name, content)
    else:
        clean = CleanFile(content, known.media_format, known.width, known.height, known.pages)
    return _store(shown_name, clean, author, moment)


def adopt_media(name: str, content: bytes) -> bool:
    """Store a file that another site stored, under the same name, so that texts from there find it.

    Return whether it is new here. Raises RefusedMedia where the name is not that of the bytes, or the check fails.
    """
    hash = compute_hash(content)
    if name.partition(".")[0] != hash:
        raise RefusedMedia(f"«\u00a0{name}\u00a0» ne porte pas le nom de ses octets\u00a0; copiez-le de nouveau.")
    if MediaFile.objects.filter(hash=hash).exists():
        return False
    # As it is: cleaned again, a photograph may change, and texts refer to it by its bytes.
    checked = _check(name, content)
    _store(name, replace(checked, content=content), None, timezone.now())
    return True


def describe_large_media(name: str, size: int) -> str:
    """Return the French sentence that refuses a file above the limit of all formats."""
    return (
        f"«\u00a0{_clean_name(name)}\u00a0» pèse {format_number(-(-size // 1_000_000))}\u00a0Mo\u00a0: "
        f"{IMAGE_MAX_BYTES // 1_000_000}\u00a0Mo au plus pour une image, {DOCUMENT_MAX_BYTES // 1_000_000}\u00a0Mo "
        "pour un PDF\u00a0; réduisez-le, puis recommencez."
    )


def compute_hash(content: bytes) -> str:
    """Return the hash under which bytes are stored."""
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH]


def _check(name: str, content: bytes) -> CleanFile:
    if len(content) > MEDIA_MAX_BYTES:
        raise RefusedMedia(describe_large_media(name, len(content)))
    try:
        return check_file(content)
    except RefusedFile as refusal:
        raise RefusedMedia(f"«\u00a0{name}\u00a0» {refusal}") from refusal


@transaction.atomic
def _store(name: str, clean: CleanFile, author: Author, at: datetime) -> MediaFile:
    columns = {
        "format": clean.format.value,
        "size": len(clean.content),
        "width": clean.width,
        "height": clean.height,
        "pages": clean.pages,
        "original_name": name,
        "author": author,
        "created_at": at,
        "last_sent_at": at,
    }
    file: MediaFile | None = None
    while file is None:
        known, is_new = MediaFile.objects.get_or_create(hash=compute_hash(clean.content), defaults=columns)
        # Locked: a process that deletes the file waits, or has done so, and the row is made again.
        file = MediaFile.objects.select_for_update().filter(pk=known.pk).first()
    if is_new:
        link_earlier_versions(file)
    else:
        file.last_sent_at = max(at, file.last_sent_at)
        file.save(update_fields=["last_sent_at"])
    storage = get_storage()
    # After the row, whose key lets nobody else store or delete the same file meanwhile.
    if not storage.exists(file.storage_name):
        storage.save(file.storage_name, ContentFile(clean.content))
    return file


def _clean_name(name: str) -> str:
    """Return the name of a file without folders and unreadable characters."""
    readable = "".join(character for character in PureWindowsPath(name).name if character.isprintable())
    base = " ".join(readable.encode(errors="ignore").decode().split()).lstrip(". ") or "sans nom"
    stem, dot, extension = base.rpartition(".")
    if len(base) > MEDIA_NAME_MAX_LENGTH and dot and len(extension) <= 5:
        return f"{stem[: MEDIA_NAME_MAX_LENGTH - len(extension) - 1]}.{extension}"
    return base[:MEDIA_NAME_MAX_LENGTH]


@transaction.atomic
def delete_media(file: MediaFile, author: Author) -> None:
    """Delete a file to which nothing refers, for good.

    Raises PermissionDenied, MediaFile.DoesNotExist, and EntryError where a version or an unsaved text refers to it.
    """
    require(author, "faq.delete_mediafile")
    stored = MediaFile.objects.select_for_update().get(pk=file.pk)
    if stored.uses.exists():
        raise EntryError(
            f"«\u00a0{stored}\u00a0» ne peut pas être supprimé\u00a0: des versions de fiches ou "
            "de pages l’emploient, et toutes "
            "les versions restent."
        )
    if is_in_unsaved_text(stored):
        raise EntryError(
            f"«\u00a0{stored}\u00a0» ne peut pas être supprimé\u00a0: un texte qui n’est pas "
            "encore enregistré l’emploie."
        )
    _delete(stored)


def _delete(file: MediaFile) -> None:
    """Delete a file whose row is locked; its bytes first: if the rest fails, the file can be sent again."""
    name = file.storage_name
    file.delete()
    get_storage().delete(name)


@dataclass(frozen=True, slots=True)
class MediaPurge:
    """The names of what was deleted, or would be."""

    unused: list[str] = field(default_factory=list)
    """Files that no text refers to, sent too long ago."""
    stray: list[str] = field(default_factory=list)
    """Names in the storage that no row has: of uploads that were cut off."""


def purge_media(at: datetime, *, dry_run: bool = False) -> MediaPurge:
    """Delete the files that nobody needs: neither a version nor an unsaved text refers to them."""
    unused = [file for file in MediaFile.objects.outdated(at).order_by("pk") if not is_in_unsaved_text(file)]
    stray = list(find_stray_names(at))
    if not dry_run:
        unused = [file for file in unused if _purge(file, at)]
        for name in stray:
            get_storage().delete(name)
    return MediaPurge([str(file) for file in unused], stray)


@transaction.atomic
def _purge(file: MediaFile, at: datetime) -> bool:
    """Delete a file if it still is unused; return whether it was."""
    stored = MediaFile.objects.outdated(at).select_for_update().filter(pk=file.pk).first()
    if stored is None or is_in_unsaved_text(stored):
        return False
    _delete(stored)
    return True


def find_stray_names(at: datetime) -> list[str]:
    """Return the names in the storage that no row has, a day after they were written."""
    storage = get_storage()
    known = {f"{hash[:2]}/{hash}.{format}" for hash, format in MediaFile.objects.values_list("hash", "format")}
    return [
        name for name in list_stored_names() if name not in known and storage.get_modified_time(name) < at - STRAY_AFTER
    ]
