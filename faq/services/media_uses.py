"""Which versions of texts refer to which files: written with each version, so that no file is lost that one needs."""

from collections.abc import Iterable, Sequence

from faq.domain.markup.media import SCHEME, find_media_references
from faq.models import AutosavedForm, MediaFile, MediaUse, SitePageVersion, Version


def record_media_uses(versions: Sequence[Version] | Sequence[SitePageVersion]) -> None:
    """Store to which files the texts of new versions refer; to be called in the transaction that stores them.

    Takes no query where none does. A name that no file has is passed over: the file may be sent later.
    """
    texts = [(version, get_texts_by_name(_get_text(version))) for version in versions]
    if names := {name for _, named in texts for name in named}:
        _store_uses(texts, _lock_files(names))


def link_earlier_versions(file: MediaFile) -> None:
    """Store which versions refer to a file that was sent after they were written, as by an import."""
    for table, column in ((Version, "answer"), (SitePageVersion, "text")):
        earlier = table.objects.filter(**{f"{column}__contains": file.reference})
        _store_uses([(version, get_texts_by_name(_get_text(version))) for version in earlier], {file.name: file})


def get_texts_by_name(text: str) -> dict[str, str]:
    """Return the names of the files to which a text refers, each with its first alternative text or link text."""
    if SCHEME not in text:
        return {}
    return {reference.name: reference.text for reference in reversed(find_media_references(text))}


def find_unknown_names(text: str) -> list[str]:
    """Return the names in a text that no file has."""
    names = list(get_texts_by_name(text))[::-1]
    known = {file.name for file in MediaFile.objects.named(names)} if names else set()
    return [name for name in names if name not in known]


def is_in_unsaved_text(file: MediaFile) -> bool:
    """Return whether a text that somebody typed, and that the site keeps without a version, refers to a file."""
    # Forms are kept as browsers encode them, which leaves letters and digits as they are.
    is_named: bool = AutosavedForm.objects.open().filter(fields__contains=file.hash).exists()
    return is_named


def _get_text(version: Version | SitePageVersion) -> str:
    return version.answer if isinstance(version, Version) else version.text


def _lock_files(names: Iterable[str]) -> dict[str, MediaFile]:
    """Return the files that exist, by name; none of them can be deleted before the transaction ends."""
    files = MediaFile.objects.named(names).select_for_update(no_key=True).order_by("pk")
    return {file.name: file for file in files}


def _store_uses(texts: Iterable[tuple[Version | SitePageVersion, dict[str, str]]], files: dict[str, MediaFile]) -> None:
    MediaUse.objects.bulk_create(
        MediaUse(
            file=files[name],
            version=version if isinstance(version, Version) else None,
            page_version=version if isinstance(version, SitePageVersion) else None,
            text=text,
        )
        for version, named in texts
        for name, text in named.items()
        if name in files
    )
