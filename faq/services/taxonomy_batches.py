"""One change of the taxonomy: the rows, the entries that are filed otherwise, and the batch that undoes all of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from faq.domain.facets import Facet, Filing
from faq.domain.refiling import refile
from faq.enums import BatchKind, Origin
from faq.models import Batch, Couloir, Dispositif, Entry, Epoch, OfferType, Product, RowChange, Theme
from faq.selectors.published import load_taxonomy
from faq.services.refiling import Refiled, TermKey, hold_taxonomy, refile_entries
from faq.services.review_dates import get_live_under, recompute_review_dates
from faq.services.roles import Author
from faq.services.row_changes import RowRecorder, get_table
from faq.services.versions import Provenance

AnyTerm = OfferType | Couloir | Dispositif | Product | Theme
Substitute = Callable[[Entry, Filing], Filing]
"""A function that returns what an entry is to be filed under, before what that implies."""

FACETS = {Entry._meta.get_field(facet).related_model: facet for facet in Facet}
"""The facet of each table of terms."""
RELATIONS = {Facet.COULOIRS: "offer_type_id", Facet.DISPOSITIFS: "couloirs", Facet.PRODUCTS: "offer_types"}
"""By facet, the column that names the parents of a term, as a changed row holds it."""


@dataclass(slots=True)
class TaxonomyReport:
    """The result of a change of the taxonomy."""

    batch: Batch | None = None
    """None where nothing changed."""
    rows: list[RowChange] = field(default_factory=list)
    refiled: list[Refiled] = field(default_factory=list)


def get_facet(term: AnyTerm) -> Facet:
    """Return the facet that a term belongs to."""
    return FACETS[type(term)]


def key_of(term: AnyTerm) -> TermKey:
    """Return the facet and the id of a stored term."""
    return get_facet(term), term.pk


@transaction.atomic
def change_taxonomy(
    write: Callable[[RowRecorder], None],
    label: str,
    author: Author,
    *,
    get_terms: Callable[[], Collection[TermKey]] = lambda: (),
    substitute: Substitute = lambda entry, filing: filing,
    batch: Batch | None = None,
) -> TaxonomyReport:
    """Write terms, and file the entries under `get_terms()` as what is written demands; as one batch.

    The batch is that of a larger operation, where one is given. To be called before other rows are locked.
    """
    entries = hold_taxonomy(get_terms)
    before = load_taxonomy()
    recorder = RowRecorder()
    write(recorder)
    if not recorder.changes:
        return TaxonomyReport()
    batch = store_rows(recorder, label, author, batch)
    after = load_taxonomy()
    report = TaxonomyReport(batch, recorder.changes)
    report.refiled = refile_entries(
        entries,
        lambda entry, filing: refile(filing, before, after, substitute(entry, filing)),
        after,
        Provenance(Origin.TAXONOMY, author, batch, shorten(label), at=timezone.now()),
        all_read_again=True,
    )
    follow_intervals(recorder.changes)
    return report


def store_rows(recorder: RowRecorder, label: str, author: Author, batch: Batch | None = None) -> Batch:
    """Store what was written as a batch with that label, or as part of one, and return it; terms are read again."""
    batch = batch or Batch.objects.create(
        kind=BatchKind.TAXONOMY, label=shorten(label), author=author, created_at=timezone.now()
    )
    recorder.store(batch)
    Epoch.move()
    return batch


def follow_intervals(rows: Collection[RowChange]) -> None:
    """Recompute the review dates of live entries under terms whose interval changed; these entries are locked."""
    for change in rows:
        if (facet := get_changed_facet(change)) and has_changed(change, "review_months"):
            recompute_review_dates(get_live_under(facet, change.row))


def get_changed_facet(change: RowChange) -> Facet | None:
    """Return the facet of a changed term; None for other rows."""
    return FACETS.get(get_table(change.table))


def get_refiling_terms(rows: Collection[RowChange]) -> set[TermKey]:
    """Return the stored terms whose change may move or date the entries that are filed there."""
    return {
        (facet, change.row)
        for change in rows
        if (facet := get_changed_facet(change))
        and any(has_changed(change, name) for name in (RELATIONS.get(facet, ""), "merged_into_id", "review_months"))
    }


def has_changed(change: RowChange, name: str) -> bool:
    """Return whether a column of a changed row is not what it was."""
    return (change.before or {}).get(name) != (change.after or {}).get(name)


def shorten(label: str) -> str:
    """Return a label that a batch can hold."""
    return label if len(label) <= 300 else f"{label[:299]}…"
