"""Words that stand side by side say what they say in the query; others may not."""

import pytest

from faq.domain.search.proximity import Phrase, rerank_by_proximity
from faq.domain.search.queries import Synonyms
from tests.searching import an_index, searched, starter_synonyms

TOGETHER = "Comment renouveler un certificat de serveur ?", "Sur le portail."
APART = "Comment un serveur vérifie-t-il un certificat ?", "Il interroge la liste."
IN_ANSWER = "Que faire avant l’échéance ?", "Renouvelez le certificat du serveur, et prévenez l’équipe."


@pytest.fixture(scope="module")
def index():
    return an_index([TOGETHER, APART, IN_ANSWER])


def phrase(index, query, **options):
    return Phrase.from_terms(searched(index, query, **options).terms)


@pytest.mark.parametrize(
    "query", ["certificat serveur", "certificats des serveurs", "certifcat serveur", "le certificat, ou le serveur"]
)
def test_neighbours_in_the_question_tell_more_than_in_the_answer_and_those_more_than_others(index, query):
    bonus = [phrase(index, query).compute_bonus(*text) for text in (TOGETHER, IN_ANSWER, APART)]
    assert bonus[0] > bonus[1] > bonus[2] == 1


def test_the_order_counts(index):
    assert phrase(index, "serveur certificat").compute_bonus(*TOGETHER) == 1


def test_part_of_a_query_is_better_than_nothing(index):
    whole = phrase(index, "renouveler certificat serveur").compute_bonus(*TOGETHER)
    assert whole > phrase(index, "serveur renouveler certificat").compute_bonus(*TOGETHER) > 1


def test_a_synonym_takes_the_place_of_its_word(index):
    index = an_index([("Le DPI de l’hôpital ?", "Oui."), ("À l’hôpital, quel DPI ?", "Oui.")])
    synonyms = starter_synonyms()
    assert phrase(index, "dpi hôpital", synonyms=synonyms).compute_bonus("Le DPI de l’hôpital ?", "") > 1


@pytest.mark.parametrize("query", ["certificat", "", "de la", "licorne certificat"])
def test_one_word_has_no_neighbour(index, query):
    assert phrase(index, query).compute_bonus(*TOGETHER) == 1


def test_what_is_equally_near_stays_in_its_order(index):
    texts = {7: APART, 3: APART, 5: TOGETHER}
    best = [(7, 10.0), (3, 10.0), (5, 9.0)]
    assert rerank_by_proximity(best, phrase(index, "certificat serveur"), texts) == [5, 7, 3]
    assert rerank_by_proximity(best, phrase(index, "certificat"), {}) == [7, 3, 5]


def test_the_first_word_of_a_synonym_is_not_the_synonym(index):
    index = an_index([("Le DPI de l’hôpital ?", "Oui."), ("Le dossier patient ?", "Oui."), ("Le dossier ?", "Non.")])
    synonyms = Synonyms([(["DPI", "dossier patient"], False)])
    assert phrase(index, "dpi hôpital", synonyms=synonyms).compute_bonus("Le dossier, hôpital ?", "") == 1


def test_what_no_entry_holds_stands_between_no_neighbours(index):
    bonus = phrase(index, "certificat licorne serveur").compute_bonus(*TOGETHER)
    assert bonus == phrase(index, "certificat serveur").compute_bonus(*TOGETHER)
