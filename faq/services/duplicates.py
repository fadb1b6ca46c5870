"""Duplicates: finding the pairs, keeping them true while texts change, and remembering what editors decide."""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from faq.domain.duplicates.index import Index
from faq.domain.duplicates.pairs import GENERATION, Document
from faq.domain.duplicates.pairs import Pair as FoundPair
from faq.domain.text import fingerprint, fold
from faq.enums import Decision, EntryStatus
from faq.models import Entry, Pair
from faq.services.roles import Author, require

CHUNK = 500
_WORD = re.compile(r"\w+")
_LATE = 500
"""Versions that may be committed later than others of a higher number: they are looked at again."""
_SAID = ("kind", "score", "evidence", "generation", "stands", "left_text", "right_text")

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


@dataclass(slots=True)
class ScanReport:
    """What a look at everything found."""

    documents: int = 0
    pairs: list[Pair] = field(default_factory=list)
    """All pairs that stand, siblings included."""
    new: int = 0
    gone: int = 0


class _WarmIndex:
    """The texts of all entries in use, brought up to date at every use; one for each process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._index: Index | None = None
        self._heads: dict[int, int] = {}
        self._upto = 0

    def check(self, document: Document) -> list[FoundPair]:
        """Give the pairs of a text that is being typed, or of an entry as it stands."""
        with self._lock:
            return self._present().check(document)

    def _present(self) -> Index:
        if self._index is None:
            self._index = Index(self._take(Entry.objects.exclude(status=EntryStatus.ARCHIVED)))
        else:
            for document in self._take(Entry.objects.filter(head__gt=self._upto - _LATE)):
                self._index.add(document)
        return self._index

    def _take(self, entries: QuerySet[Entry]) -> Iterator[Document]:
        """Give the documents that are not in the index as they stand, and take out those out of use."""
        columns = ("pk", "status", "head", "head__question", "head__answer")
        for number, status, head, question, answer in entries.values_list(*columns).iterator(CHUNK):
            self._upto = max(self._upto, head)
            if self._heads.get(number) == head:
                continue
            self._heads[number] = head
            if status != EntryStatus.ARCHIVED:
                yield Document(number, question, answer)
            elif self._index is not None:
                self._index.remove(number)

    def forget(self) -> None:
        """Drop everything: another database, perhaps."""
        with self._lock:
            self._index = None
            self._heads = {}
            self._upto = 0


_warm = _WarmIndex()


def similar(question: str, answer: str, *, number: int = 0) -> list[FoundPair]:
    """Give the pairs that a text makes with stored entries, best first; `number` is its own entry, where it has one.

    The text's key is its number. Siblings are among them. The first call in a process reads all entries; each
    later one takes milliseconds.
    """
    return _warm.check(Document(number, question, answer))


def forget_texts() -> None:
    """Have the next look read all entries again."""
    _warm.forget()


@transaction.atomic
def find_duplicates(progress: Progress | None = None) -> ScanReport:
    """Look at every entry in use, whatever was found before, and bring the stored pairs up to date.

    Pairs that an editor has decided on stay, with their decision, also where the texts are not alike any more.
    """
    _wait_for_other_scans()
    heads = Entry.objects.exclude(status=EntryStatus.ARCHIVED).order_by("pk")
    texts = heads.values_list("pk", "head__question", "head__answer")
    documents = [Document(*row) for row in texts.iterator(CHUNK)]
    if progress:
        progress(0, len(documents))
    found = list(Index(documents).pairs())
    if progress:
        progress(len(documents), len(documents))
    words = {document.key: words_fingerprint(document) for document in documents}
    report = ScanReport(len(documents))
    _store(found, words, Pair.objects.all(), report)
    report.pairs = list(Pair.objects.in_use().select_related("left", "right"))
    return report


def recheck(numbers: Collection[int]) -> list[Pair]:
    """Bring the stored pairs of some entries up to date after a change; give those that are open now."""
    columns = ("pk", "status", "head__question", "head__answer")
    for number, status, question, answer in Entry.objects.filter(pk__in=numbers).values_list(*columns):
        document = Document(number, question, answer)
        found = [] if status == EntryStatus.ARCHIVED else _warm.check(document)
        others = {pair.left if pair.right == number else pair.right for pair in found}
        texts = Entry.objects.filter(pk__in=others).values_list("pk", "head__question", "head__answer")
        words = {other.key: words_fingerprint(other) for other in (Document(*row) for row in texts)}
        with transaction.atomic():
            _wait_for_other_scans()
            _store(found, words | {number: words_fingerprint(document)}, Pair.objects.of(number), ScanReport())
    around = Q(left__in=numbers) | Q(right__in=numbers)
    return list(Pair.objects.open().filter(around).select_related("left", "right"))


def words_fingerprint(document: Document) -> str:
    """Name the words of a text: a change of case, accents, spaces or marks alone is not a material one."""
    words = (
        word for word in fold(f"{document.question or ''}\n{document.answer}").split() if any(map(str.isalnum, word))
    )
    return fingerprint(" ".join(word.strip(".,;:!?«»()\"'") for word in words))


def _store(found: Iterable[FoundPair], words: dict[int, str], known: Iterable[Pair], report: ScanReport) -> None:
    """Have the stored pairs say what was found, and no others; `known` are the stored ones that it replaces."""
    stored = {(pair.left_id, pair.right_id): pair for pair in known}
    now = timezone.now()
    new: list[Pair] = []
    changed: list[Pair] = []
    for one in found:
        pair = stored.pop((one.left, one.right), None)
        said = _said(one, words)
        if pair is None:
            new.append(Pair(left_id=one.left, right_id=one.right, found_at=now, **said))
        elif any(getattr(pair, name) != value for name, value in said.items()):
            changed.append(_as_said(pair, said))
    Pair.objects.bulk_create(new, batch_size=CHUNK)
    Pair.objects.bulk_update(changed, _SAID, batch_size=CHUNK)
    gone = [pair.pk for pair in stored.values()]
    Pair.objects.filter(pk__in=gone, decision="").delete()
    Pair.objects.filter(pk__in=gone).update(stands=False)
    report.new, report.gone = len(new), len(gone)


def _said(one: FoundPair, words: dict[int, str]) -> dict[str, object]:
    """Give what a stored pair is to say of one that was found, by column."""
    verdict, reason = one.verdict, one.verdict.reason
    return {
        "kind": verdict.kind.value,
        "score": verdict.score,
        "evidence": {"cause": reason.cause.value, "left": reason.left, "right": reason.right} if reason else {},
        "generation": GENERATION,
        "stands": True,
        "left_text": words[one.left],
        "right_text": words[one.right],
    }


def _as_said(pair: Pair, said: dict[str, object]) -> Pair:
    for name, value in said.items():
        setattr(pair, name, value)
    return pair


def out_of_date() -> bool:
    """Tell whether stored pairs were found by a detector that judges otherwise than this one."""
    oldest = Pair.objects.exclude(generation=GENERATION).aggregate(latest=Max("generation"))["latest"]
    return oldest is not None


@transaction.atomic
def decide(pair: Pair, decision: Decision | None, author: Author, *, at: datetime | None = None) -> Pair:
    """Remember what an editor makes of a pair, on the texts as they are; none takes a decision back.

    Raises PermissionDenied, Pair.DoesNotExist.
    """
    require(author, "faq.decide_pair")
    decided: Pair = Pair.objects.select_for_update().get(pk=pair.pk)
    decided.decision = decision.value if decision else ""
    decided.decided_by = author if decision else None
    decided.decided_at = (at or timezone.now()) if decision else None
    decided.decided_left = decided.left_text if decision else ""
    decided.decided_right = decided.right_text if decision else ""
    decided.save(update_fields=["decision", "decided_by", "decided_at", "decided_left", "decided_right"])
    return decided


def _wait_for_other_scans() -> None:
    """Let two looks at the same entries store one pair. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE faq_pair IN SHARE ROW EXCLUSIVE MODE")
