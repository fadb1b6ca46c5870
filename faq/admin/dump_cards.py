"""One answer of a preview as editors judge it: its verdict, the entry it is compared with, and what differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from faq.admin.display import state_badges
from faq.admin.entries.pair_card import MarkedLines, mark_lines
from faq.domain.diff import Line, diff_text
from faq.domain.duplicates.evidence import explain
from faq.enums import DumpChoice, DumpVerdict, PairCause, PairKind
from faq.models import DumpPreview, PreviewedAnswer
from faq.services.content import normalize_line_ends
from faq.services.dump_files import PreviewFile
from faq.services.dump_previews import CHOICES, get_choices, name_twin
from faq.services.dumps import join_texts

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
"""The labels of the choices on a verdict."""
_JOIN = "Réunir les deux dans {}, en brouillon"
_REPLACE = "Proposer le nouveau texte à {} à la place du sien, en brouillon"
"""The label of a proposal where editors have rewritten the text."""


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
    joined_text: Sequence[Line] = ()
    """Of a text that editors rewrote: what joining both would change in theirs, where they do not contradict."""
    options: Sequence[Option] = ()

    @property
    def beginning(self) -> str:
        """The beginning of a long text; empty where the whole is shown."""
        return f"{self.text[:_BEGINNING]}…" if len(self.text) > _BEGINNING else ""

    @property
    def verdict(self) -> str:
        """The French label of the verdict."""
        return DumpVerdict(self.row.verdict).label


def load_cards(preview: DumpPreview, page: Iterable[PreviewedAnswer], files: Sequence[PreviewFile]) -> list[AnswerCard]:
    """Return the cards of the answers of a page; their entries, heads and former passages must have been read."""
    rows = list(page)
    places = [
        tuple(map(int, row.twin.split(":"))) for row in rows if row.twin and row.verdict == DumpVerdict.LOOKS_LIKE
    ]
    texts = {}
    if places:
        wanted = Q()
        for file, position in places:
            wanted |= Q(file=file, position=position)
        twins = preview.answers.exclude(verdict=DumpVerdict.VANISHED).filter(wanted)
        texts = {name_twin(*place): text for *place, text in twins.values_list("file", "position", "text")}
    return [_build_card(row, files, texts.get(row.twin, "")) for row in rows]


def _build_card(row: PreviewedAnswer, files: Sequence[PreviewFile], twin_text: str) -> AnswerCard:
    entry = row.entry
    changed = row.verdict == DumpVerdict.CHANGED
    alike = row.verdict == DumpVerdict.LOOKS_LIKE
    former = normalize_line_ends(row.former.answer) if row.former else ""
    text = normalize_line_ends(row.text)
    twin = _describe_twin(row.twin, files)
    own = entry.head.answer if changed and row.curated else None
    joined = None if own is None else join_texts(former, own, text)
    return AnswerCard(
        row,
        _describe_place(row, files),
        text=former if row.verdict == DumpVerdict.VANISHED else "" if alike or changed else text,
        badges=state_badges(entry) if entry else "",
        why=_explain(row.evidence),
        twin=twin,
        sides=_compare(text, entry, twin, normalize_line_ends(twin_text), row.evidence) if alike else (),
        new_text=diff_text(former, text) if changed else (),
        own_text=() if own is None else diff_text(former, own),
        joined_text=() if joined is None else diff_text(own, joined),
        options=_build_options(row, None if own is None else joined is not None) if row.choice else (),
    )


def _build_options(row: PreviewedAnswer, joins: bool | None) -> list[Option]:
    """Return the choices of an answer; `joins` says whether both changes of a rewritten text go together."""
    labels = dict(_LABELS[DumpVerdict(row.verdict)])
    if joins is not None:
        labels[DumpChoice.PROPOSE] = _JOIN if joins else _REPLACE
    name = row.entry.reference if row.entry else "la fiche de l’autre réponse"
    return [Option(choice.value, labels[choice].format(name), choice == row.choice) for choice in get_choices(row)]


def get_choice_labels(verdict: DumpVerdict) -> list[tuple[str, str]]:
    """Return the values and labels of the choices that a verdict leaves, for several answers at once."""
    labels = {choice: _LABELS[verdict][choice].format("leur fiche") for choice in CHOICES[verdict]}
    if verdict == DumpVerdict.CHANGED:
        labels[DumpChoice.PROPOSE] += ", sauf aux textes retravaillés"
    return [(choice.value, label) for choice, label in labels.items()]


def _describe_place(row: PreviewedAnswer, files: Sequence[PreviewFile]) -> str:
    edition = ", édition précédente" if row.verdict == DumpVerdict.VANISHED else ""
    return f"{files[row.file].name}{edition}, ligne {row.line}, réponse {row.position}"


def _describe_twin(twin: str, files: Sequence[PreviewFile]) -> str:
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


def _compare(text: str, entry, twin: str, twin_text: str, evidence: dict[str, str]) -> list[tuple[str, MarkedLines]]:
    """Return both texts, word by word: that of the file, and that of the entry or of the other answer."""
    shown = {name: value for name, value in evidence.items() if name != "kind"}
    other = entry.head.answer if entry else twin_text
    found = explain(other, text)
    heading = f"Dans {entry.reference}" if entry else capfirst(twin)
    return [("Dans le fichier", mark_lines(text, found, 1, shown)), (heading, mark_lines(other, found, 0, shown))]
