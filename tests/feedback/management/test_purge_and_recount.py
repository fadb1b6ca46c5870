"""Feedback older than 25 months goes and its counts stay; every count agrees with the votes one by one."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from faq.domain.review_dates import months_after
from faq.models import AutosavedForm, FailedSearch, SearchedEntry
from faq.models.autosaves import AUTOSAVE_LIFETIME
from faq.services.autosaves import store_autosave
from feedback.comments import NewComment, save_comment
from feedback.models import Comment, MonthlyCount, SearchFollowUp, Standing, Vote, VoteAnswer
from feedback.recount import recount_votes
from feedback.retention import MONTHS_KEPT, purge_feedback
from feedback.scoring import Tally
from feedback.tallies import get_runs
from feedback.views import COOKIE_DAYS
from feedback.votes import cast_vote, get_votable
from tests.autosaving import a_sent_form
from tests.factories import a_published_entry
from tests.feedback.test_merged_votes import merge
from tests.people import a_person

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(datetime(2026, 5, 31, 12))
LIMIT = timezone.make_aware(datetime(2024, 4, 30))
"""25 months before: April has no 31st."""


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 5, 31), 25, date(2024, 4, 30)),
        (date(2026, 3, 31), 25, date(2024, 2, 29)),
        (date(2026, 1, 15), 25, date(2023, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_back_from_a_day(day, months, expected):
    assert months_after(day, -months) == expected


def old_and_new(entry):
    moments = (LIMIT - timedelta(days=40), LIMIT - timedelta(seconds=1), LIMIT, NOW)
    for rank, moment in enumerate(moments):
        cast_vote(entry.pk, VoteAnswer.YES, f"oui {rank}", at=moment)
        cast_vote(entry.pk, VoteAnswer.NO, f"non {rank}", at=moment)
        save_comment(get_votable(entry.pk), f"oui {rank}", NewComment(text="Bien."), at=moment)
        FailedSearch.objects.create(day=timezone.localdate(moment), query=f"mots {rank}")
    SearchFollowUp.objects.create(query="mots 0", followed_on=date(2024, 1, 1))
    SearchFollowUp.objects.create(query="mots 3", followed_on=date(2024, 1, 1))


def left():
    tables = (Vote, Comment, FailedSearch, SearchFollowUp, MonthlyCount)
    return [table.objects.count() for table in tables]


def test_what_is_too_old_goes_and_is_counted():
    entry = a_published_entry()
    old_and_new(entry)
    before = get_runs([entry.pk])[entry.pk][0].tally
    purge = purge_feedback(NOW)
    assert (purge.votes, purge.comments, purge.searches, purge.before) == (4, 2, 2, LIMIT.date())
    assert left() == [4, 2, 2, 1, 2]
    assert min(Vote.objects.values_list("voted_at", flat=True)) == LIMIT
    months = MonthlyCount.objects.order_by("month").values_list("month", "yes", "no", "comments")
    assert list(months) == [(date(2024, 3, 1), 1, 1, 1), (date(2024, 4, 1), 1, 1, 1)]
    assert get_runs([entry.pk])[entry.pk][0].tally == before == Tally(4, 4)
    assert purge_feedback(NOW).votes == 0
    assert left() == [4, 2, 2, 1, 2]


def test_texts_that_nobody_took_up_go_too():
    person = a_person("camille")
    store_autosave(person, a_sent_form(), NOW - AUTOSAVE_LIFETIME - timedelta(seconds=1))
    store_autosave(person, late := a_sent_form(), NOW - AUTOSAVE_LIFETIME)
    assert purge_feedback(NOW, dry_run=True).forms == 1
    assert purge_feedback(NOW).forms == 1
    assert AutosavedForm.objects.get().key == late.key


def test_months_add_up_over_several_purges():
    entry = a_published_entry()
    cast_vote(entry.pk, VoteAnswer.YES, "a", at=LIMIT - timedelta(days=20))
    purge_feedback(NOW - timedelta(days=10))
    cast_vote(entry.pk, VoteAnswer.YES, "b", at=LIMIT - timedelta(days=2))
    purge_feedback(NOW)
    assert list(MonthlyCount.objects.values_list("month", "yes")) == [(date(2024, 4, 1), 2)]


def test_votes_that_did_not_count_leave_nothing():
    entry = a_published_entry()
    for rank, standing in enumerate(Standing):
        cast_vote(entry.pk, VoteAnswer.NO, f"{rank}", at=LIMIT - timedelta(days=1))
        Vote.objects.filter(pk=Vote.objects.latest("pk").pk).update(standing=standing)
    cast_vote(entry.pk, VoteAnswer.NO, "retiré", at=LIMIT - timedelta(days=1))
    Vote.objects.filter(pk=Vote.objects.latest("pk").pk).update(answer=VoteAnswer.WITHDRAWN)
    purge_feedback(NOW)
    assert not Vote.objects.exists()
    assert MonthlyCount.objects.get().no == 2


def test_a_trial_run_changes_nothing_and_says_what_would_go():
    entry = a_published_entry()
    cast_vote(entry.pk, VoteAnswer.YES, "a", at=timezone.now() - timedelta(days=800))
    out = io.StringIO()
    call_command("purge_feedback", "--dry-run", stdout=out)
    assert "À effacer" in out.getvalue()
    assert "votes : 1" in out.getvalue()
    assert left()[0] == 1
    call_command("purge_feedback", stdout=out)
    assert "Effacé" in out.getvalue()
    assert left()[0] == 0


def test_the_page_about_personal_data_says_how_long(settings):
    page = (settings.BASE_DIR / "fixtures/pages/donnees-personnelles.md").read_text().replace("\u00a0", " ")
    assert f"{MONTHS_KEPT} mois" in page
    assert f"{COOKIE_DAYS} jours" in page
    assert COOKIE_DAYS < 13 * 30.4


class TestRecounting:
    def test_finds_that_all_counts_agree(self):
        kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
        old_and_new(kept)
        for name in ("a", "b"):
            cast_vote(gone.pk, VoteAnswer.NO, name)
        merge(kept, gone)
        cast_vote(kept.pk, VoteAnswer.YES, "a")
        Vote.objects.filter(pk=Vote.objects.earliest("pk").pk).update(standing=Standing.SET_ASIDE)
        purge_feedback(NOW)
        recount = recount_votes()
        assert (recount.votes, recount.older, recount.faults) == (Tally(3, 3), Tally(1, 2), ())

    def test_renews_what_searches_rank_by(self):
        useful, useless, unknown = (a_published_entry(f"{name} ?", f"{name}.") for name in "ABC")
        for rank in range(10):
            cast_vote(useful.pk, VoteAnswer.YES, f"{rank}")
            cast_vote(useless.pk, VoteAnswer.NO, f"{rank}")
        SearchedEntry.objects.filter(pk=unknown.pk).update(usefulness=50)
        assert recount_votes(check=True).changed == 3
        out = io.StringIO()
        call_command("recount_votes", stdout=out)
        assert "mises à jour : 3." in out.getvalue()
        assert "Tous les comptes concordent." in out.getvalue()
        values = dict(SearchedEntry.objects.values_list("pk", "usefulness"))
        assert values[useless.pk] < values[unknown.pk] == 0 < values[useful.pk]
        assert recount_votes().changed == 0

    def test_names_votes_that_cannot_be(self):
        entry, other = a_published_entry("A ?"), a_published_entry("B ?")
        cast_vote(entry.pk, VoteAnswer.NO, "a")
        Vote.objects.update(version=other.live)
        with pytest.raises(CommandError, match=f"{entry.reference} : des votes portent sur une version de"):
            call_command("recount_votes", "--dry-run", stdout=io.StringIO())
