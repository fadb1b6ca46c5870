"""Our search beside other engines: how well each finds what people look for, and what one query costs at several sizes.

Every engine gets the same texts and returns the ten best; ours is also shown without what editors add to it (synonyms,
filing), since the others know nothing of that. PostgreSQL takes part where the benchmarks run on it.
"""

import csv
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from itertools import islice

import bm25s
import Stemmer
import tantivy
from django.db import connection

from faq.domain.search.evaluation import compute_metrics, judge_query
from faq.domain.search.filing import NO_FILING
from faq.domain.search.queries import parse_query
from tests.benchmarks import data
from tests.benchmarks.measure import apart, cost, figure, milliseconds, table
from tests.searching import FIXTURES, NO_SYNONYMS, Text, an_index, best_found, demo_filing, demo_texts, starter_synonyms

SIZES = (1_000, 10_000, 100_000)
LIMIT = 10
QUESTION_WEIGHT = 5.0
"""How much more a word counts in a question than in an answer, for engines that can be told."""
TIMED_QUERIES = ("certificat signé", "dossier complet au guichet", "comment transmettre le compte rendu ?", "annuaire")

_FRENCH = Stemmer.Stemmer("french")
_POSTGRES = "PostgreSQL, français"

Find = Callable[[str], list[int]]
"""Returns the places of the ten best texts, counted from 0."""


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
    return milliseconds((spent.wall if name == _POSTGRES else spent.cpu) / len(TIMED_QUERIES))


def _engines(texts: Sequence[Text], *, demo: bool = False) -> dict[str, Find]:
    engines = {"faqcms": _ours(texts)}
    if demo:
        engines = {"faqcms": _ours_with_editors_help(texts), "faqcms, sans synonymes ni classement": _ours(texts)}
    engines |= {"tantivy 0.27": _tantivy(texts), "bm25s": _bm25s(texts), "SQLite FTS5": _fts5(texts)}
    return engines | ({_POSTGRES: _postgres(texts)} if connection.vendor == "postgresql" else {})


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


def _tantivy(texts: Sequence[Text]) -> Find:
    """Index with its French stemmer, accents folded after it, in memory."""
    french = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("french"))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("place", stored=True)
    for field in ("question", "answer"):
        builder.add_text_field(field, tokenizer_name="french")
    index = tantivy.Index(builder.build())
    index.register_tokenizer("french", french)
    writer = index.writer()
    for place, (question, answer) in enumerate(texts):
        writer.add_document(tantivy.Document(place=place, question=question, answer=answer))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> list[int]:
        parsed, _ = index.parse_query_lenient(
            " ".join(_words(query)), ["question", "answer"], field_boosts={"question": QUESTION_WEIGHT}
        )
        return [searcher.doc(address)["place"][0] for _, address in searcher.search(parsed, LIMIT).hits]

    return find


def _bm25s(texts: Sequence[Text]) -> Find:
    """Index French stems without accents, each question counted as often as it weighs."""
    times = int(QUESTION_WEIGHT)
    retriever = bm25s.BM25()
    retriever.index([_stems(question) * times + _stems(answer) for question, answer in texts], show_progress=False)

    def find(query: str) -> list[int]:
        known = [term for term in _stems(query) if term in retriever.vocab_dict]
        if not known:
            return []
        places, scores = retriever.retrieve([known], k=min(LIMIT, len(texts)), show_progress=False)
        return [int(place) for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    return find


def _fts5(texts: Sequence[Text]) -> Find:
    """Index in SQLite's own full-text search: no French stems, so that beginnings of words are searched for."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE fts USING fts5(question, answer, tokenize='unicode61 remove_diacritics 2')")
    rows = ((place, *text) for place, text in enumerate(texts))
    base.executemany("INSERT INTO fts(rowid, question, answer) VALUES (?, ?, ?)", rows)
    sql = f"SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY bm25(fts, {QUESTION_WEIGHT}, 1) LIMIT {LIMIT}"  # noqa: S608

    def find(query: str) -> list[int]:
        sought = " OR ".join(f'"{word}"*' for word in _words(query))
        return [place for (place,) in base.execute(sql, [sought])] if sought else []

    return find


def _postgres(texts: Sequence[Text]) -> Find:
    """Index in PostgreSQL's French configuration; entries that hold any of the words are found."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE engine (place integer, words tsvector)")
        cursor.executemany(
            "INSERT INTO engine VALUES (%s, setweight(to_tsvector('french', %s), 'A')"
            " || setweight(to_tsvector('french', %s), 'D'))",
            [(place, question, answer) for place, (question, answer) in enumerate(texts)],
        )
        cursor.execute("CREATE INDEX ON engine USING gin (words)")
        cursor.execute("ANALYZE engine")

    def find(query: str) -> list[int]:
        sought = " or ".join(_words(query))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT place FROM engine, websearch_to_tsquery('french', %s) AS query WHERE words @@ query"
                " ORDER BY ts_rank(words, query) DESC LIMIT %s",
                [sought, LIMIT],
            )
            return [place for (place,) in cursor.fetchall()]

    return find


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _stems(text: str) -> list[str]:
    return [_without_accents(stem) for stem in _FRENCH.stemWords(_words(text))]


def _without_accents(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
