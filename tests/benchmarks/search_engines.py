"""Our search beside other engines: how well each finds what people look for, and what one query costs at several sizes.

Every engine gets the same texts and returns the ten best; ours is also shown without what editors add to it (synonyms,
filing), since the others know nothing of that. PostgreSQL takes part where the benchmarks run on it.
"""

import csv
from collections.abc import Sequence
from itertools import islice

from faq.domain.search.evaluation import compute_metrics, judge_query
from faq.domain.search.filing import NO_FILING
from faq.domain.search.queries import parse_query
from tests.benchmarks import data
from tests.benchmarks.measure import apart, cost, figure, milliseconds, table
from tests.evaluation.engines import LIMIT, POSTGRES, Find, other_engines
from tests.searching import FIXTURES, NO_SYNONYMS, Text, an_index, best_found, demo_filing, demo_texts, starter_synonyms

SIZES = (1_000, 10_000, 100_000)
TIMED_QUERIES = ("certificat signé", "dossier complet au guichet", "comment transmettre le compte rendu ?", "annuaire")


def run() -> None:
    """Measure and print."""
    table(
        f"Pertinence sur les requêtes de fixtures/search_queries.csv, parmi les {LIMIT} premières réponses.",
        ("moteur", "requêtes", "MRR", "rappel à 1", "rappel à 5", "rappel à 10"),
        apart(_quality_rows),
    )
    table(
        f"Une requête (les {LIMIT} meilleures) : UC, mais temps écoulé pour PostgreSQL, dont le serveur est à part.",
        ("réponses", "moteur", "ms par requête"),
        [row for size in SIZES for row in apart(_cost_rows, size)],
    )


def _quality_rows() -> list[tuple[str, ...]]:
    texts = demo_texts()
    with (FIXTURES / "search_queries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(name, *_quality(find, texts, rows)) for name, find in _engines(texts, demo=True).items()]


def _quality(find: Find, texts: Sequence[Text], rows: Sequence[dict[str, str]]) -> tuple[str, ...]:
    results = []
    for row in rows:
        questions = list(dict.fromkeys(texts[place][0] for place in find(row["query"])))
        results.append(judge_query(row["kind"], row["query"], questions, row["expected"].split(" | ")))
    total = compute_metrics(results)
    return figure(total.queries), *(f"{share:.3f}" for share in (total.reciprocal_rank, *total.recall))


def _cost_rows(size: int) -> list[tuple[str, ...]]:
    texts = [(answer.splitlines()[0], answer) for answer in islice(data.answers(size), size)]
    return [(figure(size), name, _cost(name, find)) for name, find in _engines(texts).items()]


def _cost(name: str, find: Find) -> str:
    spent = cost(lambda: [find(query) for query in TIMED_QUERIES], patience=0.5)
    return milliseconds((spent.wall if name == POSTGRES else spent.cpu) / len(TIMED_QUERIES))


def _engines(texts: Sequence[Text], *, demo: bool = False) -> dict[str, Find]:
    engines = {"faqcms": _ours(texts)}
    if demo:
        engines = {"faqcms": _ours_with_editors_help(texts), "faqcms, sans synonymes ni classement": _ours(texts)}
    return engines | {name: build(texts) for name, build in other_engines().items()}


def _ours(texts: Sequence[Text]) -> Find:
    index = an_index(texts)

    def find(query: str) -> list[int]:
        found = index.search(parse_query(query), NO_SYNONYMS, NO_FILING)
        return [number - 1 for number, _ in found.rank(found.entries).page(0, LIMIT)]

    return find


def _ours_with_editors_help(texts: Sequence[Text]) -> Find:
    index, synonyms, filed = an_index(texts), starter_synonyms(), demo_filing()
    numbered = dict(enumerate(texts, start=1))
    return lambda query: [number - 1 for number in best_found(index, query, synonyms, filed, numbered)[:LIMIT]]
