"""Scores: between 0 and 1, wary of few votes, kept over slips and started afresh by rewrites."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback.scoring import (
    MIN_VOTES,
    LiveVersion,
    Tally,
    build_runs,
    compute_trend,
    differ_significantly,
    wilson_interval,
)

counts = st.integers(0, 10_000)
tallies = st.builds(Tally, counts, counts)
enough = tallies.filter(lambda tally: tally.votes >= MIN_VOTES)


@pytest.mark.parametrize(
    ("yes", "votes", "low", "high"),
    # R: prop.test(yes, votes, correct = FALSE)$conf.int
    [(0, 10, 0.0, 0.2775328), (10, 10, 0.7224672, 1.0), (50, 100, 0.4038315, 0.5961685), (1, 10, 0.0178762, 0.4041500)],
)
def test_the_interval_is_the_published_one(yes, votes, low, high):
    assert wilson_interval(yes, votes) == pytest.approx((low, high), abs=1e-6)


@given(enough)
def test_a_rate_stands_within_its_interval_and_that_within_0_and_1(tally):
    low, high = tally.interval
    assert 0 <= low <= tally.rate + 1e-12
    assert tally.rate - 1e-12 <= high <= 1
    assert low < high
    assert tally.useful_lower_bound == low
    assert tally.useless_lower_bound == pytest.approx(Tally(tally.no, tally.yes).useful_lower_bound)


@given(enough)
def test_one_more_yes_never_lowers_the_bounds_and_one_more_no_never_raises_them(tally):
    better, worse = tally + Tally(yes=1), tally + Tally(no=1)
    assert worse.useful_lower_bound - 1e-12 <= tally.useful_lower_bound <= better.useful_lower_bound + 1e-12
    assert better.useless_lower_bound - 1e-12 <= tally.useless_lower_bound <= worse.useless_lower_bound + 1e-12


@given(enough, st.integers(2, 50))
def test_the_same_share_of_more_votes_is_surer(tally, times):
    more = Tally(tally.yes * times, tally.no * times)
    assert more.interval[1] - more.interval[0] < tally.interval[1] - tally.interval[0]
    assert more.useful_lower_bound >= tally.useful_lower_bound - 1e-12


@given(
    st.integers(0, MIN_VOTES - 1).flatmap(lambda yes: st.tuples(st.just(yes), st.integers(0, MIN_VOTES - 1 - yes))),
    enough,
)
def test_nothing_is_told_of_few_votes(few, many):
    tally = Tally(*few)
    assert {tally.rate, tally.interval, tally.useful_lower_bound, tally.useless_lower_bound} == {None}
    assert compute_trend(tally, many) is compute_trend(many, tally) is None
    assert not differ_significantly(tally, many)


@given(enough, enough)
def test_a_trend_goes_both_ways_and_is_no_more_than_all(before, after):
    assert compute_trend(before, after) == -compute_trend(after, before)
    assert -1 <= compute_trend(before, after) <= 1
    assert not differ_significantly(before, before)


def test_a_clear_change_is_told_from_chance():
    assert differ_significantly(Tally(10, 90), Tally(90, 10))
    assert not differ_significantly(Tally(5, 5), Tally(7, 3))


def test_one_no_is_not_worse_than_fifty_in_a_hundred():
    worst = sorted((Tally(6, 4), Tally(50, 50), Tally(9, 1)), key=lambda tally: -tally.useless_lower_bound)
    assert worst[0] == Tally(50, 50)


class TestRuns:
    VERSIONS = (
        LiveVersion(2, False, "a"),
        LiveVersion(4, True, "b"),
        LiveVersion(5, False, "b"),
        LiveVersion(8, False, "c"),
        LiveVersion(9, True, "d"),
    )

    def test_a_slip_or_a_new_filing_keeps_the_score_and_a_rewrite_starts_afresh(self):
        votes = {2: Tally(1, 0), 4: Tally(0, 2), 5: Tally(3, 3), 9: Tally(0, 1)}
        found = build_runs(reversed(self.VERSIONS), votes)
        assert [(run.numbers, run.tally) for run in found] == [((2, 4, 5), Tally(4, 5)), ((8, 9), Tally(0, 1))]
        assert [run.first for run in found] == [2, 8]

    def test_of_nothing_are_none(self):
        assert build_runs([], {1: Tally(1, 1)}) == []

    @given(
        st.lists(
            st.builds(LiveVersion, st.integers(1, 50), st.booleans(), st.sampled_from("abc")),
            unique_by=lambda version: version.number,
        ),
        st.dictionaries(st.integers(1, 50), st.builds(Tally, st.integers(0, 9), st.integers(0, 9))),
    )
    @settings(max_examples=50)
    def test_hold_every_version_once_and_every_vote_on_them(self, versions, votes):
        assume(versions)
        found = build_runs(versions, votes)
        numbers = [number for run in found for number in run.numbers]
        assert numbers == sorted(version.number for version in versions)
        expected = sum((votes.get(number, Tally()) for number in numbers), Tally())
        assert sum((run.tally for run in found), Tally()) == expected
