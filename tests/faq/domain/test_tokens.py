"""How texts come apart into words that search and duplicates compare."""

import unicodedata

import pytest

from faq.domain.text import TokenKind, placed_tokens, stem, tokenize


def keys(text):
    return [token.key for token in tokenize(text)]


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


def test_a_number_has_one_key():
    assert keys("0 00 01 2,50 10") == ["0", "0", "1", "2.5", "10"]
    assert keys("la 2.50") != keys("la 2.5"), "the fiftieth version is not the fifth"


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
        ("le", TokenKind.STOP),
        ("certificat", TokenKind.WORD),
        ("Certificat", TokenKind.WORD),
        ("jamais", TokenKind.NEGATION),
        ("905", TokenKind.NUMBER),
        ("quinze", TokenKind.NUMBER),
        ("F414", TokenKind.CODE),
        ("DRIMbox", TokenKind.NAME),
        ("aide@example.org", TokenKind.LINK),
        ("www.example.org", TokenKind.LINK),
    ],
)
def test_words_are_of_a_kind(word, kind):
    assert [token.kind for token in tokenize(word)] == [kind]


def test_inflected_forms_share_their_stem():
    assert stem("certificats") == stem("certificat")
    assert stem("deposee") == stem("depose")
    assert stem("ins") == "ins"


def test_tokens_know_their_places_and_the_beginnings_of_sentences():
    text = "L’INS  est lue (voir Gazelle). Puis\nl’e-CPS."
    assert [text[placed.start : placed.end] for placed in placed_tokens(text)] == [
        "L", "INS", "est", "lue", "voir", "Gazelle", "Puis", "l", "e-CPS",
    ]  # fmt: skip
    assert [text[placed.start : placed.end] for placed in placed_tokens(text) if placed.starts_sentence] == [
        "L",
        "Puis",
        "l",
    ]
    assert [placed.token for placed in placed_tokens(text)] == tokenize(text)


def test_nothing_to_read_gives_no_words():
    assert tokenize("… — « » \u200b ?") == []
    assert placed_tokens("") == []


@pytest.mark.parametrize(
    ("spelt", "plain"),
    [
        ("vers\u2060ion", "version"),
        ("le 8 juill\u200bet 2028", "le 8 juillet 2028"),
        ("code E-404\ufeff3", "code E-4043"),
        ("11/01/20\u200b26", "11/01/2026"),
        ("3 \u200b juin", "3 juin"),
        ("1  500 €", "1 500 €"),
    ],
)
def test_zero_width_characters_and_more_blanks_part_nothing(spelt, plain):
    assert tokenize(spelt) == tokenize(plain)
    assert [placed.token for placed in placed_tokens(spelt)] == tokenize(plain)
    last = placed_tokens(spelt)[-1]
    assert spelt[last.start : last.end].endswith(plain[-1])
