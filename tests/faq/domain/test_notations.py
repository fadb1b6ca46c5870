"""One value, code, date or name, in every notation in which French texts write it."""

import unicodedata

import pytest

from faq.domain.text import TokenKind, expand_letters, fold, placed_tokens, tokenize
from faq.domain.text.notations import find_notations
from faq.domain.text.parts import find_parts


def keys(text):
    return [token.key for token in tokenize(text) if token.kind is not TokenKind.STOP]


def parts(text):
    return {part.key for token in tokenize(text) for part in token.parts}


@pytest.mark.parametrize(
    "spellings",
    [
        # Amounts
        ("1 500 €", "1500 €", "1500€", "1\u202f500\u00a0euros", "1.500,00 EUR", "1500 eur"),
        ("27500 postes", "27 500 postes", "27.500 postes"),
        ("1,5 M€", "1 500 000 €", "1,50 M€", "1,5 million d’euros"),
        ("deux milliards", "2 000 000 000", "2 milliards"),
        ("12,5 %", "12,50 %", "12.50 %", "12,5 pour cent"),
        ("3 %", "3%", "trois pour cent"),
        ("24 h", "24h", "24 heures", "vingt-quatre heures"),
        ("10 Mo", "10Mo", "dix Mo"),
        ("15 jours", "15 j", "quinze jours"),
        # Numbers in words
        ("2026", "deux mille vingt-six"),
        ("1998", "mille neuf cent quatre-vingt-dix-huit"),
        ("71", "soixante et onze", "soixante-et-onze"),
        ("80 cas", "quatre-vingts cas", "quatre vingt cas"),
        ("350", "trois cent cinquante"),
        # Dates and hours
        ("24/12/2026", "24.12.2026", "24-12-2026", "2026-12-24", "24 décembre 2026", "24 déc. 2026", "24 / 12 / 2026"),
        ("1er janvier", "1 janvier", "01/01", "1ᵉʳ janvier", "1ER JANVIER"),
        ("mars 2027", "03/2027", "Mars 2027"),
        ("14 août 2026", unicodedata.normalize("NFD", "14 août 2026"), "14 AOUT 2026"),
        ("du 3 au 14 juin 2025", "du 03/06/2025 au 14/06/2025", "du 3 juin 2025 au 14 juin 2025"),
        ("9h30", "9 h 30", "09:30", "9H30"),
        # Codes, versions, articles, references
        ("F414", "F 414", "F-414", "F‑414", "f414", "f 414"),
        ("HL7v2", "HL7 v2", "HL7 V2", "hl7v2"),
        ("EX12", "EX 12", "EX-12", "EX_12", "ex12"),
        ("version 2.1", "v2.1", "V 2.1", "v. 2.1", "v2_1"),
        ("version 2.1.0", "2.1.0", "v2.1.0"),
        ("article R. 1111-8", "article R1111-8", "article R.1111-8", "article R 1111-8"),
        ("fiche Q-9", "fiche q9", "fiche Q 9"),
        ("1ère", "1re", "1e"),
        # Names
        ("S.I.H.Z.", "SIHZ", "S.I.H.Z", "sihz", "s.i.h.z.", "S. I. H. Z."),
        ("e-CPS", "ecps", "eCPS", "e CPS", "E‑CPS", "ECPS"),
        ("Pro Santé Connect", "ProSantéConnect", "pro santé\u00a0connect", "PROSANTECONNECT"),
        # Letters
        ("main-d’œuvre", "main-d'oeuvre", "MAIN-D’ŒUVRE", "main–d’œuvre"),
        ("ﬁche", "fiche"),
        ("Straße", "strasse"),
        ("Søren", "soren"),
    ],
)
def test_one_value_has_one_key(spellings):
    first, *others = map(keys, spellings)
    assert [(spelling, keys(spelling)) for spelling in spellings[1:]] == [
        (spelling, first) for spelling in spellings[1:]
    ], first
    assert others


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 500 €", "1 501 €"),
        ("1,5 M€", "1,5 k€"),
        ("24/12/2026", "24/12/2027"),
        ("24 décembre", "24 novembre"),
        ("F414", "F415"),
        ("HL7v2", "HL7v3"),
        ("version 2.1", "version 2.10"),
        ("version 2.0", "version 2.1"),
        ("Q-9", "Q-90"),
        ("e-CPS", "CPS"),
        ("R. 1111-8", "R. 1111-9"),
        ("deux, trois", "deux cents trois"),
        ("24 h", "24 min"),
    ],
)
def test_other_values_have_other_keys(one, other):
    assert keys(one) != keys(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un deux trois quatre", ["2", "3", "4"]),
        ("LE DÉLAI EST DE 30 JOURS", ["del", "30", "jour"]),
        ("il y a 3 ans", ["3", "ans"]),
        ("à 10 pages", ["10", "pag"]),
        ("24 h/24", ["24", "heur", "24"]),
        ("une liste\n500 lignes", ["list", "500", "lign"]),
        ("99/99/2026", ["99/99/2026"]),
    ],
)
def test_words_beside_numbers_stay_words(text, expected):
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://exemple.sante.fr/chemin/v2_1?langue=fr", {"exemple.sante.fr", "sante.fr", "chemin", "v2.1"}),
        ("aide@exemple.fr", {"exemple.fr", "aid"}),
        ("24/12/2026", {"2026", "2026-12", "--12-24", "decembr"}),
        ("F414", {"414"}),
        ("DRIMbox", {"drim", "box"}),
        ("MSSanté", {"ms", "sant"}),
        ("Mon espace santé", {"espac", "sant"}),
        ("e-CPS", {"cps"}),
    ],
)
def test_the_parts_of_a_token_are_found_alone(text, found):
    assert found <= parts(text)


def test_a_notation_is_shown_as_it_is_written():
    text = "Le 24 décembre 2026, 1 500 € par e CPS,\nselon l’article R. 1111-8 de S.I.H.Z."
    surfaces = [text[placed.start : placed.end] for placed in placed_tokens(text) if placed.token.weight]
    assert surfaces == ["24 décembre 2026", "1 500", "€", "e CPS", "article", "R. 1111-8", "S.I.H.Z"]
    assert [placed.token for placed in placed_tokens(text)] == tokenize(text)


def test_letters_without_accents():
    assert fold("Cœur – ŒUVRE, Æsop") == "coeur - oeuvre, aesop"
    assert expand_letters("Main-d’Œuvre") == "main-d’oeuvre"


@pytest.mark.parametrize("piece", ["24 décembre 2026 ", "1 500 ", "pro santé connect ", "vingt cent ", "S. ", "F 4 "])
def test_a_notation_holds_a_bounded_number_of_chunks(piece):
    chunks = (piece * 200).split()
    assert max(end - start for start, end in find_notations(chunks)) <= 8


def test_the_last_step_of_a_long_address_is_found_by_its_words():
    parts = find_parts("link", "https://aide.exemple.fr/depot/medias/fichiers/2026/pieces/notice-de-montage.pdf")
    assert {"notice", "montage.pdf", "aide.exemple.fr", "aide.exemple.fr/depot"} <= set(parts)


def test_a_chunk_without_end_has_no_parts():
    assert find_parts("code", "a1" * 1_000) == []
    assert find_parts("link", "https://exemple.fr/" + "a/" * 1_000) == []
    assert len(find_parts("link", "https://exemple.fr/" + "ab/" * 50)) <= 12


HOSTILE = (
    "a.",
    "a-",
    "1.",
    "http://",
    "@",
    "a@",
    " ",
    "\n",
    "\u0301\u0316",
    "1 000 ",
    "S. ",
    "v2",
    "AAAaaa",
    "24 mai ",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_have_their_tokens_in_order(piece):
    text = piece * (100_000 // len(piece))
    placed = placed_tokens(text)
    ends = [0, *(one.end for one in placed)]
    assert all(one.start >= end for one, end in zip(placed, ends, strict=False))
    assert ends[-1] <= len(text)
