"""A change to the filing of many entries: terms to add, terms to remove, facets to replace."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from faq.domain.facets import Facet, Filing, FilingContradiction, Taxonomy


@dataclass(frozen=True, slots=True)
class FilingChange:
    """The same change for every entry; what the result implies is filed too, and what nothing implies any more goes."""

    added: Filing
    removed: Filing
    replaced: AbstractSet[Facet] = frozenset()
    """The facets of which an entry keeps no term but the added ones."""

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing, whatever the entry."""
        return not (any(self.added.values()) or any(self.removed.values()) or self.replaced)

    def apply(self, filing: Filing, taxonomy: Taxonomy) -> dict[Facet, frozenset[int]]:
        """Return the filing of an entry after the change, complete.

        Adding keeps what the facet had. Raises FilingContradiction where the terms exclude each other, or where
        another term implies one that was to be removed.
        """
        chosen = taxonomy.reduce(filing)
        wanted = {facet: self._apply_to(facet, chosen[facet], filing) for facet in Facet}
        completed = taxonomy.complete(wanted)
        # What was implied, and is to be added, may have lost what implied it.
        added = {facet: self.added.get(facet, frozenset()) for facet in Facet}
        lost = [facet for facet in Facet if added[facet] - completed[facet]]
        if lost:
            wanted |= {facet: completed[facet] | added[facet] for facet in lost}
            completed = taxonomy.complete(wanted)
        for facet in Facet:
            if unwanted := completed[facet] & self._find_unwanted(facet, completed[facet]):
                raise _build_refusal(facet, min(unwanted), wanted, taxonomy)
        return completed

    def _apply_to(self, facet: Facet, chosen: frozenset[int], filing: Filing) -> frozenset[int]:
        whole = filing.get(facet, frozenset())
        added, removed = self.added.get(facet, frozenset()), self.removed.get(facet, frozenset())
        if facet in self.replaced:
            return added
        if added - whole or removed & whole:
            # What is implied becomes a choice: the change applies to all that the entry is filed under.
            return (whole - removed) | added
        return chosen

    def _find_unwanted(self, facet: Facet, filed: frozenset[int]) -> frozenset[int]:
        added = self.added.get(facet, frozenset())
        return (filed if facet in self.replaced else self.removed.get(facet, frozenset())) - added


def _build_refusal(facet: Facet, id: int, wanted: Filing, taxonomy: Taxonomy) -> FilingContradiction:
    label = taxonomy.by_id[facet, id].label
    causes = taxonomy.find_implied(wanted)[facet, id]
    named = ", ".join(f"«\u00a0{cause.label}\u00a0»" for cause in causes)
    return FilingContradiction(
        facet, f"«\u00a0{label}\u00a0» découle de {named}. Retirez aussi {named}, ou gardez «\u00a0{label}\u00a0»."
    )
