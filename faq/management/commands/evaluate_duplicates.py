"""manage.py evaluate_duplicates."""

import time

from django.core.management.base import BaseCommand

from faq.domain.duplicates import Index
from faq.domain.duplicates.trial.labelled import labelled
from faq.domain.duplicates.trial.scoring import Result, Score, score

ANSWERS = 2_000


class Command(BaseCommand):
    """Print precision, recall and F1 of the detector on made-up answers whose pairs are known."""

    help = "Mesure la détection des doublons sur des réponses fabriquées, dont les paires sont connues d’avance."

    def add_arguments(self, parser):
        """Let people choose the size and the draw."""
        parser.add_argument("--answers", type=int, default=ANSWERS, help="nombre de réponses (2 000)")
        parser.add_argument("--seed", type=int, default=1, help="tirage : le même donne les mêmes réponses (1)")
        parser.add_argument("--processes", type=int, default=2, help="nombre de processus (2)")

    def handle(self, *, answers, seed, processes, **options):
        """Print a line per sort of planted pair, then the whole."""
        made = labelled(answers, seed)
        started = time.perf_counter()
        pairs = list(Index(made.documents, processes=processes).pairs(processes=processes))
        spent = time.perf_counter() - started
        result = score(made, pairs)
        self.stdout.write(f"{len(made.documents)} réponses, {len(made.pairs)} paires plantées, {spent:.1f} s\n\n")
        self.stdout.write(f"{'':24}{'précision':>10}{'rappel':>10}{'F1':>10}   dit")
        for name in sorted(result.by_name):
            self._line(name, result.by_name[name], result)
        self.stdout.write("")
        self._line("ensemble", result.total, result)

    def _line(self, name: str, counted: Score, result: Result) -> None:
        said = ", ".join(
            f"{kind.value if kind else 'rien'} {number}"
            for kind, number in sorted(result.called.get(name, {}).items(), key=str)
        )
        # Of a trap nothing can be found rightly: what counts is that nothing was found wrongly.
        trap = not (counted.right + counted.missed)
        figures = (
            f"{'bien écartées' if not counted.wrong else f'{counted.wrong} à tort':>30}"
            if trap
            else f"{counted.precision:>10.4f}{counted.recall:>10.4f}{counted.f1:>10.4f}"
        )
        self.stdout.write(f"{name:24}{figures}   {said}")
