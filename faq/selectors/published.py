"""The published FAQ as one snapshot in memory, keyed by an epoch that every change moves.

The snapshot is derived from the tables and can be dropped at any time. A worker reads the epoch at every request
(one query on one row). After a change it reads the changed entries again, so that no two workers disagree for longer
than one request, and a publication costs the same whatever the number of live entries.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Model

from faq.caching import EpochCache
from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, Filing, Taxonomy, Term
from faq.models.entries import Entry, filing_table
from faq.models.epochs import Epoch, EpochTokens
from faq.models.taxonomy import Couloir, Dispositif, OfferType, Product, Theme


@dataclass(frozen=True)
class Snapshot:
    """The taxonomy of the published FAQ and the filing of its entries. It is immutable: threads share it."""

    epoch: str
    taxonomy: Taxonomy
    """The terms without the thématiques that have no live entry: editors create those for drafts."""
    index: CascadeIndex
    terms: tuple[Term, ...]
    """All terms, including thématiques without a live entry."""
    base: str
    """The epoch at which all entries were read."""
    changed: Mapping[int, str]
    """The entries that were read again since, each with the epoch of its last reading."""

    @cached_property
    def everything(self) -> Taxonomy:
        """The taxonomy with the thématiques that have no live entry any more: their former addresses redirect too."""
        return Taxonomy(tuple(term for term in self.terms if term.was_public))

    def version_key(self, number: int) -> str:
        """Return a key that changes whenever the public text of an entry, or the taxonomy, may have changed."""
        return self.changed.get(number, self.base)


_MAX_CHANGED = 5_000
"""Entries in `Snapshot.changed`; once there are more, all version keys become new."""


def live_snapshot(tokens: EpochTokens | None = None) -> Snapshot:
    """Return the snapshot of what is published now: one query for the epoch unless it is given, more after a change."""
    return _snapshots.get(Epoch.tokens() if tokens is None else tokens)


def load_taxonomy(tokens: EpochTokens | None = None, *, share: bool = False) -> Taxonomy:
    """Return all terms in display order: one query for the epoch unless it is given, more after a term changed.

    With `share` no term moves until the transaction ends: for those who store a filing, after locking the entries.
    """
    return _taxonomies.get((Epoch.tokens(share=share) if tokens is None else tokens).terms)


def read_snapshot(tokens: EpochTokens) -> Snapshot:
    """Return a snapshot read from the tables; `tokens` are those of an epoch read before."""
    terms = read_taxonomy().terms
    live = Entry.objects.live().order_by().values_list("pk", flat=True)
    index = CascadeIndex.build(Taxonomy(terms), live.iterator(chunk_size=10_000), _read_filed_entries())
    return _build_snapshot(tokens.published, terms, index, tokens.published, {})


def _patch_snapshot(latest: Snapshot, since: EpochTokens, tokens: EpochTokens) -> Snapshot | None:
    """Return a snapshot with the changed entries and terms read again; None where the changes are not known."""
    numbers = Epoch.changed_since(since.published, tokens.published)
    if numbers is None:
        return None
    epoch = tokens.published
    filings = _read_filings(numbers)
    changed = {number: filings.get(number) for number in numbers}
    terms = load_taxonomy(tokens).terms
    version_keys = {**latest.changed, **dict.fromkeys(numbers, epoch)}
    base, version_keys = (latest.base, version_keys) if len(version_keys) <= _MAX_CHANGED else (epoch, {})
    index = latest.index.patched(latest.taxonomy, changed)
    if terms == latest.terms and index.filed(Facet.THEMES) == latest.index.filed(Facet.THEMES):
        return replace(latest, epoch=epoch, index=index, base=base, changed=version_keys)
    return _build_snapshot(epoch, terms, index, base, version_keys)


def _build_snapshot(
    epoch: str, terms: tuple[Term, ...], index: CascadeIndex, base: str, changed: Mapping[int, str]
) -> Snapshot:
    themes = index.filed(Facet.THEMES)
    taxonomy = Taxonomy(tuple(term for term in terms if term.facet is not Facet.THEMES or term.id in themes))
    return Snapshot(epoch, taxonomy, replace(index, taxonomy=taxonomy), terms, base, changed)


def read_taxonomy(token: str = "") -> Taxonomy:
    """Return all terms as the tables hold them; `token` is that of an epoch read before."""
    # Rows, not instances: building three hundred instances takes ten times as long.
    terms = [
        *_read_terms(Facet.OFFER_TYPES, OfferType, "label", {}),
        *_read_terms(Facet.COULOIRS, Couloir, "label", _read_parents(Couloir, "offer_type")),
        *_read_terms(Facet.DISPOSITIFS, Dispositif, "label", _read_parents(Dispositif, "couloirs")),
        *_read_terms(Facet.PRODUCTS, Product, "label", _read_parents(Product, "offer_types")),
        *_read_terms(Facet.THEMES, Theme, "name", {}),
    ]
    return Taxonomy(tuple(_with_absorbed_terms(terms)))


def _with_absorbed_terms(terms: list[Term]) -> list[Term]:
    """Return the terms, each with the ids of those that were merged into it."""
    absorbed: dict[tuple[Facet, int], set[int]] = {}
    if any(term.merged_into for term in terms):
        for (facet, id), survivor in Taxonomy(tuple(terms)).survivors.items():
            absorbed.setdefault((facet, survivor), set()).add(id)
    if not absorbed:
        return terms
    return [replace(term, answers_for=frozenset(absorbed.get((term.facet, term.id), ()))) for term in terms]


def _read_terms(facet: Facet, model: type[Model], name: str, parents: Mapping[int, Collection[int]]) -> Iterator[Term]:
    columns = ["pk", "slug", name, "retired", "old_slugs", "review_months", "merged_into"]
    columns += ["was_public"] if facet is Facet.THEMES else []
    for id, slug, label, retired, old_slugs, *others in model._default_manager.values_list(*columns):
        months, merged_into, *was_public = others
        above = frozenset(parents.get(id, ()))
        term = Term(id, facet, slug, label, above, retired, tuple(old_slugs), months, merged_into)
        yield replace(term, was_public=False) if was_public == [False] else term


def _read_parents(model: type[Model], parent: str) -> dict[int, list[int]]:
    """Return the parents of each term that has any."""
    parents: dict[int, list[int]] = {}
    for term, above in model._default_manager.order_by().values_list("pk", parent):
        if above is not None:
            parents.setdefault(term, []).append(above)
    return parents


def _read_filed_entries() -> dict[Facet, dict[int, "array[int]"]]:
    """Return the numbers of the entries filed under each term."""
    filed: dict[Facet, dict[int, array[int]]] = {}
    for facet in Facet:
        table, entry_column, term_column = filing_table(facet)
        under = filed[facet] = {}
        for number, term in table.objects.values_list(entry_column, term_column).iterator(chunk_size=10_000):
            under.setdefault(term, array("I")).append(number)
    return filed


def _read_filings(numbers: Iterable[int]) -> dict[int, Filing]:
    """Return the filing of the live versions of some entries, without those that are not live: one query."""
    rows = Entry.objects.live().filter(pk__in=numbers).order_by().values_list("pk", "live__filing")
    return {
        number: {facet: frozenset(term["id"] for term in filing.get(facet, ())) for facet in Facet}
        for number, filing in rows
    }


_snapshots = EpochCache(read_snapshot, _patch_snapshot)
_taxonomies = EpochCache(read_taxonomy)
