"""The destination of a command's bytes: standard output, or a file that is written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.management.base import CommandError

from faq.management.faults import reason


@contextlib.contextmanager
def written_to(output, stdout):
    """Return a binary file to write to; `output` is a path, or None for the command's standard output.

    A file takes its name only when all is written: whatever goes wrong before, a file of that name
    stays as it was. Raises CommandError, in French, where the path cannot be written.
    """
    if output is None:
        yield _binary(stdout)
        return
    # A link stays a link: what it leads to is written.
    path = Path(output).resolve()
    try:
        if path.exists() and not path.is_file():
            # A device or a pipe takes bytes as they come, and must not be replaced.
            with path.open("wb") as file:
                yield file
            return
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                yield file
                file.flush()
                os.fchmod(file.fileno(), 0o666 & ~_umask())
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise CommandError(
            f"{output} : impossible d’écrire ce fichier ({reason(error)}). "
            "Vérifiez le dossier, vos droits et la place libre."
        ) from error


def _umask():
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _binary(stdout):
    return getattr(stdout, "buffer", None) or _Text(stdout)


class _Text:
    """A binary face for an output that takes text only."""

    def __init__(self, stdout):
        self.stdout = stdout

    def write(self, part):
        """Write UTF-8 bytes as the text that they are."""
        self.stdout.write(part.decode(), ending="")
