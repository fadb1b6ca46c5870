"""Mistyped words: the right one is found, quickly, and none where there is none."""

import pytest

from faq.domain.search.index import SearchIndex
from faq.domain.search.spelling import find_correction
from faq.domain.search.vocabulary import Vocabulary
from faq.domain.text import stem
from tests.benchmarks.typos import typos
from tests.searching import an_index, demo_texts

TYPOS = 500
RIGHT = 0.95


def words(*forms: str) -> Vocabulary:
    stems = sorted({stem(form) for form in forms})
    numbers = {key: number for number, key in enumerate(stems, start=1)}
    return Vocabulary.build(
        ((number, key) for key, number in numbers.items()),
        ((id, form, numbers[stem(form)], form) for id, form in enumerate(forms, start=1)),
    )


def corrected(word: str, *forms: str) -> str | None:
    vocabulary = words(*forms)
    found = find_correction(word, vocabulary, lambda number: 1)
    return found and vocabulary.form(found.place)


@pytest.fixture(scope="module")
def demo() -> SearchIndex:
    return an_index(demo_texts())


def test_nearly_all_of_500_typing_mistakes_are_understood(demo):
    vocabulary = demo.vocabulary
    forms = [form.decode() for form in vocabulary.forms]
    stems = {stem(form) for form in forms}
    mistakes = [typo for typo in typos(forms, 2 * TYPOS) if stem(typo.typed) not in stems][:TYPOS]
    stem_of = dict(zip(forms, vocabulary.stems.tolist(), strict=True))
    corrections = [find_correction(typo.typed, vocabulary, demo.postings.frequency) for typo in mistakes]
    right = sum(
        found is not None and vocabulary.stems[found.place] == stem_of[typo.word]
        for found, typo in zip(corrections, mistakes, strict=True)
    )
    assert len(mistakes) == TYPOS
    assert right / TYPOS >= RIGHT


@pytest.mark.parametrize(
    "typed",
    ["certifcat", "certificaat", "cretificat", "sertificat", "certifixat", "ertificat", "certificatt", "certiifcta"],
)
def test_one_mistake_is_forgiven_and_two_in_a_long_word(typed):
    assert corrected(typed, "serveur", "certificat", "carte") == "certificat"


@pytest.mark.parametrize("typed", ["crt", "cxrtx", "12345", "c3rte", "", "zzzzzzzz", "émotion"])
def test_what_is_too_far_or_too_short_is_left_alone(typed):
    assert corrected(typed, "carte", "dmp") is None


def test_the_likelier_of_two_is_chosen():
    assert corrected("fillet", "filet", "billet") == "filet"
    assert corrected("farmacie", "pharmacie", "armoire") == "pharmacie"
    assert corrected("mzsque", "masque", "mosque") == "masque"


def test_words_that_no_entry_holds_any_more_are_not_proposed():
    vocabulary = words("carte", "certe")
    [place] = [number for number in range(2) if vocabulary.form(number) == "certe"]
    gone = int(vocabulary.stems[place])
    chosen = find_correction("crte", vocabulary, lambda number: 0 if number == gone else 1)
    assert chosen is not None
    assert vocabulary.form(chosen.place) == "carte"


def test_letters_never_hide_a_word_within_reach():
    vocabulary = words("carte", "cartes", "tracer", "ecarte")
    for typed in ("carte", "crate", "cart", "cartee", "karte"):
        near = {vocabulary.form(place) for place in vocabulary.candidates_for(typed, 1).tolist()}
        assert "carte" in near
