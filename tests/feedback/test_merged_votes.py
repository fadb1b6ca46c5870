"""Votes on entries that were merged: they count for the survivor, once per visitor, and come back with an undo."""

import pytest

from faq.models import Entry
from faq.services.content import content_of
from faq.services.merging import merge_entries
from faq.services.undo import undo_batch
from feedback.models import Vote, VoteAnswer
from feedback.votes import cast_vote
from tests.factories import a_published_entry, by_command

pytestmark = pytest.mark.django_db


def merge(kept, gone):
    content = content_of(Entry.objects.select_related("head").get(pk=kept.pk).head)
    return merge_entries(kept.pk, [gone.pk], content, by_command(), bases={}).batch


def credited():
    """Who counts for which entry: (visitor's answer, entry)."""
    return sorted(Vote.objects.counted().credited().values_list("credited_to", "answer"))


def test_they_count_for_the_survivor_and_a_returning_visitor_once():
    kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
    cast_vote(gone.pk, VoteAnswer.NO, "revient")
    cast_vote(gone.pk, VoteAnswer.YES, "ne revient pas")
    cast_vote(kept.pk, VoteAnswer.YES, "a voté des deux")
    cast_vote(gone.pk, VoteAnswer.NO, "a voté des deux")
    before = list(Vote.objects.order_by("pk").values())
    batch = merge(kept, gone)
    assert credited() == [(kept.pk, "non"), (kept.pk, "non"), (kept.pk, "oui"), (kept.pk, "oui")]
    assert list(Vote.objects.order_by("pk").values()) == before
    cast_vote(kept.pk, VoteAnswer.YES, "revient")
    cast_vote(kept.pk, VoteAnswer.YES, "a voté des deux")
    assert credited() == [(kept.pk, "oui")] * 3
    undo_batch(batch.pk, by_command())
    assert credited() == sorted(
        [(kept.pk, "oui"), (kept.pk, "oui"), (gone.pk, "non"), (gone.pk, "oui"), (gone.pk, "non")]
    )


def test_a_returning_visitor_withdraws_the_earlier_vote():
    kept, gone = a_published_entry("A ?"), a_published_entry("B ?")
    cast_vote(gone.pk, VoteAnswer.NO, "revient")
    merge(kept, gone)
    assert cast_vote(kept.pk, VoteAnswer.WITHDRAWN, "revient")
    assert credited() == []


def test_whoever_is_named_alike_on_another_entry_is_not_taken_for_the_same():
    kept, gone, other = (a_published_entry(f"{name} ?") for name in "ABC")
    cast_vote(other.pk, VoteAnswer.NO, "revient")
    merge(kept, gone)
    cast_vote(kept.pk, VoteAnswer.YES, "revient")
    assert credited() == sorted([(kept.pk, "oui"), (other.pk, "non")])
