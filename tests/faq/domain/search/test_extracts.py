"""Extracts as readers of the results see them: the words they searched for, where most of them stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.search.extracts import EXTRACT_LENGTH, HighlightTerms, build_extract, highlight
from faq.domain.text import stem

CARD = HighlightTerms(frozenset({stem("carte"), stem("cps")}))


def marked(fragments):
    return [text for text, is_match in fragments if is_match]


def written(fragments):
    return "".join(text for text, _ in fragments)


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("Les cartes CPS, l’e-CPS.", CARD, ["cartes", "CPS", "CPS"]),
        ("Votre e-CPS", HighlightTerms(frozenset({"ecps"})), ["e-CPS"]),
        ("par Pro Santé Connect.", HighlightTerms(frozenset({"prosanteconnect"})), ["Pro Santé Connect"]),
        ("des sages-femmes", HighlightTerms(frozenset({"sagefemme"})), ["sages-femmes"]),
        ("Un dossier, un patient", HighlightTerms(frozenset(), frozenset({("dossi", "patient")})), []),
        (
            "le dossier patient informatisé",
            HighlightTerms(frozenset(), frozenset({("dossi", "patient")})),
            ["dossier patient"],
        ),
        (
            "référencement, référence",
            HighlightTerms(frozenset(), prefixes=("referenc",)),
            ["référencement", "référence"],
        ),
        ("Le 가나다라마 aussi", HighlightTerms(frozenset({stem("가나다라마")})), ["가나다라마"]),
        ("rien", HighlightTerms(frozenset()), []),
    ],
)
def test_words_are_marked_as_they_stand_in_the_text(text, marks, expected):
    fragments = highlight(text, marks)
    assert marked(fragments) == expected
    assert written(fragments) == text


def test_a_long_answer_is_cut_around_what_was_searched_for():
    text = "Début. " + "Rien ici. " * 80 + "Voici la carte CPS demandée. " + "Rien là. " * 80
    fragments = build_extract(text, CARD)
    assert marked(fragments) == ["carte", "CPS"]
    assert written(fragments).startswith("… ")
    assert written(fragments).endswith(" …")
    assert len(written(fragments)) <= EXTRACT_LENGTH + 4


def test_markup_is_not_shown():
    fragments = build_extract("Voici :\n- une **carte**\n1. [la CPS](https://exemple.fr/cps)", CARD)
    assert written(fragments) == "Voici : une carte la CPS"
    assert marked(fragments) == ["carte", "CPS"]


def test_an_answer_without_a_match_begins_at_its_beginning():
    fragments = build_extract("Un mot " * 100, HighlightTerms(frozenset({"absent"})))
    assert written(fragments).startswith("Un mot")
    assert len(fragments) == 2


@given(st.text(max_size=900), st.sets(st.sampled_from(["carte", "a", "é", "x1"])))
def test_no_text_is_too_strange(text, words):
    marks = HighlightTerms(frozenset(words), frozenset({("carte", "a")}), ("b",))
    assert written(highlight(text, marks)) == text
    assert len(written(build_extract(text, marks))) <= max(EXTRACT_LENGTH + 4, 0)
