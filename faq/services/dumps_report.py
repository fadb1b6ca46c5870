"""The report of an import: the outcome of every answer, and the answers that vanished."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from faq.domain.duplicates.pairs import FoundPair, PairKind
from faq.enums import DumpChoice, DumpVerdict


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one answer: its entry, and an older one that it resembles."""

    position: int
    line: int
    verdict: DumpVerdict
    number: int | None
    resemblance: FoundPair | None = None
    """The pair that it makes with the older entry, which stands on the left."""
    passage: int | None = None
    """The passage of the former edition that vanished, or that a changed answer replaces."""
    choice: DumpChoice = DumpChoice.CREATE
    """The choice of an editor for a text that no entry has."""

    @property
    def is_created(self) -> bool:
        """Whether the import created the entry for this answer."""
        return self.verdict not in _NOT_CREATED and self.choice == DumpChoice.CREATE


_NOT_CREATED = (DumpVerdict.KNOWN, DumpVerdict.EMPTY, DumpVerdict.VANISHED)


@dataclass(slots=True)
class DumpReport:
    """The outcome of one file: a finding per answer, and the passages of the last edition that vanished."""

    name: str
    edition: int
    answers: int
    unchanged: bool = False
    batch: int | None = None
    """The batch of the edition: that of an earlier import where the file was unchanged."""
    note: str = ""
    """The remark on the file, in French."""
    findings: list[Finding] = field(default_factory=list)
    vanished: list[Finding] = field(default_factory=list)

    def counts(self) -> dict[DumpVerdict, int]:
        """Return the findings per verdict; they add up to the number of answers, unless the file was unchanged."""
        found = Counter(finding.verdict for finding in self.findings)
        return {verdict: found[verdict] for verdict in DumpVerdict}


def attach_resemblances(report: DumpReport, pairs: Iterable[FoundPair]) -> None:
    """Add to each new answer the entry that it resembles most, preferring one that vanished, which it then replaces."""
    older = defaultdict(list)
    for pair in pairs:
        if pair.verdict.kind is not PairKind.SIBLINGS:
            older[pair.right].append(pair)
    missing = {finding.number: finding for finding in report.vanished}
    report.findings = [
        _with_resemblance(finding, older.get(finding.number or 0, ()), missing) if finding.is_created else finding
        for finding in report.findings
    ]
    report.vanished = list(missing.values())


def _with_resemblance(finding: Finding, pairs: Iterable[FoundPair], missing: dict[int | None, Finding]) -> Finding:
    best = min(pairs, key=lambda pair: (pair.left not in missing, -pair.verdict.score, pair.left), default=None)
    if best is None:
        return finding
    if former := missing.pop(best.left, None):
        return replace(finding, verdict=DumpVerdict.CHANGED, resemblance=best, passage=former.passage)
    return replace(finding, verdict=DumpVerdict.LOOKS_LIKE, resemblance=best)
