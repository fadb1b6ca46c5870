"""What people are shown of two texts: stretches of each, shared, misspelt or different."""

from faq.domain.duplicates import Cause, Mark, PairKind, explain


def stretches(text, found):
    return [(text[stretch.start : stretch.end], stretch.mark) for stretch in found]


def test_shared_and_differing_words_are_marked_in_both_texts():
    left = "Vous avez 15 jours ouvrés pour répondre à la demande de complément."
    right = "Vous avez 10 jours ouvrés pour répndre à la demande de complément."
    evidence = explain(left, right)
    assert evidence.verdict.kind is PairKind.CONFLICT
    assert (evidence.verdict.reason.cause, evidence.verdict.reason.left) == (Cause.NUMBER, "15 jours")
    assert stretches(left, evidence.left) == [
        ("15", Mark.DIFFERENT),
        ("jours ouvrés", Mark.SAME),
        ("répondre", Mark.MISSPELT),
        ("demande de complément", Mark.SAME),
    ]
    assert stretches(right, evidence.right) == [
        ("10", Mark.DIFFERENT),
        ("jours ouvrés", Mark.SAME),
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
