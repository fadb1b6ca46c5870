"""Searches show what visitors find useful first."""

import pytest
from django.core.management import call_command

from faq.models import SearchedEntry
from faq.selectors.published import live_snapshot
from faq.selectors.search.hits import live_search
from faq.services.workflow import archive_entry
from feedback.models import Vote, VoteAnswer
from feedback.ranking import update_usefulness
from feedback.votes import cast_vote
from tests.factories import a_published_entry, by_command

pytestmark = pytest.mark.django_db


def votes(entry, yes, no):
    for rank in range(yes + no):
        cast_vote(entry.pk, VoteAnswer.YES if rank < yes else VoteAnswer.NO, f"{entry.pk}-{rank}")


def usefulness():
    return dict(SearchedEntry.objects.order_by("pk").values_list("pk", "usefulness"))


def test_votes_decide_between_answers_that_are_found_equally():
    useless, unknown, useful = (a_published_entry("Une carte ?", f"Réponse {rank}.") for rank in "abc")
    votes(useless, 1, 14)
    votes(useful, 15, 0)
    assert update_usefulness() == 2
    assert usefulness() == {useless.pk: -65, unknown.pk: 0, useful.pk: 75}
    assert live_search("carte", live_snapshot()).numbers[:] == [useful.pk, unknown.pk, useless.pk]
    assert update_usefulness() == 0


def test_votes_that_were_withdrawn_no_longer_count(capsys):
    entry, gone = a_published_entry(), a_published_entry()
    votes(entry, 15, 0)
    votes(gone, 15, 0)
    archive_entry(gone.pk, by_command())
    call_command("rank_by_votes")
    assert "1 fiche à revoir" in capsys.readouterr().out
    Vote.objects.update(answer=VoteAnswer.WITHDRAWN)
    assert update_usefulness() == 1
    assert usefulness() == {entry.pk: 0}
