"""One normal form: what counts as the same text, and what does not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.text import (
    FINGERPRINT_LENGTH,
    build_label_key,
    fingerprint,
    fold,
    has_letter_or_digit,
    is_visible,
    normalise,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'INS est qualifiée", "l’INS est qualifiée"),
        ("un “certificat”", 'un "certificat"'),
        ("un « certificat »", 'un "certificat"'),
        ("un «\u202fcertificat\u00a0»", "un «certificat»"),
        ("Pourquoi\u00a0?", "Pourquoi ?"),
        ("deux\nlignes", "deux\r\n  lignes "),
        ("sépa\u2028rées", "sépa rées"),
        (unicodedata.normalize("NFD", "référencé"), "référencé"),
        ("in\u200bvi\ufeffsible", "invisible"),
        ("e\u200b\u0301tat", "état"),
        ("a\u2011t\u2010elle", "a-t-elle"),
        ("cou\u00adpure", "coupure"),
        # The composition of this character is a grave accent, a quote itself.
        ("l\u1fefINS", "l'INS"),
    ],
)
def test_same_text(one, other):
    assert normalise(one) == normalise(other)
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 jours", "60 jours"),
        ("vague 1", "vague 2"),
        ("obligatoire", "Obligatoire"),
        ("référence", "reference"),
        ("il doit", "il doit."),
        ("10 m²", "10 m2"),
        ("pré-examen", "pré examen"),
    ],
)
def test_different_text(one, other):
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("nothing", ["", " \n\t", "\u200b\ufeff", "\u00a0\u2028"])
def test_nothing_has_no_fingerprint(nothing):
    assert fingerprint(nothing) == ""


def test_fold_forgets_case_and_accents():
    assert fold("L’Hôpital Œuvre à NOËL\u00a0!") == fold("l'hopital œuvre a noel !")


@given(st.text())
def test_normalise_is_idempotent(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_fingerprint_is_a_key_of_the_normal_form(one, other):
    assert (fingerprint(one) == fingerprint(other)) == (normalise(one) == normalise(other))
    assert len(fingerprint(one)) in (0, FINGERPRINT_LENGTH)


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b", "\ufeff\u00ad\u2060", "\u00a0\u2028", "\u200e\ufe0f", "\u3164"]
)
def test_blanks_and_invisible_characters_show_nothing(text):
    assert not is_visible(text)
    assert is_visible(f"{text}?")
    assert is_visible(f"{text}\u2603")
    assert not has_letter_or_digit(f"{text}\u2603")
    assert has_letter_or_digit(f"{text}é")
    assert has_letter_or_digit(f"2{text}")


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("C++", "c++"),
        ("C", "c"),
        ("« Compte-rendu d’examen. »", "compterendudexamen"),
        ("C.D.A. N\u200b3", "cdan3"),
        ("Palier 1 - 2.10", "palier1 2 10"),
        ("☃ !", "☃ !"),
        ("", ""),
    ],
)
def test_the_key_of_a_label_is_its_letters_and_digits(label, key):
    assert build_label_key(label) == key
