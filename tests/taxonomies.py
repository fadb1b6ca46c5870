"""Taxonomies and filings to test the cascade on: a small one with every kind of belonging, and random ones."""

from hypothesis import strategies as st

from faq.domain.facets import Facet, Taxonomy, Term


def term(facet, id, *parents, **details):
    return Term(id, facet, f"{facet}-{id}", f"{facet} {id}", frozenset(parents), **details)


SEGUR, OTHER = term(Facet.OFFER_TYPES, 1), term(Facet.OFFER_TYPES, 2)
HOSPITAL, IMAGING = term(Facet.COULOIRS, 1, 1), term(Facet.COULOIRS, 2, 1)
DPI, PFI = term(Facet.DISPOSITIFS, 1, 1), term(Facet.DISPOSITIFS, 2, 1, 2)
CONVERGENCE, DMN = term(Facet.PRODUCTS, 1, 1, 2), term(Facet.PRODUCTS, 2, 2)
CERTIFICATES = term(Facet.THEMES, 1)
TAXONOMY = Taxonomy((SEGUR, OTHER, HOSPITAL, IMAGING, DPI, PFI, CONVERGENCE, DMN, CERTIFICATES))


@st.composite
def taxonomies(draw):
    """Random taxonomies, with terms that belong to several parents or to none, some of them retired."""
    terms = []
    ids = {}
    for facet in Facet:
        ids[facet] = list(range(1, draw(st.integers(1, 4)) + 1))
        for id in ids[facet]:
            parents = draw(st.sets(st.sampled_from(ids[facet.parent]))) if facet.parent else set()
            terms.append(term(facet, id, *parents, retired=draw(st.integers(0, 9)) == 0))
    return Taxonomy(tuple(terms))


def filings_in(taxonomy):
    """Any way to file an entry, contradictions too."""
    return st.fixed_dictionaries(
        {
            facet: st.frozensets(st.sampled_from([one.id for one in taxonomy.by_facet[facet]]), max_size=2)
            for facet in Facet
        }
    )


@st.composite
def filed_taxonomies(draw):
    """A taxonomy, and the filing of a few entries."""
    taxonomy = draw(taxonomies())
    return taxonomy, draw(st.lists(filings_in(taxonomy), max_size=12))
