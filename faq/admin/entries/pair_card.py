"""One pair of entries as editors judge it: both texts word by word, what decided, where they came from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.utils.safestring import SafeString

from faq.admin.display import person, state_badges
from faq.admin.dumps import passage_address
from faq.domain.duplicates import Document, Evidence, Mark, MarkedSpan, explain, material_fingerprint
from faq.domain.facets import Facet
from faq.enums import PairCause
from faq.models import Entry, Pair, Passage

_SOURCES_SHOWN = 3
_HEADS = tuple(f"{side}__head" for side in ("left", "right"))
_LONG = tuple(f"{side}__{field}" for side in ("left", "right") for field in ("answer", "search_text"))

_UNMARKED = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of a line, and what it is to the other text: a Mark, or nothing where it does not count."""

    text: str
    mark: str


Text = list[list[Piece]]
"""Lines of pieces."""


@dataclass(frozen=True)
class Side:
    """One of the two entries."""

    entry: Entry
    badges: SafeString
    question: Text
    answer: Text
    filing: str
    sources: list[tuple[Passage, str]]
    """Some of the passages that it answers for, with their addresses."""
    other_sources: int
    """How many more there are."""


@dataclass(frozen=True)
class Card:
    """A pair, ready to be shown."""

    pair: Pair
    sides: tuple[Side, Side]
    cause: str
    """What decided, in French; empty where nothing did."""
    same: bool
    """Whether question and answer are the same, letter by letter."""
    same_question: bool
    """Whether what decides is that one question has two answers."""
    fingerprints: tuple[str, str]
    """Those of the texts that are shown: a decision is made on them."""
    outdated: bool
    """Whether a text was changed since the pair was found."""
    decider: str
    in_use: bool

    @property
    def percentage(self) -> int:
        """How much the two are alike; only what is the same reaches 100."""
        return int(self.pair.score * 100)

    @property
    def numbers(self) -> tuple[int, int]:
        """The two entries."""
        return self.pair.left_id, self.pair.right_id


def cards(numbers: Sequence[int]) -> dict[int, Card]:
    """Read pairs with all that a card shows, by their keys: three queries."""
    pairs = list(with_texts().filter(pk__in=numbers))
    sources = _sources({number for pair in pairs for number in (pair.left_id, pair.right_id)})
    return {pair.pk: _card(pair, sources) for pair in pairs}


def with_texts():
    """Return pairs with the latest texts of their entries."""
    return Pair.objects.select_related("decided_by", *_HEADS).defer(*_LONG)


def fingerprints(pair: Pair) -> tuple[str, str]:
    """Name the words of both latest texts, as services do when they compare them."""
    left, right = (
        material_fingerprint(Document(entry.pk, entry.head.question, entry.head.answer))
        for entry in (pair.left, pair.right)
    )
    return left, right


def _card(pair: Pair, sources: dict[int, list[Passage]]) -> Card:
    one, other = pair.left.head, pair.right.head
    questions = explain(one.question, other.question)
    answers = explain(one.answer, other.answer)
    shown = fingerprints(pair)
    cause = PairCause(pair.evidence["cause"]) if pair.evidence else None
    return Card(
        pair=pair,
        sides=(
            _side(pair.left, _lines(pair, one.question, questions, 0), _lines(pair, one.answer, answers, 0), sources),
            _side(
                pair.right, _lines(pair, other.question, questions, 1), _lines(pair, other.answer, answers, 1), sources
            ),
        ),
        cause=cause.label if cause else "",
        same=(one.question, one.answer) == (other.question, other.answer),
        same_question=cause is PairCause.QUESTION,
        fingerprints=shown,
        outdated=shown != (pair.left_text, pair.right_text),
        decider=person(pair.decided_by),
        in_use="archived" not in (pair.left.status, pair.right.status),
    )


def _side(entry: Entry, question: Text, answer: Text, sources: dict[int, list]) -> Side:
    passages = sources[entry.pk]
    return Side(
        entry=entry,
        badges=state_badges(entry),
        question=question,
        answer=answer,
        filing=_filing(entry.head.filing),
        sources=[(passage, passage_address(passage)) for passage in passages[:_SOURCES_SHOWN]],
        other_sources=max(0, len(passages) - _SOURCES_SHOWN),
    )


def _lines(pair: Pair, text: str, evidence: Evidence, side: int) -> Text:
    """Cut one of two texts into lines, and these into pieces."""
    if not (evidence.left and evidence.right):
        # Beside nothing, or beside function words, nothing stands out.
        return [[Piece(line, _UNMARKED)] if line else [] for line in text.split("\n")]
    reason = evidence.verdict.reason if evidence.verdict else None
    # What tells two questions apart need not be what tells the entries apart.
    decides = reason is not None and asdict(reason) == pair.evidence
    lines: Text = [[]]
    for piece in _pieces(text, (evidence.left, evidence.right)[side]):
        mark = Mark.DIFFERENT if piece.mark == Mark.DECIDING and not decides else piece.mark
        first, *others = piece.text.split("\n")
        lines[-1].append(Piece(first, mark))
        lines += [[Piece(line, mark)] for line in others]
    return [[piece for piece in line if piece.text] for line in lines]


def _pieces(text: str, stretches: Sequence[MarkedSpan]) -> Iterator[Piece]:
    end = 0
    for stretch in stretches:
        yield Piece(text[end : stretch.start], _UNMARKED)
        yield Piece(text[stretch.start : stretch.end], stretch.mark)
        end = stretch.end
    yield Piece(text[end:], _UNMARKED)


def _filing(filing) -> str:
    labels = [str(term["label"]) for facet in Facet for term in filing.get(facet, ())]
    return " · ".join(labels) or "transverse"


def _sources(numbers: set[int]) -> dict[int, list[Passage]]:
    passages = Passage.objects.current().filter(entry__in=numbers).select_related("dump")
    light = passages.defer("lead", "answer", "closing", "dump__tail")
    found: dict[int, list[Passage]] = defaultdict(list)
    for passage in light.order_by("dump__name", "position"):
        found[passage.entry_id].append(passage)
    return found
