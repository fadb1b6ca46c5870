"""Finding all duplicates, and those of one text being typed, beside comparing every two answers."""

import os
import statistics
import time

from rapidfuzz import fuzz, process

from faq.domain.duplicates import Document, Index, PairKind
from faq.domain.duplicates.trial.labelled import Labelled, labelled
from faq.domain.duplicates.trial.scoring import score
from tests.benchmarks.measure import apart, each, figure, say, table

SIZES = (2_000, 20_000)
NAIVE_SIZE = 1_000
PROCESSES = 2
CHECKS = 100
TYPED = -1
"""The key of a text being typed."""


def run() -> None:
    """Measure and print; the database is not touched."""
    table(
        "Tous les doublons d’un coup, puis ceux d’une réponse en cours de frappe (index chaud).",
        ("réponses", "façon", "index (s)", "tout (s)", "µs par réponse", "une (ms)", "octets par réponse", "F1"),
        [apart(_all_pairs, NAIVE_SIZE), *(apart(_detector, size) for size in SIZES)],
    )
    say("  Non mesurés : datasketch (MinHash LSH), qui n’est pas installé ; pg_trgm, qui demande PostgreSQL.")


def _detector(size: int) -> tuple[str, ...]:
    made = labelled(size)
    before, start = _resident(), time.perf_counter()
    index = Index(made.documents, processes=PROCESSES)
    indexed, held = time.perf_counter() - start, _resident() - before
    pairs = list(index.pairs(processes=PROCESSES))
    spent = time.perf_counter() - start
    result = score(made, pairs)
    return (
        figure(len(made.documents)),
        f"Index, {PROCESSES} processus",
        figure(indexed, 1),
        figure(spent, 1),
        each(spent, size),
        figure(_typing(index, made) * 1_000, 1),
        figure(held / size),
        figure(result.total.f1, 4),
    )


def _typing(index: Index, made: Labelled) -> float:
    """Give the median seconds that checking a text takes: an answer of the set, half typed."""
    spent = []
    for document in made.documents[:: max(1, len(made.documents) // CHECKS)]:
        typed = Document(TYPED, None, document.answer[: len(document.answer) // 2])
        start = time.perf_counter()
        index.check(typed)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def _all_pairs(size: int) -> tuple[str, ...]:
    """Take the ratio of every two texts, and the threshold that suits the planted pairs best."""
    made = labelled(size)
    texts = [document.answer for document in made.documents]
    start = time.perf_counter()
    ratios = process.cdist(texts, texts, scorer=fuzz.ratio, workers=PROCESSES)
    spent = time.perf_counter() - start
    start = time.perf_counter()
    process.cdist(texts[:1], texts, scorer=fuzz.ratio)
    one = time.perf_counter() - start
    wanted = {couple for couple, planted in made.pairs.items() if planted.kinds - {PairKind.CONFLICT}}
    best = max(_f1(wanted, ratios, threshold) for threshold in range(40, 100, 3))
    return (
        figure(len(texts)),
        "rapidfuzz, deux à deux",
        "",
        figure(spent, 1),
        each(spent, size),
        figure(one * 1_000, 1),
        figure(ratios.nbytes / size),
        figure(best, 4),
    )


def _f1(wanted: set[tuple[int, int]], ratios, threshold: int) -> float:
    found = {(int(one), int(other)) for one, other in zip(*(ratios >= threshold).nonzero(), strict=True) if one < other}
    return 2 * len(found & wanted) / (len(found) + len(wanted))


def _resident() -> int:
    """Give the bytes that this process holds now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
