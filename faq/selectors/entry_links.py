"""The links between entries in the texts of answers: where each leads now, and which entries cite another one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from django.db.models import F, Q

from faq.domain.markup import LinkTarget, compile_answer, find_linked_numbers, find_reference_numbers, place
from faq.domain.text import fold
from faq.enums import EntryStatus
from faq.models.entries import Entry, EntryAlias, reference
from faq.models.versions import Version

MOST_LINKS = 500
"""Entries that the texts of one page can link to; references beyond are text."""

_MOST_PATTERNS = 50
"""References that one query looks for; for more, it reads every text that cites any entry."""


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
    """Return the entries whose live or latest text cites an entry: see `find_citing_entries`."""
    return find_citing_entries([entry.pk]).get(entry.pk, [])


def find_citing_entries(numbers: Collection[int]) -> dict[int, list[Entry]]:
    """Return, per entry that is cited, those whose live or latest text cites it or one that was merged into it.

    Archived ones are left out. Two queries; the entries come with their latest text, by number.
    """
    cited = {number: number for number in numbers}
    cited |= dict(EntryAlias.objects.filter(survivor__in=numbers).values_list("former", "survivor"))
    mentions = Q(entry__search_text__contains="q-")
    if len(cited) <= _MOST_PATTERNS:
        patterns = (Q(entry__search_text__contains=fold(reference(number))) for number in cited)
        mentions = reduce(or_, patterns)
    heads = Version.objects.filter(mentions, entry__head=F("pk")).exclude(entry__status=EntryStatus.ARCHIVED)
    light = heads.select_related("entry").defer("filing", "entry__search_text").order_by("entry")
    citing: dict[int, list[Entry]] = defaultdict(list)
    for head in light.iterator(500):
        other = head.entry
        other.head = head
        named = {cited[number] for text in {other.answer, head.answer} for number in _find_cited(text, cited)}
        for number in sorted(named - {other.pk}):
            citing[number].append(other)
    return dict(citing)


def _find_cited(text: str, cited: Mapping[int, int]) -> list[int]:
    # Most texts name other entries: those are seen without compiling the text.
    if cited.keys().isdisjoint(find_reference_numbers(text)):
        return []
    return [number for number in find_linked_numbers(compiled_answer(text)) if number in cited]


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
