"""The storage of found pairs, so that they stay true of the latest texts while others write."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from faq.domain.chunks import split_in_chunks
from faq.domain.duplicates.pairs import GENERATION, FoundPair
from faq.models import Entry, Pair
from faq.services.duplicates_comparison import MAX_OTHERS, Comparison

_CHUNK = 500
"""Entries, or pairs, of one query."""
_VERDICT_COLUMNS = ("kind", "score", "evidence", "generation", "stands", "left_text", "right_text")
_LOCK = 0x70616972
"""Number of the advisory lock on PostgreSQL under which pairs are stored."""
_BACKLOG_LOCK = _LOCK + 1
"""Number of the advisory lock on PostgreSQL of the process that compares texts of other writes."""
_backlog_lock = threading.Lock()
"""The lock of the thread of this process that does."""


@dataclass(slots=True)
class ScanReport:
    """The outcome of a comparison that was stored."""

    documents: int = 0
    """Number of texts in use."""
    pairs: list[Pair] = field(default_factory=list)
    """All pairs that stand, siblings included; only a comparison of everything fills it in."""
    new: int = 0
    gone: int = 0
    postponed: frozenset[int] = frozenset()
    """The entries that wait to be compared again, as texts changed meanwhile."""


@contextmanager
def backlog_turn() -> Iterator[bool]:
    """Return whether it is the caller's turn to compare texts of other writes: no two writes compare the same.

    Two processes may on SQLite, where the second to store finds nothing left to do.
    """
    if not _backlog_lock.acquire(blocking=False):
        yield False
        return
    try:
        if connection.vendor != "postgresql":
            yield True
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_BACKLOG_LOCK])
            [is_locked] = cursor.fetchone()
        try:
            yield is_locked
        finally:
            if is_locked:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_BACKLOG_LOCK])
    finally:
        _backlog_lock.release()


@transaction.atomic(durable=True)
def store_comparison(comparison: Comparison) -> ScanReport:
    """Make the stored pairs of the entries that were compared those that were found.

    An entry that changed since it was read, or that another process compared without having read the same texts,
    keeps its pairs and waits to be compared again; where the other process compared many more, such as an import,
    those of this comparison wait instead. A pair that an editor has decided on stays, with its decision.
    """
    _wait_for_other_processes()
    locked_heads = _lock_waiting(comparison.numbers)
    newer_ranks = _read_newer_ranks(comparison)
    unread = sum(comparison.heads.get(number) != head for number, head, _ in newer_ranks)
    if unread > max(MAX_OTHERS, len(comparison.numbers)):
        return ScanReport(comparison.documents, postponed=comparison.numbers & locked_heads.keys())
    stale = _find_stale(comparison, locked_heads, newer_ranks)
    compared = comparison.numbers - stale
    report = ScanReport(comparison.documents, postponed=frozenset(stale))
    found = [pair for pair in comparison.pairs if pair.left not in stale and pair.right not in stale]
    _store_pairs(found, _read_stored(compared, stale), comparison.materials, report)
    rank = _last_rank(comparison, newer_ranks) + 1
    for chunk in _chunks(compared):
        waiting = Entry.objects.filter(pk__in=chunk, comparison_rank=None)
        waiting.update(comparison_rank=rank, compared_version=F("head"))
    for chunk in _chunks(stale):
        Entry.objects.filter(pk__in=chunk).update(comparison_rank=None)
    return report


def _wait_for_other_processes() -> None:
    """Let one process store at a time. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _lock_waiting(numbers: Collection[int]) -> dict[int, int]:
    """Lock the entries that still wait, in the order in which all writers lock, and return their versions."""
    waiting = Entry.objects.filter(comparison_rank=None).order_by("pk").select_for_update(no_key=True)
    heads: dict[int, int] = {}
    for chunk in _chunks(numbers):
        heads |= dict(waiting.filter(pk__in=chunk).values_list("pk", "head"))
    return heads


def _read_newer_ranks(comparison: Comparison) -> list[tuple[int, int, int]]:
    """Return number, version and rank of the entries that were compared since the comparison read the texts."""
    if comparison.last_rank is None:
        return []
    newer = Entry.objects.filter(comparison_rank__gt=comparison.last_rank)
    return list(newer.values_list("pk", "head", "comparison_rank"))


def _last_rank(comparison: Comparison, newer_ranks: list[tuple[int, int, int]]) -> int:
    if comparison.last_rank is None:
        return Entry.objects.aggregate(last=Max("comparison_rank"))["last"] or 0
    return max([comparison.last_rank, *(rank for _, _, rank in newer_ranks)])


def _find_stale(
    comparison: Comparison, locked_heads: dict[int, int], newer_ranks: list[tuple[int, int, int]]
) -> set[int]:
    """Return the entries whose latest text the comparison did not read, though its result depends on it."""
    heads = {number: head for number, head, _ in newer_ranks} | locked_heads
    involved = comparison.numbers.union(*((pair.left, pair.right) for pair in comparison.pairs))
    for chunk in _chunks(involved - heads.keys()):
        heads |= dict(Entry.objects.filter(pk__in=chunk).values_list("pk", "head"))
    return {number for number, head in heads.items() if comparison.heads.get(number) != head}


def _read_stored(numbers: Collection[int], stale: Collection[int]) -> list[Pair]:
    """Return the stored pairs that a comparison replaces."""
    stored: dict[int, Pair] = {}
    for chunk in _chunks(numbers):
        stored |= Pair.objects.filter(Q(left__in=chunk) | Q(right__in=chunk)).in_bulk()
    return [pair for pair in stored.values() if pair.left_id not in stale and pair.right_id not in stale]


def _store_pairs(
    found: Collection[FoundPair], stored: Iterable[Pair], materials: Mapping[int, str], report: ScanReport
) -> None:
    unseen = {(pair.left_id, pair.right_id): pair for pair in stored}
    now = timezone.now()
    new: list[Pair] = []
    changed: list[Pair] = []
    for found_pair in found:
        pair = unseen.pop((found_pair.left, found_pair.right), None)
        columns = _verdict_columns(found_pair, materials)
        if pair is None:
            new.append(Pair(left_id=found_pair.left, right_id=found_pair.right, found_at=now, **columns))
        elif any(getattr(pair, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(pair, name, value)
            changed.append(pair)
    Pair.objects.bulk_create(new, batch_size=_CHUNK)
    Pair.objects.bulk_update(changed, _VERDICT_COLUMNS, batch_size=_CHUNK)
    for chunk in _chunks(pair.pk for pair in unseen.values()):
        Pair.objects.filter(pk__in=chunk, decision="").delete()
        Pair.objects.filter(pk__in=chunk, stands=True).update(stands=False)
    report.new, report.gone = len(new), sum(pair.stands for pair in unseen.values())


def _verdict_columns(pair: FoundPair, materials: Mapping[int, str]) -> dict[str, object]:
    """Return the values of _VERDICT_COLUMNS for a pair that was found."""
    verdict, reason = pair.verdict, pair.verdict.reason
    return {
        "kind": verdict.kind.value,
        "score": verdict.score,
        "evidence": {"cause": reason.cause.value, "left": reason.left, "right": reason.right} if reason else {},
        "generation": GENERATION,
        "stands": True,
        "left_text": materials[pair.left],
        "right_text": materials[pair.right],
    }


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    return split_in_chunks(sorted(numbers), _CHUNK)
