"""Reports: sums per entry, version, term and period that add up to the votes, for French Excel without loss."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.domain.facets import Facet
from faq.domain.spreadsheet import FrenchExcel
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import publish_entry
from feedback.comments import NewComment, save_comment
from feedback.models import MonthlyCount, Vote, VoteAnswer
from feedback.reports import SUBJECTS, Period, build_report, render_report
from feedback.votes import cast_vote, get_votable
from tests.factories import a_published_entry, a_taxonomy, by_command
from tests.faq.admin.conftest import analyste, sign_in
from tests.feedback.test_merged_votes import merge

__all__ = ["analyste", "sign_in"]

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:feedback_reports")
FIGURES = ["yes", "no", "votes", "rate", "lower_bound", "upper_bound", "trend", "comments"]


def noon(month, day):
    return datetime(2026, month, day, 11, tzinfo=UTC)


def vote(entry, yes, no, at, name="v"):
    for rank in range(yes + no):
        cast_vote(entry.pk, VoteAnswer.YES if rank < yes else VoteAnswer.NO, f"{name} {at} {rank}", at=at)


def rows(by, per, **span):
    made = build_report(by, per, **span)
    return [dict(zip(made.columns, row, strict=True)) for row in made.rows]


def test_an_entry_per_month_with_its_trend():
    entry = a_published_entry("Où ?")
    vote(entry, 3, 7, noon(1, 31))
    vote(entry, 9, 1, noon(2, 1))
    vote(entry, 1, 0, noon(4, 1))
    save_comment(get_votable(entry.pk), "a", NewComment(text="Bien."), at=noon(2, 3))
    january, february, april = rows("entry", Period.MONTH)
    assert list(january) == ["period", "reference", "question", *FIGURES]
    assert (january["period"], january["question"]) == ("2026-01-01", "Où ?")
    assert (january["rate"], january["trend"], january["comments"]) == (0.3, None, 0)
    assert (february["period"], february["rate"], february["trend"], february["comments"]) == (
        "2026-02-01",
        0.9,
        0.6,
        1,
    )
    assert february["lower_bound"] == 0.5958
    assert (april["votes"], april["rate"], april["trend"]) == (1, None, None)


@pytest.mark.parametrize(
    ("per", "periods"),
    [
        (Period.DAY, ["2026-03-28", "2026-03-29", "2026-03-30"]),
        (Period.WEEK, ["2026-03-23", "2026-03-30"]),
        (Period.MONTH, ["2026-03-01"]),
    ],
)
def test_days_weeks_and_months_are_those_of_paris(per, periods):
    entry = a_published_entry()
    # The clock changes in the night to the 29th; the last moment is the 30th in Paris alone.
    for rank, moment in enumerate((noon(3, 28), noon(3, 29), datetime(2026, 3, 29, 22, 30, tzinfo=UTC))):
        cast_vote(entry.pk, VoteAnswer.YES, f"{rank}", at=moment)
    assert [row["period"] for row in rows("entry", per)] == periods


def test_a_version_is_the_one_that_was_read():
    entry = a_published_entry("Avant ?")
    vote(entry, 1, 0, noon(1, 1))
    edit_entry(entry.pk, Content("Après ?", "Autre."), by_command())
    publish_entry(entry.pk, by_command())
    vote(entry, 0, 1, noon(2, 1))
    told = [(row["version"], row["question"], row["yes"], row["no"]) for row in rows("version", Period.ALL)]
    assert told == [(2, "Avant ?", 1, 0), (4, "Après ?", 0, 1)]


def test_terms_are_those_of_today_and_the_transverse_come_last():
    a_taxonomy()
    both = a_published_entry("A ?", couloirs="imagerie hopital")
    none = a_published_entry("B ?", "B.")
    vote(both, 1, 0, noon(1, 1))
    vote(none, 0, 2, noon(1, 1))
    told = [(row["term"], row["label"], row["yes"], row["no"]) for row in rows("couloirs", Period.ALL)]
    assert told == [("hopital", "Hôpital", 1, 0), ("imagerie", "Imagerie", 1, 0), ("", "(transverse)", 0, 2)]


def test_votes_on_a_merged_entry_are_the_survivors():
    kept, gone = a_published_entry("A ?"), a_published_entry("B ?", "B.")
    vote(gone, 2, 0, noon(1, 1))
    save_comment(get_votable(gone.pk), "a", NewComment(text="Bien."), at=noon(1, 1))
    merge(kept, gone)
    [row] = rows("entry", Period.ALL)
    assert (row["reference"], row["yes"], row["comments"]) == (kept.reference, 2, 1)


def test_old_months_stay_in_the_reports():
    entry = a_published_entry()
    MonthlyCount.objects.create(version=entry.live, month=date(2023, 5, 1), yes=4, no=8, comments=2)
    vote(entry, 1, 0, noon(1, 1))
    old, new = rows("entry", Period.MONTH)
    assert (old["period"], old["votes"], old["rate"], old["comments"]) == ("2023-05-01", 12, 0.3333, 2)
    assert new["votes"] == 1
    [total] = rows("entry", Period.ALL)
    assert total["votes"] == 13
    assert [row["votes"] for row in rows("entry", Period.ALL, since=date(2024, 1, 1))] == [1]


@pytest.mark.parametrize("per", Period)
@pytest.mark.parametrize("by", [subject for subject in SUBJECTS if subject != "couloirs"])
@pytest.mark.slow
def test_sums_add_up_to_the_votes(by, per):
    a_taxonomy()
    for rank, filing in enumerate(({"offer_types": "segur"}, {"products": "dmn"}, {"themes": "certificats"}, {})):
        vote(a_published_entry(f"Question {rank} ?", f"R {rank}.", **filing), rank, 2, noon(1 + rank, 3 + rank))
    found = rows(by, per)
    assert sum(row["yes"] + row["no"] for row in found) == Vote.objects.counted().count()
    assert {row["votes"] for row in found if row["rate"] is None} <= set(range(10))


@pytest.mark.parametrize("by", SUBJECTS)
@pytest.mark.slow
def test_a_report_costs_the_same_whatever_there_is(by):
    a_taxonomy()
    counts = []
    for number in (2, 7):
        for rank in range(number):
            vote(a_published_entry(f"Question {number} {rank} ?", f"R {number} {rank}."), 1, 1, noon(1, 1 + rank))
        with CaptureQueriesContext(connection) as queries:
            build_report(by, Period.DAY)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_the_file_for_french_excel_has_commas_and_no_apostrophe_before_numbers():
    entry = a_published_entry("=1+1 ; « ça » ?")
    vote(entry, 9, 1, noon(1, 1))
    vote(entry, 3, 7, noon(2, 1))
    data = b"".join(render_report(build_report("entry", Period.MONTH), "csv"))
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), dialect=FrenchExcel))
    assert [row["rate"] for row in read] == ["0,9000", "0,3000"]
    assert read[1]["trend"] == "-0,6000"
    assert read[0]["question"].startswith("'=1+1")
    assert read[0]["trend"] == ""


class TestTheCommand:
    def test_writes_what_is_asked_for(self, capsysbinary):
        entry = a_published_entry()
        vote(entry, 9, 1, noon(1, 1))
        vote(entry, 1, 0, noon(2, 1))
        call_command("export_votes", "--by", "entry", "--per", "month", "--until", "2026-01-31", "--format", "json")
        [row] = json.loads(capsysbinary.readouterr().out)
        assert (row["period"], row["rate"]) == ("2026-01-01", 0.9)

    def test_announces_a_file(self, tmp_path, capsysbinary):
        vote(a_published_entry(), 9, 1, noon(1, 1))
        path = tmp_path / "votes.xlsx"
        call_command("export_votes", "--by", Facet.COULOIRS.value, "--format", "xlsx", "--output", str(path))
        assert path.read_bytes().startswith(b"PK")
        assert "1 ligne écrite" in capsysbinary.readouterr().err.decode()

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--by", "auteur"], "--by : « auteur » est inconnu"),
            (["--by", "entry", "--per", "an"], "--per : « an » est inconnu"),
            (["--by", "entry", "--format", "ods"], "--format : « ods » est inconnu"),
            (["--per", "day"], "--per va avec --by"),
        ],
    )
    def test_explains_what_it_does_not_know(self, arguments, said):
        with pytest.raises(CommandError) as refusal:
            call_command("export_votes", *arguments)
        assert said in str(refusal.value)


class TestThePage:
    def test_gives_the_file(self, analyste):
        a_taxonomy()
        vote(a_published_entry(couloirs="hopital"), 9, 1, noon(1, 1))
        assert "Télécharger" in analyste.get(PAGE).content.decode()
        for file_format, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("json", b"[")):
            asked = {
                "par": "couloirs",
                "chaque": "month",
                "du": "2026-01-01",
                "au": "2026-01-31",
                "format": file_format,
            }
            response = analyste.get(PAGE, asked)
            assert response.getvalue().startswith(start)
            assert f".{file_format}" in response["Content-Disposition"]

    def test_explains_what_is_wrong(self, analyste, sign_in):
        asked = {"par": "entry", "chaque": "month", "du": "2026-02-01", "au": "2026-01-31", "format": "csv"}
        response = analyste.get(PAGE, asked)
        assert response.status_code == 400
        assert "Ce jour vient avant le premier." in response.content.decode()
        assert sign_in().get(PAGE).status_code == 403
