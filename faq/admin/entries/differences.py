"""The differences of two versions of an entry, field by field, ready to be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.text import capfirst

from faq.domain.diff import CONTEXT, Change, Line, Segment, changed_terms, diff_question, diff_text
from faq.domain.facets import Facet
from faq.models import Version

_LEAST_FOLDED = 4
"""Fewer unchanged lines are quicker read than unfolded."""
_TRANSVERSE = "transverse (concerne tous les termes)"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a text that follow each other; `folded` where all are unchanged and far from any change."""

    lines: Sequence[Line]
    folded: bool

    @property
    def size(self) -> int:
        """The number of lines of the text; a line of a long difference may stand for several."""
        return sum((line.new or "").count("\n") + 1 for line in self.lines)


@dataclass(frozen=True, slots=True)
class Difference:
    """The differences of one field, named as services name it."""

    field: str
    title: str
    lines: Sequence[Line]
    sources: Sequence[int]
    """Numbers of the versions that say something else there than the latest, and can bring it back."""

    @property
    def changed(self) -> bool:
        """Whether anything in it differs."""
        return any(line.change is not Change.UNCHANGED for line in self.lines)

    @property
    def stretches(self) -> list[Stretch]:
        """The lines, with what can be folded apart."""
        return list(_stretches(self.lines))


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences of a question, its answer and their filing."""

    text: Sequence[Difference]
    filing: Sequence[Difference]

    @property
    def any(self) -> bool:
        """Whether text or filing differs."""
        return any(difference.changed for difference in (*self.text, *self.filing))


def differences(old: Version, new: Version, head: Version) -> Differences:
    """Compare two versions of an entry whose latest is `head`."""

    def difference(field: str, title: str, lines: Sequence[Line]) -> Difference:
        return Difference(field, title, lines, _sources(field, (old, new), head))

    return Differences(
        text=[
            difference("question", "Question", diff_question(old.question, new.question)),
            difference("answer", "Réponse", diff_text(old.answer, new.answer)),
        ],
        filing=[difference(facet.value, capfirst(facet.label), _terms(facet, old, new)) for facet in Facet],
    )


def replaced(old: str, new: str) -> Line:
    """Compare two names, such as those of states: a name is another one or the same, whatever its letters."""
    if old == new:
        return _whole(Change.UNCHANGED, old)
    kinds = ((Change.REMOVED, old), (Change.UNCHANGED, " → "), (Change.ADDED, new))
    return Line(Change.CHANGED, tuple(Segment(kind, text) for kind, text in kinds))


def _terms(facet: Facet, old: Version, new: Version) -> list[Line]:
    """Return one line per term; without any term, an entry is transverse, and that too comes and goes."""
    labels = [str(term["label"]) for term in new.filing.get(facet, ())] or [_TRANSVERSE]
    changes = [change for change in changed_terms(old.filing, new.filing) if change.facet is facet]
    removed = [label for change in changes for label in change.removed or [_TRANSVERSE] * change.was_transverse]
    added = [label for change in changes for label in change.added or [_TRANSVERSE] * change.is_transverse]
    return [
        *(_whole(Change.UNCHANGED, label) for label in labels if label not in added),
        *(_whole(Change.REMOVED, label) for label in removed),
        *(_whole(Change.ADDED, label) for label in added),
    ]


def _whole(change: Change, text: str) -> Line:
    return Line(change, (Segment(change, text),))


def _stretches(lines: Sequence[Line]) -> Iterator[Stretch]:
    changed = [at for at, line in enumerate(lines) if line.change is not Change.UNCHANGED]
    near = {at + step for at in changed for step in range(-CONTEXT, CONTEXT + 1)}
    for is_near, run in groupby(range(len(lines)), near.__contains__):
        stretch = Stretch([lines[at] for at in run], folded=False)
        yield replace(stretch, folded=not is_near and stretch.size >= _LEAST_FOLDED)


def _sources(field: str, versions: Sequence[Version], head: Version) -> list[int]:
    return [version.number for version in versions if _value(version, field) != _value(head, field)]


def _value(version: Version, field: str) -> object:
    if field in ("question", "answer"):
        return getattr(version, field)
    return {term["id"] for term in version.filing.get(field, ())}
