"""The words of a query, and the expressions that synonyms stand for."""

import pytest

from faq.domain.search.queries import Synonyms, parse_query
from tests.searching import an_index, found


def forms(words):
    return [word.form for word in words]


def test_a_word_that_is_said_twice_stands_where_it_is_said_first():
    assert [(word.form, word.start) for word in parse_query("carte, code, carte").words] == [("carte", 0), ("code", 7)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("le formulaire NOS", ["formulaire", "nos"]),
        ("LE FORMULAIRE NOS", ["formulaire"]),
        ("NOS", ["nos"]),
        ("le formulaire A", ["formulaire"]),
    ],
)
def test_a_function_word_in_capitals_is_an_acronym_unless_all_is_in_capitals(query, words):
    assert forms(parse_query(query).words) == words


def test_of_function_words_alone_single_letters_are_left_out():
    query = parse_query("y a-t-il les")
    assert not query.words
    assert forms(query.function_words) == ["il", "les"]


def test_a_word_has_the_synonyms_of_its_family():
    synonyms = Synonyms([(["homologuer", "agréer"], False)])
    length, found_for = synonyms.match_longest(parse_query("homologation logiciel").words)
    assert (length, [one.text for one in found_for]) == (1, ["agréer"])


def test_the_longest_expression_is_the_one_that_is_meant():
    synonyms = Synonyms([(["dossier", "fichier"], False), (["dossier patient", "DPI"], False)])
    length, found_for = synonyms.match_longest(parse_query("dossier patient informatisé").words)
    assert (length, [one.text for one in found_for]) == (2, ["DPI"])


def test_a_date_is_not_found_by_its_month_and_its_year_apart():
    assert found(an_index([("Que change-t-il en septembre ?", "Rien avant 2026.")]), "septembre 2026") == []
