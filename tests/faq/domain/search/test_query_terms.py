"""The ways by which an entry can match a word of a query."""

import pytest

from faq.domain.search.queries import Synonyms, parse_query
from tests.searching import NO_SYNONYMS, an_index, found, searched


def test_words_that_are_typed_joined_are_the_fewest_that_make_them_up():
    index = an_index([("Mal int erne ?", "Oui."), ("Malin terne ?", "Oui.")])
    assert found(index, "malinterne") == [2]


@pytest.mark.parametrize(
    ("query", "numbers"), [("certificatserveurreseaupostes", [1]), ("certificatserveurreseaupostesdes", [])]
)
def test_words_that_are_typed_joined_are_looked_for_up_to_a_length(query, numbers):
    assert found(an_index([("Certificat, serveur, réseau, postes, postesdes ?", "Oui.")]), query) == numbers


def test_two_letters_are_no_part_of_what_is_typed_joined():
    assert found(an_index([("Serveur ok ?", "Oui."), ("Serveur dns ?", "Oui.")]), "serveurdns") == [2]
    assert found(an_index([("Serveur ok kosovo ?", "Oui.")]), "okserveurok") == []


def test_a_word_is_completed_to_its_plainest_form():
    index = an_index([("Des certificats ?", "Le certificat."), ("Quelles certifications ?", "Oui.")])
    expander = index.expander(NO_SYNONYMS)
    forms = {int(id): index.vocabulary.form(place) for place, id in enumerate(index.vocabulary.ids)}
    assert [forms[id] for id in expander.complete("certif")][:1] == ["certificat"]


def test_a_word_of_entries_that_are_gone_is_unknown():
    index = an_index([("Quelle carte ?", "Oui."), ("Quel homologué ?", "Oui.")])
    left = index.patched(index.vocabulary, {2: b""}, {})
    assert found(index, "homologation") == [2]
    for query in ("homologué", "homologation"):
        assert [term.unknown for term in searched(left, query).terms] == [True]


def test_an_expression_of_words_that_are_gone_matches_nothing():
    index = an_index([("Quelle carte ?", "Oui."), ("Quel dossier patient ?", "Oui.")])
    synonyms = Synonyms([(["DPI", "dossier patient"], False)])
    assert found(index, "dpi", synonyms) == [2]
    assert searched(index.patched(index.vocabulary, {2: b""}, {}), "dpi", synonyms).terms[0].unknown


def test_an_unfinished_word_is_completed_alone_and_not_beside_words_of_french():
    index = an_index([("Le portail ?", "Oui."), ("La licence ?", "Oui.")])
    assert found(index, "port") == [1]
    assert found(index, "port licence") == [2]
    assert parse_query("port licence").words[0].form == "port"
