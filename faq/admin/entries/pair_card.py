"""One pair of entries as editors judge it: both texts, what each says alone, what decided, where they came from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from faq.admin.display import person, state_badges
from faq.admin.dumps import passage_address
from faq.domain.diff import Change, Line, Segment, diff_line, diff_text
from faq.domain.facets import Facet
from faq.models import Entry, Pair, Passage
from faq.services.duplicates import Document, words_fingerprint

CAUSES = {
    "number": "chiffre",
    "code": "code",
    "vague": "vague",
    "entity": "nom",
    "role": "rôle",
    "negation": "négation",
    "opposite": "mots opposés",
    "question": "question",
}
_SOURCES_SHOWN = 3
_HEADS = tuple(f"{side}__head" for side in ("left", "right"))
_LONG = tuple(f"{side}__{field}" for side in ("left", "right") for field in ("answer", "folded"))

Text = list[Sequence[Segment]]
"""Lines of stretches; those that only this text has are not UNCHANGED."""


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
    """Give pairs with the latest texts of their entries."""
    return Pair.objects.select_related("decided_by", *_HEADS).defer(*_LONG)


def fingerprints(pair: Pair) -> tuple[str, str]:
    """Name the words of both latest texts, as services do when they compare them."""
    left, right = (
        words_fingerprint(Document(entry.pk, entry.head.question, entry.head.answer))
        for entry in (pair.left, pair.right)
    )
    return left, right


def _card(pair: Pair, sources: dict[int, list[Passage]]) -> Card:
    one, other = pair.left.head, pair.right.head
    questions = [diff_line(one.question, other.question)]
    answers = diff_text(one.answer, other.answer)
    shown = fingerprints(pair)
    return Card(
        pair=pair,
        sides=(
            _side(pair.left, Change.ADDED, questions, answers, sources),
            _side(pair.right, Change.REMOVED, questions, answers, sources),
        ),
        cause=CAUSES.get(pair.evidence.get("cause"), ""),
        same=(one.question, one.answer) == (other.question, other.answer),
        fingerprints=shown,
        outdated=shown != (pair.left_text, pair.right_text),
        decider=person(pair.decided_by),
        in_use="archived" not in (pair.left.status, pair.right.status),
    )


def _side(
    entry: Entry, elsewhere: Change, questions: Sequence[Line], answers: Sequence[Line], sources: dict[int, list]
) -> Side:
    passages = sources[entry.pk]
    return Side(
        entry=entry,
        badges=state_badges(entry),
        question=_lines(questions, elsewhere),
        answer=_lines(answers, elsewhere),
        filing=_filing(entry.head.filing),
        sources=[(passage, passage_address(passage)) for passage in passages[:_SOURCES_SHOWN]],
        other_sources=max(0, len(passages) - _SOURCES_SHOWN),
    )


def _lines(lines: Sequence[Line], elsewhere: Change) -> Text:
    """Keep what one text holds of a comparison; `elsewhere` is what stands in the other one alone."""
    kept = [line.segments for line in lines if line.change is not elsewhere]
    return [[segment for segment in segments if segment.change is not elsewhere] for segments in kept]


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
