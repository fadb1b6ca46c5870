"""python -m tests.evaluation.search FILE…: measure searches in the real dumps by judged queries, beside other engines.

A file of queries has the columns kind, query and expected: the answers that help, as « 000:12 » (the beginning of a
dump's file name, and the place of the answer in it), joined by « | »; none for a query that no answer is about.
"""

import csv
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import django

from faq.domain.search.evaluation import JudgedQuery, judge_query
from faq.domain.search.filing import NO_FILING
from faq.domain.text import fingerprint
from tests.parsed_dumps import parse_dump
from tests.searching import FIXTURES, Text, an_index, best_found, searched, starter_synonyms


@dataclass(frozen=True)
class Answered:
    """The answers that a page shows for a query."""

    numbers: list[int]
    """The texts found, best first; where none is, those that the page proposes instead."""
    is_vain: bool
    """Whether the page says that nothing was found."""


Find = Callable[[str], Answered]

SEPARATOR = " | "
DUMPS = Path(__file__).resolve().parents[3] / "shared" / "dumps"


@dataclass(frozen=True)
class DumpCorpus:
    """The answers of the dumps, equal ones once, and their places there."""

    texts: tuple[Text, ...]
    numbers: Mapping[str, int]
    """The number of an answer, counted from 1, by its places (« 000:12 »)."""


def read_corpus(folder: Path = DUMPS, *, titled: bool) -> DumpCorpus:
    """Return the answers of all dumps of a folder; without questions, or with those of the curated FAQ."""
    with (FIXTURES / "curation_ans.csv").open(encoding="utf-8", newline="") as file:
        questions = {row["fingerprint"]: row["question"] for row in csv.DictReader(file)} if titled else {}
    texts: dict[str, tuple[int, Text]] = {}
    numbers = {}
    for path in sorted(folder.glob("*.txt")):
        for place, passage in enumerate(parse_dump(path.read_bytes()).passages, start=1):
            key = fingerprint(passage.answer)
            number, _ = texts.setdefault(key, (len(texts) + 1, (questions.get(key, ""), passage.answer)))
            numbers[f"{path.name[:3]}:{place}"] = number
    return DumpCorpus(tuple(text for _, text in texts.values()), numbers)


def read_queries(path: Path, corpus: DumpCorpus) -> list[tuple[str, str, list[int]]]:
    """Return the kind, the text and the expected numbers of each query."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (row["kind"], row["query"], [corpus.numbers[place] for place in row["expected"].split(SEPARATOR) if place])
            for row in csv.DictReader(file)
        ]


def build_engine(texts: Sequence[Text]) -> Find:
    """Return our search as visitors use it: with the synonyms of an installation, without filing."""
    numbered = dict(enumerate(texts, start=1))
    index, synonyms = an_index(numbered), starter_synonyms()

    def find(query: str) -> Answered:
        found = best_found(index, query, synonyms, NO_FILING, numbered)
        return Answered(found or searched(index, query, synonyms).nearest, is_vain=not found)

    return find


def main(arguments: Sequence[str]) -> None:
    """Print success at 1 and 5 and MRR per engine; with --misses, the queries that ours does not answer first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.test")
    django.setup()
    # The engines come with the packages of « make bench » alone.
    from tests.evaluation.engines import other_engines

    if not DUMPS.exists():
        _print(f"Les extractions réelles ne sont pas dans {DUMPS} : rien à mesurer.")
        return
    paths = [Path(one) for one in arguments if not one.startswith("--")]
    for titled in (False, True):
        corpus = read_corpus(titled=titled)
        engines = {"faqcms": build_engine(corpus.texts)}
        engines |= {name: _counted_from_one(build(corpus.texts)) for name, build in other_engines().items()}
        for path in paths:
            queries = read_queries(path, corpus)
            _print(f"\n{path.stem}, {'avec' if titled else 'sans'} question, {len(corpus.texts)} réponses")
            _print(f"{'':24}{'requêtes':>9}{'succès@1':>10}{'succès@5':>10}{'MRR':>8}{'vaines à juste titre':>22}")
            for name, find in engines.items():
                _print_engine(name, find, queries, misses="--misses" in arguments and name == "faqcms")


def _counted_from_one(find: Callable[[str], list[int]]) -> Find:
    def find_numbers(query: str) -> Answered:
        numbers = [place + 1 for place in find(query)]
        return Answered(numbers, is_vain=not numbers)

    return find_numbers


def _print_engine(name: str, find: Find, queries: Sequence[tuple[str, str, list[int]]], *, misses: bool) -> None:
    judged: list[JudgedQuery] = []
    vain = found_anyway = 0
    for kind, text, expected in queries:
        answered = find(text)
        found = answered.numbers
        if not expected:
            vain += 1
            found_anyway += not answered.is_vain
            continue
        judged.append(judge_query(kind, text, [str(number) for number in found], [str(one) for one in expected]))
        if misses and judged[-1].best_rank != 1:
            _print(
                f"  {kind}: « {text} » en place {judged[-1].best_rank} de {len(found)}, attendu {expected}, {found[:3]}"
            )
    ranks = [one.best_rank for one in judged]
    total = len(ranks)
    first, five = (sum(rank is not None and rank <= depth for rank in ranks) / total for depth in (1, 5))
    mrr = sum(1 / rank for rank in ranks if rank) / total
    _print(f"{name:24}{total:>9}{first:>10.3f}{five:>10.3f}{mrr:>8.3f}{f'{vain - found_anyway} sur {vain}':>22}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
