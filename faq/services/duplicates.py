"""Duplicates: finding the pairs, keeping them true while texts change, and remembering what editors decide.

A write that changes the text of an entry, or takes it in or out of use, clears `Entry.compared` and calls
`compare_waiting` once it is committed: a failure there does not fail the write, and the entry waits for the next call.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from faq.domain.duplicates.index import ProgressCallback
from faq.domain.duplicates.pairs import GENERATION, Document, FoundPair
from faq.enums import Decision, EntryStatus
from faq.models import Entry, Epoch, Pair
from faq.services.duplicates_comparison import DuplicateIndex, compare_entries_waiting
from faq.services.duplicates_store import ScanReport, store_comparison
from faq.services.roles import Author, require

_ROUNDS = 5
"""Looks after which somebody else's compare_waiting sees to what still changes."""
_SAMPLE = 20
"""Entries that are compared again to see whether what is stored is true."""
_texts = DuplicateIndex()
"""One for each process."""


class Said(NamedTuple):
    """What is stored, or found, of a pair."""

    left: int
    right: int
    kind: str
    score: float


def find_similar(question: str, answer: str, *, number: int = 0) -> list[FoundPair]:
    """Return the pairs that a text makes with stored entries, best first; `number` is its own entry, where it has one.

    The text's key is its number. Siblings are among them. The first call in a process reads all entries; each
    later one takes milliseconds.
    """
    return _texts.check(Document(number, question, answer))


def compare_waiting() -> None:
    """Bring the stored pairs up to date with all that was written since; nothing to do costs one query.

    Not to be called within a transaction.
    """
    for _ in range(_ROUNDS):
        look = compare_entries_waiting(_texts)
        if look is None:
            return
        store_comparison(look)


def find_duplicates(progress: ProgressCallback | None = None, *, processes: int = 1) -> ScanReport:
    """Look at every entry in use, whatever was found before, and bring the stored pairs up to date.

    Pairs that an editor has decided on stay, with their decision, also where the texts are not alike any more.
    Editors may write meanwhile. Not to be called within a transaction, nor with several processes from a thread.
    """
    report = store_comparison(DuplicateIndex().compare_all(progress, processes=processes))
    compare_waiting()
    report.pairs = list(Pair.objects.in_use().select_related("left", "right"))
    return report


def recheck_sample() -> Iterator[tuple[int, set[Said], set[Said]]]:
    """Compare some entries again with all others; return each one's number, stored pairs and found pairs."""
    texts = DuplicateIndex()
    settled = Entry.objects.exclude(status=EntryStatus.ARCHIVED).filter(compared__isnull=False)
    numbers = list(settled.order_by("pk").values_list("pk", flat=True))
    known = set(numbers)
    for number in numbers[:: -(-len(numbers) // _SAMPLE) or 1]:
        entry = Entry.objects.select_related("head").get(pk=number)
        found = texts.check(Document(number, entry.head.question, entry.head.answer))
        rows = Pair.objects.of_entry(number).filter(stands=True).values_list("left", "right", "kind", "score")
        yield (
            number,
            {Said(*row) for row in rows if known.issuperset(row[:2])},
            {
                Said(pair.left, pair.right, pair.verdict.kind.value, pair.verdict.score)
                for pair in found
                if known.issuperset((pair.left, pair.right))
            },
        )


def has_outdated_pairs() -> bool:
    """Return whether stored pairs were found by a detector that judges otherwise than this one."""
    return Pair.objects.filter(stands=True).exclude(generation=GENERATION).exists()


@transaction.atomic
def decide_pair(pair: Pair, decision: Decision | None, author: Author, *, at: datetime | None = None) -> Pair:
    """Remember what an editor makes of a pair, on the texts as they are; none takes a decision back.

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
