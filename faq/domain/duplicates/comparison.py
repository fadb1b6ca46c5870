"""The verdict on two documents, questions and answers together."""

from collections.abc import Callable
from dataclasses import dataclass

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.pairs import Cause, Document, PairKind, Reason, Verdict
from faq.domain.duplicates.verdict import compare_texts

CompareFunction = Callable[["AnalysedDocument", "AnalysedDocument"], Verdict | None]

SAME_QUESTION = 0.85
"""Score from which two questions ask the same."""
TERSE = 20
"""Weight under which an answer says little without its question: five words or so."""


@dataclass(frozen=True, slots=True)
class AnalysedDocument:
    """A document as it is judged."""

    answer: AnalysedText
    question: AnalysedText | None

    @classmethod
    def of(cls, document: Document) -> "AnalysedDocument":
        """Read a document."""
        question = AnalysedText(document.question) if document.question and document.question.strip() else None
        return cls(AnalysedText(document.answer), question)


def compare_documents(left: AnalysedDocument, right: AnalysedDocument) -> Verdict | None:
    """Return what two documents are to each other; None where they are nothing to each other."""
    verdict = compare_texts(left.answer, right.answer)
    if verdict is None:
        return compare_questions(left, right)
    if left.question is None or right.question is None:
        return verdict
    if min(left.answer.weight, right.answer.weight) < TERSE:
        return _terse(verdict, left.question, right.question)
    return verdict


def compare_questions(left: AnalysedDocument, right: AnalysedDocument) -> Verdict | None:
    """Judge documents whose answers are nothing to each other: a conflict where they answer one question."""
    if left.question is None or right.question is None:
        return None
    questions = compare_texts(left.question, right.question)
    if questions is None or not _same(questions):
        return None
    return Verdict(PairKind.CONFLICT, questions.score, Reason(Cause.QUESTION, left.question.text, right.question.text))


def _terse(verdict: Verdict, left: AnalysedText, right: AnalysedText) -> Verdict | None:
    """Judge answers such as « Oui. », which mean something only after their questions."""
    questions = compare_texts(left, right)
    if questions is not None and _same(questions):
        return verdict
    if questions is not None and questions.kind in (PairKind.SIBLINGS, PairKind.CONFLICT):
        return Verdict(PairKind.SIBLINGS, questions.score, questions.reason)
    return None


def _same(questions: Verdict) -> bool:
    return questions.kind in (PairKind.EXACT, PairKind.NEAR) and questions.score >= SAME_QUESTION
