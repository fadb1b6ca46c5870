"""The addresses, entries and people that a note between editors names."""

import pytest

from faq.domain.notes import LINK, MENTION, PLAIN, REFERENCE, find_mentions, list_possible_names, split_note


def pieces(text, *names):
    return [(piece.kind, piece.text, piece.target) for piece in split_note(text, names)]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("@marie, peux-tu relire ?", ["marie"]),
        ("Vu avec @jean.roy et (@marie-2).", ["jean.roy", "marie-2"]),
        ("Écrire à contact@exemple.fr", []),
        ("@marie puis @marie", ["marie"]),
        ("Un @ seul, un prix 3@4", []),
    ],
)
def test_mentions(text, mentions):
    assert find_mentions(text) == mentions


def test_a_name_may_end_a_sentence():
    assert list_possible_names("marie.") == ["marie.", "marie"]
    assert list_possible_names("marie") == ["marie"]


def test_pieces_lead_somewhere_and_the_rest_stays_as_typed():
    text = "Voir Q-12 et https://exemple.fr/page?a=1. Merci @Marie."
    assert pieces(text, "marie") == [
        (PLAIN, "Voir ", ""),
        (REFERENCE, "Q-12", "12"),
        (PLAIN, " et ", ""),
        (LINK, "https://exemple.fr/page?a=1", "https://exemple.fr/page?a=1"),
        (PLAIN, ". Merci ", ""),
        (MENTION, "@Marie", "marie"),
        (PLAIN, ".", ""),
    ]


@pytest.mark.parametrize("text", ["javascript:alert(1)", "<b>gras</b>", "FAQ-12", "Q-12-bis", "@inconnu", "xhttp://"])
def test_what_names_nothing_is_plain(text):
    assert pieces(text, "marie") == [(PLAIN, text, "")]


@pytest.mark.parametrize("text", ["@" * 2_000, "Q-" * 1_000, "https://" * 250, "a@" * 1_000, "@" + "." * 2_000])
def test_hostile_texts_keep_every_sign(text):
    assert "".join(piece.text for piece in split_note(text, ["marie"])) == text
