"""The cascade: every option leads to exactly the number of entries that it announces."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet
from tests.taxonomies import DMN, HOSPITAL, OTHER, TAXONOMY, filed_taxonomies, filings_in


def index_of(filings, taxonomy=TAXONOMY):
    """Index entries numbered from 0, or by the keys of a mapping."""
    numbered = filings if isinstance(filings, dict) else dict(enumerate(filings))
    filed = {
        facet: {
            term.id: [number for number, filing in numbered.items() if term.id in filing.get(facet, ())]
            for term in taxonomy.by_facet[facet]
        }
        for facet in Facet
    }
    return CascadeIndex.build(taxonomy, numbered, filed)


def naive_matches(filings, state):
    return [
        position
        for position, filing in enumerate(filings)
        if all(not filing.get(facet) or chosen.id in filing[facet] for facet, chosen in state.items())
    ]


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
        assert list(index.select(state)) == naive_matches(filings, state)
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


@given(filed_taxonomies(), st.data())
def test_patched_as_if_built_anew(filed, data):
    taxonomy, filings = filed
    faq = dict(enumerate(filings))
    index = index_of(faq, taxonomy)
    changes = st.dictionaries(st.integers(0, 20), st.none() | filings_in(taxonomy), max_size=4)
    for changed in data.draw(st.lists(changes, max_size=4)):
        before = index_of(faq, taxonomy)
        patched = index.patched(taxonomy, changed)
        assert index == before
        faq = {number: filing for number, filing in {**faq, **changed}.items() if filing is not None}
        index = patched
        assert index == index_of(faq, taxonomy)


@given(filed_taxonomies(), st.sets(st.integers(0, 20)))
def test_within_some_entries_as_if_there_were_no_others(filed, found):
    taxonomy, filings = filed
    index = index_of(filings, taxonomy)
    alone = index_of({number: filings[number] for number in found if number < len(filings)}, taxonomy)
    for state in itertools.islice(reachable_states(alone), 20):
        assert index.select(state, BitMap(found)) == alone.select(state)
        assert index.questions(state, BitMap(found)) == alone.questions(state)


def test_an_entry_without_term_concerns_all_terms():
    index = index_of([{}, {Facet.COULOIRS: {1}}, {Facet.COULOIRS: {2}}])
    assert list(index.select({Facet.COULOIRS: HOSPITAL})) == [0, 1]


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
