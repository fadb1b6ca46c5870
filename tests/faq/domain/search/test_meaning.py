"""Words near in meaning: weak evidence that never comes before the words themselves, and never names another thing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.search.meaning import HIGHEST_NEARNESS, WordMeanings, has_plain_meaning, is_opposed
from faq.domain.text import fold
from tests.searching import NO_SYNONYMS, an_index, found, in_order, searched

WORDS = (
    "médecin",
    "docteur",
    "praticien",
    "téléphone",
    "mobile",
    "certificat",
    "attestation",
    "modification",
    "vérification",
    "accepter",
    "refuser",
    "financement",
    "subvention",
    "facture",
    "paiement",
)


def meanings(*words: str) -> WordMeanings:
    forms = np.array([fold(word).encode() for word in words], "S32")
    shown = np.array([word.encode() for word in words], "S32")
    return WordMeanings.build(forms, shown, np.arange(1, len(words) + 1, dtype=np.uint32))


def neighbours(word: str, *words: str) -> dict[str, float]:
    return {words[number - 1]: near for number, near in meanings(*words).find_neighbours(fold(word), word)}


def test_words_of_like_meaning_are_neighbours_the_nearest_first():
    near = neighbours("docteur", *WORDS)
    assert list(near)[:2] == ["médecin", "praticien"]
    assert {"docteur", "certificat"}.isdisjoint(near)
    assert list(near.values()) == sorted(near.values(), reverse=True)
    assert all(0 < value <= HIGHEST_NEARNESS for value in near.values())


def test_a_word_that_was_typed_without_accents_has_the_same_neighbours_where_the_index_knows_it():
    index = an_index([("Le médecin ?", "Oui."), ("Le docteur ?", "Non.")])
    typed, spelt = (searched(index, text).terms for text in ("medecin introuvable", "médecin introuvable"))
    assert typed[0].neighbours == spelt[0].neighbours != ()


@given(st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_two_words_are_as_near_either_way(one, other):
    assert list(neighbours(one, other).values()) == list(neighbours(other, one).values())


@given(st.lists(st.sampled_from(WORDS), unique=True, min_size=1), st.integers(0, len(WORDS)), st.sampled_from(WORDS))
def test_words_that_come_later_are_found_as_if_they_had_always_been_there(words, known, sought):
    numbers = np.arange(1, len(words) + 1, dtype=np.uint32)
    forms = np.array([fold(word).encode() for word in words], "S32")
    shown = np.array([word.encode() for word in words], "S32")
    first = WordMeanings.build(forms[:known], shown[:known], numbers[:known])
    later = first.extended(forms[known:], shown[known:], numbers[known:])
    assert later.find_neighbours(fold(sought), sought) == meanings(*words).find_neighbours(fold(sought), sought)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("accepter", "refuser"),
        ("accepté", "refusés"),
        ("avant", "après"),
        ("activer", "désactiver"),
        ("verrouillé", "déverrouiller"),
        ("ouvrir", "fermer"),
        ("envoyer", "recevoir"),
        ("valide", "invalide"),
        ("possible", "impossible"),
        ("janvier", "février"),
        ("deuxième", "troisième"),
        ("lundi", "mardi"),
        ("trois", "quatre"),
        ("pharmacien", "médecin"),
        ("jour", "mois"),
    ],
)
def test_opposites_values_roles_and_units_are_no_neighbours(word, other):
    assert is_opposed(fold(word), fold(other))
    assert is_opposed(fold(other), fold(word))
    assert not neighbours(word, other)


@pytest.mark.parametrize(("word", "other"), [("docteur", "médecin"), ("mobile", "téléphone"), ("carte", "cartes")])
def test_other_words_are_not_opposed(word, other):
    assert not is_opposed(fold(word), fold(other))


@pytest.mark.parametrize("word", ["dmp", "rpps", "F414", "v2", "12", "segur", "cps", "les", "pro sante connect", ""])
def test_names_codes_numbers_and_short_words_have_no_meaning(word):
    assert not has_plain_meaning(word)
    assert not neighbours(word, *WORDS)


CALLED, TOLD, OTHER = 1, 2, 3


@pytest.fixture(scope="module")
def index():
    return an_index(
        {
            CALLED: ("Le docteur reçoit-il un financement ?", "Oui, chaque année."),
            TOLD: ("Le praticien reçoit-il une subvention ?", "Oui, chaque année."),
            OTHER: ("Où garer son véhicule ?", "Devant le bâtiment."),
        }
    )


def test_an_entry_that_holds_all_words_needs_no_others(index):
    assert found(index, "docteur financement") == [CALLED]
    assert not any(term.neighbours for term in searched(index, "docteur financement").terms)


def test_an_entry_with_words_of_like_meaning_comes_last(index):
    result = searched(index, "docteur financement étranger")
    assert in_order(result) == [CALLED, TOLD]
    assert list(result.by_meaning) == [TOLD]


def test_where_no_entry_holds_a_word_those_of_like_meaning_are_proposed_and_the_search_is_vain(index):
    result = searched(index, "médecin budget")
    assert not result.entries
    assert result.nearest[:2] in ([CALLED, TOLD], [TOLD, CALLED])
    assert not searched(index, "licorne arc-en-ciel").nearest


def test_a_single_word_of_like_meaning_is_not_enough_beside_matches():
    index = an_index([("Le docteur ?", "Il vient."), ("Un praticien ?", "Il vient aussi.")])
    assert found(index, "docteur demain") == [1]


@pytest.mark.parametrize("query", ["DOCTEUR financement étranger", "le Docteur financement étranger"])
def test_what_may_be_a_name_is_left_alone(index, query):
    named = next(term for term in searched(index, query).terms if term.word.form == "docteur")
    assert not named.neighbours


def test_suggestions_while_typing_ask_for_no_meaning(index):
    assert not any(term.neighbours for term in searched(index, "docteur financement étr", typing=True).terms)


PLACES = ("{} perdu hier", "{} : que faire ?", "Comment renouveler {} en ligne")


@given(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(PLACES))
def test_the_word_itself_is_never_outranked(word, other, place):
    if fold(word) != fold(other):
        index = an_index([(place.format(other), "Voici."), (place.format(word), "Voici.")])
        assert found(index, f"{word} introuvable", NO_SYNONYMS)[0] == 2
