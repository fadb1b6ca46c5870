"""Duplicates: finding the pairs, keeping them true while texts change, and storing what editors decide.

A write that changes the text of an entry, or takes it in or out of use, clears `Entry.comparison_rank` and calls
`compare_waiting` once it is committed: a failure there does not fail the write, and the entry waits for the next call.
A write compares its own entries first, and a limited number of the others that wait.
"""

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from faq.domain.duplicates.index import ProgressCallback
from faq.domain.duplicates.pairs import GENERATION, Document, FoundPair
from faq.enums import Decision, EntryStatus
from faq.models import Entry, Epoch, Pair
from faq.services.duplicates_comparison import MAX_OTHERS, DuplicateIndex
from faq.services.duplicates_store import ScanReport, backlog_turn, store_comparison
from faq.services.roles import Author, require

_MAX_ROUNDS = 5
"""Comparisons after which entries that still change are left to the writers that change them."""
_SAMPLE_SIZE = 20
_index = DuplicateIndex()
"""The index of this process."""


class PairSummary(NamedTuple):
    """A pair, stored or found, in the columns that a check compares."""

    left: int
    right: int
    kind: str
    score: float


def find_similar(question: str, answer: str, *, number: int = 0) -> list[FoundPair]:
    """Return the pairs that a text makes with stored entries, siblings included, best first.

    `number` is the text's own entry, where it has one, and the text's key in the pairs. The first call in
    a process reads all entries; each later one takes milliseconds.
    """
    return _index.check(Document(number, question, answer))


def count_uncompared(question: str, answer: str, *, number: int = 0) -> int:
    """Return the number of stored entries that share much with a text but that `find_similar` leaves out."""
    return _index.count_uncompared(Document(number, question, answer))


def compare_waiting(own: Collection[int] = ()) -> None:
    """Compare the entries of a write that wait for it, then a few others, and store their pairs.

    One query where none waits. Must not be called within a transaction.
    """
    wanted = frozenset(own)
    for _ in range(_MAX_ROUNDS):
        with ExitStack() as turn:
            comparison = _index.compare_waiting(wanted, lambda: turn.enter_context(backlog_turn()))
            if not comparison.numbers:
                return
            postponed = store_comparison(comparison).postponed
        if not postponed:
            return
        wanted = (postponed & frozenset(own)).union(sorted(postponed)[:MAX_OTHERS])


def count_waiting() -> int:
    """Return the number of entries that wait to be compared."""
    return Entry.objects.filter(comparison_rank=None, head__isnull=False).count()


def find_duplicates(progress: ProgressCallback | None = None, *, processes: int = 1) -> ScanReport:
    """Compare all entries in use from scratch and store their pairs.

    Pairs that an editor has decided on stay, with their decision, even where the texts are no longer alike.
    Editors may write meanwhile. Must not be called within a transaction, nor with several processes from a thread.
    """
    index = DuplicateIndex()
    report = store_comparison(index.compare_all(progress, processes=processes))
    postponed = report.postponed
    for _ in range(_MAX_ROUNDS):
        if not postponed:
            break
        postponed = store_comparison(index.compare_waiting()).postponed
    report.pairs = list(Pair.objects.in_use().select_related("left", "right"))
    return report


def recheck_sample() -> Iterator[tuple[int, set[PairSummary], set[PairSummary]]]:
    """Compare some entries again with all others; yield each one's number, its stored pairs and the found ones."""
    index = DuplicateIndex()
    settled = Entry.objects.exclude(status=EntryStatus.ARCHIVED).filter(comparison_rank__isnull=False)
    numbers = list(settled.order_by("pk").values_list("pk", flat=True))
    known = set(numbers)
    for number in numbers[:: -(-len(numbers) // _SAMPLE_SIZE) or 1]:
        entry = Entry.objects.select_related("head").get(pk=number)
        pairs = index.check(Document(number, entry.head.question, entry.head.answer))
        rows = Pair.objects.of_entry(number).filter(stands=True).values_list("left", "right", "kind", "score")
        stored = {PairSummary(*row) for row in rows}
        found = {PairSummary(one.left, one.right, one.verdict.kind.value, one.verdict.score) for one in pairs}
        yield number, _among(known, stored), _among(known, found)


def _among(numbers: set[int], pairs: set[PairSummary]) -> set[PairSummary]:
    return {pair for pair in pairs if pair.left in numbers and pair.right in numbers}


def has_outdated_pairs() -> bool:
    """Return whether any stored pair was found by a detector of another generation."""
    return Pair.objects.filter(stands=True).exclude(generation=GENERATION).exists()


@transaction.atomic
def decide_pair(pair: Pair, decision: Decision | None, author: Author, *, at: datetime | None = None) -> Pair:
    """Store an editor's decision on a pair and on its texts of now; None takes a decision back.

    Raises PermissionDenied, Pair.DoesNotExist.
    """
    require(author, "faq.decide_pair")
    decided: Pair = Pair.objects.select_for_update().get(pk=pair.pk)
    changes_public_text = Decision.VARIANT in (decided.decision, decision)
    decided.decision = decision.value if decision else ""
    decided.decided_by = author if decision else None
    decided.decided_at = (at or timezone.now()) if decision else None
    decided.decided_left = decided.left_text if decision else ""
    decided.decided_right = decided.right_text if decision else ""
    decided.save(update_fields=["decision", "decided_by", "decided_at", "decided_left", "decided_right"])
    if changes_public_text:
        # Variants name each other under « Voir aussi ».
        Epoch.move([decided.left_id, decided.right_id])
    return decided
