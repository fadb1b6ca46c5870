"""Texts of every size and shape: the time and memory that each operation takes, and how fast these grow.

`python -m tests.benchmarks shapes` measures this alone. Every cell runs in a process of its own, bounded in time and
memory, so that the table always comes to its end.
"""

import io
import math
import random
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.core.management import call_command

from faq.domain.diff import diff_text
from faq.domain.dumps import VOTE_LINE, scan_dump
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document
from faq.domain.limits import ANSWER_MAX_LENGTH
from faq.domain.markup import plain_text, render
from faq.domain.merge import combine_texts, merge_text
from faq.domain.personal_data import mask_personal_data
from faq.domain.search.analysis import analyse, surface_forms
from faq.domain.search.extracts import HighlightTerms, build_extract, highlight
from faq.domain.spreadsheet import excel_text, render_csv
from faq.domain.text import fold, normalise, tokenize
from faq.enums import Origin
from faq.services.content import Content
from faq.services.dumps import Source, import_dumps
from faq.services.entries import create_entry
from faq.services.versions import Provenance
from tests.benchmarks.measure import apart, cost, figure, megabytes, milliseconds, say, table

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TIME_LIMIT = 20
"""Seconds of processor after which a cell is given up."""
MEMORY_LIMIT = 3_000_000_000
_MEASURABLE = 0.01
"""Seconds below which a growth is noise."""
_STEEP = 1.3
"""Exponent above which a growth is listed."""


def _repeated(pattern: str, size: int, seed: int) -> str:
    return (pattern * (size // len(pattern) + 1))[:size]


def _different_words(separator: str, size: int, seed: int) -> str:
    chance = random.Random(seed)
    words = (f"{''.join(chance.choices('abcdeilmnoprstu', k=6))}{separator}" for _ in range(size // 7 + 1))
    return "".join(words)[:size]


def _around(middle: str, size: int, seed: int) -> str:
    return f"mot{seed}{middle * ((size - 10) // len(middle))}fin."


SHAPES: dict[str, Callable[[int, int], str]] = {
    "une lettre": partial(_repeated, "x"),
    "un mot, une ligne": partial(_repeated, "mot "),
    "un mot, en lignes": partial(_repeated, "mot\n"),
    "mots différents, une ligne": partial(_different_words, " "),
    "mots différents, en lignes": partial(_different_words, "\n"),
    "lignes de mots différents": partial(_different_words, " suite\n"),
    "espaces seules": partial(_around, " "),
    "espaces et insécables": partial(_around, " \u00a0"),
    "fins de ligne seules": partial(_around, "\n"),
    "fins de ligne et espaces": partial(_around, "\n "),
    "chiffres": partial(_repeated, "1"),
    "nombres pointés": partial(_repeated, "1.1,"),
    "numéros de téléphone": partial(_repeated, "06 12 34 56 7 "),
    "sigle pointé": partial(_repeated, "a.a."),
    "adresses électroniques": partial(_repeated, "a.b-c@d.e-"),
    "adresses": partial(_repeated, "https://a.fr/b(c "),
    "une adresse sans fin": partial(_repeated, "https://a.fr/(b_c)."),
    "crochets ouvrants": partial(_repeated, "["),
    "crochets fermants": partial(_repeated, "]("),
    "débuts de lien": partial(_repeated, "[a]("),
    "liens": partial(_repeated, "[a](https://a.fr) "),
    "étoiles": partial(_repeated, "*"),
    "mises en gras": partial(_repeated, "**a "),
    "soulignés": partial(_repeated, "_*a"),
    "listes": partial(_repeated, "- a\n1. b\n"),
    "listes imbriquées": partial(_repeated, "- a\n  * b\n    1. c\n"),
    "guillemets": partial(_repeated, "« » "),
    "accents décomposés": partial(_repeated, "e\u0301\u0323"),
    "points d’interrogation": partial(_repeated, "?\n"),
    "contre-obliques": partial(_repeated, "\\"),
    "crochets appariés": lambda size, seed: "[" * (size // 2) + "]" * (size // 2),
    "tableaux": partial(_repeated, "| a | b |\n|---|---|\n| 1 | 2 |\n\n"),
    "rangées": partial(_repeated, "| a | b |\n"),
    "délimiteurs": partial(_repeated, "|--|--|\n"),
    "sous-titres": partial(_repeated, "## a\nb\n"),
    "citations": partial(_repeated, "> a\n>\n"),
    "images": partial(_repeated, f"![a](media:{'0' * 32}.png) "),
    "débuts d’image": partial(_repeated, "![a"),
    "renvois": partial(_repeated, "Q-1/"),
    "marques mêlées": partial(_repeated, "*a _b ** [c]("),
}
"""Texts by their shape: a size in characters and a seed in, a text out."""

Operation = Callable[[str, str], object]
"""An operation on a text, and on another of the same size and shape."""
_MARKS = HighlightTerms.from_expansions([(("mot",), "mot"), (("a",), "a"), (("suit",), "")])


def _changed(text: str, at: float) -> str:
    """Return a text with a word put in near its beginning or its end."""
    place = int(len(text) * at)
    return f"{text[:place]} changé {text[place:]}"


def _reversed_lines(text: str) -> str:
    return "\n".join(reversed(text.split("\n")))


def _compare(text: str, other: str) -> object:
    index = DocumentIndex([Document(1, "Comment faire ?", other), Document(2, "", _changed(text, 0.3))])
    return index.check(Document(3, "Comment faire ?", text))


def _dump(text: str, other: str) -> bytes:
    """Return a file of a text's length, whose answers are as long as the limit allows."""
    step = ANSWER_MAX_LENGTH - 100
    answers = (f"{start}\n{text[start : start + step]}" for start in range(0, len(text), step))
    return "".join(f"{answer}\n{VOTE_LINE}\n" for answer in answers).encode()


def _import(text: str, other: str) -> object:
    source = Source("mesure", io.BytesIO(_dump(text, other)), "mesure.txt")
    return import_dumps([source], Provenance(Origin.DUMP_IMPORT))


def _save(text: str, other: str) -> object:
    return create_entry(Content("Comment faire ?", text[:ANSWER_MAX_LENGTH]), Provenance(Origin.FORM))


OPERATIONS: dict[str, Operation] = {
    "normaliser": lambda text, other: (normalise(text), fold(text)),
    "découper en mots": lambda text, other: tokenize(text),
    "analyser pour la recherche": lambda text, other: (analyse(text[:300], text), surface_forms(text)),
    "afficher": lambda text, other: render(text),
    "texte sans balises": lambda text, other: plain_text(text),
    "extrait": lambda text, other: (build_extract(text, _MARKS), highlight(text, _MARKS)),
    "comparer deux états": lambda text, other: diff_text(text, _changed(text, 0.4)),
    "comparer deux textes": lambda text, other: diff_text(text, other),
    "comparer à rebours": lambda text, other: diff_text(text, _reversed_lines(text)),
    "réunir trois états": lambda text, other: merge_text(text, _changed(text, 0.2), _changed(text, 0.8)),
    "réunir trois textes": lambda text, other: merge_text(text, other, _reversed_lines(text)),
    "joindre deux textes": lambda text, other: combine_texts(text, other),
    "masquer": lambda text, other: mask_personal_data(text),
    "tableur": lambda text, other: (excel_text(text), list(render_csv(["réponse"], [[text]]))),
    "lire une extraction": lambda text, other: list(scan_dump(io.BytesIO(_dump(text, other)))),
    "chercher les doublons": _compare,
    "importer": _import,
    "enregistrer": _save,
}
_WRITING = ("importer", "enregistrer")
"""Operations that leave something in the database."""


@dataclass(frozen=True)
class Cell:
    """One measurement; without a time, the cell was given up."""

    size: int
    cpu: float | None
    memory: int = 0

    @property
    def time_text(self) -> str:
        """The time in milliseconds, or the limit."""
        return f"> {TIME_LIMIT} s" if self.cpu is None else milliseconds(self.cpu)


@dataclass(frozen=True)
class Series:
    """The measurements of an operation on one shape, by rising size."""

    operation: str
    shape: str
    cells: tuple[Cell, ...]

    @property
    def exponent(self) -> float | None:
        """The slope of time over size on logarithmic scales, between the two largest sizes.

        At least that where the largest was given up; None where there is too little to measure.
        """
        times = [(cell.size, TIME_LIMIT if cell.cpu is None else cell.cpu) for cell in self.cells]
        measured = [(size, cpu) for size, cpu in times if cpu >= _MEASURABLE]
        if len(measured) < 2:
            return None
        (small, short), (large, long) = measured[-2:]
        return math.log(long / short) / math.log(large / small)

    @property
    def is_steep(self) -> bool:
        """Whether the time grows clearly faster than the text."""
        return self.exponent is not None and self.exponent > _STEEP

    @property
    def slowest(self) -> float:
        """The longest time."""
        return max(TIME_LIMIT if cell.cpu is None else cell.cpu for cell in self.cells)

    def as_row(self) -> tuple[str, ...]:
        """Return the row of a table."""
        times = [cell.time_text for cell in self.cells]
        grown = "–" if self.exponent is None else figure(self.exponent, 2)
        memory = max(cell.memory for cell in self.cells)
        return (self.operation, self.shape, *times, *["–"] * (len(SIZES) - len(times)), grown, megabytes(memory))


def run() -> None:
    """Measure everything and print two tables: the slowest shape of each operation, and what grows too fast."""
    series = list(_measure(OPERATIONS))
    columns = ("opération", "forme", *(f"{figure(size)} (ms)" for size in SIZES), "exposant", "mémoire (Mo)")
    slowest = [
        max((one for one in series if one.operation == name), key=lambda one: one.slowest) for name in OPERATIONS
    ]
    table("Textes de toute taille, en caractères : la forme la plus lente.", columns, [one.as_row() for one in slowest])
    steep = [one.as_row() for one in series if one.is_steep]
    if steep:
        table(f"Ce qui croît plus vite que le texte (exposant au-delà de {figure(_STEEP, 1)}).", columns, steep)
    say(f"\n{figure(len(series))} séries de mesures, dont {len(steep)} croissent plus vite que le texte.")


def _measure(names: dict[str, Operation]) -> Iterator[Series]:
    for operation in names:
        for shape in SHAPES:
            cells: list[Cell] = []
            for size in SIZES:
                if operation == "enregistrer" and size > 2 * ANSWER_MAX_LENGTH:
                    break
                cells.append(_measure_cell(operation, shape, size))
                if cells[-1].cpu is None:
                    break
            yield Series(operation, shape, tuple(cells))


def _measure_cell(operation: str, shape: str, size: int) -> Cell:
    try:
        cpu, memory = apart(_run_cell, operation, shape, size)
    except RuntimeError:
        cpu, memory = None, 0
    if operation in _WRITING:
        call_command("flush", interactive=False, verbosity=0)
    return Cell(size, cpu, memory)


def _run_cell(operation: str, shape: str, size: int) -> tuple[float, int]:
    text, other = (SHAPES[shape](size, seed) for seed in (1, 2))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    if operation == "enregistrer":
        _save(_changed(other, 0.5), text)
    spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (spent + TIME_LIMIT, spent + TIME_LIMIT + 1))
    measured = cost(lambda: OPERATIONS[operation](text, other), patience=0)
    return measured.cpu, measured.memory
