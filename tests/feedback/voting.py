"""How the tests vote, and what is stored of it."""

import threading
from collections.abc import Callable

from django.db import connections

from feedback.models import Vote

SITE = "http://testserver"


def post(visitor, number, vote="oui", *, headers=None, **fields):
    """Send a vote as a page of this site does, or with other headers."""
    headers = {"Origin": SITE} if headers is None else headers
    return visitor.post(f"/fiche/{number}/vote/", {"vote": vote, **fields}, headers=headers)


def stored():
    """Return entry and answer of every vote, in the order of the first votes."""
    return list(Vote.objects.order_by("pk").values_list("entry", "answer"))


def together(*calls: Callable[[], object]) -> list[Exception]:
    """Make calls at the same moment, each on a database connection of its own; return what they raised."""
    start = threading.Barrier(len(calls))
    raised: list[Exception] = []

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
