"""One answer of a preview as editors judge it: its verdict, the entry it is compared with, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from faq.admin.display import state_badges
from faq.admin.entries.pair_card import MarkedLines, mark_lines
from faq.domain.diff import Line, diff_text
from faq.domain.duplicates.evidence import explain
from faq.enums import DumpChoice, DumpVerdict, PairCause, PairKind
from faq.models import PreviewedAnswer
from faq.services.content import normalize_line_ends
from faq.services.dump_files import PreviewFile
from faq.services.dump_previews import CHOICES

_BEGINNING = 400
"""Characters of a text that are shown before it is unfolded."""
_LABELS = {
    DumpVerdict.LOOKS_LIKE: {
        DumpChoice.CREATE: "En faire une nouvelle fiche, en brouillon",
        DumpChoice.KEEP: "La rattacher à {}, sans changer la fiche",
        DumpChoice.PROPOSE: "Proposer ce texte à {}, en brouillon",
    },
    DumpVerdict.CHANGED: {
        DumpChoice.PROPOSE: "Proposer le nouveau texte à {}, en brouillon",
        DumpChoice.KEEP: "Garder le texte de {} tel qu’il est",
        DumpChoice.CREATE: "En faire une nouvelle fiche, en brouillon",
    },
}
"""What the choices on a verdict are called on the page."""


@dataclass(frozen=True)
class Option:
    """One choice that an answer leaves."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class AnswerCard:
    """An answer of a preview, ready to be shown."""

    row: PreviewedAnswer
    place: str
    """The dump, the line and the rank, in French."""
    text: str
    """The text where nothing is compared; empty where a comparison shows it."""
    badges: SafeString | str = ""
    why: str = ""
    """The reason of the verdict, in French."""
    twin: str = ""
    """The other answer of this import that has the text, or resembles it, in French."""
    sides: Sequence[tuple[str, MarkedLines]] = ()
    """Of a resemblance: the headings and texts of the file and of the entry, word by word."""
    new_text: Sequence[Line] = ()
    """Of a changed answer: what the file changes in the former edition."""
    own_text: Sequence[Line] = ()
    """Of a changed answer: what editors changed in the former edition, where they did."""
    options: Sequence[Option] = ()

    @property
    def beginning(self) -> str:
        """The beginning of a long text; empty where the whole is shown."""
        return f"{self.text[:_BEGINNING]}…" if len(self.text) > _BEGINNING else ""

    @property
    def verdict(self) -> str:
        """The French label of the verdict."""
        return DumpVerdict(self.row.verdict).label


def build_card(row: PreviewedAnswer, files: Sequence[PreviewFile]) -> AnswerCard:
    """Return the card of an answer; its entry, that one's head and its former passage must have been read."""
    entry = row.entry
    resembles = row.verdict in CHOICES
    changed = row.verdict == DumpVerdict.CHANGED
    compared = entry if resembles and not changed else None
    former = normalize_line_ends(row.former.answer) if row.former else ""
    text = normalize_line_ends(row.text)
    return AnswerCard(
        row,
        _name_place(row, files),
        text=former if row.verdict == DumpVerdict.VANISHED else "" if compared or changed else text,
        badges=state_badges(entry) if entry else "",
        why=_explain(row.evidence),
        twin=_name_twin(row.twin, files),
        sides=_compare(text, entry, row.evidence) if compared else (),
        new_text=diff_text(former, text) if changed else (),
        own_text=diff_text(former, entry.head.answer) if changed and row.curated else (),
        options=[
            Option(
                choice.value, _LABELS[DumpVerdict(row.verdict)][choice].format(entry.reference), choice == row.choice
            )
            for choice in (CHOICES[row.verdict] if row.choice else ())
        ],
    )


def _build_options(row: PreviewedAnswer) -> list[Option]:
    labels = _LABELS[DumpVerdict(row.verdict)]
    return [
        Option(choice.value, labels[choice].format(row.entry.reference), choice == row.choice)
        for choice in CHOICES[row.verdict]
    ]


def get_choice_labels(verdict: DumpVerdict) -> list[tuple[str, str]]:
    """Return the values and labels of the choices that a verdict leaves, for several answers at once."""
    return [(choice.value, _LABELS[verdict][choice].format("leur fiche")) for choice in CHOICES[verdict]]


def _name_place(row: PreviewedAnswer, files: Sequence[PreviewFile]) -> str:
    edition = ", édition précédente" if row.verdict == DumpVerdict.VANISHED else ""
    return f"{files[row.file].name}{edition}, ligne {row.line}, réponse {row.position}"


def _name_twin(twin: str, files: Sequence[PreviewFile]) -> str:
    if not twin:
        return ""
    rank, position = twin.split(":")
    return f"la réponse {position} de {files[int(rank)].name}"


def _explain(evidence: dict[str, str]) -> str:
    """Return the kind of a resemblance and the words that differ, in French."""
    if not evidence:
        return ""
    kind = PairKind(evidence["kind"]).label
    cause = evidence.get("cause")
    if not cause:
        return f"{kind}."
    if cause == PairCause.QUESTION:
        return f"{kind} : {PairCause.QUESTION.label}."
    words = [f"« {evidence[side]} »" if evidence[side] else "rien" for side in ("right", "left")]
    return f"{kind} : {PairCause(cause).label}, {words[0]} dans le fichier au lieu de {words[1]}."


def _compare(text: str, entry, evidence: dict[str, str]) -> list[tuple[str, MarkedLines]]:
    shown = {name: value for name, value in evidence.items() if name != "kind"}
    found = explain(entry.head.answer, text)
    return [
        ("Dans le fichier", mark_lines(text, found, 1, shown)),
        (f"Dans {entry.reference}", mark_lines(entry.head.answer, found, 0, shown)),
    ]
