"""One pair of entries as editors judge it: both texts word by word, the reason of the verdict, and the sources."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from faq.admin.display import person_name, state_badges
from faq.admin.passages import passage_address
from faq.domain.diff import Piece
from faq.domain.duplicates.analysis import MOST_WORDS
from faq.domain.duplicates.evidence import Evidence, Mark, MarkedSpan, explain
from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import Document
from faq.domain.facets import Facet
from faq.domain.markup.media import split_file_addresses
from faq.domain.text import tokenize
from faq.enums import PairCause, PairKind
from faq.models import Entry, Pair, Passage

_SOURCES_SHOWN = 3
_HEADS = ("left__head", "right__head")
_LONG_TEXTS = tuple(f"{side}__{field}" for side in ("left", "right") for field in ("answer", "search_text"))
_UNMARKED = ""


@dataclass(frozen=True)
class MarkedText:
    """A stretch of a line, and its mark; the mark is empty where the stretch does not count."""

    text: str
    mark: str

    @property
    def image(self) -> str:
        """The address of the image that the text refers to; "" for any other text."""
        return Piece(self.text).file if Piece(self.text).is_image else ""


MarkedLines = list[list[MarkedText]]
"""The lines of a text, each cut into marked stretches."""


@dataclass(frozen=True)
class Side:
    """One of the two entries of a pair."""

    entry: Entry
    badges: SafeString
    question: MarkedLines
    answer: MarkedLines
    filing: str
    sources: list[tuple[Passage, str]]
    """The first passages that it answers for, with their addresses."""
    other_sources: int
    """The number of its other passages."""


@dataclass(frozen=True)
class Card:
    """A pair, ready to be shown."""

    pair: Pair
    sides: tuple[Side, Side]
    cause: str
    """The French label of what decided the verdict; empty where nothing did."""
    same: bool
    """Whether question and answer are the same, letter by letter."""
    same_question: bool
    """Whether the verdict is that one question has two answers."""
    fingerprints: tuple[str, str]
    """Those of the texts that are shown, on which a decision is made."""
    outdated: bool
    """Whether a text was changed since the pair was found."""
    truncated: bool
    """Whether the verdict leaves out the end of a long text."""
    decider: str
    in_use: bool

    @property
    def percentage(self) -> int:
        """The likeness of the two, rounded down: only equal texts reach 100."""
        return int(self.pair.score * 100)

    @property
    def numbers(self) -> tuple[int, int]:
        """The numbers of the two entries."""
        return self.pair.left_id, self.pair.right_id


def load_cards(numbers: Sequence[int]) -> dict[int, Card]:
    """Return the cards of these pairs, by their keys, in three queries."""
    pairs = list(with_latest_texts().filter(pk__in=numbers))
    sources = _load_sources({number for pair in pairs for number in (pair.left_id, pair.right_id)})
    return {pair.pk: _build_card(pair, sources) for pair in pairs}


def with_latest_texts() -> QuerySet[Pair]:
    """Return pairs with the latest texts of their entries."""
    return Pair.objects.select_related("decided_by", *_HEADS).defer(*_LONG_TEXTS)


def get_fingerprints(pair: Pair) -> tuple[str, str]:
    """Return the fingerprints of both latest texts, computed as the services that compare them do."""
    left, right = (
        material_fingerprint(Document(entry.pk, entry.head.question, entry.head.answer))
        for entry in (pair.left, pair.right)
    )
    return left, right


def _build_card(pair: Pair, sources: Mapping[int, list[Passage]]) -> Card:
    left, right = pair.left.head, pair.right.head
    questions = explain(left.question, right.question)
    answers = explain(left.answer, right.answer)
    shown = get_fingerprints(pair)
    cause = PairCause(pair.evidence["cause"]) if pair.evidence else None
    left_side, right_side = (
        _build_side(
            entry,
            sources[entry.pk],
            question=mark_lines(entry.head.question, questions, side, pair.evidence),
            answer=mark_lines(entry.head.answer, answers, side, pair.evidence),
        )
        for side, entry in enumerate((pair.left, pair.right))
    )
    return Card(
        pair=pair,
        sides=(left_side, right_side),
        cause=cause.label if cause else "",
        same=(left.question, left.answer) == (right.question, right.answer),
        same_question=cause is PairCause.QUESTION,
        fingerprints=shown,
        outdated=shown != (pair.left_text, pair.right_text),
        truncated=pair.kind != PairKind.EXACT and any(map(_is_truncated, (left.answer, right.answer))),
        decider=person_name(pair.decided_by),
        in_use="archived" not in (pair.left.status, pair.right.status),
    )


def _is_truncated(text: str) -> bool:
    """Return whether a text is longer than what is compared."""
    return len(text) > MOST_WORDS and len(tokenize(text)) > MOST_WORDS


def _build_side(entry: Entry, passages: list[Passage], *, question: MarkedLines, answer: MarkedLines) -> Side:
    return Side(
        entry=entry,
        badges=state_badges(entry),
        question=question,
        answer=answer,
        filing=_describe_filing(entry.head.filing),
        sources=[(passage, passage_address(passage)) for passage in passages[:_SOURCES_SHOWN]],
        other_sources=max(0, len(passages) - _SOURCES_SHOWN),
    )


def mark_lines(text: str, evidence: Evidence, side: int, reason_shown: Mapping[str, str]) -> MarkedLines:
    """Return the lines of one of two texts, cut into marked stretches; words decide if they are the reason shown."""
    if not (evidence.left and evidence.right):
        # Beside an empty text, or one of function words only, every word would be marked.
        return [[MarkedText(line, _UNMARKED)] if line else [] for line in text.split("\n")]
    reason = evidence.verdict.reason if evidence.verdict else None
    # The words that tell two questions apart are not always those that tell the entries apart.
    decides = reason is not None and asdict(reason) == reason_shown
    lines: MarkedLines = [[]]
    for piece in _mark_text(text, (evidence.left, evidence.right)[side]):
        mark = Mark.DIFFERENT if piece.mark == Mark.DECIDING and not decides else piece.mark
        first, *others = piece.text.split("\n")
        lines[-1].append(MarkedText(first, mark))
        lines += [[MarkedText(line, mark)] for line in others]
    return [
        [MarkedText(part, piece.mark) for piece in line for part in split_file_addresses(piece.text) if part]
        for line in lines
    ]


def _mark_text(text: str, spans: Sequence[MarkedSpan]) -> Iterator[MarkedText]:
    end = 0
    for span in spans:
        yield MarkedText(text[end : span.start], _UNMARKED)
        yield MarkedText(text[span.start : span.end], span.mark)
        end = span.end
    yield MarkedText(text[end:], _UNMARKED)


def _describe_filing(filing: Mapping[str, list[dict]]) -> str:
    labels = [str(term["label"]) for facet in Facet for term in filing.get(facet, ())]
    return " · ".join(labels) or "transverse"


def _load_sources(numbers: set[int]) -> dict[int, list[Passage]]:
    """Return the passages of the current dumps, by the number of their entry, without their long texts."""
    passages = Passage.objects.current().filter(entry__in=numbers).select_related("dump")
    light = passages.defer("lead", "answer", "closing", "dump__tail")
    sources: dict[int, list[Passage]] = defaultdict(list)
    for passage in light.order_by("dump__name", "position"):
        sources[passage.entry_id].append(passage)
    return sources
