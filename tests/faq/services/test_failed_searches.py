"""Searches that found nothing are counted without anything that tells who searched, and never fail a page."""

from datetime import date

import pytest
from django.db import DatabaseError

from faq.models import FailedSearch
from faq.services import failed_searches
from faq.services.failed_searches import MOST_A_DAY, record_failed_search

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 12)


def kept():
    return list(FailedSearch.objects.order_by("pk").values_list("day", "query", "times"))


def test_the_same_query_is_counted_once_a_day_whatever_its_case_and_accents():
    for query in ("Référencement licorne", "referencement  LICORNE "):
        record_failed_search(query, day=DAY)
    record_failed_search("référencement licorne", day=date(2026, 3, 13))
    assert kept() == [(DAY, "referencement licorne", 2), (date(2026, 3, 13), "referencement licorne", 1)]


def test_personal_data_is_masked():
    record_failed_search("ins de 1 85 05 78 006 084 36, tél. 06 12 34 56 78, jeanne@exemple.fr", day=DAY)
    [(_, query, _)] = kept()
    assert query == "ins de [nir], tel. [telephone], [adresse electronique]"


def test_numbers_of_establishments_are_masked_where_the_setting_says_so(settings):
    settings.MASK_FINESS = True
    record_failed_search("finess 750712184", day=DAY)
    [(_, query, _)] = kept()
    assert query == "finess [finess]"


@pytest.mark.parametrize("query", ["", "   ", "???", "\x00", "🩺"])
def test_what_says_nothing_is_not_kept(query):
    record_failed_search(query)
    assert kept() == []


def test_long_queries_are_cut_and_many_are_not_kept(monkeypatch):
    record_failed_search("mot " * 5_000, day=DAY)
    [(_, query, _)] = kept()
    assert len(query) <= 100
    monkeypatch.setattr(failed_searches, "MOST_A_DAY", 2)
    for rank in range(5):
        record_failed_search(f"autre {rank}", day=DAY)
    assert len(kept()) == 2 < MOST_A_DAY
    record_failed_search("mot " * 25, day=DAY)
    assert kept()[0][2] == 2


def test_a_database_that_refuses_does_not_stop_the_page(monkeypatch):
    def refuse(*args):
        raise DatabaseError("locked")

    monkeypatch.setattr(failed_searches, "_count", refuse)
    record_failed_search("carte", day=DAY)
    assert kept() == []
