"""A pair that the quick filter rules out is no pair, and it rules out most of those that are none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.comparison import AnalysedDocument, compare_documents
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document
from faq.domain.duplicates.quick_filter import QuickFilter
from faq.domain.duplicates.verdict import compare_texts
from tests.evaluation.dataset import build_dataset
from tests.faq.domain.duplicates.test_index import PHRASES

WORDS = sorted({word for phrase in PHRASES for word in phrase.split()})
MISSPELT = [word[:1] + word[2:] for word in WORDS if len(word) > 3] + [f"{word}s" for word in WORDS]
LONG_WORDS = sorted(word for word in WORDS if len(word) > 5)
OTHER_WORDS = (
    "Une girafe tachetée broute tranquillement sous un baobab millénaire pendant qu’un hippopotame somnole " * 3
)
NAMES = ["Pro Santé Connect", "pro-santé-connect", "Pro Sante Conect", "dossier médical partagé", "DMP"]
TEXTS = st.lists(st.sampled_from([*WORDS, *MISSPELT, *NAMES, "30", "60", "Et.", "Puis ;\n"]), max_size=40).map(" ".join)


TYPED = st.lists(st.tuples(st.sampled_from(LONG_WORDS), st.booleans()), min_size=6, max_size=14)


def mistyped(word):
    return word[:3] + word[4:]


@given(TYPED, TEXTS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_it_rules_out_is_nothing(words, filling, whole):
    text = " ".join(word for word, _ in words)
    there = " ".join(mistyped(word) if slip else word for word, slip in words)
    other = AnalysedText(f"{filling}. {there if whole else there[: len(there) // 2]}. {OTHER_WORDS} {filling}")
    if QuickFilter(AnalysedText(text)).cannot_match(other.text):
        assert compare_texts(AnalysedText(text), other) is None


@pytest.fixture
def ruled_out(monkeypatch):
    """The answers of the quick filter, in order."""
    said = []
    glanced = QuickFilter.cannot_match

    def remembered(self, other):
        said.append(glanced(self, other))
        return said[-1]

    monkeypatch.setattr(QuickFilter, "cannot_match", remembered)
    return said


def test_half_typed_texts_lose_no_pair_by_it(ruled_out):
    documents = build_dataset(600).documents
    index = DocumentIndex(documents)
    read = {document.key: AnalysedDocument.analyse(document) for document in documents}
    for document in documents[::10]:
        typed = Document(-1, document.question, document.answer[: len(document.answer) // 2])
        here = AnalysedDocument.analyse(typed)
        verdicts = {other.key: compare_documents(here, read[other.key]) for other in index.candidates(typed)}
        wanted = {key: verdict for key, verdict in verdicts.items() if verdict}
        assert {pair.right: pair.verdict for pair in index.check(typed)} == wanted
    assert set(ruled_out) == {True, False}


def test_what_has_only_an_opening_in_common_is_hardly_ever_read(ruled_out):
    opening = "Dans le répertoire, la première vague du programme apporte le moyen de classer"
    answers = [document.answer for document in build_dataset(200).documents if len(document.answer) > 400]
    index = DocumentIndex([Document(key, None, f"{opening} {answer}") for key, answer in enumerate(answers)])
    assert index.check(Document(-1, None, f"{opening} la lettre, puis une jolie girafe tachetée du zoo voisin")) == []
    assert len(ruled_out) > len(answers) / 2
    assert sum(ruled_out) > 0.9 * len(ruled_out)


def test_answers_that_share_nothing_may_still_answer_one_question():
    question = "Quel est le délai de réponse du support pour un dossier ?"
    long = "Le support répond sous trois jours ouvrés. " + " ".join(PHRASES) * 3
    index = DocumentIndex([Document(1, question, long)])
    typed = Document(2, question, "La carte est bloquée après trois essais infructueux chez le pharmacien titulaire.")
    assert QuickFilter(AnalysedText(typed.answer)).cannot_match(long)
    assert index.check(typed) == list(DocumentIndex([*index._documents, typed]).pairs()) != []


@given(TEXTS, TEXTS)
def test_it_weighs_texts_as_reading_them_does(text, other):
    _, weight = QuickFilter(AnalysedText(text))._measure(other)
    assert weight == pytest.approx(AnalysedText(other).weight)
