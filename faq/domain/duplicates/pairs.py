"""What the detector takes and gives."""

from dataclasses import dataclass
from enum import StrEnum

GENERATION = 2
"""Raised whenever the same two texts may be judged otherwise than before: stored pairs are then judged again."""


@dataclass(frozen=True, slots=True)
class Document:
    """One answer, with its question where it has one."""

    key: int
    question: str | None
    answer: str


class PairKind(StrEnum):
    """What two answers are to each other."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"
    CONFLICT = "conflict"
    SIBLINGS = "siblings"
    """Alike, and about two different things: no duplicates."""


class Cause(StrEnum):
    """What tells two texts apart that are otherwise alike."""

    NUMBER = "number"
    CODE = "code"
    VAGUE = "vague"
    ENTITY = "entity"
    ROLE = "role"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Reason:
    """The words that decide: one text's, the other's (empty where it has none)."""

    cause: Cause
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about two texts."""

    kind: PairKind
    score: float
    """From 0 (nothing shared) to 1 (equal after normalisation)."""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two documents by their keys, left < right, and the verdict on them."""

    left: int
    right: int
    verdict: Verdict
