"""Checks of images and documents: their bytes, and which versions refer to them."""

import hashlib
from collections.abc import Iterator

from django.utils import timezone

from faq.domain.limits import MEDIA_UNUSED_DAYS
from faq.domain.markup.media import SCHEME
from faq.models import MediaFile, MediaUse, SitePageVersion, Version
from faq.models.media import HASH_LENGTH
from faq.services.media import find_stray_names
from faq.services.media_storage import read_chunks
from faq.services.media_uses import get_texts_by_name, is_in_unsaved_text

_BATCH = 500


def find_media_faults() -> Iterator[str]:
    """The storage holds each file with the bytes of its hash and no other; versions and files agree on uses."""
    now = timezone.now()
    for file in MediaFile.objects.order_by("pk").iterator(_BATCH):
        if fault := _find_fault(file):
            yield f"Image ou document « {file} » ({file.name}) : {fault}"
    for file in MediaFile.objects.outdated(now).order_by("pk").iterator(_BATCH):
        if not is_in_unsaved_text(file):
            yield (
                f"Image ou document « {file} » ({file.name}) : aucun texte ne l’emploie depuis plus de "
                f"{MEDIA_UNUSED_DAYS} jours. Lancez « manage.py purge_media »."
            )
    for name in find_stray_names(now):
        yield f"Fichier {name} du stockage : aucune image, aucun document de ce nom. Lancez « manage.py purge_media »."
    yield from _find_wrong_uses()


def _find_fault(file: MediaFile) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in read_chunks(file.storage_name):
            digest.update(chunk)
            size += len(chunk)
    except FileNotFoundError:
        return "le fichier manque dans le stockage. Rétablissez-le depuis la sauvegarde, ou envoyez-le de nouveau."
    except OSError as error:
        return f"le fichier est illisible ({error.strerror or error})."
    if digest.hexdigest()[:HASH_LENGTH] != file.hash or size != file.size:
        return "les octets du stockage ne sont plus ceux qui ont été envoyés. Rétablissez-les depuis la sauvegarde."
    return ""


def _find_wrong_uses() -> Iterator[str]:
    known = {file.name: file.pk for file in MediaFile.objects.all()}
    for table, column, key in ((Version, "answer", "version"), (SitePageVersion, "text", "page_version")):
        stored: dict[int, set[int]] = {}
        uses = MediaUse.objects.filter(**{f"{key}__isnull": False})
        for pk, file in uses.values_list(key, "file"):
            stored.setdefault(pk, set()).add(file)
        texts = dict(table.objects.filter(**{f"{column}__contains": SCHEME}).values_list("pk", column).iterator(_BATCH))
        for pk in sorted(texts.keys() | stored.keys()):
            named = {known[name] for name in get_texts_by_name(texts.get(pk, "")) if name in known}
            if named != stored.get(pk, set()):
                yield f"{table.objects.get(pk=pk)} : les images et documents notés ne sont pas ceux de son texte."
