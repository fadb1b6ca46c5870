"""Query strings as states of the cascade, states as addresses."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet, Taxonomy, Term
from faq.views.states import branch_state, get_renamed_slugs, parse_query, state_address

SEGUR = Term(1, Facet.OFFER_TYPES, "segur", "Ségur")
CERTIFICATION = Term(2, Facet.OFFER_TYPES, "certification", "Certification")
HOSPITAL = Term(1, Facet.COULOIRS, "hopital", "Hôpital", frozenset({1}), old_slugs=("hopitaux", "segur"))
IMAGING = Term(2, Facet.COULOIRS, "imagerie", "Imagerie", frozenset({1}))
PHARMACY = Term(3, Facet.COULOIRS, "officine", "Officine", frozenset({1}), retired=True)
DPI = Term(1, Facet.DISPOSITIFS, "dpi", "DPI", frozenset({1}))
PFI = Term(2, Facet.DISPOSITIFS, "pfi", "PFI", frozenset({1, 2}))
CONVERGENCE = Term(1, Facet.PRODUCTS, "convergence", "Convergence", frozenset({1, 2}))
FINANCE = Term(1, Facet.THEMES, "financement", "Financement", old_slugs=("argent",))
TERMS = (SEGUR, CERTIFICATION, HOSPITAL, IMAGING, PHARMACY, DPI, PFI, CONVERGENCE, FINANCE)
TAXONOMY = Taxonomy(TERMS)


def reading(query):
    return parse_query(QueryDict(query), TAXONOMY)


def test_reads_every_facet():
    read = reading("offre=segur&couloir=hopital&dispositif=dpi&produit=convergence&theme=financement")
    assert list(read.state.values()) == [SEGUR, HOSPITAL, DPI, CONVERGENCE, FINANCE]
    assert read.notices == ()


@pytest.mark.parametrize("query", ["", "offre=", "offre=&couloir=+", "q=mot&page=2", "&&&=&offre"])
def test_what_says_nothing_is_nothing(query):
    assert reading(query).state == {}
    assert reading(query).notices == ()


@pytest.mark.parametrize(
    "value",
    ["inconnu", "x" * 10_000, "%00", "%ff%fe", "segur%00", "SEGUR", "<b>", "%ED%A0%80", "1'%20OR%201=1"],
)
def test_an_unknown_value_is_ignored_with_a_notice_that_does_not_repeat_it(value):
    read = reading(f"offre={value}&theme=financement")
    assert read.state == {Facet.THEMES: FINANCE}
    assert read.notices == ("Un filtre de l’adresse est inconnu (type d’offre) : il est ignoré.",)


def test_a_slug_of_another_facet_is_unknown():
    assert reading("offre=hopital").state == {}


def test_a_retired_term_is_ignored_with_a_notice():
    read = reading("couloir=officine")
    assert read.state == {}
    assert read.notices == ("« Officine » (couloir Ségur) n’est plus proposé : ce filtre est ignoré.",)


def test_of_a_repeated_parameter_the_last_counts():
    assert reading("offre=segur&offre=certification").state == {Facet.OFFER_TYPES: CERTIFICATION}


def test_a_choice_that_does_not_fit_is_dropped_and_named_with_the_reason():
    read = reading("offre=certification&couloir=hopital")
    assert read.state == {Facet.OFFER_TYPES: CERTIFICATION}
    assert read.notices == ("« Hôpital » (couloir Ségur) ne relève pas de « Certification » : ce filtre est retiré.",)


def test_the_reason_names_every_choice_in_the_way():
    other = Term(3, Facet.COULOIRS, "homologation", "Homologation", frozenset({2}))
    taxonomy = Taxonomy((*TERMS, other))
    read = parse_query(QueryDict("offre=certification&couloir=homologation&dispositif=dpi"), taxonomy)
    assert read.notices == (
        "« DPI » (dispositif Ségur) ne relève pas de « Certification » ni de « Homologation » : ce filtre est retiré.",
    )


def test_former_slugs_are_found_where_no_present_one_is_meant():
    query = QueryDict("offre=segur&couloir=hopitaux&theme=argent&page=2")
    assert get_renamed_slugs(query, TAXONOMY) == {"couloir": "hopital", "theme": "financement"}


def test_a_present_slug_wins_over_a_former_one():
    imaging_before = Term(9, Facet.COULOIRS, "radiologie", "Radiologie", old_slugs=("imagerie",))
    taxonomy = Taxonomy((*TERMS, imaging_before))
    assert get_renamed_slugs(QueryDict("couloir=imagerie"), taxonomy) == {}


@given(st.sets(st.sampled_from(TERMS)), st.integers(1, 500))
def test_an_address_reads_back_as_its_state(terms, page):
    state, _ = TAXONOMY.drop_misfits({term.facet: term for term in terms if not term.retired})
    address = urlsplit(state_address(state, page))
    parameters = dict(parse_qsl(address.query, strict_parsing=bool(address.query)))
    assert reading(address.query).state == state
    assert address.path == "/"
    assert parameters.pop("page", "1") == str(page)
    assert list(parameters) == [facet.parameter for facet in Facet if facet in state]


@given(st.dictionaries(st.sampled_from([facet.parameter for facet in Facet]), st.text()))
def test_any_query_gives_a_state_and_its_address_is_canonical(query):
    state = parse_query(query, TAXONOMY).state
    address = state_address(state)
    assert state_address(reading(urlsplit(address).query).state) == address


def test_a_branch_goes_up_while_there_is_one_way():
    assert branch_state(DPI, TAXONOMY) == {
        Facet.OFFER_TYPES: SEGUR,
        Facet.COULOIRS: HOSPITAL,
        Facet.DISPOSITIFS: DPI,
    }
    assert branch_state(PFI, TAXONOMY) == {Facet.DISPOSITIFS: PFI}
    assert branch_state(CONVERGENCE, TAXONOMY) == {Facet.PRODUCTS: CONVERGENCE}
    assert branch_state(FINANCE, TAXONOMY) == {Facet.THEMES: FINANCE}


def test_every_branch_is_a_state_whose_choices_fit():
    for term in TERMS:
        chosen = branch_state(term, TAXONOMY)
        assert TAXONOMY.drop_misfits(chosen) == (chosen, [])
