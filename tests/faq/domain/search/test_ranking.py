"""The order of what a query finds, where words, synonyms, denials and roundings decide it."""

import numpy as np
from pyroaring import BitMap

from faq.domain.search.index import IndexMatches, SearchIndex, measure_matches
from faq.domain.search.queries import Synonyms
from tests.searching import Numbering, an_index, found


def test_a_denial_is_no_word_that_an_entry_must_hold_to_come_first():
    answer = " ".join(f"Le guichet {number} ouvre le lundi." for number in range(40))
    index = an_index([("Quels cas ?", f"{answer} La carte est bloquée."), ("Carte suspendue ou non ?", "Non.")])
    assert found(index, "carte non bloquée", Synonyms([(["bloquer", "suspendre"], False)])) == [1, 2]


def test_a_word_alone_comes_before_its_synonyms_too():
    index = an_index([("Le dossier patient ?", "Oui."), ("Quels délais ?", "Ceux du DPI, que l’éditeur annonce.")])
    assert found(index, "dpi", Synonyms([(["DPI", "dossier patient"], False)])) == [2, 1]


def test_an_entry_without_words_has_no_usefulness():
    numbering = Numbering()
    stored = numbering.stored("Carte ?", "Oui.")
    index = SearchIndex.build(numbering.vocabulary(), [(1, stored), (5, b"")], {1: 10, 5: 100})
    assert (found(index, "carte"), index.usefulness.tolist()) == ([1], [0, 10])


def test_shares_that_are_equal_but_for_their_rounding_are_equal():
    there = [np.array(held) for held in ([True, True], [True, False], [True, False])]
    assert measure_matches(there, [], [6.0, 8.0, 1.0]).enough.tolist() == [True, True]


def test_an_unknown_word_weighs_less_than_its_rarity():
    """Six entries of ten hold « carte »: beside an unknown word at its full idf, it would be too little for a match."""
    index = an_index([("Une carte ?", "Oui.")] * 6 + [("Un serveur ?", "Non.")] * 4)
    assert set(found(index, "carte licorne")) == set(range(1, 7))
    assert found(an_index([("Une carte ?", "Oui.")] * 7 + [("Un serveur ?", "Non.")] * 3), "carte licorne") == []


def test_of_scores_that_are_nearly_equal_the_smaller_number_comes_first():
    scores = np.array([0, 1, 1 + 1e-6, 2], np.float32)
    ranked = IndexMatches(BitMap([1, 2, 3]), (), [], scores).rank(BitMap([1, 2, 3])).page(0, 3)
    assert [number for number, _ in ranked] == [3, 1, 2]
