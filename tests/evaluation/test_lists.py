"""The lists that people wrote without a look at the code: no change may do worse on them than today."""

import pytest

from tests.evaluation import masking, notations, search


@pytest.mark.parametrize(
    ("name", "half", "wrong_at_most"),
    [
        ("search", "tuned", 0),
        ("search", "unread", 3),
        ("same_text", "tuned", 2),
        ("same_text", "unread", 4),
        ("labels", "tuned", 0),
        ("labels", "unread", 0),
        ("order", "tuned", 0),
        ("order", "unread", 0),
    ],
)
def test_spellings_of_one_value_are_told_to_be_one(name, half, wrong_at_most):
    rows = notations.read_rows(name, half)
    wrong = notations.LISTS[name](rows)
    assert rows
    assert len(wrong) <= wrong_at_most, wrong


@pytest.mark.parametrize(("half", "missed", "spoilt"), [("tuned", 0, 0), ("unread", 6, 2)])
def test_personal_data_is_masked(half, missed, spoilt):
    remarks = masking.parse_remarks((notations.DATA / f"masking_{half}.tsv").read_text(encoding="utf-8"))
    misses = masking.evaluate(remarks).misses
    assert len(remarks) == 230
    assert len(misses[masking.PERSONAL]) <= missed, misses
    assert len(misses[masking.HARMLESS]) <= spoilt, misses


@pytest.mark.skipif(not search.DUMPS.exists(), reason=f"the real dumps are not at {search.DUMPS}")
@pytest.mark.parametrize(
    ("name", "titled", "first", "five", "vain"),
    [
        ("tuned", False, 0.825, 0.9625, 8),
        ("tuned", True, 0.9, 0.975, 8),
        ("unread", False, 0.7875, 0.925, 9),
        ("unread", True, 0.825, 0.9, 9),
        ("second", False, 0.88, 0.985, 3),
        ("second", True, 0.9, 0.985, 3),
    ],
)
def test_searches_in_the_real_dumps_find_their_answers(name, titled, first, five, vain):
    corpus = search.read_corpus(titled=titled)
    queries = search.read_queries(notations.DATA / f"queries_{name}.csv", corpus)
    find = search.build_engine(corpus.texts)
    ranks = [
        next((place for place, number in enumerate(find(text).numbers) if number in expected), 99)
        for _, text, expected in queries
        if expected
    ]
    assert sum(rank == 0 for rank in ranks) >= first * len(ranks)
    assert sum(rank < 5 for rank in ranks) >= five * len(ranks)
    assert sum(find(text).is_vain for _, text, expected in queries if not expected) >= vain
