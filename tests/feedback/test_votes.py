"""Taking votes: one per visitor and entry, on the version that was read, whatever happens at the same time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq.models import Entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from feedback.models import Standing, Vote, VoteAnswer
from feedback.votes import VoteRefused, cast_vote, compute_visitor_hash, create_visitor_token
from tests.factories import a_published_entry, an_entry, by_command
from tests.feedback.voting import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return a_published_entry()


def rewrite(entry, answer):
    """Publish another text; return its version."""
    edit_entry(entry.pk, Content(entry.question, answer), by_command())
    return publish_entry(entry.pk, by_command()).version


def stored():
    return list(Vote.objects.values_list("entry", "answer"))


def test_a_vote_is_on_the_live_version(entry):
    before = timezone.now()
    assert cast_vote(entry.pk, VoteAnswer.YES, "a") == Standing.COUNTED
    vote = Vote.objects.get()
    assert (vote.entry, vote.version, vote.answer) == (entry, entry.live, VoteAnswer.YES)
    assert before <= vote.first_voted_at == vote.voted_at <= timezone.now()


def test_a_change_of_mind_replaces_the_vote_and_keeps_its_first_moment(entry):
    first = timezone.now() - timedelta(days=3)
    cast_vote(entry.pk, VoteAnswer.YES, "a", at=first)
    version = rewrite(entry, "Tout autre chose.")
    later = first + timedelta(days=1)
    cast_vote(entry.pk, VoteAnswer.NO, "a", at=later)
    vote = Vote.objects.get()
    assert (vote.answer, vote.version, vote.first_voted_at, vote.voted_at) == (VoteAnswer.NO, version, first, later)


def test_a_withdrawal_is_remembered_on_the_version_it_was_about(entry):
    version = entry.live
    cast_vote(entry.pk, VoteAnswer.YES, "a")
    rewrite(entry, "Tout autre chose.")
    assert cast_vote(entry.pk, VoteAnswer.WITHDRAWN, "a")
    vote = Vote.objects.get()
    assert (vote.answer, vote.version) == (VoteAnswer.WITHDRAWN, version)
    assert not Vote.objects.counted().exists()


def test_who_withdraws_without_having_voted_leaves_nothing(entry):
    cast_vote(entry.pk, VoteAnswer.YES, "a")
    assert cast_vote(entry.pk, VoteAnswer.WITHDRAWN, "b") is None
    assert stored() == [(entry.pk, VoteAnswer.YES)]


def test_who_withdrew_may_vote_again(entry):
    for answer in (VoteAnswer.YES, VoteAnswer.WITHDRAWN, VoteAnswer.NO):
        cast_vote(entry.pk, answer, "a")
    assert stored() == [(entry.pk, VoteAnswer.NO)]


def test_visitors_and_entries_do_not_mix(entry):
    other = a_published_entry("Et ?", "Oui.")
    for token, number, answer in (
        ("a", entry.pk, VoteAnswer.YES),
        ("b", entry.pk, VoteAnswer.NO),
        ("a", other.pk, VoteAnswer.NO),
    ):
        cast_vote(number, answer, token)
    assert sorted(stored()) == [(entry.pk, "non"), (entry.pk, "oui"), (other.pk, "non")]


class TestTheVersionRead:
    def test_may_be_one_that_was_live_before(self, entry):
        old = entry.live
        rewrite(entry, "Tout autre chose.")
        cast_vote(entry.pk, VoteAnswer.NO, "a", version=old.number)
        assert Vote.objects.get().version == old

    @pytest.mark.parametrize("number", [1, 99, 2**31, 2**70])
    def test_counts_for_the_live_one_if_it_never_was(self, entry, number):
        assert entry.versions.get(number=1) != entry.live
        cast_vote(entry.pk, VoteAnswer.NO, "a", version=number)
        assert Vote.objects.get().version == entry.live

    def test_is_of_this_entry(self, entry):
        other = a_published_entry("Et ?", "Oui.")
        for text in "bcd":
            rewrite(other, text)
        cast_vote(entry.pk, VoteAnswer.NO, "a", version=other.versions.latest("number").number)
        assert Vote.objects.get().version == entry.live


class TestRefused:
    @pytest.mark.parametrize("answer", VoteAnswer)
    @pytest.mark.parametrize("leave", [archive_entry, withdraw_entry])
    def test_when_the_answer_left(self, entry, leave, answer):
        leave(entry.pk, by_command())
        with pytest.raises(VoteRefused, match="n’est plus en ligne"):
            cast_vote(entry.pk, answer, "a")
        assert stored() == []

    def test_when_the_answer_was_never_there(self):
        with pytest.raises(VoteRefused):
            cast_vote(an_entry().pk, VoteAnswer.YES, "a")
        with pytest.raises(Entry.DoesNotExist):
            cast_vote(12_345, VoteAnswer.YES, "a")
        assert stored() == []


class TestVisitors:
    def test_tokens_are_long_and_new(self):
        tokens = {create_visitor_token() for _ in range(100)}
        assert len(tokens) == 100
        assert {len(token) for token in tokens} == {43}

    def test_what_is_stored_tells_nothing_and_links_nothing(self, entry):
        other = a_published_entry("Et ?", "Oui.")
        hashes = {compute_visitor_hash(token, entry.pk) for token in ("a", "b")} | {compute_visitor_hash("a", other.pk)}
        assert len(hashes) == 3
        assert {len(value) for value in hashes} == {64}

    def test_without_the_key_the_hash_cannot_be_made(self, entry, settings):
        before = compute_visitor_hash("a", entry.pk)
        settings.VOTE_KEY = "another"
        assert compute_visitor_hash("a", entry.pk) != before


def test_the_number_of_queries_does_not_depend_on_the_votes(entry):
    counts = []
    for number in range(30):
        with CaptureQueriesContext(connection) as queries:
            cast_vote(entry.pk, VoteAnswer.YES, f"visitor {number}", version=entry.live.number)
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 5


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_identical_votes_are_one(self, entry):
        vote = lambda: cast_vote(entry.pk, VoteAnswer.YES, "a")  # noqa: E731
        assert together(*[vote] * 6) == []
        assert stored() == [(entry.pk, VoteAnswer.YES)]

    def test_opposite_votes_are_one_of_the_two(self, entry):
        calls = [
            lambda answer=answer: cast_vote(entry.pk, answer, "a") for answer in (VoteAnswer.YES, VoteAnswer.NO) * 3
        ]
        assert together(*calls) == []
        [(_, answer)] = stored()
        assert answer in (VoteAnswer.YES, VoteAnswer.NO)

    def test_many_visitors_are_all_counted(self, entry):
        calls = [lambda token=token: cast_vote(entry.pk, VoteAnswer.NO, token) for token in "abcdefgh"]
        assert together(*calls) == []
        assert stored() == [(entry.pk, VoteAnswer.NO)] * 8
