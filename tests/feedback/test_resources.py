"""The rows of the votes' export: the vote, the text that was read, and nothing about the visitor."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.domain.spreadsheet import FrenchExcel
from faq.models import Couloir
from faq.resources import Export
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import publish_entry
from feedback.models import Vote, VoteAnswer
from feedback.resources import VoteResource
from feedback.votes import cast_vote
from tests.factories import a_filing, a_published_entry, a_taxonomy, by_command

pytestmark = pytest.mark.django_db

COLUMNS = [
    "voted_at",
    "reference",
    "question",
    "version",
    "vote",
    "first_voted_at",
    "offer_types",
    "couloirs",
    "dispositifs",
    "products",
    "themes",
    "voted_on",
]
NOON = datetime(2025, 3, 12, 11, 0, tzinfo=UTC)


def export():
    return b"".join(Export(VoteResource(), Vote.objects.all(), "csv"))


def export_rows():
    lines = io.StringIO(export().decode("utf-8-sig"), newline="")
    return list(csv.DictReader(lines, dialect=FrenchExcel))


def test_a_row_says_what_was_voted_on_what():
    a_taxonomy()
    entry = a_published_entry("Où ?", couloirs="hopital imagerie", themes="certificats")
    cast_vote(entry.pk, VoteAnswer.NO, "jeton", at=NOON)
    [row] = export_rows()
    assert list(row) == COLUMNS
    assert row == {
        "voted_at": "2025-03-12T12:00:00+01:00",
        "reference": entry.reference,
        "question": "Où ?",
        "version": "2",
        "vote": "non",
        "first_voted_at": "2025-03-12T12:00:00+01:00",
        "offer_types": "segur",
        "couloirs": "hopital | imagerie",
        "dispositifs": "",
        "products": "",
        "themes": "certificats",
        "voted_on": "",
    }


def test_the_text_is_that_of_the_version_which_was_read():
    a_taxonomy()
    entry = a_published_entry("Avant ?", couloirs="hopital")
    cast_vote(entry.pk, VoteAnswer.YES, "jeton")
    Couloir.objects.filter(slug="hopital").update(slug="hopitaux")
    edit_entry(entry.pk, Content("Après ?", "Autre.", a_filing(couloirs="imagerie")), by_command())
    publish_entry(entry.pk, by_command())
    cast_vote(entry.pk, VoteAnswer.YES, "autre jeton")
    assert [(row["version"], row["question"], row["couloirs"]) for row in export_rows()] == [
        ("2", "Avant ?", "hopital"),
        ("4", "Après ?", "imagerie"),
    ]


def test_a_change_of_mind_keeps_the_date_of_the_first_vote():
    entry = a_published_entry()
    cast_vote(entry.pk, VoteAnswer.YES, "jeton", at=NOON)
    cast_vote(entry.pk, VoteAnswer.NO, "jeton", at=NOON + timedelta(days=1))
    [row] = export_rows()
    assert row["vote"] == "non"
    assert (row["first_voted_at"][:10], row["voted_at"][:10]) == ("2025-03-12", "2025-03-13")


def test_withdrawn_votes_are_left_out():
    entry = a_published_entry()
    cast_vote(entry.pk, VoteAnswer.YES, "jeton")
    cast_vote(entry.pk, VoteAnswer.YES, "autre jeton")
    cast_vote(entry.pk, VoteAnswer.WITHDRAWN, "jeton")
    assert len(export_rows()) == 1


def test_votes_stand_in_order_of_time_then_of_entry():
    first, second = a_published_entry("Une ?"), a_published_entry("Deux ?", "Autre.")
    cast_vote(second.pk, VoteAnswer.YES, "jeton", at=NOON)
    cast_vote(first.pk, VoteAnswer.YES, "jeton", at=NOON)
    cast_vote(second.pk, VoteAnswer.NO, "autre jeton", at=NOON - timedelta(hours=1))
    assert [row["reference"] for row in export_rows()] == [
        second.reference,
        first.reference,
        second.reference,
    ]


def test_nothing_tells_who_voted():
    entry = a_published_entry()
    cast_vote(entry.pk, VoteAnswer.YES, "jeton-du-visiteur")
    data = export()
    assert Vote.objects.get().visitor_hash.encode() not in data
    assert b"jeton-du-visiteur" not in data


@pytest.mark.parametrize("number", [2, 20])
def test_an_export_costs_one_query(number):
    entry = a_published_entry()
    for rank in range(number):
        cast_vote(entry.pk, VoteAnswer.YES, f"jeton {rank}")
    with CaptureQueriesContext(connection) as queries:
        assert len(export_rows()) == number
    assert len(queries) == 1
