"""Sending to a search server: each change after it is committed, and everything where it holds nothing.

The tables are the truth. Changes are sent in the order of their steps, each document with the step as its version:
a slow writer never overwrites what is newer, and what could not be sent is sent with the next change.
"""

import logging
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from django.db import transaction

from faq.domain.chunks import split_in_chunks
from faq.domain.search.server_queries import INDEX_BODY, STATE_ID, Body, build_document, build_state
from faq.models import Epoch, SearchedEntry
from faq.selectors.search.server_backend import get_step_on
from faq.selectors.search.server_changes import changed_between, get_latest_step, record_step
from faq.selectors.search.server_client import CHUNK, SearchServer, ServerFault, get_search_server

logger = logging.getLogger(__name__)

ProgressReport = Callable[[int, int], None]
"""Called with (entries done, entries in all)."""


class ServerNotFilled(Exception):
    """The server lacks changes that are no longer recorded, and has to be filled. The message says so in French."""


def schedule_update(numbers: Collection[int], *, send: bool = True) -> None:
    """Send these entries to the server once the transaction that changes them is committed.

    Without `send`, the caller fills the server; until then it lags and is not listened to.
    """
    if not numbers or get_search_server() is None:
        return
    record_step(numbers)
    if send:
        transaction.on_commit(_send_after_commit, robust=True)


def send_changes(server: SearchServer) -> int:
    """Send what the server does not hold; return the number of entries. Raises ServerFault, ServerNotFilled."""
    known, upto = get_step_on(server), get_latest_step()
    if known == upto:
        return 0
    numbers = changed_between(known, upto) if known < upto else None
    if numbers is None:
        raise ServerNotFilled("Le moteur de recherche est à remplir : lancez « manage.py rebuild_search ».")
    server.write(_build_changes(sorted(numbers), upto))
    # The state is written last: a server that says it holds a step holds all of it.
    server.write([_state_action(upto)], refresh=True)
    return len(numbers)


def fill_server(server: SearchServer, progress: ProgressReport | None = None) -> int:
    """Fill a new index and put it in the place of the old one; return the number of its entries. Raises ServerFault.

    Changes made meanwhile are sent afterwards.
    """
    before = server.find_aliased_indexes()
    index = f"{server.address.index}-{time.strftime('%Y%m%d%H%M%S')}-{uuid.uuid4().hex[:6]}"
    server.create_index(index, INDEX_BODY)
    try:
        filled = _fill_index(server, index, progress)
        server.move_alias(before, index)
    except ServerFault:
        _delete_indexes(server, [index])
        raise
    _delete_indexes(server, before)
    send_changes(server)
    return filled


def find_server_faults() -> Iterator[str]:
    """Yield in French what is wrong with the search server, where one is configured."""
    server = get_search_server()
    if server is None:
        return
    try:
        known = get_step_on(server)
    except ServerFault as fault:
        yield f"Moteur de recherche {server.address} : {fault}."
        return
    if known != get_latest_step():
        yield (
            f"Moteur de recherche {server.address} : il ne connaît pas ce qui est en ligne ; "
            "lancez « manage.py rebuild_search --pending », ou sans l’option s’il est à remplir."
        )


def _send_after_commit() -> None:
    """Send what changed; a fault is only recorded, since searches notice that the server lags."""
    server = get_search_server()
    if server is None or server.is_resting:
        return
    try:
        send_changes(server)
    except (ServerFault, ServerNotFilled) as fault:
        server.record_fault(fault)


def _fill_index(server: SearchServer, index: str, progress: ProgressReport | None) -> int:
    # The step is recorded before the entries are read: documents can be newer than the state says, never older.
    step = _record_full_step()
    total, done = SearchedEntry.objects.count(), 0

    def build_actions() -> Iterator[Body]:
        nonlocal done
        rows = SearchedEntry.objects.order_by("pk").values_list("pk", "words", "usefulness")
        for number, words, usefulness in rows.iterator(chunk_size=CHUNK):
            yield _index_action(number, bytes(words), usefulness, step)
            done += 1
            if progress and done % CHUNK == 0:
                progress(done, max(done, total))

    server.write(build_actions(), index)
    server.write([_state_action(step)], index, refresh=True)
    if progress:
        progress(done, done)
    return done


@transaction.atomic
def _record_full_step() -> int:
    # Every change moves the epoch first: this waits for those that are not committed.
    Epoch.move(())
    record_step(())
    return get_latest_step()


def _build_changes(numbers: Sequence[int], step: int) -> Iterator[Body]:
    for chunk in split_in_chunks(numbers, CHUNK):
        rows = SearchedEntry.objects.filter(pk__in=chunk).values_list("pk", "words", "usefulness")
        found = {number: _index_action(number, bytes(words), useful, step) for number, words, useful in rows}
        for number in chunk:
            yield found.get(number) or _action("delete", str(number), step)


def _index_action(number: int, words: bytes, usefulness: int, step: int) -> Body:
    return _action("index", str(number), step) | {"_source": build_document(number, words, usefulness)}


def _state_action(step: int) -> Body:
    return _action("index", STATE_ID, step) | {"_source": build_state(step)}


def _action(verb: str, id: str, step: int) -> Body:
    # Of two writers the one that read later wins, whichever arrives first.
    return {"_op_type": verb, "_id": id, "version": step, "version_type": "external_gte"}


def _delete_indexes(server: SearchServer, indexes: Iterable[str]) -> None:
    for index in indexes:
        try:
            server.delete_index(index)
        except ServerFault as fault:
            logger.warning("Moteur de recherche : l’index « %s » est resté (%s) ; à supprimer à la main.", index, fault)
