"""Every pair is found: in one go, little by little, in several processes, and for a text being typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.domain.duplicates import postings
from faq.domain.duplicates.comparison import AnalysedDocument, compare_documents
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document, PairKind
from tests.evaluation.dataset import build_dataset

PHRASES = (
    "le dossier de reprise est transmis au support",
    "l’éditeur signale les écarts constatés",
    "la carte est bloquée après trois essais",
    "la carte n’est pas bloquée après trois essais",
    "le délai est de 30 jours pour le DPI",
    "le délai est de 60 jours pour le RIS",
    "ouvrez un ticket sur la plateforme",
    "oui",
    "non",
)
TEXTS = st.lists(st.sampled_from(PHRASES), max_size=5).map(". ".join)
QUESTIONS = st.none() | st.sampled_from(["", "Que faire ?", "Quel est le délai du DPI ?", "Quel est le délai du RIS ?"])


def all_pairs(documents):
    """Judge every two documents: what an index must give without looking at most of them."""
    read = [(document.key, AnalysedDocument.analyse(document)) for document in sorted(documents, key=lambda d: d.key)]
    verdicts = {
        (one, other): compare_documents(left, right)
        for place, (one, left) in enumerate(read)
        for other, right in read[place + 1 :]
    }
    return {couple: verdict for couple, verdict in verdicts.items() if verdict}


def found(index, **options):
    pairs = list(index.pairs(**options))
    by_keys = {(pair.left, pair.right): pair.verdict for pair in pairs}
    assert len(by_keys) == len(pairs)
    return by_keys


TEMPLATES = (
    "Le service {0} du RIS doit transmettre le document {1} au guichet sous {2} jours",
    "Pour signer le contrat {1}, le centre {0} écrit au support avant le {2} mars",
    "Le code est {0}",
)
TEMPLATE_TEXTS = st.builds(str.format, st.sampled_from(TEMPLATES), *[st.integers(1, 3)] * 3)


def take_steps(steps):
    """Change an index step by step; return it, its documents and the pairs that are stored."""
    index, documents, kept = DocumentIndex(), {}, {}
    for key, text, question in steps:
        document = None if text is None else Document(key, question, text)
        affected = index.change(key, document)
        documents.pop(key, None)
        if document:
            documents[key] = document
        compared = {key, *affected}
        kept = {couple: verdict for couple, verdict in kept.items() if compared.isdisjoint(couple)}
        for one in compared & documents.keys():
            kept |= {(pair.left, pair.right): pair.verdict for pair in index.check(documents[one])}
    return index, documents, kept


@given(
    st.lists(st.tuples(st.integers(0, 7), st.none() | TEXTS, QUESTIONS), max_size=24),
    st.sampled_from([1, 3, 1_000]),
)
@settings(max_examples=80, deadline=None)
def test_little_by_little_gives_what_a_full_scan_gives(steps, sorted_from):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_RECENT", sorted_from)
        index, documents, kept = take_steps(steps)
        assert len(index) == len(documents)
        assert kept == found(index) == found(DocumentIndex(documents.values()))


@given(
    st.lists(st.tuples(st.integers(0, 30), st.none() | TEMPLATE_TEXTS | TEXTS, QUESTIONS), max_size=60),
    st.sampled_from([1, 3, 20, 1_000]),
    st.sampled_from([1, 2, 4]),
    st.sampled_from([1, 2]),
    st.sampled_from([(1, 1), (2, 1), (4, 3)]),
)
@settings(max_examples=150, deadline=None)
def test_so_it_does_where_the_limits_are_reached(steps, sorted_from, first, neighbours, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_RECENT", sorted_from)
        patch.setattr(postings, "FIRST_HOLDERS", first)
        patch.setattr(postings, "NEIGHBOURS", neighbours)
        patch.setattr("faq.domain.duplicates.index.MOST_COMPARED", most[0])
        patch.setattr("faq.domain.duplicates.index.MOST_OF_MANY", most[1])
        index, documents, kept = take_steps(steps)
        assert kept == found(index) == found(DocumentIndex(documents.values()))
        assert len(kept) <= most[0] * len(documents)


def test_nothing_that_is_judged_alike_is_missed():
    made = build_dataset(260, seed=5)
    assert found(DocumentIndex(made.documents)) == all_pairs(made.documents)


def test_the_number_of_processes_makes_no_difference(monkeypatch):
    monkeypatch.setattr("faq.domain.duplicates.index._BATCH", 50)
    monkeypatch.setattr("faq.domain.duplicates.index._PART", 90)
    documents = build_dataset(220, seed=6).documents
    assert found(DocumentIndex(documents, processes=2), processes=2) == found(DocumentIndex(documents)) != {}


def test_a_text_being_typed_is_checked_against_all_others_but_itself():
    first, second = Document(1, None, PHRASES[0]), Document(2, None, PHRASES[2])
    index = DocumentIndex([first, second])
    typed = Document(1, "Que faire ?", PHRASES[2])
    [pair] = index.check(typed)
    assert (pair.left, pair.right, pair.verdict.kind) == (1, 2, PairKind.EXACT)
    assert index.check(Document(3, None, "")) == []
    assert len(index) == 2


def test_the_most_alike_come_first():
    index = DocumentIndex([Document(1, None, PHRASES[0] + " sans tarder"), Document(2, None, PHRASES[0])])
    assert [pair.left for pair in index.check(Document(3, None, PHRASES[0]))] == [2, 1]


def test_two_documents_cannot_have_one_key():
    with pytest.raises(ValueError, match="same key"):
        DocumentIndex([Document(1, None, "un"), Document(1, None, "deux")])


def test_an_empty_index_has_no_pairs():
    assert list(DocumentIndex().pairs()) == []
    assert DocumentIndex().check(Document(1, None, PHRASES[0])) == []


def test_a_text_is_found_among_many_by_the_same_in_other_words_and_another_order():
    from_others = build_dataset(300, seed=5).documents
    said = (
        "Le dossier de subvention comprend le devis signé, un RIB et la preuve d’installation. La console "
        "d’administration n’est accessible que depuis le réseau interne ou par le VPN de l’établissement.",
        "Hors du réseau interne, passez par le VPN de l’établissement pour accéder à la console d’administration. "
        "Trois pièces composent un dossier de subvention : preuve d’installation, RIB et devis revêtu d’une signature.",
    )
    keys = len(from_others), len(from_others) + 1
    index = DocumentIndex([*from_others, *(Document(key, None, text) for key, text in zip(keys, said, strict=True))])
    assert found(index)[keys].kind is PairKind.NEAR
    assert [pair.left for pair in index.check(Document(-1, None, said[1])) if pair.verdict.kind is PairKind.NEAR]
