"""How texts come apart into words that search and duplicates compare."""

import unicodedata

import pytest

from faq.domain.text import Kind, stem, terms, tokens


def keys(text):
    return [term.key for term in terms(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l’éditeur", "L'EDITEUR"),
        ("référencées", "referencee"),
        ("compte-rendu", "compte\u2011rendu"),
        ("e-CPS", "E‑cps"),
        ("la sage-femme", "la Sage-femme"),
        ("Mon espace santé", "mon  espace\u00a0sante"),
        ("1er", "1ᵉʳ"),
        ("3 ans", "trois ans"),
        ("2,5 Mo", "2.5 Mo"),
        ("https://www.example.org/aide/.", "http://example.org/aide"),
        ("ﬁche", "fiche"),
        (unicodedata.normalize("NFD", "déjà référencé"), "déjà référencé"),
    ],
)
def test_written_otherwise_they_are_the_same_words(one, other):
    assert keys(one) == keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INS", "INSi"),
        ("CPS", "e-CPS"),
        ("CDA R2 N1", "CDA R2 N3"),
        ("v2.4.0", "v2.4.1"),
        ("30 %", "30 €"),
        ("Pro Santé Connect", "Industriels Santé Connect"),
    ],
)
def test_names_and_codes_are_told_apart(one, other):
    assert keys(one) != keys(other)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("le", Kind.STOP),
        ("certificat", Kind.WORD),
        ("jamais", Kind.NEGATION),
        ("905", Kind.NUMBER),
        ("quinze", Kind.NUMBER),
        ("F414", Kind.CODE),
        ("DRIMbox", Kind.NAME),
        ("aide@example.org", Kind.LINK),
        ("www.example.org", Kind.LINK),
    ],
)
def test_words_are_of_a_kind(word, kind):
    assert [term.kind for term in terms(word)] == [kind]


def test_inflected_forms_share_their_stem():
    assert stem("certificats") == stem("certificat")
    assert stem("deposee") == stem("depose")
    assert stem("ins") == "ins"


def test_tokens_know_their_places_and_the_beginnings_of_sentences():
    text = "L’INS  est lue (voir Gazelle). Puis\nl’e-CPS."
    assert [text[token.start : token.end] for token in tokens(text)] == [
        "L", "INS", "est", "lue", "voir", "Gazelle", "Puis", "l", "e-CPS",
    ]  # fmt: skip
    assert [text[token.start : token.end] for token in tokens(text) if token.opens] == ["L", "Puis", "l"]
    assert [token.term for token in tokens(text)] == terms(text)


def test_nothing_to_read_gives_no_words():
    assert terms("… — « » \u200b ?") == []
    assert tokens("") == []
