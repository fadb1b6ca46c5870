"""What a search server learns: each change after it is committed, and everything where it knows nothing.

The tables are the truth. Changes are sent in the order of their steps, each document with the step as its version:
whoever is slow never overwrites what is newer, and what could not be sent is sent with the next change.
"""

import logging
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db import transaction

from faq.domain.search.server_queries import INDEX, STATE, document, state
from faq.models import Epoch, SearchedEntry
from faq.selectors.search.remote import step_on
from faq.selectors.search.server import Server, ServerFault, search_server
from faq.selectors.search.steps import changed_between, latest_step, leave_step

logger = logging.getLogger(__name__)

CHUNK = 500
"""Documents written at a time: some hundred kilobytes."""
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds to wait, one after the other, while the server asks for less."""
_CONFLICT, _ABSENT = 409, 404
_BUSY = 429

Body = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


class ServerUnready(Exception):
    """What the server knows cannot be brought up to date: it has to be filled. The message says so in French."""


def tell_server(numbers: Collection[int], *, at_once: bool = True) -> None:
    """Have the server learn these entries again once the transaction that changes them is committed.

    Not `at_once`: whoever calls fills it anyway, and until then it is not listened to.
    """
    if not numbers or search_server() is None:
        return
    leave_step(numbers)
    if at_once:
        transaction.on_commit(_send_quietly, robust=True)


def send_changes(server: Server) -> int:
    """Send what the server does not know; return how many entries that was. Raises ServerFault, ServerUnready."""
    known, upto = step_on(server), latest_step()
    if known == upto:
        return 0
    numbers = changed_between(known, upto) if known < upto else None
    if numbers is None:
        raise ServerUnready("Le moteur de recherche est à remplir : lancez « manage.py rebuild_search ».")
    _write(server, server.address.index, _changes(numbers, upto))
    _write(server, server.address.index, _state(upto), refresh=True)
    return len(numbers)


def fill_server(server: Server, progress: Progress | None = None) -> int:
    """Fill a new index, then put it in the place of the old one; return how many entries it holds. Raises ServerFault.

    What changes meanwhile is sent afterwards.
    """
    alias = server.address.index
    before = _indexes_behind(server, alias)
    index = f"{alias}-{time.strftime('%Y%m%d%H%M%S')}-{uuid.uuid4().hex[:6]}"
    server.ask("PUT", f"/{index}", INDEX)
    try:
        filled = _fill(server, index, progress)
        moved = [{"remove": {"index": old, "alias": alias}} for old in before]
        server.ask("POST", "/_aliases", {"actions": [*moved, {"add": {"index": index, "alias": alias}}]})
    except ServerFault:
        _drop(server, [index])
        raise
    _drop(server, before)
    send_changes(server)
    return filled


def server_faults() -> Iterator[str]:
    """Say in French what is wrong with the search server, where one is switched on."""
    server = search_server()
    if server is None:
        return
    try:
        known = step_on(server)
    except ServerFault as fault:
        yield f"Moteur de recherche {server.address} : {fault}."
        return
    if known != latest_step():
        yield (
            f"Moteur de recherche {server.address} : il ne connaît pas ce qui est en ligne ; "
            "lancez « manage.py rebuild_search --pending », ou sans l’option s’il est à remplir."
        )


def _send_quietly() -> None:
    """Send what changed; whoever published is not bothered with a server that fails: pages notice that it is behind."""
    server = search_server()
    if server is None or server.rests:
        return
    try:
        send_changes(server)
    except (ServerFault, ServerUnready) as fault:
        server.failed(fault)


def _fill(server: Server, index: str, progress: Progress | None) -> int:
    # The step is left before the entries are read: what they hold can be newer than what is said, never older.
    step = _leave_step()
    total, done = SearchedEntry.objects.count(), 0
    rows = SearchedEntry.objects.order_by("pk").values_list("pk", "words", "usefulness")
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        lines = [_indexed(number, bytes(words), useful, step) for number, words, useful in chunk]
        _write(server, index, [line for two in lines for line in two])
        done += len(chunk)
        if progress:
            progress(done, max(done, total))
    _write(server, index, _state(step), refresh=True)
    return done


@transaction.atomic
def _leave_step() -> int:
    # Whoever changes something moves the epoch first: this waits for them.
    Epoch.move(())
    leave_step(())
    return latest_step()


def _changes(numbers: Collection[int], step: int) -> Iterator[Body]:
    for chunk in _chunks(sorted(numbers)):
        rows = SearchedEntry.objects.filter(pk__in=chunk).order_by("pk").values_list("pk", "words", "usefulness")
        found = {number: _indexed(number, bytes(words), useful, step) for number, words, useful in rows}
        for number in chunk:
            if number in found:
                yield from found[number]
            else:
                yield {"delete": _identity(str(number), step)}


def _indexed(number: int, words: bytes, usefulness: int, step: int) -> list[Body]:
    return [{"index": _identity(str(number), step)}, document(number, words, usefulness)]


def _state(step: int) -> list[Body]:
    return [{"index": _identity(STATE, step)}, state(step)]


def _identity(id: str, step: int) -> Body:
    # Of two writers the one that read later wins, whichever arrives first.
    return {"_id": id, "version": step, "version_type": "external_gte"}


def _write(server: Server, index: str, lines: Iterable[Body], *, refresh: bool = False) -> None:
    """Write documents, and again those that the server had no time for. Raises ServerFault."""
    for operations in _chunks(_operations(lines)):
        pending = operations
        for pause in (*PAUSES, None):
            pending = _refused(server, index, pending, refresh=refresh)
            if not pending:
                break
            if pause is None:
                raise ServerFault(f"{len(pending)} documents refusés : il est débordé", _BUSY)
            time.sleep(pause)


def _refused(server: Server, index: str, operations: list[list[Body]], *, refresh: bool) -> list[list[Body]]:
    """Write documents; return those that may be written later. Raises ServerFault."""
    try:
        outcomes = server.write(index, [line for lines in operations for line in lines], refresh=refresh)
    except ServerFault as fault:
        if fault.busy:
            return operations
        raise
    if len(outcomes) != len(operations):
        raise ServerFault("il ne dit pas ce qu’il a écrit de tout")
    again = []
    for lines, (status, error) in zip(operations, outcomes, strict=True):
        if status == _BUSY:
            again.append(lines)
        elif not (status < 300 or status == _CONFLICT or (status == _ABSENT and "delete" in lines[0])):
            raise ServerFault(f"un document refusé ({status}) : {error}", status)
    return again


def _operations(lines: Iterable[Body]) -> Iterator[list[Body]]:
    """Return what is done to each document: one line, or two where there is something to write."""
    iterator = iter(lines)
    for line in iterator:
        yield [line] if "delete" in line else [line, next(iterator)]


def _indexes_behind(server: Server, alias: str) -> list[str]:
    """Return the indexes that the alias stands for; none where there is none yet. Raises ServerFault."""
    try:
        return sorted(server.ask("GET", f"/_alias/{alias}"))
    except ServerFault as fault:
        if fault.status == _ABSENT:
            return []
        raise


def _drop(server: Server, indexes: Iterable[str]) -> None:
    for index in indexes:
        try:
            server.ask("DELETE", f"/{index}")
        except ServerFault as fault:
            logger.warning("Moteur de recherche : l’index « %s » est resté (%s) ; à supprimer à la main.", index, fault)


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
