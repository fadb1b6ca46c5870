"""The filing of an entry after terms were moved, merged or split: what was implied follows, what was chosen stays."""

from collections.abc import Collection, Mapping

from faq.domain.facets import Facet, Filing, Taxonomy

_LEVELS = ((Facet.COULOIRS, (Facet.DISPOSITIFS,)), (Facet.OFFER_TYPES, (Facet.COULOIRS, Facet.PRODUCTS)))
"""The facets whose terms others imply, from the lowest, with the facets whose terms imply them."""


def refile(
    filing: Filing, before: Taxonomy, after: Taxonomy, wanted: Filing | None = None
) -> dict[Facet, frozenset[int]]:
    """Return a filing that `before` accepted as `after` accepts it.

    An entry takes what its terms belong to from now on, where it had all that they belonged to, or where nothing else
    fits; it leaves what they belonged to, unless another of its terms still does. Merged terms give way to those that
    answer for them. `wanted` is what is to be filed instead, where a split changes that too.
    """
    filed_before = after.resolve(filing)
    result = after.resolve(filing if wanted is None else wanted)
    for parent, children in _LEVELS:
        implied = after.resolve({parent: _get_parents(before, filing, children)})[parent]
        # An entry keeps what terms belonged to that belong to everything from now on.
        freed = {
            facet: [id for id in filing.get(facet, ()) if not after.by_id[facet, id].parents] for facet in children
        }
        former = after.resolve({parent: _get_parents(before, freed, children)})[parent]
        still = _get_parents(after, result, children) | former
        kept = set(result[parent] - (implied - still))
        terms = [after.by_id[facet, id] for facet in children for id in sorted(result[facet])]
        for term in terms:
            if term.id in filing.get(term.facet, ()):
                former = after.resolve({parent: before.by_id[term.facet, term.id].parents})[parent]
                kept |= term.parents - former if former and former <= filed_before[parent] else frozenset()
        for term in terms:
            if term.parents and not term.parents & kept:
                kept |= term.parents
        result[parent] = frozenset(kept)
    return result


def _get_parents(
    taxonomy: Taxonomy, filing: Mapping[Facet, Collection[int]], facets: Collection[Facet]
) -> frozenset[int]:
    parents = (taxonomy.by_id[facet, id].parents for facet in facets for id in filing.get(facet, ()))
    return frozenset().union(*parents)
