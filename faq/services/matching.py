"""The matching of texts with entries: those whose text, or whose source's text, is equal."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Q, Subquery, When

from faq.enums import EntryStatus
from faq.models import Entry, EntryAlias, Passage, Version


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """An entry of equal text; of two matches the smaller is the better one."""

    archived: bool
    former: bool
    """Whether the text equals only the entry's source, not its text of now."""
    number: int
    undone: bool
    """Whether the entry is archived only because the import that created it was undone."""


def find_matches(fingerprints: Collection[str]) -> dict[str, list[Match]]:
    """Return, per fingerprint, the entries of equal text, best first; fingerprints without a match are left out."""
    rows = list(_read_matches(fingerprints))
    archived = {number for _, number, status, _ in rows if status == EntryStatus.ARCHIVED}
    undone = _find_undone(archived) if archived else set()
    found: dict[str, dict[int, Match]] = {}
    for fingerprint, number, _, former in rows:
        match = Match(number in archived, former, number, number in undone)
        known = found.setdefault(fingerprint, {})
        known[number] = min(match, known.get(number, match))
    return {fingerprint: sorted(known.values()) for fingerprint, known in found.items()}


def _read_matches(fingerprints: Collection[str]) -> Iterator[tuple[str, int, str, bool]]:
    """Yield fingerprint, number and status of each entry that matches, and whether only its source does."""
    wanted = set(fingerprints) - {""}
    says_it = Q(head__answer_fingerprint__in=wanted) | Q(live__answer_fingerprint__in=wanted)
    # A merged entry matches under its survivor's number, through its passages or else through its alias.
    entries = Entry.objects.filter(says_it, alias__isnull=True)
    columns = ("pk", "status", "head__answer_fingerprint", "live__answer_fingerprint")
    for number, status, *own in entries.values_list(*columns):
        for fingerprint in wanted.intersection(own):
            yield fingerprint, number, status, False
    merged = EntryAlias.objects.filter(former__head__answer_fingerprint__in=wanted)
    for row in merged.values_list("former__head__answer_fingerprint", "survivor", "survivor__status"):
        yield *row, True
    passages = Passage.objects.not_undone().filter(fingerprint__in=wanted)
    for row in passages.values_list("fingerprint", "entry", "entry__status").distinct():
        yield *row, True


def _find_undone(archived: Collection[int]) -> set[int]:
    """Return the archived entries whose latest state comes from undoing the import that had created them.

    An entry that an editor archived is none, even where an undo brought that state back.
    """
    original = Case(
        When(head__returns_to__isnull=True, then="head__batch__undoes"), default="head__returns_to__batch__undoes"
    )
    creation = Version.objects.filter(entry=OuterRef("pk"), number=1).values("batch")
    entries = Entry.objects.filter(pk__in=archived).annotate(undoes=original, created_by=Subquery(creation))
    return set(entries.filter(undoes=F("created_by")).values_list("pk", flat=True))
