"""The input and output of the detector: documents, verdicts, pairs."""

from dataclasses import dataclass
from enum import StrEnum

GENERATION = 5
"""To be raised whenever two texts may get another verdict than before: stored pairs are then found again."""


@dataclass(frozen=True, slots=True)
class Document:
    """One answer, with its question where it has one."""

    key: int
    question: str | None
    answer: str


class PairKind(StrEnum):
    """The relation between two answers."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"
    CONFLICT = "conflict"
    SIBLINGS = "siblings"
    """Alike, but about two different things: no duplicates."""


class Cause(StrEnum):
    """The kind of difference between two texts that are otherwise alike."""

    NUMBER = "number"
    CODE = "code"
    VAGUE = "vague"
    ENTITY = "entity"
    ROLE = "role"
    """Of stored pairs alone: another role is another entity."""
    NEGATION = "negation"
    OPPOSITE = "opposite"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Reason:
    """The words that decide a verdict, those of each text; empty where a text has none."""

    cause: Cause
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of comparing two texts."""

    kind: PairKind
    score: float
    """From 0 (nothing shared) to 1 (equal after normalisation)."""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class FoundPair:
    """The keys of two documents, left < right, and the verdict on them."""

    left: int
    right: int
    verdict: Verdict
