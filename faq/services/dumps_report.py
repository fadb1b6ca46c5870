"""What an import makes of every answer, and of those that it does not find any more."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from faq.domain.duplicates.pairs import FoundPair, PairKind, Reason
from faq.enums import DumpVerdict


@dataclass(frozen=True, slots=True)
class Resemblance:
    """An older entry that an answer resembles."""

    number: int
    kind: PairKind
    reason: Reason | None
    """What tells them apart, if anything does: on the left the older one's words, on the right the answer's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an import makes of one answer: the entry that it belongs to, and another that it resembles."""

    position: int
    line: int
    verdict: DumpVerdict
    number: int | None
    resemblance: Resemblance | None = None


@dataclass(slots=True)
class DumpReport:
    """What an import of one file does: a finding per answer, and the passages of the last edition that vanished."""

    name: str
    edition: int
    answers: int
    unchanged: bool = False
    findings: list[Finding] = field(default_factory=list)
    vanished: list[Finding] = field(default_factory=list)

    def counts(self) -> dict[DumpVerdict, int]:
        """Count the findings per verdict; they add up to the number of answers, unless nothing was to be done."""
        found = Counter(finding.verdict for finding in self.findings)
        return {verdict: found[verdict] for verdict in DumpVerdict}


def attach_resemblances(report: DumpReport, pairs: Iterable[FoundPair]) -> None:
    """Say of each new answer what it resembles: first of all an answer that vanished, whose place it takes."""
    older = defaultdict(list)
    for pair in pairs:
        if pair.verdict.kind is not PairKind.SIBLINGS:
            older[pair.right].append(pair)
    missing = {finding.number: finding for finding in report.vanished}
    report.findings = [
        _told(finding, older.get(finding.number or 0, ()), missing) if finding.verdict == DumpVerdict.NEW else finding
        for finding in report.findings
    ]
    report.vanished = list(missing.values())


def _told(finding: Finding, pairs: Iterable[FoundPair], missing: dict[int | None, Finding]) -> Finding:
    best = min(pairs, key=lambda pair: (pair.left not in missing, -pair.verdict.score, pair.left), default=None)
    if best is None:
        return finding
    verdict = DumpVerdict.CHANGED if missing.pop(best.left, None) else DumpVerdict.LOOKS_LIKE
    return replace(finding, verdict=verdict, resemblance=Resemblance(best.left, best.verdict.kind, best.verdict.reason))
