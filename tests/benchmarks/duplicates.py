"""Finding all duplicates, and those of one text being typed, beside the ways one would try first."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from statistics import median, quantiles

from datasketch import MinHash, MinHashLSH
from rapidfuzz import fuzz, process

from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document, PairKind
from faq.domain.text import tokenize
from tests.benchmarks.measure import apart, each, figure, table
from tests.benchmarks.trigrams import trigram_table
from tests.evaluation.dataset import LabelledDataset, build_dataset
from tests.evaluation.scoring import evaluate

SIZES = (2_000, 20_000, 200_000)
ALL_PAIRS_SIZE = 2_000
SKETCH_SIZES = (2_000, 20_000)
TRIGRAM_SIZE = 500
"""Every look at so long texts reads nearly all of them: a larger set takes a quarter of an hour and more."""
PROCESSES = 2
CHECKS = 100
TYPED = -1
"""The key of a text being typed."""
_PERMUTATIONS = 128
_BUCKETED = 0.4
"""Likeness from which the sketches put two texts into one bucket, most of the time."""

Scores = dict[tuple[int, int], float]
"""Likeness of couples, lower key first (0–1)."""


def run() -> None:
    """Measure and print; the database is not touched."""
    rows = [
        apart(_all_pairs, ALL_PAIRS_SIZE),
        *(apart(_sketches, size) for size in SKETCH_SIZES),
        *filter(None, [apart(_trigrams, TRIGRAM_SIZE)]),
        *(apart(_detector, size) for size in SIZES),
    ]
    each_text = "une (ms)", "95e centile"
    columns = ("réponses", "façon", "index (s)", "tout (s)", "µs par réponse", *each_text, "octets par réponse", "F1")
    table(
        "Tous les doublons d’un coup, puis ceux d’une réponse en cours de frappe (index chaud : médiane, 95e centile). "
        "F1 : au seuil qui convient le mieux.",
        columns,
        rows,
    )


def _detector(size: int) -> tuple[str, ...]:
    made = build_dataset(size)
    before, start = _resident(), time.perf_counter()
    index = DocumentIndex(made.documents, processes=PROCESSES)
    indexed, held = time.perf_counter() - start, _resident() - before
    pairs = list(index.pairs(processes=PROCESSES))
    spent = time.perf_counter() - start
    f1 = evaluate(made, pairs).total.f1
    return _row(f"Index, {PROCESSES} processus", made, indexed, spent, _typing(made, index.check), held, f1)


def _all_pairs(size: int) -> tuple[str, ...]:
    """Take the ratio of every two texts."""
    made = build_dataset(size)
    texts = [document.answer for document in made.documents]
    start = time.perf_counter()
    ratios = process.cdist(texts, texts, scorer=fuzz.ratio, workers=PROCESSES)
    spent = time.perf_counter() - start
    alike = zip(*(ratios >= 40).nonzero(), strict=True)
    found = {(int(one), int(other)): float(ratios[one, other]) / 100 for one, other in alike if one < other}
    typing = _typing(made, lambda typed: process.cdist([typed.answer], texts, scorer=fuzz.ratio))
    return _row("rapidfuzz, deux à deux", made, 0, spent, typing, ratios.nbytes, _best(made, found))


def _sketches(size: int) -> tuple[str, ...]:
    """Sketch each text, and look at those that share a bucket."""
    made = build_dataset(size)
    before, start = _resident(), time.perf_counter()
    sketches = [_sketch(document) for document in made.documents]
    buckets = MinHashLSH(threshold=_BUCKETED, num_perm=_PERMUTATIONS)
    for key, sketch in enumerate(sketches):
        buckets.insert(key, sketch)
    indexed, held = time.perf_counter() - start, _resident() - before
    found = {
        (key, other): sketch.jaccard(sketches[other])
        for key, sketch in enumerate(sketches)
        for other in buckets.query(sketch)
        if key < other
    }
    spent = time.perf_counter() - start
    typing = _typing(made, lambda typed: buckets.query(_sketch(typed)))
    return _row("datasketch, MinHash LSH", made, indexed, spent, typing, held, _best(made, found))


def _sketch(document: Document) -> MinHash:
    """Sketch the pairs of neighbouring words."""
    words = [token.key.encode() for token in tokenize(document.answer)]
    sketch = MinHash(num_perm=_PERMUTATIONS)
    sketch.update_batch([b" ".join(pair) for pair in pairwise(words)])
    return sketch


def _trigrams(size: int) -> tuple[str, ...] | None:
    """Measure PostgreSQL comparing runs of three letters; nothing where there is no server."""
    made = build_dataset(size)
    with trigram_table([document.answer for document in made.documents]) as texts:
        if texts is None:
            return None
        start = time.perf_counter()
        found = texts.alike()
        spent = texts.indexed + time.perf_counter() - start
        typing = _typing(made, lambda typed: texts.like(typed.answer))
        return _row("pg_trgm, index GIN", made, texts.indexed, spent, typing, texts.size, _best(made, found))


def _row(
    way: str, made: LabelledDataset, indexed: float, spent: float, typing: Sequence[float], held: int, f1: float
) -> tuple[str, ...]:
    number = len(made.documents)
    return (
        figure(number),
        way,
        figure(indexed, 1) if indexed else "",
        figure(spent, 1),
        each(spent, number),
        *(figure(seconds * 1_000, 1) for seconds in typing),
        figure(held / number),
        figure(f1, 4),
    )


def _typing(made: LabelledDataset, check: Callable[[Document], object]) -> tuple[float, float]:
    """Return the seconds that checking a text takes at most, 50 and 95 times in 100: an answer of the set, half typed.

    In a process that has checked as many others before.
    """
    apart = max(2, len(made.documents) // CHECKS)
    for first in (apart // 2, 0):
        halves = [one.answer[: len(one.answer) // 2] for one in made.documents[first::apart]]
        spent = [_timed(partial(check, Document(TYPED, None, half))) for half in halves]
    return median(spent), quantiles(spent, n=20)[-1]


def _timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _best(made: LabelledDataset, found: Scores) -> float:
    """Return the F1 of calling duplicates what is alike, at the threshold that suits the planted pairs best."""
    wanted = {couple for couple, planted in made.pairs.items() if planted.kinds - {PairKind.CONFLICT}}
    return max(_f1(wanted, found, threshold / 100) for threshold in range(20, 100, 3))


def _f1(wanted: Iterable[tuple[int, int]], found: Scores, threshold: float) -> float:
    wanted, called = set(wanted), {couple for couple, likeness in found.items() if likeness >= threshold}
    return 2 * len(called & wanted) / (len(called) + len(wanted))


def _resident() -> int:
    """Return the bytes that this process holds now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
