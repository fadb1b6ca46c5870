"""The cascade: every option leads to exactly the number of entries that it announces."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import CascadeIndex, Facet, FilingContradiction, Taxonomy, Term, positions


def term(facet, id, *parents, **details):
    return Term(id, facet, f"{facet}-{id}", f"{facet} {id}", frozenset(parents), **details)


SEGUR, OTHER = term(Facet.OFFER_TYPES, 1), term(Facet.OFFER_TYPES, 2)
HOSPITAL, IMAGING = term(Facet.COULOIRS, 1, 1), term(Facet.COULOIRS, 2, 1)
DPI, PFI = term(Facet.DISPOSITIFS, 1, 1), term(Facet.DISPOSITIFS, 2, 1, 2)
CONVERGENCE, DMN = term(Facet.PRODUCTS, 1, 1, 2), term(Facet.PRODUCTS, 2, 2)
CERTIFICATES = term(Facet.THEMES, 1)
TAXONOMY = Taxonomy((SEGUR, OTHER, HOSPITAL, IMAGING, DPI, PFI, CONVERGENCE, DMN, CERTIFICATES))


def index_of(filings, taxonomy=TAXONOMY):
    filed = [
        (facet, id, [position for position, filing in enumerate(filings) if id in filing.get(facet, ())])
        for facet, id in taxonomy.by_id
    ]
    return CascadeIndex.build(taxonomy, len(filings), filed)


def naive_matches(filings, state):
    return [
        position
        for position, filing in enumerate(filings)
        if all(not filing.get(facet) or chosen.id in filing[facet] for facet, chosen in state.items())
    ]


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


@st.composite
def filed_taxonomies(draw):
    taxonomy = draw(taxonomies())
    filing = st.fixed_dictionaries(
        {
            facet: st.frozensets(st.sampled_from([one.id for one in taxonomy.by_facet[facet]]), max_size=2)
            for facet in Facet
        }
    )
    return taxonomy, draw(st.lists(filing, max_size=12))


def reachable_states(index):
    """Walk from the landing page along every option that is shown."""
    seen = set()
    waiting = [{}]
    while waiting:
        state = waiting.pop()
        key = frozenset((facet, chosen.id) for facet, chosen in state.items())
        if key in seen:
            continue
        seen.add(key)
        yield state
        for question in index.questions(state):
            for option in question.options:
                waiting.append(index.taxonomy.drop_misfits(state | {question.facet: option.term})[0])


@given(filed_taxonomies())
def test_every_option_leads_to_what_it_announces(filed):
    taxonomy, filings = filed
    index = index_of(filings, taxonomy)
    for state in itertools.islice(reachable_states(index), 60):
        assert positions(index.select(state)) == naive_matches(filings, state)
        for question in index.questions(state):
            for option in question.options:
                follow = taxonomy.drop_misfits(state | {question.facet: option.term})[0]
                assert follow[question.facet] == option.term
                assert option.count == len(naive_matches(filings, follow)) >= 1
                assert not option.term.retired


@given(filed_taxonomies())
def test_questions_divide_or_show_a_choice(filed):
    taxonomy, filings = filed
    index = index_of(filings, taxonomy)
    for state in itertools.islice(reachable_states(index), 30):
        for question in index.questions(state):
            others = {facet: chosen for facet, chosen in state.items() if facet is not question.facet}
            assert question.chosen == state.get(question.facet)
            assert question.everything == index.count(taxonomy.drop_misfits(others)[0])
            assert question.chosen or {option.count for option in question.options} != {index.count(state)}


@given(st.sets(st.integers(0, 300)))
def test_positions_reads_a_bit_set(numbers):
    assert positions(sum(1 << number for number in numbers)) == sorted(numbers)


def test_an_entry_without_term_concerns_all_terms():
    index = index_of([{}, {Facet.COULOIRS: {1}}, {Facet.COULOIRS: {2}}])
    assert positions(index.select({Facet.COULOIRS: HOSPITAL})) == [0, 1]


def test_an_offer_without_couloirs_skips_the_question():
    index = index_of([{Facet.OFFER_TYPES: {1}, Facet.COULOIRS: {1}}, {Facet.OFFER_TYPES: {2}}, {}])
    asked = [question.facet for question in index.questions({Facet.OFFER_TYPES: OTHER})]
    assert asked == [Facet.OFFER_TYPES]


def test_a_question_that_does_not_divide_is_skipped():
    index = index_of([{Facet.THEMES: {1}}, {Facet.THEMES: {1}}])
    assert index.questions({}) == []


def test_a_choice_that_leads_nowhere_stays_in_sight():
    index = index_of([{Facet.COULOIRS: {1}, Facet.PRODUCTS: {1}}, {Facet.COULOIRS: {2}, Facet.PRODUCTS: {2}}])
    state = {Facet.COULOIRS: HOSPITAL, Facet.PRODUCTS: DMN}
    [product] = [question for question in index.questions(state) if question.facet is Facet.PRODUCTS]
    assert [(option.term, option.count) for option in product.options if option.chosen] == [(DMN, 0)]


def test_an_empty_faq_asks_nothing():
    assert index_of([]).questions({}) == []


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
