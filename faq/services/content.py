"""The content of entries, as editors write it and as it is stored."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from faq.domain.dumps import is_cascade_question, is_vote_line
from faq.domain.facets import Facet, Filing, FilingContradiction, Taxonomy
from faq.domain.limits import ANSWER_MAX_LENGTH, VERSION_COMMENT_MAX_LENGTH, describe_excess
from faq.domain.text import remove_direction_marks
from faq.models import Version
from faq.models.entries import QUESTION_MAX_LENGTH

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

NOT_FILED: Filing = {facet: frozenset() for facet in Facet}


@dataclass(frozen=True, slots=True)
class Content:
    """The part of an entry that editors write: its text and its filing."""

    question: str = ""
    answer: str = ""
    filing: Filing = field(default_factory=lambda: NOT_FILED)


class EntryError(ValueError):
    """A write that cannot be done; the message says why and how to mend it, in French."""


class ImportRefused(ValueError):
    """Files that cannot be imported; nothing was stored. `reasons` are French lines, one per fault."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("\n".join(self.reasons))


class InvalidContent(EntryError):
    """A text or filing that cannot be stored. `field` names what is wrong: question, answer or a facet."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def content_of(version: Version) -> Content:
    """Return the content that a version holds."""
    return Content(version.question, version.answer, version.filed_under)


def normalize_line_ends(text: str) -> str:
    """Return a text whose line ends are all LF; browsers send CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean(content: Content, taxonomy: Taxonomy) -> Content:
    """Return the content as it is stored: one line end, no blank margins, the filing with what it implies.

    The question stands amid other texts: it has no marks that would turn those round.
    """
    question = " ".join(remove_direction_marks(_parse_text(content.question, "question")).split("\n")).strip()
    answer = _strip_blank_lines(normalize_line_ends(_parse_text(content.answer, "answer")))
    if len(question) > QUESTION_MAX_LENGTH:
        raise InvalidContent("question", describe_long_question(question))
    if len(answer) > ANSWER_MAX_LENGTH:
        raise InvalidContent("answer", describe_long_answer(answer))
    _refuse_reserved_lines(answer)
    try:
        return Content(question, answer, taxonomy.complete(content.filing))
    except FilingContradiction as contradiction:
        raise InvalidContent(contradiction.facet, str(contradiction)) from contradiction


def check_version_comment(comment: str) -> None:
    """Raise EntryError where a comment cannot be stored with a version."""
    if "\0" in comment:
        raise EntryError("Le commentaire contient un caractère invisible illisible ; retapez-le.")
    if (length := len(comment)) > VERSION_COMMENT_MAX_LENGTH:
        raise EntryError(describe_excess("Le commentaire", length, VERSION_COMMENT_MAX_LENGTH, "raccourcissez-le"))


def describe_long_question(question: str) -> str:
    """Return the French sentence that refuses a question above the limit."""
    return describe_excess("La question", len(question), QUESTION_MAX_LENGTH, "raccourcissez-la")


def describe_long_answer(answer: str) -> str:
    """Return the French sentence that refuses an answer above the limit."""
    cure = "raccourcissez-la, ou répartissez-la entre plusieurs fiches"
    return describe_excess("La réponse", len(answer), ANSWER_MAX_LENGTH, cure)


def _parse_text(text: str, field: str) -> str:
    if _UNSTORABLE.search(text):
        raise InvalidContent(
            field, "Le texte contient un caractère invisible illisible ; effacez-le ou retapez le passage."
        )
    return normalize_line_ends(text) if field == "question" else text


def _strip_blank_lines(text: str) -> str:
    lines = text.split("\n")
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[filled[0] : filled[-1] + 1]) if filled else ""


def _refuse_reserved_lines(answer: str) -> None:
    lines = answer.split("\n")
    if is_cascade_question(lines[0]) or any(is_vote_line(line) for line in lines):
        raise InvalidContent(
            "answer",
            "La ligne de vote et les questions de la cascade sont ajoutées par le site ; retirez-les de la réponse.",
        )
