"""The verdict on two documents, from their answers and their questions."""

from collections.abc import Callable
from dataclasses import dataclass

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Cause, Document, PairKind, Reason, Verdict
from faq.domain.duplicates.verdict import compare_texts
from faq.domain.markup import blank_markup

CompareFunction = Callable[["AnalysedDocument", "AnalysedDocument"], Verdict | None]

SAME_QUESTION = 0.85
"""Score from which two questions count as the same."""
TERSE = 20
"""Weight, of about five words, below which an answer means little without its question."""


@dataclass(frozen=True, slots=True)
class AnalysedDocument:
    """A document with its texts analysed."""

    answer: AnalysedText
    question: AnalysedText | None

    @classmethod
    def analyse(cls, document: Document) -> "AnalysedDocument":
        """Return the analysis of a document, without a question where it is blank."""
        question = AnalysedText(document.question) if document.question and document.question.strip() else None
        return cls(AnalysedText(blank_markup(document.answer)), question)


def compare_documents(left: AnalysedDocument, right: AnalysedDocument) -> Verdict | None:
    """Return the verdict on two documents, None where they have nothing in common."""
    verdict = compare_texts(left.answer, right.answer)
    if verdict is None:
        return compare_questions(left, right)
    if left.question is None or right.question is None:
        return verdict
    if min(left.answer.weight, right.answer.weight) < TERSE:
        return _compare_terse(verdict, left.question, right.question)
    return verdict


def compare_questions(left: AnalysedDocument, right: AnalysedDocument) -> Verdict | None:
    """Return the verdict on documents with unrelated answers: a conflict where their questions are the same."""
    if left.question is None or right.question is None:
        return None
    questions = compare_texts(left.question, right.question)
    if questions is None or not _ask_the_same(questions) or not _ask_alike(left.question, right.question):
        return None
    return Verdict(PairKind.CONFLICT, questions.score, Reason(Cause.QUESTION, left.question.text, right.question.text))


def _compare_terse(verdict: Verdict, left: AnalysedText, right: AnalysedText) -> Verdict | None:
    """Return the verdict on answers such as « Oui. », which mean little without their questions."""
    questions = compare_texts(left, right)
    if questions is not None and _ask_the_same(questions):
        return verdict
    if questions is not None and questions.kind in (PairKind.SIBLINGS, PairKind.CONFLICT):
        return Verdict(PairKind.SIBLINGS, questions.score, questions.reason)
    return None


def _ask_alike(left: AnalysedText, right: AnalysedText) -> bool:
    """Return whether two questions ask for one kind of answer: what one must do is not what one may do."""
    kinds, others = _question_kinds(left), _question_kinds(right)
    return not kinds or not others or kinds == others


def _question_kinds(question: AnalysedText) -> frozenset[str]:
    """Return the kind of a question by its first interrogative or modal word, empty where it has none."""
    for token in question.words[:_OPENING]:
        for kind, words in _KINDS.items():
            if token.folded in words:
                return frozenset({kind})
    return frozenset()


_OPENING = 8
"""Words at the beginning of a question that say what it asks for."""
_KINDS = {
    "how": frozenset("comment".split()),
    "when": frozenset("quand".split()),
    "where": frozenset("ou".split()),
    "why": frozenset("pourquoi".split()),
    "amount": frozenset("combien".split()),
    "who": frozenset("qui".split()),
    "duty": frozenset("faut doit dois doivent devons devez obligatoire obligatoires oblige tenu tenus".split()),
    "option": frozenset("peut puis peuvent pouvons pouvez possible permis autorise".split()),
}


def _ask_the_same(questions: Verdict) -> bool:
    return questions.kind in (PairKind.EXACT, PairKind.NEAR) and questions.score >= SAME_QUESTION
