"""The cost of a vote: processor and rate, beside the ordinary view and beside plain INSERTs through the driver.

Every vote is a request of its own, of a visitor who was never seen before, through the whole of the site as a server
calls it: middleware, addresses, view, database, answer. Each way votes in processes of its own, as many as
the machine has processors.
"""

import io
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from faq.models import Entry
from feedback.models import Vote
from feedback.votes import create_visitor_token
from tests.benchmarks.measure import apart, figure, table

ENTRIES = 200
VOTES = 400
"""Of each process, in each round."""
ROUNDS = 5
"""The ways take turns, and the best round of each counts: whatever else the machine does slows all of them."""
PROCESSES = os.cpu_count() or 1
WARM_UP = ENTRIES
"""Votes of each process that are not measured."""
PATIENCE = 120
"""Seconds that a process waits for the others to be warm."""
TOKEN = "a" * 32
"""Against forgery, as the ordinary view wants it: in a cookie, and in the form."""

Vote_ = Callable[[int, int], None]
"""Votes once on the entry of a number; the rank tells one visitor from another."""
Spent = tuple[float, float, float]
"""Seconds of processor for all votes of a process, and when the first and the last were."""


def run() -> None:
    """Vote in three ways, by turns, and compare."""
    numbers = list(Entry.objects.live().order_by("pk").values_list("pk", flat=True)[:ENTRIES])
    if not numbers:
        raise RuntimeError("nothing is live: votes come after the benchmarks that publish")
    ways = {"vote du site": ours, "vue ordinaire": ordinary, "INSERT seul": plain}
    rounds = [{name: _round(way, numbers) for name, way in ways.items()} for _ in range(ROUNDS)]
    costs = {name: (min(one[name][0] for one in rounds), max(one[name][1] for one in rounds)) for name in ways}
    cpu, rate = costs["vue ordinaire"]
    rows = [
        (
            figure(VOTES * PROCESSES * ROUNDS),
            name,
            figure(each * 1_000, 3),
            figure(per_second),
            f"{figure(cpu / each, 1)} ×",
            f"{figure(per_second / rate, 1)} ×",
        )
        for name, (each, per_second) in costs.items()
    ]
    columns = ("votes", "façon", "ms de processeur par vote", "votes par seconde", "processeur", "débit")
    title = (
        f"Votes de visiteurs nouveaux sur {len(numbers)} fiches, {PROCESSES} processus, le meilleur de {ROUNDS} tours"
    )
    table(title, columns, rows)


def _round(way: Callable[[], Vote_], numbers: list[int]) -> tuple[float, float]:
    """Return seconds of processor per vote, and votes per second of all processes together."""
    ready = get_context("fork").Barrier(PROCESSES)
    # Threads only wait for their processes.
    with ThreadPoolExecutor(PROCESSES) as pool:
        spans = list(pool.map(lambda _: apart(_spent, way, numbers, ready), range(PROCESSES)))
    cpu = sum(spent for spent, _, _ in spans) / (VOTES * PROCESSES)
    return cpu, VOTES * PROCESSES / (max(end for _, _, end in spans) - min(start for _, start, _ in spans))


def _spent(way: Callable[[], Vote_], numbers: list[int], ready: Barrier) -> Spent:
    """Vote, once all processes are warm."""
    vote = way()
    for rank in range(WARM_UP):
        vote(numbers[rank % len(numbers)], rank)
    before = Vote.objects.count()
    ready.wait(PATIENCE)
    start, cpu = time.monotonic(), time.process_time()
    for rank in range(VOTES):
        vote(numbers[rank % len(numbers)], WARM_UP + rank)
    spent, end = time.process_time() - cpu, time.monotonic()
    if Vote.objects.count() < before + VOTES:
        raise RuntimeError("votes were lost")
    return spent, start, end


def ours() -> Vote_:
    """Vote as the form below an answer does."""
    handler = WSGIHandler()
    live = dict(Entry.objects.live().values_list("pk", "live__number"))

    def vote(number: int, rank: int) -> None:
        # As many networks as visitors, or the burst would be set aside.
        headers = {"HTTP_ORIGIN": "http://testserver", "REMOTE_ADDR": f"10.{rank % 250}.{os.getpid() % 250}.1"}
        body = urlencode({"vote": "non", "version": live[number]}).encode()
        _send(handler, f"/fiche/{number}/vote/", body, headers, 303)

    return vote


def ordinary() -> Vote_:
    """Vote through the ordinary view."""
    override_settings(ROOT_URLCONF="tests.benchmarks.ordinary_votes").enable()
    handler = WSGIHandler()
    body = urlencode({"vote": "non", "csrfmiddlewaretoken": TOKEN}).encode()
    headers = {"HTTP_COOKIE": f"csrftoken={TOKEN}", "HTTP_ORIGIN": "http://testserver"}
    return lambda number, rank: _send(handler, f"/fiche/{number}/avis/", body, headers, 302)


def plain() -> Vote_:
    """Write the row of a vote, and nothing else, through the driver."""
    connection.ensure_connection()
    live = dict(Entry.objects.live().values_list("pk", "live")[: 10 * ENTRIES])
    columns = "entry_id, version_id, visitor_hash, answer, first_voted_at, voted_at, given_again, source, changed"
    sign = "%s" if connection.vendor == "postgresql" else "?"
    statement = f"INSERT INTO feedback_vote ({columns}, standing) VALUES ({', '.join([sign] * 10)})"  # noqa: S608
    driver = connection.connection

    def vote(number: int, rank: int) -> None:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        row = (number, live[number], create_visitor_token(), "non", now, now, False, "", False, "compte")
        driver.cursor().execute(statement, row)

    return vote


def _send(handler: WSGIHandler, path: str, body: bytes, headers: dict[str, str], expected: int) -> None:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        **headers,
    }
    told: list[str] = []
    response = handler(environ, lambda status, headers: told.append(status))
    response.close()
    if not told[0].startswith(str(expected)):
        raise RuntimeError(f"{path}: {told[0]}")
