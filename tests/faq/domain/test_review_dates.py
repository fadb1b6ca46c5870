"""When an answer is to be checked again, whatever its terms say and whatever happens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet
from faq.domain.review_dates import NO_DATE, ReviewTrigger, interval_of, months_after, review_date
from tests.taxonomies import CERTIFICATES, HOSPITAL, SEGUR, TAXONOMY, filings_in

TERMS = [(term.facet, term.id) for term in TAXONOMY.terms]
MONTHS = st.sampled_from([NO_DATE, 1, 3, 6, 12, 24, 36])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
FILING = {Facet.OFFER_TYPES: frozenset({SEGUR.id}), Facet.COULOIRS: frozenset({HOSPITAL.id})}


def triggers():
    terms = st.sampled_from(TERMS)
    return st.lists(st.builds(lambda term, at: ReviewTrigger(*term, at), terms, INSTANTS), max_size=4)


@pytest.mark.parametrize(
    ("intervals", "months"),
    [
        ({}, 12),
        ({(Facet.OFFER_TYPES, SEGUR.id): 6}, 6),
        ({(Facet.OFFER_TYPES, SEGUR.id): 24, (Facet.COULOIRS, HOSPITAL.id): 3}, 3),
        ({(Facet.OFFER_TYPES, SEGUR.id): 3, (Facet.COULOIRS, HOSPITAL.id): 24}, 3),
        ({(Facet.THEMES, CERTIFICATES.id): 1}, 12),
        ({(Facet.OFFER_TYPES, SEGUR.id): NO_DATE}, NO_DATE),
        ({(Facet.OFFER_TYPES, SEGUR.id): NO_DATE, (Facet.COULOIRS, HOSPITAL.id): 36}, 36),
    ],
)
def test_the_shortest_interval_of_the_filing_counts_and_else_the_default(intervals, months):
    assert interval_of(FILING, intervals, 12) == months


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 6), 24, date(2028, 5, 6)),
    ],
)
def test_months_end_where_calendars_end_them(day, months, later):
    assert months_after(day, months) == later


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_months_keep_their_order_and_their_number(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day < later.day + 4
    assert later <= months_after(day + timedelta(1), months)


@given(INSTANTS, filings_in(TAXONOMY), st.dictionaries(st.sampled_from(TERMS), MONTHS), triggers(), MONTHS)
def test_the_date_is_the_first_that_anything_asks_for(checked_at, filing, intervals, several, default):
    found = review_date(checked_at, filing, intervals, several, default)
    filed = {(facet, id) for facet, ids in filing.items() for id in ids}
    news = [one for one in several if (one.facet, one.term) in filed and one.declared_at > checked_at]
    asked = {one.declared_at.date() for one in news}
    set_there = {intervals[term] for term in filed & intervals.keys()} or {default}
    asked |= {months_after(checked_at.date(), months) for months in set_there if months}
    assert found == min(asked, default=None)
    # Checked after all of it, nothing that happened counts any more.
    at_last = max([checked_at, *(one.declared_at for one in several)])
    assert review_date(at_last, filing, intervals, several, default) == review_date(
        at_last, filing, intervals, [], default
    )
