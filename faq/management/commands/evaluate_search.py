"""manage.py evaluate_search [FILE]."""

import csv
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from faq.domain.search.evaluation import RECALL_DEPTHS, JudgedQuery, compute_metrics, judge_query
from faq.management.faults import unreadable
from faq.models import Entry
from faq.selectors.published import Snapshot, live_snapshot
from faq.selectors.search.hits import live_search

QUERIES = settings.BASE_DIR / "fixtures" / "search_queries.csv"
SEPARATOR = " | "


class Command(BaseCommand):
    """Print how well the search finds what people look for in the FAQ that is live."""

    help = (
        "Mesure la recherche sur des requêtes dont les réponses sont connues (colonnes kind, query, expected : "
        "les questions attendues, séparées par « | »), et nomme celles qui échouent."
    )

    def add_arguments(self, parser):
        """Declare the file."""
        parser.add_argument("file", metavar="FICHIER", type=Path, nargs="?", default=QUERIES)

    def handle(self, *, file, **options):
        """Search for each query; print a line per kind, the whole, and what was not found first."""
        rows = _read_queries(file)
        question_of = dict(Entry.objects.live().values_list("pk", "question"))
        if missing := {question for _, _, wanted in rows for question in wanted} - set(question_of.values()):
            raise CommandError(f"Aucune fiche en ligne ne pose la question « {min(missing)} » : chargez la FAQ voulue.")
        snapshot = live_snapshot()
        results = [_judge(row, snapshot, question_of) for row in rows]
        depths = "".join(f"{f'rappel@{depth}':>11}" for depth in RECALL_DEPTHS)
        self.stdout.write(f"{'':12}{'requêtes':>9}{'MRR':>8}{depths}")
        for kind in dict.fromkeys(result.kind for result in results):
            self._print_metrics(kind, [result for result in results if result.kind == kind])
        self._print_metrics("ensemble", results)
        for result in results:
            if result.best_rank != 1:
                place = f"en place {result.best_rank}" if result.best_rank else "absente"
                self.stdout.write(f"  « {result.query} » : {place}, {result.found} trouvées")

    def _print_metrics(self, name: str, results: list[JudgedQuery]) -> None:
        metrics = compute_metrics(results)
        recall = "".join(f"{share:>11.3f}" for share in metrics.recall)
        self.stdout.write(f"{name:12}{metrics.queries:>9}{metrics.reciprocal_rank:>8.3f}{recall}")


def _read_queries(path: Path) -> list[tuple[str, str, list[str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["kind"], row["query"], row["expected"].split(SEPARATOR)) for row in csv.DictReader(file)]
    except OSError as error:
        raise unreadable(path, error) from error
    except (KeyError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} : il faut du CSV en UTF-8, avec les colonnes kind, query, expected.") from error


def _judge(row: tuple[str, str, list[str]], snapshot: Snapshot, question_of: dict[int, str]) -> JudgedQuery:
    """Judge a query; entries with the same question, which duplicates have, share one rank."""
    kind, query, wanted = row
    questions = list(dict.fromkeys(question_of[number] for number in live_search(query, snapshot).numbers[:]))
    return judge_query(kind, query, questions, wanted)
