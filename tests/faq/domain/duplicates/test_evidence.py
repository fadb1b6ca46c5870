"""The evidence that people are shown of two texts: stretches of each, shared, misspelt or different."""

import pytest

from faq.domain.duplicates.evidence import Mark, explain
from faq.domain.duplicates.pairs import Cause, PairKind
from tests.pairs import FIRST_WAVE, SECOND_WAVE


def stretches(text, found):
    return [(text[stretch.start : stretch.end], stretch.mark) for stretch in found]


def test_shared_and_differing_words_are_marked_in_both_texts():
    left = "Vous avez 15 jours ouvrés pour répondre à la demande de complément."
    right = "Vous avez 10 jours ouvrés pour répndre à la demande de complément."
    evidence = explain(left, right)
    assert evidence.verdict.kind is PairKind.CONFLICT
    assert (evidence.verdict.reason.cause, evidence.verdict.reason.left) == (Cause.NUMBER, "15 jours")
    assert stretches(left, evidence.left) == [
        ("15 jours", Mark.DECIDING),
        ("ouvrés", Mark.SAME),
        ("répondre", Mark.MISSPELT),
        ("demande de complément", Mark.SAME),
    ]
    assert stretches(right, evidence.right) == [
        ("10 jours", Mark.DECIDING),
        ("ouvrés", Mark.SAME),
        ("répndre", Mark.MISSPELT),
        ("demande de complément", Mark.SAME),
    ]


def test_the_two_sides_may_be_exchanged():
    left, right = "La carte du médecin est bloquée par le serveur.", "La carte est bloquée."
    there, back = explain(left, right), explain(right, left)
    assert (there.left, there.right) == (back.right, back.left)


def test_names_of_several_words_and_decomposed_accents_keep_their_places():
    text = "Ouvrez Mon espace sante\u0301 avec l’e-CPS."
    assert stretches(text, explain(text, text + " Puis signez.").left) == [
        ("Ouvrez Mon espace sante\u0301 avec l’e-CPS", Mark.SAME)
    ]


@pytest.mark.parametrize(
    ("left", "right", "cause", "words"),
    [
        (FIRST_WAVE, SECOND_WAVE, Cause.VAGUE, ("vague 1", "vague 2")),
        (
            "La signature du contrat est obligatoire avant le dépôt du dossier complet.",
            "La signature du contrat n’est pas obligatoire avant le dépôt du dossier complet.",
            Cause.NEGATION,
            ("", "n’est pas obligatoire"),
        ),
        (
            "L’assistance du RIS répond aux questions sur le raccordement de vos équipements.",
            "L’assistance de la DRIMbox répond aux questions sur le raccordement de vos équipements.",
            Cause.ENTITY,
            ("RIS", "DRIMbox"),
        ),
        (
            "Oui, la signature du contrat se fait avant le dépôt du dossier complet.",
            "Non, la signature du contrat se fait avant le dépôt du dossier complet.",
            Cause.OPPOSITE,
            ("Oui", "Non"),
        ),
    ],
)
def test_what_decides_is_marked_with_what_belongs_to_it(left, right, cause, words):
    evidence = explain(left, right)
    assert evidence.verdict.reason.cause is cause
    found = [
        " ".join(text for text, mark in stretches(whole, marked) if mark is Mark.DECIDING)
        for whole, marked in ((left, evidence.left), (right, evidence.right))
    ]
    assert tuple(found) == words
