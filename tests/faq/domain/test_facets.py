"""The taxonomy: what goes with what, and what a filing implies."""

import pytest
from hypothesis import given

from faq.domain.facets import Facet, FilingContradiction
from tests.taxonomies import (
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


def test_every_facet_has_question_parameter_and_label():
    assert [facet.parameter for facet in Facet] == ["offre", "couloir", "dispositif", "produit", "theme"]
    assert all(facet.question.endswith("?") and facet.label for facet in Facet)
