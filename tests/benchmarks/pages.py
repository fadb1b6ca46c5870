"""The public pages: what a request costs, beside an ordinary Django page and a view that does nothing.

Requests go through the whole of Django, as a server hands them over, and are counted with what the database's own
process spends on them where it can be seen.
"""

import gzip
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from faq.domain.facets import Facet, State
from faq.enums import Action, Origin
from faq.models import Entry, Epoch, Theme
from faq.selectors.published import live_snapshot, read_snapshot
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.versions import Provenance
from faq.views.caching import page_cache
from faq.views.states import state_address
from tests.benchmarks import data, ordinary
from tests.benchmarks.measure import apart, cost, figure, megabytes, milliseconds, table
from tests.workers import stale_pages

SIZES = (1_000, 10_000, 100_000)
SECONDS = 1.0
"""For which a request is repeated; the figure is the mean."""
PAIRS = 1_000
_TICK = 1 / os.sysconf("SC_CLK_TCK")

urlpatterns = [
    path("vide/", lambda request: HttpResponse("")),
    path("ordinaire/", ordinary.page),
    path("", include("faqcms.urls")),
]
_site = WSGIHandler()


def run() -> None:
    """Measure and print; leaves as many published entries as the largest size."""
    first, again, changes, late = [], [], [], 0
    for size in SIZES:
        rows = apart(_rows, size)
        first += rows[0]
        again += rows[1]
        changes += rows[2]
        if size == SIZES[0]:
            with _left_as_it_was(1):
                late = stale_pages(PAIRS, 1, ["/"])
    table(
        "Pages publiques, écrites pour la première fois, à côté d’une page Django ordinaire et soignée.",
        ("fiches", "page", "ici (ms)", "ordinaire (ms)", "fois moins", "requêtes", "octets", "compressés"),
        first,
    )
    table(
        "Pages publiques redemandées, à côté d’une vue vide derrière les mêmes intergiciels.",
        ("fiches", "page", "UC (ms)", "fois la vue vide"),
        again,
    )
    table("Ce que coûte un changement.", ("fiches", "quoi", "UC (ms)", "Mo"), changes)
    table(
        "Deux processus, l’un publie et l’autre lit aussitôt.",
        ("lectures", "", "en retard"),
        [(figure(PAIRS), "", figure(late))],
    )


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
def _rows(size: int) -> tuple[list[tuple[str, ...]], ...]:
    data.fill(size)
    # One thread answers all requests, as in a worker that keeps its connection.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    build = cost(lambda: read_snapshot(Epoch.tokens()), patience=0)
    first = [_beside_ordinary(size, name, address) for name, address in _pages()]
    return (
        first,
        list(_again(size)),
        [
            (figure(size), "lire toutes les fiches au démarrage", milliseconds(build.cpu), megabytes(build.memory)),
            (figure(size), "publier une fiche, puis la lire", milliseconds(_publishing()), ""),
        ],
    )


def _pages() -> Iterator[tuple[str, str]]:
    """Name the pages that are measured: the landing page, and a step further for every question."""
    yield "accueil", "/"
    yield "page 50", "/?page=50"
    state: dict[Facet, Any] = {}
    for facet in Facet:
        options = [one for question in _asked(state) if question.facet is facet for one in question.options]
        if options:
            state[facet] = max(options, key=lambda one: one.count).term
            yield f"{len(state)} choix", state_address(state)


def _asked(state: State):
    return live_snapshot().index.questions(state)


def _beside_ordinary(size: int, name: str, address: str) -> tuple[str, ...]:
    here = _mean(lambda: _first_time(address))
    there = _mean(lambda: _get(f"/ordinaire{address}"))
    body = _get(address)
    return (
        figure(size),
        name,
        milliseconds(here),
        milliseconds(there),
        figure(there / here),
        figure(cost(lambda: _first_time(address), patience=0).queries),
        figure(len(body)),
        figure(len(gzip.compress(body, 6))),
    )


def _first_time(address: str) -> bytes:
    page_cache.clear()
    return _get(address)


def _again(size: int) -> Iterator[tuple[str, ...]]:
    empty = _mean(lambda: _get("/vide/"))
    yield figure(size), "vue vide", milliseconds(empty), figure(1, 2)
    etag = _ask("/")[1]["ETag"]
    for name, headers in (("accueil", {}), ("accueil, 304", {"HTTP_IF_NONE_MATCH": etag})):
        spent = _mean(lambda headers=headers: _ask("/", **headers))
        yield figure(size), name, milliseconds(spent), figure(spent / empty, 2)


def _publishing() -> float:
    """Return the seconds that it takes to publish an entry and to bring the index up to date, texts left alone."""
    number = Entry.objects.live().order_by("-pk").values_list("pk", flat=True)[0]
    with _left_as_it_was(number) as content:
        themes = [
            {**content.filing, Facet.THEMES: ids} for ids in (frozenset({Theme.objects.all()[0].pk}), frozenset())
        ]

        def publish() -> None:
            themes.reverse()
            _publish(number, Content(content.question, content.answer, themes[0]))
            live_snapshot()

        return _mean(publish)


@contextmanager
def _left_as_it_was(number: int) -> Iterator[Content]:
    """Return what an entry says, and have it say that again afterwards."""
    content = content_of(Entry.objects.select_related("head").get(pk=number).head)
    yield content
    _publish(number, content)


def _publish(number: int, content: Content) -> None:
    edit_entry(number, content, Provenance(Origin.COMMAND), then=Action.PUBLISHED)


def _mean(call: Callable[[], Any]) -> float:
    """Return the mean seconds of processor of a call, after a first one."""
    call()
    spent, times, end = -_processor(), 0, time.perf_counter() + SECONDS
    while times < 3 or time.perf_counter() < end:
        call()
        times += 1
    return (spent + _processor()) / times


def _processor() -> float:
    """Return the seconds of processor that this process has spent, and that of the database for it."""
    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    statistics = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not statistics.exists():
        return time.process_time()
    user, system = statistics.read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) * _TICK


def _get(address: str) -> bytes:
    status, _, body = _ask(address)
    if status != "200 OK":
        raise RuntimeError(f"{address} répond {status}")
    return body


def _ask(address: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """Hand a request to the site as a server does."""
    place, _, query = address.partition("?")
    answered: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": place,
        "QUERY_STRING": query,
        "SERVER_NAME": "faq.exemple.fr",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **headers,
    }
    response = _site(environ, lambda status, headers: answered.extend((status, dict(headers))))
    body = b"".join(response)
    response.close()
    return *answered, body
