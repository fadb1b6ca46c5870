"""The material that a decision rests on: words, numbers and signs; not how they are dressed."""

import pytest

from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import Document

TEXT = "Il faut ≥ 5 jours d’essai, et 3 % de plus."


def named(text):
    return material_fingerprint(Document(1, None, text))


@pytest.mark.parametrize(
    "text",
    [
        "Il faut ≤ 5 jours d’essai, et 3 % de plus.",
        "Il faut > 5 jours d’essai, et 3 % de plus.",
        "Il faut 5 jours d’essai, et 3 % de plus.",
        "Il faut ≥ -5 jours d’essai, et 3 % de plus.",
        "Il faut ≥ 5 jours d’essai, et 3 de plus.",
        "Il faut ≥ 5 jours d’essai, et + 3 % de plus.",
        "Il faut ≥ 5 jours d’essai, et 3 € de plus.",
        "Il faut ≥ 6 jours d’essai, et 3 % de plus.",
    ],
)
def test_signs_and_numbers_are_material(text):
    assert named(text) != named(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "Il faut ≥5 jours d'essai et 3% de plus",
        "IL FAUT ≥ 5 JOURS D’ESSAI – et 3\u202f% de plus !",
        "« Il faut » ≥ 5 jours d’essai (et 3 % de plus)…",
        "- Il faut ≥ 5 jours d’essai\n• et 3 % de plus",
        "→ Il fâut ≥ 5 jours d’essai, et 3 % de plus",
    ],
)
def test_case_accents_spaces_quotes_and_plain_marks_are_not(text):
    assert named(text) == named(TEXT)


def test_a_struck_sign_is_not_the_sign_under_the_stroke():
    assert named("a ≠ b") != named("a = b")
    assert named("a ≰ b") != named("a ≤ b")


def test_the_question_counts_too():
    assert material_fingerprint(Document(1, "Où ?", "Ici.")) != material_fingerprint(Document(1, "Quand ?", "Ici."))
