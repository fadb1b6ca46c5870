"""Filing entries otherwise when the taxonomy changes, so that no entry holds terms that contradict each other.

Order of locks: entries by number, then the taxonomy (the row of the epoch). Those who store the filing of an entry
lock it and share the taxonomy (`load_taxonomy(share=True)`); those who change terms hold the taxonomy for themselves.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from django.db import transaction

from faq.domain.facets import Facet, Filing, Taxonomy
from faq.enums import Action, EntryStatus
from faq.models import Entry, Epoch, Schedule, Version
from faq.models.entries import filing_table
from faq.services.content import content_of
from faq.services.versions import Change, Provenance, latest, lock_entries, record

TermKey = tuple[Facet, int]
GetFiling = Callable[[Entry, Filing], Filing]
"""A function that returns the new filing of an entry's live or latest text."""


@dataclass(frozen=True, slots=True)
class Refiled:
    """An entry that is filed otherwise."""

    entry: Entry
    before: Version
    """The version that the public read, or else the latest one."""
    after: Filing
    is_live: bool
    has_draft: bool
    """Whether a draft beside the live text is filed otherwise, or again beside it."""
    plans: int = 0
    """The plans to publish its draft, which name the refiled draft now."""


class _Missed(Exception):
    """Entries came to be filed under the terms while the taxonomy was being waited for."""


def find_entries_filed_under(terms: Collection[TermKey]) -> set[int]:
    """Return the numbers of the entries whose live or latest text is filed under a term, archived ones too."""
    by_facet = {facet: {id for one, id in terms if one is facet} for facet in Facet}
    found: set[int] = set()
    for facet, ids in by_facet.items():
        if ids:
            table, entry_column, term_column = filing_table(facet)
            found.update(table.objects.filter(**{f"{term_column}__in": ids}).values_list(entry_column, flat=True))
    if found or terms:
        # The latest text of an entry that has another live stands in its version alone.
        drafts = Entry.objects.with_draft().order_by().values_list("pk", "head__filing")
        for number, filing in drafts.iterator(1000):
            if any(term["id"] in ids for facet, ids in by_facet.items() for term in filing.get(facet, ())):
                found.add(number)
    return found


def hold_taxonomy(get_terms: Callable[[], Collection[TermKey]], also: Collection[int] = ()) -> list[Entry]:
    """Lock the entries filed under terms, and others, then the taxonomy; return the entries by number.

    To be called within a transaction that has locked nothing yet. `get_terms` is asked again once all is locked.
    """
    numbers = {*also, *find_entries_filed_under(get_terms())}
    while True:
        try:
            # Rolling the savepoint back lets go of the rows, so that they are locked in their order again.
            with transaction.atomic():
                entries = lock_entries(numbers)
                Epoch.hold()
                now = find_entries_filed_under(get_terms())
                if not now <= numbers:
                    raise _Missed
                return entries
        except _Missed:
            numbers |= now


def refile_entries(
    entries: Iterable[Entry],
    get_filing: GetFiling,
    taxonomy: Taxonomy,
    provenance: Provenance,
    *,
    all_read_again: bool = False,
) -> list[Refiled]:
    """Write the new filing of locked entries, of the live text and of the draft beside it; return those that changed.

    Texts, states, scores, plans and refusals stay. To be called within a transaction, as `record`.
    """
    found = [refiled for entry in entries if (refiled := _build_refiled(entry, get_filing))]
    heads = {one.entry.pk: latest(one.entry) for one in found}
    published = [_build_live_change(one) for one in found if one.is_live]
    record(published, taxonomy, provenance, all_read_again=all_read_again)
    others = [one.entry for one in found if one.has_draft or not one.is_live]
    drafts = [_build_draft_change(entry, heads[entry.pk], get_filing) for entry in others]
    record(drafts, taxonomy, provenance, all_read_again=all_read_again)
    plans = list(Schedule.objects.filter(version__in=[heads[entry.pk] for entry in others])) if others else []
    written = {entry.pk: entry.head for entry in others}
    for plan in plans:
        plan.version = written[plan.entry_id]
    Schedule.objects.bulk_update(plans, ["version"])
    counts = Counter(plan.entry_id for plan in plans)
    return [replace(one, plans=counts[one.entry.pk]) for one in found]


def _build_refiled(entry: Entry, get_filing: GetFiling) -> Refiled | None:
    head, live = latest(entry), entry.live
    shown = live or head
    after = get_filing(entry, shown.filed_under)
    shown_moves = after != shown.filed_under
    draft_moves = entry.has_draft and get_filing(entry, head.filed_under) != head.filed_under
    if not (shown_moves or draft_moves):
        return None
    is_live = live is not None and shown_moves
    # The draft is written again after the live text: the latest version is the draft.
    return Refiled(entry, shown, after, is_live, entry.has_draft)


def _build_live_change(refiled: Refiled) -> Change:
    content = replace(content_of(refiled.before), filing=refiled.after)
    return Change(refiled.entry, content, Action.REFILED, EntryStatus.PUBLISHED, minor=True)


def _build_draft_change(entry: Entry, head: Version, get_filing: GetFiling) -> Change:
    content = replace(content_of(head), filing=get_filing(entry, head.filed_under))
    return Change(
        entry,
        content,
        Action.REFILED,
        EntryStatus(head.status),
        live_beside=entry.live,
        minor=head.minor and entry.live is not None,
        returns_to=head,
    )
