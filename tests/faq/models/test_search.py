"""The rules that the tables of the search hold themselves."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from faq.models import FailedSearch, SearchedEntry, SynonymGroup
from tests.factories import a_published_entry

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_usefulness_has_bounds():
    row = SearchedEntry.objects.filter(pk=a_published_entry().pk)
    row.update(usefulness=100)
    refused(lambda: row.update(usefulness=101))
    refused(lambda: row.update(usefulness=-101))


def test_a_failed_search_says_something_and_is_one_row_a_day():
    day = date(2026, 3, 12)
    FailedSearch.objects.create(day=day, query="licorne")
    refused(lambda: FailedSearch.objects.create(day=day, query="licorne"))
    refused(lambda: FailedSearch.objects.create(day=day, query=""))
    FailedSearch.objects.create(day=date(2026, 3, 13), query="licorne")


def test_groups_are_named_by_their_first_expressions():
    assert str(SynonymGroup(expressions=["DPI", "dossier patient", "DP"])) == "DPI = dossier patient"
    assert str(SynonymGroup(expressions=["CPx", "CPS"], one_way=True)) == "CPx → CPS"
