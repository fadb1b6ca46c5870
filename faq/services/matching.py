"""The matching of texts with entries: those whose text, or whose source's text, is equal."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q

from faq.enums import BatchKind, EntryStatus
from faq.models import Entry, EntryAlias, Passage


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
    found: dict[str, dict[int, Match]] = {}
    for fingerprint, match in _read_matches(fingerprints):
        known = found.setdefault(fingerprint, {})
        known[match.number] = min(match, known.get(match.number, match))
    return {fingerprint: sorted(known.values()) for fingerprint, known in found.items()}


def _read_matches(fingerprints: Collection[str]) -> Iterator[tuple[str, Match]]:
    wanted = set(fingerprints) - {""}
    says_it = Q(head__answer_fingerprint__in=wanted) | Q(live__answer_fingerprint__in=wanted)
    # A merged entry matches under its survivor's number, through its passages or else through its alias.
    entries = Entry.objects.filter(says_it, alias__isnull=True)
    columns = ("pk", "status", "head__batch__kind", "head__answer_fingerprint", "live__answer_fingerprint")
    for number, status, batch_kind, *own in entries.values_list(*columns):
        for fingerprint in wanted.intersection(own):
            yield fingerprint, _build_match(number, status, batch_kind, former=False)
    merged = EntryAlias.objects.filter(former__head__answer_fingerprint__in=wanted)
    survivors = ("former__head__answer_fingerprint", "survivor", "survivor__status", "survivor__head__batch__kind")
    for fingerprint, number, status, batch_kind in merged.values_list(*survivors):
        yield fingerprint, _build_match(number, status, batch_kind, former=True)
    passages = Passage.objects.not_undone().filter(fingerprint__in=wanted)
    sources = passages.values_list("fingerprint", "entry", "entry__status", "entry__head__batch__kind")
    for fingerprint, number, status, batch_kind in sources.distinct():
        yield fingerprint, _build_match(number, status, batch_kind, former=True)


def _build_match(number: int, status: str, batch_kind: str | None, *, former: bool) -> Match:
    archived = status == EntryStatus.ARCHIVED
    return Match(archived, former, number, undone=archived and batch_kind == BatchKind.UNDO)
