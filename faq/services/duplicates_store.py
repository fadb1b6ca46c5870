"""Storing the pairs that were found, so that they say what the texts of now say, whoever writes meanwhile."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import GENERATION, Document, FoundPair
from faq.models import Entry, Pair
from faq.services.duplicates_comparison import CHUNK, Comparison

_SAID = ("kind", "score", "evidence", "generation", "stands", "left_text", "right_text")
_LOCK = 0x70616972
"""Number of the lock that whoever stores pairs holds on PostgreSQL."""


@dataclass(slots=True)
class ScanReport:
    """What a look at entries found."""

    documents: int = 0
    pairs: list[Pair] = field(default_factory=list)
    """All pairs that stand, siblings included; filled in by a look at everything."""
    new: int = 0
    gone: int = 0


@transaction.atomic(durable=True)
def store_comparison(look: Comparison) -> ScanReport:
    """Have the stored pairs of the entries that were compared say what was found, and no others.

    An entry that changed since it was read, or that was compared by somebody who did not read the same texts,
    is left as it is and waits to be compared again. Pairs that an editor has decided on stay, with their decision.
    """
    _wait_for_others()
    _lock(look.numbers)
    moved = _moved(look)
    compared = look.numbers - moved
    report = ScanReport(look.documents)
    found = [pair for pair in look.pairs if pair.left not in moved and pair.right not in moved]
    _store(found, _known(compared, moved), report)
    rank = (Entry.objects.aggregate(last=Max("compared"))["last"] or 0) + 1
    for some in _parts(compared):
        Entry.objects.filter(pk__in=some, compared=None).update(compared=rank)
    for some in _parts(moved):
        Entry.objects.filter(pk__in=some).update(compared=None)
    return report


def _wait_for_others() -> None:
    """Let one process store at a time. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _lock(numbers: Collection[int]) -> None:
    """Hold the entries that waited to be compared, in the order of all writers, until they no longer wait."""
    waiting = Entry.objects.filter(compared=None).order_by("pk").select_for_update(no_key=True)
    for some in _parts(numbers):
        list(waiting.filter(pk__in=some).values_list("pk", flat=True))


def _moved(look: Comparison) -> set[int]:
    """Return the entries of which the look did not read the text of now, though its pairs or others count on it."""
    moved: set[int] = set()
    for some in _parts(look.numbers.union(*((pair.left, pair.right) for pair in look.pairs))):
        heads = Entry.objects.filter(pk__in=some).values_list("pk", "head")
        moved |= {number for number, head in heads if look.heads[number] != head}
    if look.upto is not None:
        since = Entry.objects.filter(compared__gt=look.upto).values_list("pk", "head")
        moved |= {number for number, head in since if look.heads.get(number) != head}
    return moved


def _known(numbers: Collection[int], moved: Collection[int]) -> list[Pair]:
    """Return the stored pairs that a look replaces."""
    known: dict[int, Pair] = {}
    for some in _parts(numbers):
        known |= Pair.objects.filter(Q(left__in=some) | Q(right__in=some)).in_bulk()
    return [pair for pair in known.values() if pair.left_id not in moved and pair.right_id not in moved]


def _store(found: Collection[FoundPair], known: Iterable[Pair], report: ScanReport) -> None:
    stored = {(pair.left_id, pair.right_id): pair for pair in known}
    texts = _material({number for pair in found for number in (pair.left, pair.right)})
    now = timezone.now()
    new: list[Pair] = []
    changed: list[Pair] = []
    for one in found:
        pair = stored.pop((one.left, one.right), None)
        said = _said(one, texts)
        if pair is None:
            new.append(Pair(left_id=one.left, right_id=one.right, found_at=now, **said))
        elif any(getattr(pair, name) != value for name, value in said.items()):
            changed.append(_as_said(pair, said))
    Pair.objects.bulk_create(new, batch_size=CHUNK)
    Pair.objects.bulk_update(changed, _SAID, batch_size=CHUNK)
    for gone in _parts(pair.pk for pair in stored.values()):
        Pair.objects.filter(pk__in=gone, decision="").delete()
        Pair.objects.filter(pk__in=gone, stands=True).update(stands=False)
    report.new, report.gone = len(new), sum(pair.stands for pair in stored.values())


def _material(numbers: Collection[int]) -> dict[int, str]:
    """Name what the latest texts of entries say."""
    named: dict[int, str] = {}
    for some in _parts(numbers):
        texts = Entry.objects.filter(pk__in=some).values_list("pk", "head__question", "head__answer")
        named |= {document.key: material_fingerprint(document) for document in (Document(*row) for row in texts)}
    return named


def _said(one: FoundPair, texts: dict[int, str]) -> dict[str, object]:
    """Return what a stored pair is to say of one that was found, by column."""
    verdict, reason = one.verdict, one.verdict.reason
    return {
        "kind": verdict.kind.value,
        "score": verdict.score,
        "evidence": {"cause": reason.cause.value, "left": reason.left, "right": reason.right} if reason else {},
        "generation": GENERATION,
        "stands": True,
        "left_text": texts[one.left],
        "right_text": texts[one.right],
    }


def _as_said(pair: Pair, said: dict[str, object]) -> Pair:
    for name, value in said.items():
        setattr(pair, name, value)
    return pair


def _parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Cut into parts that one query takes."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
