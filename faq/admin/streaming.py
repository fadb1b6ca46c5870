"""Long work of a page: its progress as a stream of lines, while it runs in a thread that needs no reader to finish."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect

from faq.domain.duplicates.index import ProgressCallback
from faq.services.content import EntryError, ImportRefused

STREAM_TYPE = "application/x-ndjson"
_SIGN_OF_LIFE = 5
"""Seconds after which a line is sent though nothing is new: proxies cut what is silent."""
_BUSY = "La base de données est occupée par une autre écriture longue : attendez un peu, puis recommencez."
_BROKEN = "Une erreur inattendue a arrêté le travail, et rien n’a été enregistré. Prévenez un administrateur."

logger = logging.getLogger(__name__)

Work = Callable[[ProgressCallback | None], str]
"""Does something long and returns the address of the page to show next. Raises EntryError, ImportRefused."""


def run_long_work(request: HttpRequest, work: Work, back: str) -> HttpResponse:
    """Do something long and lead to the page that it returns, or say why it was refused and lead `back`.

    A script that asks for it gets a line of JSON for every step: {"done", "total"}, in the end {"address"}, and
    {"error"} where it was refused. Without a script, the answer is a redirect.
    """
    if request.headers.get("Accept") == STREAM_TYPE:
        return _stream(work)
    try:
        return redirect(work(None))
    except (EntryError, ImportRefused) as refusal:
        messages.error(request, str(refusal))
    except OperationalError:
        logger.exception("The database refused long work.")
        messages.error(request, _BUSY)
    return redirect(back)


def _stream(work: Work) -> StreamingHttpResponse:
    lines: SimpleQueue[dict[str, object] | None] = SimpleQueue()
    threading.Thread(target=_run, args=(work, lines)).start()
    response = StreamingHttpResponse(_read_lines(lines), content_type=STREAM_TYPE)
    response["X-Accel-Buffering"] = "no"
    return response


def _run(work: Work, lines: SimpleQueue) -> None:
    """Work to the end, whether anybody reads the lines or not."""
    try:
        address = work(lambda done, total: lines.put({"done": done, "total": total}))
        lines.put({"address": address})
    except (EntryError, ImportRefused, PermissionDenied) as refusal:
        lines.put({"error": str(refusal)})
    except OperationalError:
        logger.exception("The database refused long work.")
        lines.put({"error": _BUSY})
    except Exception:
        logger.exception("Long work failed.")
        lines.put({"error": _BROKEN})
    finally:
        connections.close_all()
        lines.put(None)


def _read_lines(lines: SimpleQueue) -> Iterator[str]:
    while True:
        try:
            line = lines.get(timeout=_SIGN_OF_LIFE)
        except Empty:
            line = {}
        if line is None:
            return
        yield f"{json.dumps(line)}\n"
