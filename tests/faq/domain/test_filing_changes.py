"""One change to the filing of many entries: it does what it says, or says why it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet, FilingContradiction
from faq.domain.filing_changes import FilingChange
from tests.taxonomies import TAXONOMY, filings_in, taxonomies

OFFERS, COULOIRS, DISPOSITIFS, PRODUCTS = list(Facet)[:4]


def filing(**ids):
    return {facet: frozenset(ids.get(facet.value, ())) for facet in Facet}


def changed(before, *, add=None, remove=None, replaced=()):
    change = FilingChange(filing(**(add or {})), filing(**(remove or {})), frozenset(replaced))
    after = change.apply(TAXONOMY.complete(filing(**before)), TAXONOMY)
    return {facet.value: set(ids) for facet, ids in after.items() if ids}


def test_what_is_added_brings_what_it_implies():
    after = changed({"themes": {1}}, add={"dispositifs": {1}})
    assert after == {"offer_types": {1}, "couloirs": {1}, "dispositifs": {1}, "themes": {1}}


def test_what_is_removed_takes_along_what_it_alone_implied():
    assert changed({"dispositifs": {1}, "themes": {1}}, remove={"dispositifs": {1}}) == {"themes": {1}}
    after = changed({"dispositifs": {1}, "couloirs": {1, 2}}, remove={"dispositifs": {1}})
    assert after == {"offer_types": {1}, "couloirs": {1, 2}}


def test_adding_beside_an_implied_term_keeps_it():
    after = changed({"dispositifs": {1}}, add={"couloirs": {2}})
    assert after == {"offer_types": {1}, "couloirs": {1, 2}, "dispositifs": {1}}
    after = changed({"products": {1}}, add={"offer_types": {1}})
    assert after == {"offer_types": {1, 2}, "products": {1}}


def test_one_of_several_implied_terms_can_be_removed():
    after = changed({"products": {1}}, remove={"offer_types": {2}})
    assert after == {"offer_types": {1}, "products": {1}}


def test_an_implied_term_that_is_added_stays_when_what_implied_it_goes():
    after = changed({"dispositifs": {2}}, add={"couloirs": {1}}, replaced={DISPOSITIFS})
    assert after == {"offer_types": {1}, "couloirs": {1}}


def test_replacing_leaves_the_added_terms_alone():
    after = changed({"couloirs": {1}, "themes": {1}}, add={"couloirs": {2}}, replaced={COULOIRS})
    assert after == {"offer_types": {1}, "couloirs": {2}, "themes": {1}}
    assert changed({"themes": {1}}, replaced={Facet.THEMES}) == {}


@pytest.mark.parametrize(
    ("before", "change", "reason"),
    [
        ({"couloirs": {2}}, {"add": {"dispositifs": {1}}}, "relève de"),
        ({"dispositifs": {1}}, {"remove": {"couloirs": {1}}}, "découle de «\u00a0dispositifs 1\u00a0». Retirez aussi"),
        ({"dispositifs": {1}}, {"replaced": {COULOIRS}}, "découle de"),
        ({"dispositifs": {1}}, {"add": {"couloirs": {2}}, "replaced": {COULOIRS}}, "relève de"),
        ({"products": {1}}, {"remove": {"offer_types": {1, 2}}}, "découle de"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(before, change, reason):
    with pytest.raises(FilingContradiction, match=reason):
        changed(before, **change)


@given(st.data())
def test_after_a_change_an_entry_is_filed_as_it_says_and_repeating_it_changes_nothing(data):
    taxonomy = data.draw(taxonomies())
    before, added, removed = (data.draw(filings_in(taxonomy)) for _ in range(3))
    removed = {facet: removed[facet] - added[facet] for facet in Facet}
    change = FilingChange(added, removed, data.draw(st.frozensets(st.sampled_from(list(Facet)))))
    try:
        before = taxonomy.complete(before)
        after = change.apply(before, taxonomy)
    except FilingContradiction:
        return
    for facet in Facet:
        assert added[facet] <= after[facet]
        assert not removed[facet] & after[facet]
        if facet in change.replaced:
            assert after[facet] == added[facet]
    assert taxonomy.complete(after) == after
    assert change.apply(after, taxonomy) == after


@given(st.data())
def test_a_change_of_nothing_changes_nothing(data):
    taxonomy = data.draw(taxonomies())
    nothing = FilingChange(filing(), filing())
    assert nothing.is_empty
    try:
        before = taxonomy.complete(data.draw(filings_in(taxonomy)))
    except FilingContradiction:
        return
    assert nothing.apply(before, taxonomy) == before
