"""Which stored text a new one looks like."""

import random

from faq.domain.duplicates import SketchIndex, looks_like

ANSWER = (
    "Le dossier de référencement se dépose chapitre par chapitre ; chaque preuve est relue par un instructeur, "
    "qui répond sous dix jours ouvrés par la messagerie de la plateforme."
)


def lookalike(text, stored):
    index = SketchIndex()
    for key, answer in stored.items():
        index.add(key, answer)
    return looks_like(text, [(key, stored[key]) for key in index.candidates(text)])


def test_typos_and_case_do_not_hide_a_lookalike():
    stored = {1: "Une carte de test s’oppose au bout de trois ans.", 2: ANSWER}
    assert lookalike(ANSWER.replace("référencement", "referencment").upper(), stored) == 2


def test_other_subjects_do_not_look_alike():
    assert lookalike("La messagerie du support répond aux éditeurs.", {1: ANSWER}) is None


def test_the_best_of_several_is_named():
    near, nearer = ANSWER.replace("dix jours", "vingt mois entiers"), ANSWER.replace("dix", "douze")
    assert lookalike(ANSWER, {1: near, 2: nearer}) == 2


def test_short_texts_have_a_sketch_too():
    assert lookalike("Oui.", {1: "Non.", 2: "oui."}) == 2


def test_nearly_no_lookalike_is_missed_among_many():
    chance = random.Random(7)
    words = [f"mot{number}" for number in range(400)]
    stored = {key: " ".join(chance.choices(words, k=60)) for key in range(1_000)}
    missed = 0
    for key in range(0, 1_000, 10):
        changed = stored[key].split()
        for place in chance.sample(range(60), 5):
            changed[place] = "autre"
        missed += lookalike(" ".join(changed), {key: stored[key]}) != key
    assert missed == 0
