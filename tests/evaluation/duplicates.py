"""python -m tests.evaluation.duplicates: measure the detector of duplicates on made-up answers with known pairs."""

import argparse
import sys
import time
from collections.abc import Iterator

from faq.domain.duplicates.index import DocumentIndex
from tests.evaluation.dataset import build_dataset
from tests.evaluation.scoring import Evaluation, Tally, evaluate

ANSWERS = 2_000


def main(arguments: list[str] | None = None) -> None:
    """Evaluate the detector and print a line per alteration, then one for the whole."""
    options = _parse(arguments)
    dataset = build_dataset(options.answers, options.seed)
    started = time.perf_counter()
    index = DocumentIndex(dataset.documents, processes=options.processes)
    evaluation = evaluate(dataset, index.pairs(processes=options.processes))
    seconds = time.perf_counter() - started
    print_line(f"{len(dataset.documents)} réponses, {len(dataset.pairs)} paires plantées, {seconds:.1f} s\n")
    print_line(f"{'':24}{'précision':>10}{'rappel':>10}{'F1':>10}   dit")
    for line in report_lines(evaluation):
        print_line(line)


def report_lines(evaluation: Evaluation) -> Iterator[str]:
    """Return one line per alteration, a blank one, and that of the whole."""
    for name in sorted(evaluation.by_name):
        yield _line(name, evaluation.by_name[name], evaluation)
    yield ""
    yield _line("ensemble", evaluation.total, evaluation)


def print_line(line: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{line}\n")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluation.duplicates",
        description="Mesure la détection des doublons sur des réponses fabriquées, dont les paires sont connues.",
    )
    parser.add_argument("--answers", type=int, default=ANSWERS, help="nombre de réponses (2 000)")
    parser.add_argument("--seed", type=int, default=1, help="tirage : le même donne les mêmes réponses (1)")
    parser.add_argument("--processes", type=int, default=2, help="nombre de processus (2)")
    return parser.parse_args(arguments)


def _line(name: str, tally: Tally, evaluation: Evaluation) -> str:
    kinds = sorted(evaluation.verdicts.get(name, {}).items(), key=str)
    verdicts = ", ".join(f"{kind.value if kind else 'rien'} {number}" for kind, number in kinds)
    if tally.right + tally.missed:
        figures = f"{tally.precision:>10.4f}{tally.recall:>10.4f}{tally.f1:>10.4f}"
    else:
        # Nothing can be found rightly in a trap: what counts is that nothing was found wrongly.
        figures = f"{f'{tally.wrong} à tort' if tally.wrong else 'bien écartées':>30}"
    return f"{name:24}{figures}   {verdicts}"


if __name__ == "__main__":
    main()
