"""Suggestions of terms: names found in a text, near entries, and the evidence for each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.facets import Facet, Taxonomy, Term
from faq.domain.neighbours import FiledText, Neighbour, Neighbourhood
from faq.domain.search.analysis import analyse
from faq.domain.suggestions import MOST_PER_FACET, Suggestion, TermNames, drop_implied, suggest_terms

SEGUR = Term(1, Facet.OFFER_TYPES, "segur", "Ségur du numérique")
IMAGING = Term(1, Facet.COULOIRS, "imagerie", "Imagerie", frozenset({1}))
RIS_1 = Term(1, Facet.DISPOSITIFS, "ris-1", "RIS vague 1", frozenset({1}))
RIS_2 = Term(2, Facet.DISPOSITIFS, "ris-2", "RIS vague 2", frozenset({1}))
MSS = Term(1, Facet.PRODUCTS, "mss", "MSSanté")
CARDS = Term(2, Facet.PRODUCTS, "cpx", "CPx")
OLD = Term(3, Facet.PRODUCTS, "vieux", "Minitel", retired=True)
CERTIFICATES = Term(1, Facet.THEMES, "certificats", "Certificats")
PROOFS = Term(2, Facet.THEMES, "preuves", "Preuves")
TAXONOMY = Taxonomy((SEGUR, IMAGING, RIS_1, RIS_2, MSS, CARDS, OLD, CERTIFICATES, PROOFS))
GROUPS = [
    (["RIS", "système d’information de radiologie"], False),
    (["MSSanté", "messagerie sécurisée"], False),
    (["CPx", "CPE"], True),
]
NAMES = TermNames(TAXONOMY, GROUPS)


def named(question, answer=""):
    return {term.label: one.surface for term, one in NAMES.find(question, answer).items()}


def filing(*terms):
    return {facet: frozenset(term.id for term in terms if term.facet is facet) for facet in Facet}


def neighbours(*filings, similarity=0.5):
    return [Neighbour(rank, similarity, one) for rank, one in enumerate(filings, start=1)]


def labels(suggested):
    return [one.term.label for ones in suggested.values() for one in ones]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le certificat a expiré.", {"Certificats": "certificat"}),
        ("Une MESSAGERIE SÉCURISÉE suffit.", {"MSSanté": "MESSAGERIE SÉCURISÉE"}),
        ("Le RIS envoie l’examen.", {"RIS vague 1": "RIS", "RIS vague 2": "RIS"}),
        ("Le RIS vague 2 envoie l’examen.", {"RIS vague 2": "RIS vague 2"}),
        ("En vague 2, le RIS envoie l’examen.", {"RIS vague 2": "RIS"}),
        (
            "Un système d’information de radiologie.",
            dict.fromkeys(("RIS vague 1", "RIS vague 2"), "système d’information de radiologie"),
        ),
        ("La carte CPE du service.", {"CPx": "CPE"}),
        ("Le Minitel est fermé.", {}),
        ("Un risque de certitude.", {}),
        ("", {}),
    ],
)
def test_names_and_synonyms_are_found_as_they_are_written(text, expected):
    assert named("", text) == expected


def test_a_one_way_synonym_names_its_first_expression_only():
    names = TermNames(Taxonomy((Term(1, Facet.PRODUCTS, "cpe", "CPE"),)), GROUPS)
    assert names.find("", "Les cartes CPx.") == {}


def test_each_suggestion_says_why():
    near = neighbours(filing(CERTIFICATES, MSS), filing(CERTIFICATES, RIS_1), filing(CERTIFICATES))
    suggested = suggest_terms("Quel certificat ?", "Par la messagerie sécurisée.", NAMES, near)
    said = {one.term.label: one.evidence.replace("\u00a0", " ") for ones in suggested.values() for one in ones}
    assert said == {
        "Certificats": "cité : « certificat » ; 3 fiches proches y sont classées",
        "MSSanté": "cité : « messagerie sécurisée » ; 1 fiche proche y est classée",
    }


def test_neighbours_alone_suggest_what_most_of_them_say():
    near = neighbours(filing(PROOFS), filing(PROOFS), filing(CERTIFICATES, MSS), filing(), filing(PROOFS))
    assert labels(suggest_terms("Quoi ?", "Ceci.", NAMES, near)) == ["Preuves"]
    assert labels(suggest_terms("Quoi ?", "Ceci.", NAMES, [])) == []


def test_the_likeliest_come_first_and_few_of_each_facet():
    themes = [Term(rank, Facet.THEMES, f"t{rank}", word) for rank, word in enumerate("rouge vert bleu jaune".split())]
    names = TermNames(Taxonomy(tuple(themes)), ())
    near = neighbours(filing(themes[3]), filing(themes[3]))
    suggested = suggest_terms("Bleu ?", "Vert, rouge et jaune.", names, near)[Facet.THEMES]
    assert [one.term.label for one in suggested] == ["jaune", "bleu", "rouge"]
    assert len(suggested) == MOST_PER_FACET


def test_what_a_likelier_term_brings_is_not_suggested_beside_it():
    def one(term, score):
        return Suggestion(term, score, "", 1)

    suggested = {facet: [] for facet in Facet} | {
        Facet.OFFER_TYPES: [one(SEGUR, 0.9)],
        Facet.COULOIRS: [one(IMAGING, 0.5)],
        Facet.DISPOSITIFS: [one(RIS_1, 0.6)],
    }
    assert [one.term for one in drop_implied(suggested, TAXONOMY)] == [SEGUR, RIS_1]


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_its_suggestions_and_what_is_cited_stands_in_it(question, answer):
    suggested = suggest_terms(question, answer, NAMES, neighbours(filing(PROOFS)))
    for ones in suggested.values():
        assert len(ones) <= MOST_PER_FACET
        assert all(one.cited in question or one.cited in answer for one in ones)
        assert all(one.evidence and not one.term.retired for one in ones)


class TestNeighbourhood:
    def texts(self, *answers):
        return [FiledText(number, analyse("", text).weights, filing()) for number, text in enumerate(answers, start=1)]

    def find(self, texts, answer, *, without=0, limit=9):
        near = Neighbourhood(texts).find_nearest(analyse("", answer).weights, without=without, limit=limit)
        return [one.number for one in near]

    def test_the_nearest_share_the_rare_words(self):
        texts = self.texts(
            "Le certificat du serveur expire dans le dossier.",
            "Le financement du dossier est versé.",
            "Le dossier attend sa preuve.",
        )
        assert self.find(texts, "Un certificat de serveur expiré, dans un dossier ?")[0] == 1
        assert self.find(texts, "Rien de commun.") == []
        assert len(self.find(texts, "Quel dossier ?", limit=2)) == 2

    def test_an_entry_is_not_its_own_neighbour(self):
        texts = self.texts("Le certificat expire.", "Le certificat expire demain.")
        assert self.find(texts, "Le certificat expire.", without=1) == [2]

    @given(st.lists(st.text(max_size=80), max_size=6), st.text(max_size=80))
    def test_similarities_are_shares_in_falling_order(self, answers, answer):
        near = Neighbourhood(self.texts(*answers)).find_nearest(analyse("", answer).weights, without=0, limit=9)
        shares = [one.similarity for one in near]
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 1.000001 for share in shares)
