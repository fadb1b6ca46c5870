"""The home page: charts with the figures behind them, and the same number of queries at any size."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from faq.models import FailedSearch
from feedback.charts import build_bar_chart, build_column_chart
from feedback.dashboard import WEEKS, recent_votes, votes_by_couloir, votes_by_week
from feedback.models import FollowUpState, SearchFollowUp, VoteAnswer
from feedback.scoring import Tally
from feedback.votes import cast_vote
from tests.factories import a_published_entry, a_taxonomy
from tests.faq.admin.conftest import analyste, sign_in

__all__ = ["analyste", "sign_in"]

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
THURSDAY = datetime(2026, 3, 12, 11, tzinfo=UTC)


def vote(entry, yes, no, at=None, name="v"):
    for rank in range(yes + no):
        cast_vote(entry.pk, VoteAnswer.YES if rank < yes else VoteAnswer.NO, f"{name} {rank}", at=at)


def home(client):
    return client.get(HOME).content.decode().replace("\u00a0", " ")


def test_weeks_begin_on_monday_in_paris_and_empty_ones_are_shown():
    entry = a_published_entry()
    monday = THURSDAY - timedelta(days=3, hours=11)
    # In winter Monday begins in Paris an hour before it does in Greenwich.
    vote(entry, 1, 0, at=monday - timedelta(minutes=30), name="a")
    vote(entry, 0, 1, at=monday - timedelta(minutes=90), name="b")
    vote(entry, 9, 0, at=monday - timedelta(weeks=WEEKS), name="too old")
    weeks = votes_by_week(recent_votes(THURSDAY), THURSDAY)
    assert len(weeks) == WEEKS
    assert [str(day) for day, _ in weeks[-2:]] == ["2026-03-02", "2026-03-09"]
    assert [tally for _, tally in weeks] == [Tally()] * (WEEKS - 2) + [Tally(0, 1), Tally(1, 0)]


def test_couloirs_have_the_votes_of_the_entries_filed_under_them():
    a_taxonomy()
    both = a_published_entry("A ?", couloirs="hopital imagerie")
    one = a_published_entry("B ?", "B.", couloirs="imagerie")
    transverse = a_published_entry("C ?", "C.")
    for entry, yes, no in ((both, 2, 1), (one, 0, 4), (transverse, 5, 5)):
        vote(entry, yes, no, at=THURSDAY)
    found = {couloir.slug: tally for couloir, tally in votes_by_couloir(recent_votes(THURSDAY))}
    assert found == {"hopital": Tally(2, 1), "imagerie": Tally(2, 5)}


class TestCharts:
    def test_the_longest_bar_is_as_wide_as_the_chart(self):
        chart = build_bar_chart([("a", 10), ("b", 5), ("c", 0)])
        assert [bar.width for bar in chart.bars] == [chart.width, chart.width // 2, 0]
        assert all(0 <= bar.y <= chart.height - bar.height for bar in chart.bars)

    def test_shares_are_drawn_to_the_same_scale(self):
        assert build_bar_chart([("a", 0.5)], 1).bars[0].width == build_bar_chart([], 1).width // 2

    def test_columns_stand_on_the_axis_and_stay_inside(self):
        chart = build_column_chart([("a", 3, 1), ("b", 0, 0), ("c", 0, 2)])
        for bar in chart.bars:
            assert bar.y + bar.height == chart.base
            assert 0 <= bar.top <= bar.y
        assert build_column_chart([]).bars == []

    def test_the_scale_of_columns_ends_at_a_round_number_that_holds_them(self):
        for most, full in ((1, 2), (3, 4), (9, 10), (11, 20), (21, 40), (41, 60), (140, 200)):
            chart = build_column_chart([("a", most, 0)])
            assert [value for value, _ in chart.scale] == [0, full // 2, full]
            assert chart.scale[0][1] == chart.base
            assert chart.scale[2][1] <= chart.bars[0].y


def test_every_chart_has_a_title_and_a_table_and_no_style(analyste):
    a_taxonomy()
    entry = a_published_entry("Mal dit ?", couloirs="hopital")
    vote(entry, 2, 10)
    FailedSearch.objects.create(query="licorne", day=timezone.localdate(), times=7)
    FailedSearch.objects.create(query="dragon", day=timezone.localdate(), times=9)
    SearchFollowUp.objects.create(query="dragon", state=FollowUpState.NO_ACTION, followed_on=timezone.localdate())
    text = home(analyste)
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    charts = [drawing for drawing in drawings if 'role="img"' in drawing]
    assert len(charts) == 4
    for chart in charts:
        root = ElementTree.fromstring(chart)  # noqa: S314 - our own
        title = root.find("title")
        assert title.text
        assert root.get("aria-labelledby") == title.get("id")
        assert "style" not in chart
    section = text[text.index('<section class="charts"') : text.rindex("</figure>")]
    assert section.count("<table>") == 4
    assert f'<a href="{reverse("admin:faq_entry_change", args=(entry.pk,))}">' in section
    assert "17 % utile (de 5 % à 45 %, 12 votes)" in section
    assert "licorne" in section
    assert "dragon" not in section


def test_nothing_is_said_of_fewer_than_ten_votes(analyste):
    a_taxonomy()
    vote(a_published_entry("Peu lu ?", couloirs="hopital"), 0, 9)
    text = home(analyste)
    assert "Aucune réponse n’a encore dix votes" in text
    assert "Aucun couloir n’a encore dix votes" in text
    assert "9 votes, trop peu pour un score" in text


def test_an_empty_site_says_so(analyste):
    text = home(analyste)
    assert f"Aucun vote ces {WEEKS} dernières semaines." in text
    assert "Aucune recherche sans résultat à traiter." in text


def test_whoever_may_read_nothing_sees_no_chart(sign_in):
    assert "chart" not in home(sign_in())


def test_the_page_costs_the_same_whatever_there_is(analyste):
    a_taxonomy()
    counts = []
    for number in (2, 8):
        for rank in range(number):
            entry = a_published_entry(f"Question {number} {rank} ?", f"R {number} {rank}.", couloirs="hopital")
            vote(entry, 0, 10)
            FailedSearch.objects.create(query=f"mots {number} {rank}", day=timezone.localdate())
        home(analyste)
        with CaptureQueriesContext(connection) as queries:
            home(analyste)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_the_share_of_no_and_the_score_of_the_worst_answer_make_the_whole(analyste):
    vote(a_published_entry("Mal répondue ?"), 6, 7)
    page = home(analyste).split("part de « non »")[1].split("</table>")[0]
    assert ">54 %</text>" in page
    assert "46 % utile" in page


def test_the_page_of_reports_names_the_worst_answers_too(analyste):
    entry = a_published_entry("Mal répondue ?")
    vote(entry, 6, 7)
    page = analyste.get(reverse("admin:feedback_reports")).content.decode().replace("\u00a0", " ")
    assert (
        f'<a href="{reverse("admin:faq_entry_change", args=(entry.pk,))}">{entry.reference} Mal répondue ?</a>' in page
    )
    assert "46 % utile" in page
