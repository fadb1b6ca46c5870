"""Filings follow the terms: what was implied moves with them, what was chosen stays, nothing contradicts itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet, FilingContradiction, Taxonomy
from faq.domain.refiling import refile
from tests.taxonomies import TAXONOMY, filings_in, taxonomies

HOSPITAL, IMAGING = 1, 2
SEGUR, OTHER = 1, 2
DPI, PFI = 1, 2


def moved(facet, id, *parents, taxonomy=TAXONOMY):
    """The taxonomy with other parents of one term."""
    terms = [
        replace(term, parents=frozenset(parents)) if (term.facet, term.id) == (facet, id) else term
        for term in taxonomy.terms
    ]
    return Taxonomy(tuple(terms))


def merged(facet, id, into, taxonomy=TAXONOMY):
    """The taxonomy with one term merged into another, and its children moved there."""
    terms = []
    for term in taxonomy.terms:
        if (term.facet, term.id) == (facet, id):
            term = replace(term, merged_into=into, retired=True)
        elif term.facet.parent is facet and id in term.parents:
            term = replace(term, parents=term.parents - {id} | {into})
        terms.append(term)
    return Taxonomy(tuple(terms))


def filing(**ids):
    return {facet: frozenset(ids.get(facet.value, ())) for facet in Facet}


def change(before, after=None, **ids):
    """The filing that a complete filing becomes."""
    return refile(TAXONOMY.complete(filing(**ids)), before, after or before)


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        # Implied by what moved: leaves the old couloir for the new one.
        ({"dispositifs": [DPI]}, [IMAGING]),
        # Another dispositif is there too.
        ({"dispositifs": [DPI, PFI]}, [HOSPITAL, IMAGING]),
        # The couloir that was chosen beside it stays.
        ({"dispositifs": [DPI], "couloirs": [HOSPITAL, IMAGING]}, [IMAGING]),
        # What does not hold the term is not concerned.
        ({"couloirs": [HOSPITAL]}, [HOSPITAL]),
    ],
)
def test_a_dispositif_takes_its_entries_along(filed, expected):
    after = moved(Facet.DISPOSITIFS, DPI, IMAGING)
    result = change(TAXONOMY, after, **filed)
    assert result[Facet.COULOIRS] == frozenset(expected)
    assert result[Facet.OFFER_TYPES] == {SEGUR}


def test_a_couloir_takes_its_entries_to_another_offer_type():
    after = moved(Facet.COULOIRS, HOSPITAL, OTHER)
    assert change(TAXONOMY, after, dispositifs=[DPI])[Facet.OFFER_TYPES] == {OTHER}
    # Imagerie, and Convergence, still belong to the first.
    assert change(TAXONOMY, after, couloirs=[HOSPITAL, IMAGING])[Facet.OFFER_TYPES] == {SEGUR, OTHER}


def test_a_term_that_belongs_to_more_adds_what_is_new_where_all_was_implied():
    after = moved(Facet.DISPOSITIFS, DPI, HOSPITAL, IMAGING)
    assert change(TAXONOMY, after, dispositifs=[DPI])[Facet.COULOIRS] == {HOSPITAL, IMAGING}
    # Of several couloirs only one was chosen: that choice fits and stays.
    after = moved(Facet.DISPOSITIFS, PFI, HOSPITAL, IMAGING)
    assert change(TAXONOMY, after, dispositifs=[PFI], couloirs=[IMAGING])[Facet.COULOIRS] == {IMAGING}


def test_a_term_that_belongs_to_everything_from_now_on_leaves_the_entry_where_it_was():
    after = moved(Facet.PRODUCTS, 2)
    assert change(TAXONOMY, after, products=[2])[Facet.OFFER_TYPES] == {OTHER}


def test_merged_terms_give_way_to_the_survivor():
    after = merged(Facet.DISPOSITIFS, DPI, PFI)
    assert change(TAXONOMY, after, dispositifs=[DPI])[Facet.DISPOSITIFS] == {PFI}
    after = merged(Facet.COULOIRS, HOSPITAL, IMAGING)
    assert change(TAXONOMY, after, dispositifs=[DPI])[Facet.COULOIRS] == {IMAGING}


def test_a_chain_of_merges_leads_to_its_end():
    after = merged(Facet.THEMES, 1, 2, Taxonomy((*TAXONOMY.terms, *(_theme(id) for id in (2, 3)))))
    after = merged(Facet.THEMES, 2, 3, after)
    assert after.resolve(filing(themes=[1, 2]))[Facet.THEMES] == {3}
    assert after.by_old_slug[Facet.THEMES, "themes-1"].id == 3
    assert (Facet.THEMES, "themes-1") not in after.by_slug


def _theme(id):
    return replace(TAXONOMY.by_id[Facet.THEMES, 1], id=id, slug=f"themes-{id}")


@st.composite
def changes_of_a_taxonomy(draw):
    """A taxonomy, what it becomes, and a filing that it accepts."""
    before = draw(taxonomies())
    after = before
    for _ in range(draw(st.integers(0, 3))):
        term = draw(st.sampled_from(after.terms))
        others = [one.id for one in after.by_facet[term.facet] if one.id != term.id]
        if term.facet.parent and draw(st.booleans()):
            ids = [one.id for one in after.by_facet[term.facet.parent]]
            after = moved(term.facet, term.id, *draw(st.sets(st.sampled_from(ids))), taxonomy=after)
        elif others and term.merged_into is None:
            after = merged(term.facet, term.id, draw(st.sampled_from(others)), after)
    return before, after, draw(filings_in(before))


@given(changes_of_a_taxonomy())
def test_whatever_changes_the_form_accepts_the_filing(changes):
    before, after, filed = changes
    try:
        filed = before.complete(filed)
    except FilingContradiction:
        return
    result = refile(filed, before, after)
    assert after.complete(result) == result
    # What no longer says anything new is left alone.
    assert refile(result, after, after) == result
    # No term that was chosen is lost, but for what it leads to.
    assert result[Facet.DISPOSITIFS] == after.resolve(filed)[Facet.DISPOSITIFS]
    assert result[Facet.PRODUCTS] == after.resolve(filed)[Facet.PRODUCTS]
    assert result[Facet.THEMES] == after.resolve(filed)[Facet.THEMES]
    if before == after:
        assert result == filed
