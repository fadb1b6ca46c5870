"""Entries near another one share enough of what it is about; both ways to reckon it agree."""

from faq.domain.search.postings import unpack
from faq.domain.search.similarity import (
    FEWEST_SHARED_STEMS,
    MIN_SIMILARITY,
    compute_similarity,
    find_similar,
    select_key_stems,
)
from tests.searching import Numbering, an_index, demo_texts

DEMO = demo_texts()


def stored():
    numbering = Numbering()
    return {number: unpack(numbering.stored(*text)) for number, text in enumerate(DEMO, start=1)}


def test_reckoning_one_by_one_gives_the_same():
    index, words = an_index(DEMO), stored()
    found_any = 0
    for number in range(1, len(DEMO) + 1, 7):
        key_stems = select_key_stems(words[number], index.postings.frequencies, len(DEMO))
        near = find_similar(index, words[number], key_stems)
        one_by_one = {other: compute_similarity(words[number], words[other], key_stems) for other in words}
        assert near.keys() == {other for other, share in one_by_one.items() if share >= MIN_SIMILARITY}
        assert all(abs(near[other] - one_by_one[other]) < 1e-4 for other in near)
        assert abs(near[number] - 1) < 1e-4
        found_any += len(near) > 1
    assert found_any > 2


def test_words_that_stand_in_many_entries_tell_nothing():
    texts = [(f"Le certificat {word} ?", "Oui.") for word in "abcdefghijklmnopqrstuvwxyz"]
    index = an_index(texts)
    assert select_key_stems({1: 200}, index.postings.frequencies, len(texts)) == {}
    assert find_similar(index, {1: 200}, {}) == {}


def test_few_words_tell_nothing():
    key_stems = {1: 1.0, 2: 1.0, 3: 1.0}
    mine = {1: 100, 2: 100, 3: 100}
    assert compute_similarity(mine, {1: 255, 2: 255}, key_stems) == 0
    assert FEWEST_SHARED_STEMS == 3
    assert compute_similarity(mine, {1: 100, 2: 100, 3: 1}, key_stems) > 0.6
