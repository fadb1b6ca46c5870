"""The storage of images and documents: under names made of their hash, each written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

_TEMPORARY_ENDING = ".part"
"""How the names of files end that are being written."""
_CHUNK = 64 * 1024


def get_storage() -> Storage:
    """Return the storage that the settings name."""
    return storages["media"]


class AtomicFileSystemStorage(FileSystemStorage):
    """Files in a folder. One appears under its name only when all its bytes have reached the disk."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: it stands for the bytes, so what has that name already is the same file."""
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=_TEMPORARY_ENDING, delete=False
        ) as part:
            try:
                for chunk in content.chunks():
                    part.write(chunk)
                part.flush()
                os.fchmod(part.fileno(), 0o644)
                os.fsync(part.fileno())
                os.replace(part.name, path)
            except BaseException:
                os.unlink(part.name)
                raise
        _sync_folder(path.parent)
        return name


def read_chunks(name: str) -> Iterator[bytes]:
    """Return the bytes of a stored file, a few at a time. Raises FileNotFoundError at once.

    The file is opened for the first of them: a request for its headers alone reads none.
    """
    if not get_storage().exists(name):
        raise FileNotFoundError(name)
    return _read(name)


def _read(name: str) -> Iterator[bytes]:
    with get_storage().open(name) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def list_stored_names() -> Iterator[str]:
    """Yield the names of all files in the storage, unfinished ones included."""
    storage = get_storage()
    try:
        folders, files = storage.listdir("")
    except FileNotFoundError:
        return
    yield from files
    for folder in sorted(folders):
        yield from (f"{folder}/{name}" for name in sorted(storage.listdir(folder)[1]))


def _sync_folder(folder: Path) -> None:
    """Flush the name to the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
