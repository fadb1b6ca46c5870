"""Descriptions of everything that a change of the taxonomy does, read from the real change before it is rolled back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate

from faq.admin.entries.merge_effects import count_other_rows
from faq.admin.shown_effects import build_mark, compare_with_mark
from faq.domain.facets import Facet, Taxonomy
from faq.domain.text import build_label_key
from faq.enums import EntryStatus
from faq.models import Entry, SynonymGroup
from faq.selectors.published import load_taxonomy
from faq.services.refiling import Refiled, find_entries_filed_under
from faq.services.taxonomy_batches import RELATIONS, get_changed_facet, has_changed, key_of

_SHOWN = 100
"""Entries of which the page shows what changes; the others are counted."""


@dataclass(frozen=True)
class Step:
    """A term that an entry gains or loses."""

    label: str
    facet: str
    is_added: bool


@dataclass(frozen=True)
class TermEffects:
    """The effects of a change of the taxonomy; sentences are French."""

    filed: str
    """How many entries are filed under the term."""
    refiled: str
    """How many entries are filed otherwise; empty where none is."""
    rows: list[tuple[Entry, list[Step]]]
    more: int
    addresses: list[tuple[str, str]]
    """Addresses of the public site, and what they lead to from then on."""
    terms: list[str]
    """Sentences about the terms that are to belong elsewhere."""
    notes: list[str]
    """Plans, synonyms and votes."""
    lines: list[str]
    """The effects confirmed, a line per entry, address and term; votes and dates go on without editors."""

    @property
    def mark(self) -> str:
        """The mark of what is shown, which the button sends back: a short digest per line."""
        return build_mark(self.lines)

    def compare(self, mark: str) -> tuple[list[str], int] | None:
        """Return the lines that another mark does not hold, and how many of its own are gone; None for the same."""
        return compare_with_mark(self.lines, mark)

    @property
    def reaches_further(self) -> bool:
        """Whether more changes than the term itself."""
        return bool(self.rows or self.addresses or self.terms)


@dataclass(frozen=True)
class Before:
    """The taxonomy before the change, and the entries that are due for a review."""

    taxonomy: Taxonomy
    due: frozenset[int]

    @classmethod
    def now(cls) -> "Before":
        """Read it from the database."""
        return cls(load_taxonomy(), _read_due_entries())


def _read_due_entries() -> frozenset[int]:
    return frozenset(Entry.objects.due(localdate()).values_list("pk", flat=True))


def describe_term_effects(term, state: Before, report) -> TermEffects:
    """Compare the state before with the present one; to be called before the change is rolled back."""
    before, after = state.taxonomy, load_taxonomy()
    refiled = report.refiled
    numbers = [one.entry.pk for one in refiled]
    filed = find_entries_filed_under({key_of(term)}) | set(numbers)
    rows = [(one.entry, list(_steps(one, after))) for one in refiled]
    addresses = list(_addresses(report.rows, before, after))
    terms = [text for change in report.rows if (text := _parents_text(change, term, before, after))]
    # Entries filed there that stay as they are count too: a retired term goes on holding them.
    kept = Entry.objects.filter(pk__in=filed.difference(numbers)).only("status").order_by("pk")
    return TermEffects(
        filed=_count_states(Entry.objects.filter(pk__in=filed)) or "aucune fiche",
        refiled=_count_states(Entry.objects.filter(pk__in=numbers)),
        rows=rows[:_SHOWN],
        more=len(rows[_SHOWN:]),
        addresses=addresses,
        terms=terms,
        notes=[
            *_plan_notes(refiled),
            *_due_notes(state.due, _read_due_entries()),
            *_synonym_notes(term),
            *_vote_notes(numbers),
        ],
        lines=[
            *([report.batch.label] if report.batch else []),
            *(_describe_row(entry, steps) for entry, steps in rows),
            *(f"{entry.reference} ({entry.get_status_display()}) y est classée." for entry in kept),
            *(f"{address} → {target}" for address, target in addresses),
            *terms,
            *_plan_notes(refiled),
        ],
    )


def _describe_row(entry: Entry, steps: Sequence[Step]) -> str:
    told = ", ".join(f"{'+' if step.is_added else '−'} {step.label}" for step in steps) or "brouillon reclassé"
    return f"{entry.reference} ({entry.get_status_display()}) : {told}."


def _count_states(entries) -> str:
    """Return how many entries are live, drafts or archived, in French."""
    counts = {status: entries.filter(status=status).count() for status in EntryStatus}
    drafts = entries.with_draft().count()
    texts = [
        (counts[EntryStatus.PUBLISHED], "fiche{0} en ligne"),
        (drafts, "brouillon{0} à côté"),
        (counts[EntryStatus.DRAFT] + counts[EntryStatus.IN_REVIEW], "brouillon{0}"),
        (counts[EntryStatus.ARCHIVED], "fiche{0} archivée{0}"),
    ]
    return ", ".join(f"{many} {text.format(pluralize(many))}" for many, text in texts if many)


def _steps(refiled: Refiled, after: Taxonomy):
    former = refiled.before.filed_under
    for facet in Facet:
        present = refiled.after[facet]
        for ids, is_added in ((former[facet] - present, False), (present - former[facet], True)):
            for id in sorted(ids):
                yield Step(after.by_id[facet, id].label, facet.label, is_added)


def _addresses(rows, before: Taxonomy, after: Taxonomy):
    """Yield the addresses that lead elsewhere, and where."""
    for change in rows:
        facet = get_changed_facet(change)
        if facet is None or change.before is None:
            continue
        if change.after is None:
            yield _address(facet, change.before["slug"]), "la page sans ce filtre"
            continue
        term = after.by_id[facet, change.row]
        if has_changed(change, "merged_into_id") and term.merged_into:
            [survivor] = after.resolve({facet: frozenset({term.id})})[facet]
            for slug in dict.fromkeys([term.slug, *term.old_slugs]):
                yield _address(facet, slug), _address(facet, after.by_id[facet, survivor].slug)
        elif has_changed(change, "slug"):
            for slug in term.old_slugs:
                yield _address(facet, slug), _address(facet, term.slug)
        elif has_changed(change, "retired") and term.retired:
            yield _address(facet, term.slug), "la page sans ce filtre, qui le dit"


def _address(facet: Facet, slug: str) -> str:
    return f"{reverse('faq:cascade')}?{facet.parameter}={slug}"


def _parents_text(change, term, before: Taxonomy, after: Taxonomy) -> str:
    """Return to what another term, or the term itself, belongs from then on; "" where that stays."""
    facet = get_changed_facet(change)
    name = RELATIONS.get(facet)
    if name is None or change.after is None or not has_changed(change, name):
        return ""
    if change.before is None:
        return ""
    former, present = (
        _labels(taxonomy, facet.parent, columns[name])
        for taxonomy, columns in ((before, change.before), (after, change.after))
    )
    return f"« {after.by_id[facet, change.row].label} » : {facet.parent.label} {present}, au lieu de {former}."


def _labels(taxonomy: Taxonomy, facet: Facet, ids: int | Sequence[int]) -> str:
    keys = [ids] if isinstance(ids, int) else ids
    return ", ".join(f"« {taxonomy.by_id[facet, id].label} »" for id in keys) or "« tous »"


def _plan_notes(refiled: Sequence[Refiled]):
    if plans := sum(one.plans for one in refiled):
        s = pluralize(plans)
        yield f"{plans} publication{s} planifiée{s} : maintenue{s}, avec le nouveau classement."


def _due_notes(before: frozenset[int], after: frozenset[int]):
    if new := len(after - before):
        yield f"{new} fiche{pluralize(new)} en plus {pluralize(new, 'sera,seront')} à revoir."
    if gone := len(before - after):
        told = "un événement ou un délai ne les concerne plus"
        yield f"{gone} fiche{pluralize(gone)} ne {pluralize(gone, 'sera,seront')} plus à revoir : {told}."


def _synonym_notes(term):
    key = build_label_key(str(term))
    for group in SynonymGroup.objects.in_use():
        if any(build_label_key(expression) == key for expression in group.expressions):
            yield f"Le groupe de synonymes « {group} » nomme ce terme : il reste tel quel."


def _vote_notes(numbers: Sequence[int]):
    counted = count_other_rows(numbers, without=("faq",)) if numbers else []
    if counted:
        told = "rien ne s’en perd ; les rapports par terme les comptent sous le nouveau classement"
        yield f"{capfirst(', '.join(counted))} de ces fiches : {told}."
