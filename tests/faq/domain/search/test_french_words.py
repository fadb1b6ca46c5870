"""Words of French are known in all their forms, and slips are not among them."""

import pytest

from faq.domain.search.french_words import is_french_word


@pytest.mark.parametrize(
    "word",
    "impossible dentiste dentistes cout couts parking cantine coeur cœur renouvelleriez smartphone wifi".split(),
)
def test_a_word_is_known_in_each_of_its_forms(word):
    assert is_french_word(word)


@pytest.mark.parametrize("word", ["", "certifcat", "medcin", "ordonance", "zzzz", "dossierr", "’", "🩺"])
def test_a_slip_is_no_word(word):
    assert not is_french_word(word)
