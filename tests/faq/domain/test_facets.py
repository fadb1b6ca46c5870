"""The taxonomy: what goes with what, and what a filing implies."""

import pytest
from hypothesis import given

from faq.domain.facets import Facet, FilingContradiction
from tests.taxonomies import (
    CONVERGENCE,
    DMN,
    DPI,
    HOSPITAL,
    IMAGING,
    OTHER,
    PFI,
    SEGUR,
    TAXONOMY,
    filed_taxonomies,
)


def test_choices_that_no_longer_fit_are_dropped_and_named():
    chosen = {Facet.OFFER_TYPES: OTHER, Facet.COULOIRS: HOSPITAL, Facet.DISPOSITIFS: DPI, Facet.PRODUCTS: DMN}
    assert TAXONOMY.drop_misfits(chosen) == ({Facet.OFFER_TYPES: OTHER, Facet.PRODUCTS: DMN}, [HOSPITAL, DPI])


def test_a_dispositif_fits_an_offer_through_its_couloir():
    assert TAXONOMY.fits(PFI, {Facet.OFFER_TYPES: SEGUR, Facet.COULOIRS: IMAGING})
    assert not TAXONOMY.fits(DPI, {Facet.COULOIRS: IMAGING})
    assert not TAXONOMY.fits(DPI, {Facet.OFFER_TYPES: OTHER})


def test_a_dispositif_implies_its_couloirs_and_offer():
    completed = TAXONOMY.complete({Facet.DISPOSITIFS: frozenset({2})})
    assert completed[Facet.COULOIRS] == {1, 2}
    assert completed[Facet.OFFER_TYPES] == {1}
    assert completed[Facet.PRODUCTS] == completed[Facet.THEMES] == frozenset()


def test_one_couloir_of_a_dispositif_is_enough():
    filing = {Facet.DISPOSITIFS: frozenset({2}), Facet.COULOIRS: frozenset({2})}
    assert TAXONOMY.complete(filing)[Facet.COULOIRS] == {2}


@pytest.mark.parametrize(
    ("filing", "facet"),
    [
        ({Facet.DISPOSITIFS: {1}, Facet.COULOIRS: {2}}, Facet.DISPOSITIFS),
        ({Facet.COULOIRS: {1}, Facet.OFFER_TYPES: {2}}, Facet.COULOIRS),
        ({Facet.DISPOSITIFS: {1}, Facet.OFFER_TYPES: {2}}, Facet.COULOIRS),
        ({Facet.PRODUCTS: {2}, Facet.OFFER_TYPES: {1}}, Facet.PRODUCTS),
        ({Facet.PRODUCTS: {2}, Facet.DISPOSITIFS: {1}}, Facet.PRODUCTS),
    ],
)
def test_contradictions_are_refused_and_named(filing, facet):
    filing = {key: frozenset(ids) for key, ids in filing.items()}
    with pytest.raises(FilingContradiction, match="relève de") as refusal:
        TAXONOMY.complete(filing)
    assert refusal.value.facet is facet


@given(filed_taxonomies())
def test_completing_is_idempotent(filed):
    taxonomy, filings = filed
    for filing in filings:
        try:
            completed = taxonomy.complete(filing)
        except FilingContradiction:
            continue
        assert taxonomy.complete(completed) == completed


@given(filed_taxonomies())
def test_the_reduced_filing_is_the_least_that_completes_to_the_same(filed):
    taxonomy, filings = filed
    for filing in filings:
        try:
            completed = taxonomy.complete(filing)
        except FilingContradiction:
            assert taxonomy.reduce(filing) == filing
            assert taxonomy.find_implied(filing) == {}
            continue
        chosen = taxonomy.reduce(completed)
        assert taxonomy.complete(chosen) == completed
        assert all(chosen[facet] <= filing[facet] for facet in Facet)
        assert taxonomy.reduce(chosen) == chosen
        implied = {(facet, id) for facet in Facet for id in completed[facet] - chosen[facet]}
        assert set(taxonomy.find_implied(chosen)) == implied
        assert all(taxonomy.find_implied(chosen).values())


def test_what_is_implied_names_the_chosen_terms_that_bring_it():
    chosen = {Facet.DISPOSITIFS: frozenset({1}), Facet.PRODUCTS: frozenset({1})}
    assert TAXONOMY.find_implied(chosen) == {(Facet.OFFER_TYPES, 1): [DPI], (Facet.COULOIRS, 1): [DPI]}
    chosen = {Facet.PRODUCTS: frozenset({1})}
    implied = {(Facet.OFFER_TYPES, 1): [CONVERGENCE], (Facet.OFFER_TYPES, 2): [CONVERGENCE]}
    assert TAXONOMY.find_implied(chosen) == implied


def test_a_product_of_two_offers_implies_both_until_one_is_chosen():
    product = {Facet.PRODUCTS: frozenset({1})}
    assert TAXONOMY.complete(product)[Facet.OFFER_TYPES] == {1, 2}
    assert TAXONOMY.reduce(TAXONOMY.complete(product))[Facet.OFFER_TYPES] == frozenset()
    chosen = product | {Facet.OFFER_TYPES: frozenset({2})}
    assert TAXONOMY.complete(chosen)[Facet.OFFER_TYPES] == {2}
    assert TAXONOMY.reduce(TAXONOMY.complete(chosen))[Facet.OFFER_TYPES] == {2}


def test_every_facet_has_question_parameter_and_label():
    assert [facet.parameter for facet in Facet] == ["offre", "couloir", "dispositif", "produit", "theme"]
    assert all(facet.question.endswith("?") and facet.label for facet in Facet)
