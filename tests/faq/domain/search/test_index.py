"""The entries that a query finds, in which order; and an index that follows changes as if it had been made of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from faq.domain.search.analysis import analyse
from faq.domain.search.index import SearchIndex, bitmap_from_mask
from faq.domain.search.postings import BLOCK, MOST_STEMS, Postings, pack
from faq.domain.search.queries import LONGEST_QUERY, Synonyms, parse_query
from tests.searching import (
    NO_SYNONYMS,
    Numbering,
    Text,
    an_index,
    demo_texts,
    found,
    in_order,
    searched,
    starter_synonyms,
)

CARD, CERTIFICATE, RECORD = 1, 2, 3
TEXTS = (
    ("Comment débloquer une carte CPS ?", "Munissez-vous du code de déblocage reçu par courrier."),
    ("Comment révoquer un certificat de serveur ?", "La révocation se demande en ligne, avec une carte CPS."),
    (
        "Le DPI doit-il être homologué ?",
        "L’homologation du dossier patient ne va pas sans Pro Santé Connect.",
    ),
)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return an_index(TEXTS)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("carte", CARD),
        ("CARTES", CARD),
        ("debloquer", CARD),
        ("déblocage", CARD),
        ("d'une carte", CARD),
        ("certificats serveurs", CERTIFICATE),
        ("révocation", CERTIFICATE),
        ("revoque", CERTIFICATE),
        ("dpi", RECORD),
        ("homologation", RECORD),
        ("homologuer", RECORD),
        ("pro sante connect", RECORD),
        ("connect", RECORD),
        ("prosanteconnect", RECORD),
        ("certifcat", CERTIFICATE),
        ("serveru", CERTIFICATE),
        ("homologasion", RECORD),
        ("certif", CERTIFICATE),
        ("carteCPS", CARD),
        ("comment je fais pour débloquer ma carte", CARD),
    ],
)
def test_a_word_is_found_however_it_is_written(index, query, first):
    assert found(index, query)[:1] == [first]


def test_the_question_counts_more_than_the_answer(index):
    assert found(index, "carte cps") == [CARD, CERTIFICATE]


def test_all_words_come_first_then_most_of_them(index):
    assert set(found(index, "débloquer certificat")) == {CARD, CERTIFICATE}
    assert found(index, "carte débloquer certificat")[0] == CARD
    assert found(index, "carte licorne")[0] == CARD
    assert found(index, "carte licorne dragon griffon") == []


def test_where_nothing_is_found_the_nearest_are_told(index):
    nothing = searched(index, "carte licorne dragon griffon")
    assert nothing.nearest == [CARD, CERTIFICATE]
    assert len(nothing.entries) == 0


def test_a_denial_decides_between_two_that_are_alike():
    index = an_index(
        [
            ("Homologation avec téléservice ?", "L’homologation est obligatoire."),
            ("Homologation sans téléservice ?", "L’homologation n’est pas obligatoire."),
        ]
    )
    assert found(index, "homologation non obligatoire") == [2, 1]
    assert set(found(index, "homologation obligatoire")) == {1, 2}


def test_a_correction_names_the_word(index):
    [term] = searched(index, "certifcat").terms
    assert index.vocabulary.ids[index.vocabulary.forms == b"certificat"] == [term.correction]
    assert searched(index, "certificat").terms[0].correction is None


def test_a_word_of_french_is_never_replaced_but_another_is_suggested():
    index = an_index([("Est-ce possible ?", "Oui."), ("Un accueil ?", "Non.")])
    for query in ("impossible", "accueilli impossible"):
        term = searched(index, query).terms[-1]
        assert (term.unknown, term.correction) == (True, None)
        assert index.vocabulary.ids[index.vocabulary.forms == b"possible"] == [term.suggestion]


def test_a_slip_that_may_be_two_words_is_not_corrected():
    index = an_index([("Le masque ?", "Oui."), ("La marque ?", "Non.")])
    [term] = searched(index, "mabque").terms
    assert (term.correction, term.suggestion is not None) == (None, True)


def test_what_stands_within_quotation_marks_is_searched_for_as_it_is_typed(index):
    for query in ('"certifcat"', "« certifcat »", "“certifcat”"):
        assert found(index, query) == []
    assert found(index, '"certificat"') == [CERTIFICATE]


def test_answers_that_say_less_follow_those_that_say_all():
    index = an_index(
        [
            ("Que faire d’un certificat arrivé à échéance ?", "Le renouveler."),
            ("Un certificat expiré ?", "Non."),
            ("Une carte ?", "Oui."),
            ("Un certificat expiré ou volé ?", "Non."),
            ("Le mot expiré ou le mot certificat ?", "Non."),
        ]
    )
    assert found(index, "mon certificat est expiré") == [2, 4, 5]
    assert found(index, "certificat volé")[0] == 4
    assert set(found(index, "échéance volée")) == {1, 4}
    synonyms = Synonyms([(("expiré", "échéance"), False)])
    assert found(index, "mon certificat est expiré que faire", synonyms)[3:] == [1]


def test_a_synonym_does_not_outrank_the_word_itself():
    index = an_index(
        [
            ("Quel code d’erreur ?", "Le code du code."),
            ("Une question ?", "Longue. " + "Beaucoup de phrases diverses avant le sujet. " * 9 + "Un mot de passe."),
            ("Un code postal ?", "Code."),
        ]
    )
    synonyms = Synonyms([(("mot de passe", "code"), True)])
    assert found(index, "mot de passe", synonyms)[0] == 2
    assert set(found(index, "mot de passe", synonyms)) == {1, 2, 3}


def test_one_word_of_three_is_about_something_else():
    texts = [(f"Question {rank} ?", "Rien.") for rank in range(9)]
    index = an_index([("Une pharmacie ?", "Oui."), ("Le portail ?", "Oui."), *texts])
    assert found(index, "pharmacie de garde dimanche") == []
    assert searched(index, "pharmacie de garde dimanche").nearest == [1]
    assert found(index, "pharmacie ouverte") == [1]


def test_one_word_of_three_is_enough_where_entries_hold_the_others_too():
    index = an_index(
        {
            1: ("Que faire si la page reste vide ?", "Rechargez la page de Convergence."),
            2: ("Qui peut nous contacter ?", "Tout éditeur."),
            3: ("Qui décide ?", "Le guichet."),
            4: ("Que s’affiche à la fin ?", "Un numéro."),
            5: ("Qui répond ?", "Le guichet répond."),
        }
    )
    assert 1 in found(index, "contacter pour convergence qui ne s’affiche")
    assert 1 not in found(index, "tarif de convergence des trains en hiver")


def test_words_of_ordinary_questioning_weigh_little():
    index = an_index([("Un problème ?", "Oui."), ("Une carte ?", "Oui."), ("Un serveur ?", "Non.")])
    assert found(index, "bonjour, problème de carte, merci")[0] == 2
    assert found(index, "problème") == [1]


def test_a_long_story_finds_what_it_is_about(index):
    story = (
        "bonjour je suis secrétaire dans un grand cabinet de la région et depuis ce matin ma carte CPS ne répond plus, "
        "comment la débloquer sans attendre que notre informaticien revienne de congés"
    )
    assert found(index, story)[0] == CARD


def test_words_and_codes_that_are_typed_joined_are_found_apart():
    index = an_index([("Un compte rendu en CDA R2 N3 ?", "Oui."), ("Un autre ?", "Non.")])
    assert found(index, "CDAR2N3") == found(index, "compterendu") == [1]
    assert found(index, "a" * 30) == found(index, "ab1" * 10) == []


def test_the_last_word_may_go_on_while_it_is_typed(index):
    assert found(index, "carte", typing=True) == found(index, "carte")
    assert found(index, "dossier pa", typing=True) == found(index, "dossier pat", typing=True) == [RECORD]
    assert index.expander(NO_SYNONYMS).complete("deb") != []


def test_synonyms_lead_both_ways_or_one(index):
    both = Synonyms([(("DPI", "dossier médical de l’hôpital"), False)])
    assert found(index, "dossier médical de l'hôpital", both) == [RECORD]
    one = Synonyms([(("badge", "carte CPS"), True)])
    assert found(index, "badge", one) == [CARD, CERTIFICATE]
    back = an_index([("Qu’est-ce qu’un badge ?", "Un objet.")])
    assert found(back, "carte cps", one) == []
    assert found(back, "carte cps", Synonyms([(("badge", "carte CPS"), False)])) == [1]


def test_an_expression_is_found_only_whole():
    index = an_index([("Dossier", "Un patient."), ("Dossier", "Autre."), ("Patient", "Rien.")])
    synonyms = Synonyms([(("DPI", "dossier patient"), False)])
    assert found(index, "DPI", synonyms) == [1]


def test_useful_answers_come_before_useless_ones_that_say_the_same():
    numbering = Numbering()
    stored = [(number, numbering.stored("Carte CPS ?", "Voici.")) for number in (1, 2, 3)]
    index = SearchIndex.build(numbering.vocabulary(), stored, {1: -80, 3: 90})
    assert found(index, "carte") == [3, 2, 1]


@pytest.mark.parametrize(
    "query",
    ["", " ", "le la les", "%", "'\"`;--", "\x00\x01", "🩺🩺", "a" * 10_000, "é" * 10_000, "carte " * 3_000, "(" * 500,
     "\ud800", "* OR 1=1", "__%__", "‮carte", "1 2 3 4 5", "https://" + "x" * 500, "ﬁ", "\u0301\u0301"],
)  # fmt: skip
def test_no_query_is_too_strange(index, query):
    result = searched(index, query, starter_synonyms())
    assert len(in_order(result)) == len(result.entries) <= len(TEXTS)
    assert len(found(index, query, typing=True)) <= len(TEXTS)


def test_what_comes_after_a_few_lines_is_not_read(index):
    assert found(index, "carte " + " " * LONGEST_QUERY * 5 + "licorne") == found(index, "carte")


def test_acronyms_that_are_written_like_function_words_are_found():
    index = an_index([("Que faire d’un code retiré des NOS ?", "Rien."), ("Nos codes ?", "Là.")])
    assert found(index, "NOS") == [1]
    assert found(index, "code NOS")[0] == 1
    assert found(index, "nos") == [1], "in small letters too, where the query says nothing else"


def test_more_words_than_can_be_numbered_are_refused():
    with pytest.raises(OverflowError):
        pack({MOST_STEMS: 1})


WORDS = st.sampled_from(
    "carte cartes certificat certifié serveur DPI INS code révoquer révocation sans pas Pro Santé 905 v2".split()
)
TEXT = st.tuples(st.lists(WORDS, max_size=5).map(" ".join), st.lists(WORDS, max_size=12).map(" ".join))
NUMBER = st.one_of(st.integers(1, 12), st.sampled_from([BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5]))
CHANGES = st.lists(st.dictionaries(NUMBER, st.one_of(st.none(), TEXT), min_size=1, max_size=4), max_size=4)
QUERIES = (
    "carte",
    "certificat serveur",
    "sans carte",
    "revocation",
    "certifcat",
    "905",
    "pro sante",
    "v2",
    "ser",
    "dpi ins",
)


@settings(max_examples=30)
@given(st.dictionaries(NUMBER, TEXT, max_size=8), CHANGES)
def test_an_index_that_follows_changes_equals_one_made_afresh(texts, changes):
    numbering = Numbering()
    stored = {number: numbering.stored(*text) for number, text in sorted(texts.items())}
    index = SearchIndex.build(numbering.vocabulary(), stored.items(), {})
    for change in changes:
        known = len(numbering.stems), len(numbering.forms)
        new = {number: numbering.stored(*text) if text else b"" for number, text in change.items()}
        index = index.patched(numbering.vocabulary(known, index.vocabulary), new, {})
        stored.update(new)
    afresh = SearchIndex.build(
        numbering.vocabulary(), ((number, words) for number, words in sorted(stored.items()) if words), {}
    )
    assert index.entries == afresh.entries
    counted, again = index.postings.frequencies, afresh.postings.frequencies
    assert np.array_equal(np.trim_zeros(counted, "b"), np.trim_zeros(again, "b"))
    for query in QUERIES:
        mine, theirs = searched(index, query), searched(afresh, query)
        assert in_order(mine) == in_order(theirs)
        assert mine.entries == theirs.entries
        assert mine.nearest == theirs.nearest
    assert [index.expander(NO_SYNONYMS).complete(begun) for begun in ("c", "ser")] == [
        afresh.expander(NO_SYNONYMS).complete(begun) for begun in ("c", "ser")
    ]


@settings(max_examples=40)
@given(st.integers(0, 200_000), st.sampled_from([0.0, 0.001, 0.06, 0.0625, 0.07, 0.9, 1.0]), st.integers(0, 9))
def test_places_become_a_set_however_dense(length, share, seed):
    present = np.random.default_rng(seed).random(length) < share
    assert bitmap_from_mask(present) == BitMap(np.flatnonzero(present).tolist())


@pytest.mark.parametrize("count", [0, 1, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537])
def test_sets_that_are_about_to_be_stored_otherwise(count):
    for before in (0, 65_530, 65_536):
        present = np.zeros(before + count, np.bool_)
        present[before:] = True
        assert bitmap_from_mask(present) == BitMap(range(before, before + count))


@pytest.fixture(scope="module")
def demo() -> tuple[list[Text], SearchIndex]:
    texts = demo_texts()
    return texts, an_index(texts)


@given(st.data())
def test_every_word_of_an_entry_finds_it(demo, data):
    texts, index = demo
    number = data.draw(st.integers(0, len(texts) - 1))
    question, answer = texts[number]
    form = data.draw(st.sampled_from(sorted(analyse(question, answer).forms)))
    assert number + 1 in found(index, form)


def test_an_acronym_that_is_a_function_word_is_found_where_it_is_written_as_one():
    index = an_index(
        [("Le financement MES ?", "Il couvre les frais."), ("Mes droits ?", "Tu es servi dans mes locaux.")]
    )
    assert found(index, "mes") == found(index, "MES") == [1]
    assert not index.search(parse_query("es"), NO_SYNONYMS).terms
    assert not parse_query("mes droits").function_words


@pytest.mark.parametrize(
    "query", ["EXPSC 28", "expsc28", "EX PSC 28", "2017-745", "2017/745", "ann 2.1.2", "ANN 2.1.2", "ann-2.1.2"]
)
def test_codes_and_numbers_are_found_however_they_are_joined(query):
    index = an_index(
        [
            ("Quel règlement ?", "Les règlements 2017/745 et 2017/746."),
            ("Quelles preuves ?", "Les exigences du référentiel : EX PSC 01, 28, 29."),
            ("Quelle annexe ?", "Voir ANN.2.1.2 du dossier."),
            ("Combien ?", "En 2017, 745 dossiers."),
        ]
    )
    assert {"2": 1, "e": 2, "a": 3}[query[0].lower()] in found(index, query)[:2]


@given(
    st.dictionaries(st.integers(0, 3 * BLOCK), st.dictionaries(st.integers(1, 9), st.integers(1, 255)), max_size=8),
    st.dictionaries(st.integers(0, 3 * BLOCK), st.dictionaries(st.integers(1, 9), st.integers(1, 255)), max_size=4),
    st.dictionaries(st.integers(0, 12), st.sampled_from([0.01, 0.25, 0.56])),
)
def test_weak_weights_are_the_best_of_all_stems_with_their_factors(texts, changes, sought):
    postings = Postings.build((number, pack(weights)) for number, weights in sorted(texts.items()) if weights)
    postings = postings.patched({number: pack(weights) if weights else b"" for number, weights in changes.items()})
    found = postings.weak_weights(list(sought.items()))
    for number, weights in (texts | changes).items():
        best = max((weights.get(stem, 0) * factor for stem, factor in sought.items()), default=0)
        assert (found[number] if number < len(found) else 0) == pytest.approx(best)
    assert np.count_nonzero(found) <= len(texts | changes)
