"""The read side: what is published, as one snapshot in memory, keyed by an epoch that every change moves.

The snapshot is derived and never the truth: dropping it loses nothing. A worker asks for the epoch at
every request (one query on one row); when it moved, the entries that changed are read anew, so that no
two workers disagree for longer than one request, and a publication costs the same whatever is live.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from faq.caching import EpochCache
from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, Filing, Taxonomy, Term
from faq.models.entries import Entry
from faq.models.epochs import Epoch, EpochTokens
from faq.models.taxonomy import Couloir, Dispositif, OfferType, Product, Theme


@dataclass(frozen=True)
class Snapshot:
    """The published FAQ: its taxonomy, and which entries are filed where. Never changed: threads share it."""

    epoch: str
    taxonomy: Taxonomy
    """Thématiques without a live entry are not part of it: editors name them while they work on drafts."""
    index: CascadeIndex
    terms: tuple[Term, ...]
    """All of the taxonomy, thématiques without a live entry too."""
    base: str
    """The epoch at which everything was read."""
    changed: Mapping[int, str]
    """The entries that changed since, and the epoch at which they were read again."""

    def stamp(self, number: int) -> str:
        """Return what changes whenever what the public reads of an entry, or of the taxonomy, may have changed."""
        return self.changed.get(number, self.base)


_MOST_CHANGED = 5_000
"""Entries. Once more have changed since everything was read, stamps start afresh."""


def live_snapshot(tokens: EpochTokens | None = None) -> Snapshot:
    """Return the snapshot of what is published now: one query, more only after a change.

    No query at all for whoever read the tokens of the epoch already, in the same request.
    """
    # The epoch is read before the tables: what is built can be newer than its key, never older.
    return _snapshots.get(Epoch.tokens() if tokens is None else tokens)


def load_taxonomy(tokens: EpochTokens | None = None) -> Taxonomy:
    """Return all terms, in screen order: one query, more only after a change of the terms.

    No query at all for whoever read the tokens of the epoch already, in the same request.
    """
    return _taxonomies.get((Epoch.tokens() if tokens is None else tokens).terms)


def read_snapshot(tokens: EpochTokens) -> Snapshot:
    """Read all that is published, whatever is cached; `tokens` were current before."""
    terms = _read_taxonomy("").terms
    live = Entry.objects.live().order_by().values_list("pk", flat=True)
    index = CascadeIndex.build(Taxonomy(terms), live.iterator(chunk_size=10_000), _filed())
    return _snapshot(tokens.published, terms, index, tokens.published, {})


def _patch_snapshot(latest: Snapshot, since: EpochTokens, tokens: EpochTokens) -> Snapshot | None:
    """Read the entries that changed again, and the terms if they changed; None where that is not known."""
    numbers = Epoch.changed_since(since.published, tokens.published)
    if numbers is None:
        return None
    epoch = tokens.published
    filings = _filings(numbers)
    changed = {number: filings.get(number) for number in numbers}
    known = load_taxonomy(tokens).terms
    stamps = {**latest.changed, **dict.fromkeys(numbers, epoch)}
    base, stamps = (latest.base, stamps) if len(stamps) <= _MOST_CHANGED else (epoch, {})
    index = latest.index.patched(latest.taxonomy, changed)
    if known == latest.terms and index.filed(Facet.THEMES) == latest.index.filed(Facet.THEMES):
        return replace(latest, epoch=epoch, index=index, base=base, changed=stamps)
    return _snapshot(epoch, known, index, base, stamps)


def _snapshot(
    epoch: str, terms: tuple[Term, ...], index: CascadeIndex, base: str, changed: Mapping[int, str]
) -> Snapshot:
    themes = index.filed(Facet.THEMES)
    taxonomy = Taxonomy(tuple(term for term in terms if term.facet is not Facet.THEMES or term.id in themes))
    return Snapshot(epoch, taxonomy, replace(index, taxonomy=taxonomy), terms, base, changed)


def _read_taxonomy(token: str) -> Taxonomy:
    # Rows, not instances: three hundred instances take ten times as long.
    terms = [
        *_terms(Facet.OFFER_TYPES, OfferType, "label", {}),
        *_terms(Facet.COULOIRS, Couloir, "label", _parents(Couloir, "offer_type")),
        *_terms(Facet.DISPOSITIFS, Dispositif, "label", _parents(Dispositif, "couloirs")),
        *_terms(Facet.PRODUCTS, Product, "label", _parents(Product, "offer_types")),
        *_terms(Facet.THEMES, Theme, "name", {}),
    ]
    return Taxonomy(tuple(terms))


def filing_table(facet: Facet):
    """Return the table that files entries under a facet's terms, and its two columns (entry, term)."""
    relation = Entry._meta.get_field(facet)
    through = relation.remote_field.through
    if facet is Facet.THEMES:
        return through, "content_object_id", "tag_id"
    return through, f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"


def _terms(facet: Facet, model, name: str, parents: Mapping[int, Collection[int]]) -> Iterator[Term]:
    rows = model.objects.values_list("pk", "slug", name, "retired", "old_slugs", "review_months")
    for id, slug, label, retired, old_slugs, review_months in rows:
        yield Term(id, facet, slug, label, frozenset(parents.get(id, ())), retired, tuple(old_slugs), review_months)


def _parents(model, parent: str) -> dict[int, list[int]]:
    """Read the parents of each term; one without any has none here."""
    parents: dict[int, list[int]] = {}
    for term, above in model.objects.order_by().values_list("pk", parent):
        if above is not None:
            parents.setdefault(term, []).append(above)
    return parents


def _filed() -> dict[Facet, dict[int, array]]:
    """Read the numbers of the entries filed under every term."""
    filed: dict[Facet, dict[int, array]] = {}
    for facet in Facet:
        table, entry_column, term_column = filing_table(facet)
        under = filed[facet] = {}
        for number, term in table.objects.values_list(entry_column, term_column).iterator(chunk_size=10_000):
            under.setdefault(term, array("I")).append(number)
    return filed


def _filings(numbers: Iterable[int]) -> dict[int, Filing]:
    """Read where those of some entries that are live are filed, as their live version says: one query."""
    rows = Entry.objects.live().filter(pk__in=numbers).order_by().values_list("pk", "live__filing")
    return {
        number: {facet: frozenset(term["id"] for term in filing.get(facet, ())) for facet in Facet}
        for number, filing in rows
    }


_snapshots = EpochCache(read_snapshot, _patch_snapshot)
_taxonomies = EpochCache(_read_taxonomy)
