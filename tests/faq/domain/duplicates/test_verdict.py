"""The verdict on two answers, and the words that decide it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.comparison import AnalysedDocument, compare_documents
from faq.domain.duplicates.pairs import Cause, Document, PairKind, Reason
from faq.domain.duplicates.verdict import compare_texts

ANSWER = (
    "Le dossier de reprise est transmis par le DPI sous 30 jours ouvrés. L’éditeur le relit, signale les écarts "
    "constatés et ouvre un ticket. La bascule est possible en vague 1 dès que le procès-verbal est signé."
)


def kind(one, other):
    verdict = compare_texts(AnalysedText(one), AnalysedText(other))
    return verdict and verdict.kind


def cause(one, other):
    return compare_texts(AnalysedText(one), AnalysedText(other)).reason.cause


@pytest.mark.parametrize(
    "other",
    [
        ANSWER.replace("’", "'"),
        ANSWER.upper(),
        ANSWER.replace(". ", ".\r\n\r\n- "),
        ANSWER.replace("é", "e\u0301").replace("è", "e\u0300"),
        ANSWER.replace("procès-verbal", "procès\u2011verbal").replace(" ", "\u00a0"),
    ],
)
def test_typography_and_case_make_no_difference(other):
    assert kind(ANSWER, other) is PairKind.EXACT


@pytest.mark.parametrize(
    "other",
    [
        ANSWER.replace("reprise", "reprsie").replace("bascule", "bacsule").replace("écarts", "écrats"),
        ANSWER.replace("signale", "indique").replace("constatés", "relevés"),
        ANSWER + " Merci de votre patience.",
        "La bascule est possible en vague 1 dès que le procès-verbal est signé. Le dossier de reprise est transmis par "
        "le DPI sous 30 jours ouvrés. L’éditeur le relit, signale les écarts constatés et ouvre un ticket.",
        ANSWER.replace("30 jours", "trente jours"),
    ],
)
def test_misspellings_other_words_and_another_order_are_near(other):
    assert kind(ANSWER, other) is PairKind.NEAR


def test_a_short_text_is_contained_where_it_stands_in_one_place_alone():
    one, other = (
        "Le certificat de serveur est livré en trois jours",
        "puis installé sur place par votre prestataire informatique habituel",
    )
    assert kind(f"{one}, {other}.", f"{one}, {other}. {ANSWER}") is PairKind.CONTAINS
    assert kind(f"{one}, {other}.", f"{one}. {ANSWER} {other.capitalize()}.") is None


def test_only_an_exact_pair_has_the_full_score():
    assert compare_texts(AnalysedText(ANSWER), AnalysedText(ANSWER.upper())).score == 1
    near = compare_texts(AnalysedText(ANSWER), AnalysedText(ANSWER.replace("30 jours", "trente jours")))
    assert (near.kind, near.score) == (PairKind.NEAR, 0.9999)


@pytest.mark.parametrize(
    "part",
    [
        "L’éditeur le relit, signale les écarts constatés et ouvre un ticket.",
        "L’éditeur le rellit, signale les écarst constatés et ouvre un tiket.",
    ],
)
def test_a_part_is_contained_even_misspelt(part):
    assert kind(ANSWER, part) is PairKind.CONTAINS
    assert kind(part, ANSWER) is PairKind.CONTAINS


def test_words_found_here_and_there_contain_nothing():
    scattered = "Le ticket de l’éditeur signale la bascule du dossier."
    assert kind(ANSWER, scattered) is None


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (ANSWER.replace("DPI", "RIS"), Cause.ENTITY),
        (ANSWER.replace("DPI", "DRIMbox"), Cause.ENTITY),
        (ANSWER.replace("le DPI", "Mon espace santé"), Cause.ENTITY),
        (ANSWER.replace("L’éditeur", "Le pharmacien"), Cause.ENTITY),
        (ANSWER.replace("vague 1", "vague 2"), Cause.VAGUE),
    ],
)
def test_another_subject_makes_siblings(other, reason):
    assert kind(ANSWER, other) is PairKind.SIBLINGS
    assert cause(ANSWER, other) is reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le service renvoie l’erreur 905 au logiciel.", "Le service renvoie l’erreur 906 au logiciel."),
        ("Joignez le formulaire F414 signé à la demande.", "Joignez le formulaire F413 signé à la demande."),
        ("L’échange suit le profil CDA R2 N1 en entier.", "L’échange suit le profil CDA R2 N3 en entier."),
    ],
)
def test_another_code_makes_siblings(one, other):
    assert kind(one, other) is PairKind.SIBLINGS
    assert cause(one, other) is Cause.CODE


def test_opposed_words_make_siblings_where_they_name_two_things():
    one = "Le premier rappel est envoyé à l’adresse de la commande."
    assert cause(one, one.replace("premier", "dernier")) is Cause.OPPOSITE
    assert kind(one, one.replace("premier", "dernier")) is PairKind.SIBLINGS


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (ANSWER.replace("30 jours", "60 jours"), Cause.NUMBER),
        (ANSWER.replace("30 jours", "30 mois"), Cause.NUMBER),
        (ANSWER.replace("est possible", "n’est pas possible"), Cause.NEGATION),
        (ANSWER.replace("est possible", "est impossible"), Cause.OPPOSITE),
        (ANSWER.replace("possible", "obligatoire").replace("ouvrés", "ouvrés au plus"), None),
    ],
)
def test_another_fact_about_the_same_thing_is_a_conflict(other, reason):
    if reason is None:
        assert kind(ANSWER, other) is PairKind.NEAR
    else:
        assert kind(ANSWER, other) is PairKind.CONFLICT
        assert cause(ANSWER, other) is reason


def test_opposed_openings_are_a_conflict():
    one = "Oui, le certificat de test est reconnu par le serveur de recette."
    assert kind(one, one.replace("Oui", "Non")) is PairKind.CONFLICT


def test_a_misspelt_negation_is_still_one():
    one = ANSWER.replace("est possible", "n’est jamais possible")
    assert kind(one, one.replace("jamais", "jamias").replace("jamias", "jamai")) is PairKind.NEAR


def test_an_extra_sentence_with_a_negation_is_no_conflict():
    assert kind(ANSWER, ANSWER + " Ce délai n’est pas suspendu l’été.") is PairKind.NEAR


def test_boilerplate_alone_is_nothing_in_common():
    closing = " Pour plus d’informations, consultez la rubrique d’aide du site ou contactez l’assistance par téléphone."
    one = "Le radiologue signe le compte rendu avant de le verser." + closing
    assert kind(one, "La carte se débloque avec le code reçu par courrier." + closing) is None


def test_nothing_equals_nothing():
    assert kind("", "") is None
    assert kind("…", "?") is None


def compared(one, other):
    documents = (Document(1, *one), Document(2, *other))
    verdict = compare_documents(*(AnalysedDocument.analyse(document) for document in documents))
    return verdict and verdict.kind


def test_a_terse_answer_counts_with_its_question():
    one, other = "Faut-il une carte CPS pour consulter le DMP ?", "Peut-on signer un devis à distance ?"
    assert compared((one, "Oui."), (one, "Oui.")) is PairKind.EXACT
    assert compared((one, "Oui."), (other, "Oui.")) is None
    assert compared((one, "Oui."), (one.replace("DMP", "ROR"), "Oui.")) is PairKind.SIBLINGS
    assert compared((None, "Oui."), (None, "Oui.")) is PairKind.EXACT


def test_the_words_that_decide_are_named_on_their_own_side():
    one, other = AnalysedText(ANSWER), AnalysedText(ANSWER.replace("30 jours", "60 jours"))
    assert compare_texts(one, other).reason == Reason(Cause.NUMBER, "30 jours", "60 jours")
    assert compare_texts(other, one).reason == Reason(Cause.NUMBER, "60 jours", "30 jours")


def test_one_question_with_two_answers_is_a_conflict():
    question = "Comment renouveler le certificat de serveur ?"
    one, other = "Par le portail, avant l’échéance.", "Écrivez au support : une clé neuve vous est remise."
    assert compared((question, one), (question.upper(), other)) is PairKind.CONFLICT
    assert compared((question, one), (None, other)) is None


WORDS = "dossier carte pas 30 60 jours DPI RIS éditeur patient vague 1 2 envoyer erreur 905 obligatoire sans".split()


@given(*[st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)] * 2)
@settings(max_examples=150, deadline=None)
def test_neither_side_matters(one, other):
    there, back = (
        compare_texts(AnalysedText(one), AnalysedText(other)),
        compare_texts(AnalysedText(other), AnalysedText(one)),
    )
    assert (there and there.kind) == (back and back.kind)
    assert there is None or 0 <= there.score <= 1


FRAME = "{} transmet le compte rendu par messagerie sous dix jours. La demande est classée dans le registre de garde."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le biologiste responsable", "L’accueil des urgences"),
        ("Le podologue", "Le bureau des entrées"),
        ("L’éditeur", "La cellule d’identitovigilance"),
    ],
)
def test_another_actor_in_the_same_frame_makes_siblings_whatever_it_is_called(one, other):
    assert kind(FRAME.format(one), FRAME.format(other)) is PairKind.SIBLINGS


@pytest.mark.parametrize(
    ("word", "other", "expected"),
    [
        ("le registre de garde", "le classeur de suivi", PairKind.SIBLINGS),
        ("messagerie", "courrier", PairKind.SIBLINGS),
        ("transmet", "apporte", PairKind.NEAR),
    ],
)
def test_another_thing_in_the_same_frame_makes_siblings_another_verb_does_not(word, other, expected):
    text = FRAME.format("Le podologue")
    assert kind(text, text.replace(word, other)) is expected


def test_a_reworded_text_with_the_same_nouns_is_near():
    one = "Il appartient à l’éditeur de vérifier l’aptitude du poste dans les dix jours. Le dossier est à transmettre."
    other = "L’éditeur contrôle sous dix jours que le poste convient. La transmission du dossier est requise."
    assert kind(one, other) is PairKind.NEAR


def test_two_negations_in_one_sentence_affirm():
    one = ANSWER + " Pensez à fermer le lecteur de cartes avant de quitter le poste."
    other = ANSWER + " Ne quittez pas le poste sans fermer le lecteur de cartes."
    assert kind(one, other) is PairKind.NEAR
    assert kind(ANSWER, ANSWER.replace("est possible", "n’est plus possible")) is PairKind.CONFLICT
    rule = " Rien ne part avant accord. Il {} obligatoire de signer le registre. La suite est dite ensuite."
    assert kind(ANSWER + rule.format("est"), ANSWER + rule.format("n’est pas")) is PairKind.CONFLICT


def test_what_must_and_what_may_be_done_are_two_questions():
    must = "Faut-il utiliser la carte CPS ou la e-CPS ?"
    may = "Puis-je utiliser ma carte CPS et ma e-CPS sur tous les services ?"
    one, other = "Les deux conviennent : choisissez selon le lecteur.", "Cela dépend du portail ; lisez sa notice."
    assert compared((must, one), (may, other)) is None
    assert compared((must, one), (must.replace("Faut-il", "Doit-on"), other)) is PairKind.CONFLICT


def test_long_texts_are_compared_in_part_but_equal_only_as_a_whole():
    words = " ".join(f"mot{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}x" for n in range(8_000))
    assert kind(words, words.upper()) is PairKind.EXACT
    assert kind(words, f"{words} autrement") is PairKind.NEAR
    assert kind("mot " * 250_000, f"{'x' * 300_000} fin") is None


REWORDED = (
    "La borne d’accueil imprime un ticket d’appel après lecture de la carte Vitale du patient. Si la signature "
    "électronique échoue, vérifiez l’heure de l’ordinateur : un décalage de plus de cinq minutes la bloque. Les "
    "rendez-vous non honorés trois fois de suite entraînent le blocage de la prise de rendez-vous en ligne.",
    "Un patient qui manque trois rendez-vous consécutifs ne peut plus en prendre sur Internet. Un poste dont "
    "l’horloge s’écarte de plus de cinq minutes bloque la signature électronique : contrôlez-la en cas d’échec. "
    "Dès que la carte Vitale du patient a été lue, un ticket d’appel sort de la borne d’accueil.",
)


def test_a_text_is_near_to_the_same_in_other_words_and_another_order():
    assert kind(*REWORDED) is PairKind.NEAR


@pytest.mark.parametrize(("value", "other"), [("cinq minutes", "neuf minutes"), ("carte Vitale", "e-CPS")])
def test_other_words_do_not_hide_another_value(value, other):
    assert kind(REWORDED[0], REWORDED[1].replace(value, other)) is not PairKind.NEAR


def test_near_words_alone_make_no_duplicate():
    one = "Le pharmacien archive la prescription. L’infirmière classe la feuille de température du malade au bureau."
    other = "Le médecin range l’ordonnance. L’aide-soignante trie le relevé de tension du résident dans l’armoire."
    assert kind(one, other) is None


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ("le profil A", "le profil B"),
        ("un niveau or", "un niveau intermédiaire"),
        ("le statut « à compléter »", "le statut « rejeté »"),
        ("une mesure en g/l", "une mesure en mmHg"),
        ("une mesure en g/l", "une mesure en mg/dl"),
        ("un retour, s’il est classé bronze,", "un retour, s’il est classé élevé,"),
        ("le jeton d’accès", "l’accès au bac à sable"),
        ("la salle d’attente", "l’antenne départementale"),
        ("le réseau sans fil", "la borne d’accueil"),
    ],
)
def test_another_short_value_makes_no_duplicate(value, other):
    text = "Le podologue transmet {} par messagerie sous dix jours. La demande est classée dans le registre de garde."
    assert kind(text.format(value), text.format(other)) is PairKind.SIBLINGS


def test_without_delay_denies_nothing():
    text = "Le podologue transmet le compte rendu {} par messagerie sécurisée. La demande est classée dans le registre."
    assert kind(text.format("sans attendre"), text.format("aussitôt")) is PairKind.NEAR
    assert kind(text.format("sans preuve"), text.format("avec preuve")) is PairKind.CONFLICT


def test_a_denied_opposite_says_the_same():
    one = (
        "Rien n’empêche le psychiatre de numériser la charte informatique dans l’onglet Preuves, si le local n’est pas "
        "fermé. Une réclamation reçoit sa réponse sous dix jours. Le psychiatre planifie la session du comité."
    )
    other = (
        "Tant que le local reste ouvert, rien n’empêche le psychiatre de scanner la charte informatique dans l’onglet "
        "Preuves. Une réclamation reçoit sa réponse sous dix jours. Le psychiatre programme la session du comité."
    )
    assert kind(one, other) is PairKind.NEAR
    assert kind(one, one.replace("n’est pas fermé", "n’est pas ouvert")) is PairKind.CONFLICT


def test_another_verb_is_no_other_thing_where_a_clause_was_moved_too():
    one = "En cas de panne du réseau, la copie d’écran est déposée par la secrétaire sur le portail du ministère."
    other = "La copie d’écran est téléversée par la secrétaire sur le portail du ministère en cas de panne du réseau."
    assert kind(one, other) is PairKind.NEAR
