"""A query may name the term that an entry is filed under: found there, after the entries that say it."""

import pytest
from pyroaring import BitMap

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, Taxonomy, Term
from faq.domain.search.filing import TermFiling, TermLabels
from faq.domain.search.queries import Synonyms, parse_query
from tests.searching import an_index, in_order

TEXTS = (
    ("Quel dossier remplir ?", "Le formulaire commun."),
    ("Le DMP reçoit-il le dossier ?", "Oui, dans la journée."),
    ("Qui signe le dossier ?", "Le médecin de la ville voisine."),
)
FIRST, SAYS_IT, THIRD = 1, 2, 3
DMP = Term(1, Facet.PRODUCTS, "dmp", "DMP")
HOSPITAL = Term(1, Facet.COULOIRS, "hopital", "Hôpital")
CITY = Term(2, Facet.COULOIRS, "ville", "Médecine de ville")
GONE = Term(3, Facet.COULOIRS, "officine", "Officine", retired=True)
TAXONOMY = Taxonomy((DMP, HOSPITAL, CITY, GONE))
UNDER = {Facet.PRODUCTS: {1: [FIRST]}, Facet.COULOIRS: {1: [FIRST], 2: [FIRST, SAYS_IT], 3: [THIRD]}}


@pytest.fixture(scope="module")
def filed():
    return TermFiling(TermLabels(TAXONOMY), CascadeIndex.build(TAXONOMY, (1, 2, 3), UNDER))


@pytest.fixture(scope="module")
def index():
    return an_index(TEXTS)


def search(index, filed, query, *groups):
    return index.search(parse_query(query), Synonyms((group, False) for group in groups), filed)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("dmp", [SAYS_IT, FIRST]),
        ("dossier DMP", [SAYS_IT, FIRST]),
        ("hôpital", [FIRST]),
        ("hopital dossier", [FIRST]),
        ("médecine de ville dossier", [THIRD, FIRST, SAYS_IT]),
        ("officine", []),
    ],
)
def test_what_is_filed_there_is_found_after_what_says_it(index, filed, query, numbers):
    assert in_order(search(index, filed, query)) == numbers


def test_a_word_of_a_name_names_nothing(index, filed):
    assert search(index, filed, "médecine dossier").entries == BitMap([FIRST, SAYS_IT, THIRD]) - BitMap(
        [FIRST, SAYS_IT]
    )


def test_a_synonym_names_the_term(index, filed):
    group = ["CHU", "hôpital"]
    assert in_order(search(index, filed, "CHU", group)) == [FIRST]


def test_a_name_that_stands_in_no_text_is_no_slip(index, filed):
    [term] = search(index, filed, "hôpital").terms
    assert term.correction is None
    assert not term.unknown


def test_who_is_not_indexed_is_not_found(index):
    beyond = TermFiling(TermLabels(TAXONOMY), CascadeIndex.build(TAXONOMY, (9_000,), {Facet.COULOIRS: {1: [9_000]}}))
    assert in_order(search(index, beyond, "hôpital")) == []


def test_an_expression_names_a_term_only_as_a_whole(index, filed):
    result = search(index, filed, "dossier hôpital", ("dossier hôpital", "licorne"))
    assert [term.filed for term in result.terms] == [BitMap(), BitMap()]


def test_a_term_that_is_misspelt_is_named_too(filed):
    index = an_index([("Quel dossier ?", "Oui."), ("Un hôpital ?", "Oui."), ("Quoi ?", "Oui.")])
    assert in_order(search(index, filed, "hôpitla")) == [SAYS_IT, FIRST]


def test_what_says_it_keeps_its_weight_where_it_is_filed_too():
    index = an_index([("Quel dossier ?", "Celui du DMP, chaque jour."), ("Le DMP ?", "Oui."), ("Qui ?", "Lui.")])
    filed = TermFiling(TermLabels(TAXONOMY), CascadeIndex.build(TAXONOMY, (1, 2, 3), {Facet.PRODUCTS: {1: [1, 2]}}))
    assert in_order(search(index, filed, "dmp")) == [2, 1]
