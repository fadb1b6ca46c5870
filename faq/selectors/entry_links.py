"""The links between entries in the texts of answers: where each leads now, and which entries cite another one."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q

from faq.domain.markup import LinkTarget, compile_answer, find_linked_numbers, place
from faq.domain.text import fold
from faq.enums import EntryStatus
from faq.models.entries import Entry, EntryAlias, reference

MOST_LINKS = 500
"""Entries that the texts of one page can link to; references beyond are text."""


@lru_cache(maxsize=4096)
def compiled_answer(text: str) -> str:
    """Return the HTML of a compiled answer, cached by its text: compiling takes about 10 ms."""
    return compile_answer(text)


def find_link_targets(pages: Iterable[str]) -> dict[int, LinkTarget]:
    """Return where the references in compiled answers lead, by number: one query, or none without references.

    A merged entry's reference leads to the survivor. Entries that are not live are left out: their references are text.
    """
    numbers = {number for html in pages for number in find_linked_numbers(html)}
    return _read_targets(sorted(numbers)[:MOST_LINKS]) if numbers else {}


def render_answer(text: str, *, level: int = 2, owner: str = "") -> str:
    """Return the HTML of an answer with its links, safe to put in a page as it is: one query if it cites an entry."""
    html = compiled_answer(text)
    return place(html, level=level, owner=owner, targets=find_link_targets([html]))


@dataclass(frozen=True, slots=True)
class DeadReference:
    """A reference that is no link for the public."""

    reference: str
    entry: Entry | None
    """The entry that is not live, None where there is none of that number."""

    @property
    def reason(self) -> str:
        """Return what is wrong with it, in French."""
        if self.entry is None:
            return f"{self.reference} n’existe pas"
        status = EntryStatus(self.entry.status)
        return f"{self.reference} n’est pas en ligne ({status.label.lower()})"


def find_dead_references(text: str) -> list[DeadReference]:
    """Return the references of an answer that are no links for the public: two queries at most, none without any."""
    html = compiled_answer(text)
    numbers = find_linked_numbers(html)[:MOST_LINKS]
    targets = find_link_targets([html])
    dead = [number for number in numbers if number not in targets]
    known = Entry.objects.only("status").in_bulk(dead) if dead else {}
    return [DeadReference(reference(number), known.get(number)) for number in dead]


def citing_entries(entry: Entry) -> list[Entry]:
    """Return the entries whose live or latest text cites an entry, by its number or by one that was merged into it.

    Archived ones are left out. Two queries; the entries come with their latest text, by number.
    """
    numbers = {entry.pk, *EntryAlias.objects.filter(survivor=entry.pk).values_list("former", flat=True)}
    mentions = Q()
    for number in numbers:
        mentions |= Q(search_text__contains=fold(reference(number)))
    candidates = Entry.objects.filter(mentions).exclude(Q(pk=entry.pk) | Q(status=EntryStatus.ARCHIVED))
    return [
        other
        for other in candidates.select_related("head").order_by("pk")
        if any(not numbers.isdisjoint(find_linked_numbers(compiled_answer(text))) for text in _get_texts(other))
    ]


def _get_texts(entry: Entry) -> set[str]:
    return {entry.answer, entry.head.answer if entry.head else ""}


def _read_targets(numbers: list[int]) -> dict[int, LinkTarget]:
    live = Entry.objects.live().order_by().filter(Q(pk__in=numbers) | Q(former_entries__former__in=numbers))
    targets: dict[int, LinkTarget] = {}
    for number, question, former in live.values_list("pk", "question", "former_entries__former"):
        target = LinkTarget(question, Entry(pk=number, question=question).get_absolute_url())
        targets[number] = target
        if former is not None:
            # An entry that is live under its own number answers there.
            targets.setdefault(former, target)
    return targets
