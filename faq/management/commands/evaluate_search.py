"""manage.py evaluate_search [FILE]."""

import csv
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from faq.domain.search.evaluation import DEPTHS, JudgedQuery, compute_metrics, judge_query
from faq.management.faults import unreadable
from faq.models import Entry
from faq.selectors.published import live_snapshot
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
        rows = _read(file)
        numbers = _numbers_by_question()
        if missing := {question for _, _, wanted in rows for question in wanted} - numbers.keys():
            raise CommandError(f"Aucune fiche en ligne ne pose la question « {min(missing)} » : chargez la FAQ voulue.")
        results = [_judged(row, numbers) for row in rows]
        self.stdout.write(f"{'':12}{'requêtes':>9}{'MRR':>8}" + "".join(f"{f'rappel@{depth}':>11}" for depth in DEPTHS))
        for kind in dict.fromkeys(result.kind for result in results):
            self._line(kind, [result for result in results if result.kind == kind])
        self._line("ensemble", results)
        for result in results:
            if result.best != 1:
                place = f"en place {result.best}" if result.best else "absente"
                self.stdout.write(f"  « {result.query} » : {place}, {result.found} trouvées")

    def _line(self, name: str, results: list[JudgedQuery]) -> None:
        said = compute_metrics(results)
        recall = "".join(f"{share:>11.3f}" for share in said.recall)
        self.stdout.write(f"{name:12}{said.queries:>9}{said.reciprocal_rank:>8.3f}{recall}")


def _read(path: Path) -> list[tuple[str, str, list[str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["kind"], row["query"], row["expected"].split(SEPARATOR)) for row in csv.DictReader(file)]
    except OSError as error:
        raise unreadable(path, error) from error
    except (KeyError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} : il faut du CSV en UTF-8, avec les colonnes kind, query, expected.") from error


def _numbers_by_question() -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for number, question in Entry.objects.live().values_list("pk", "question"):
        numbers.setdefault(question, []).append(number)
    return numbers


def _judged(row: tuple[str, str, list[str]], numbers: dict[str, list[int]]) -> JudgedQuery:
    """Judge a query; entries of one question, which duplicates are, take one place together."""
    kind, query, wanted = row
    question_of = {number: question for question, same in numbers.items() for number in same}
    hits = live_search(query, live_snapshot())
    questions = list(dict.fromkeys(question_of[number] for number in hits.numbers[:]))
    return judge_query(kind, query, questions, wanted)
