"""The answer where the database was busy with another write for too long: a page that says so, and may be reloaded."""

import logging
import sqlite3
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

_RETRY_AFTER = 30
"""Seconds after which a client may try again."""
_SQLITE_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_POSTGRESQL_STATES = {"55P03", "40P01"}
"""Those of a lock that was not got before lock_timeout, and of a deadlock, which passes when one tries again."""

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class BusyDatabaseMiddleware:
    """Middleware: answer a request whose write waited too long for another one."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request as ever."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where a view failed for want of a lock."""
        return refuse_for_now(request) if is_lock_timeout(exception) else None


def is_lock_timeout(error: BaseException | None) -> bool:
    """Return whether a statement failed because another write held what it needs."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _POSTGRESQL_STATES:
        return True
    # The low byte is the code; the others say more.
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_CODES


def refuse_for_now(request: HttpRequest) -> HttpResponse:
    """Return the page that asks to try again, which needs nothing from the database."""
    logger.warning("The database was busy for too long: %s %s", request.method, request.path)
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(_RETRY_AFTER)})
