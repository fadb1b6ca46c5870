"""The check of a file that was sent, in a process of its own, with a bound on time and memory."""

import json
import os
import subprocess
import sys

from django.conf import settings

from faq.domain.limits import MEDIA_CHECK_MAX_SECONDS
from faq.domain.media.formats import CleanFile, MediaFormat, RefusedFile

_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH")
_TOO_INTRICATE = (
    "est trop compliqué pour être vérifié\u00a0; enregistrez-le de nouveau, ou réduisez-le, puis recommencez."
)


def check_file(content: bytes) -> CleanFile:
    """Return a file as it is stored. Raises RefusedFile, also where the check takes too much time or memory."""
    try:
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "faq.domain.media.worker"],
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            # A library that a file makes do what it wants finds no secret.
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            # A machine may be busy: the bound on computing time is the process's own.
            timeout=4 * MEDIA_CHECK_MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RefusedFile(_TOO_INTRICATE) from None
    if run.returncode:
        raise RefusedFile(_TOO_INTRICATE)
    head, _, cleaned = run.stdout.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise RefusedFile(told["refused"])
    return CleanFile(cleaned, MediaFormat(told["format"]), told["width"], told["height"], told["pages"])
