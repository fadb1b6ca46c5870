"""Other search engines over the same texts: each finds the places of the ten best texts, counted from 0."""

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence

import bm25s
import Stemmer
import tantivy
from django.db import connection

from tests.searching import Text

LIMIT = 10
QUESTION_WEIGHT = 5.0
"""How much more a word counts in a question than in an answer, for engines that can be told."""

Find = Callable[[str], list[int]]
"""Returns the places of the ten best texts, counted from 0."""

POSTGRES = "PostgreSQL, français"
_FRENCH = Stemmer.Stemmer("french")


def build_tantivy(texts: Sequence[Text]) -> Find:
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


def build_bm25s(texts: Sequence[Text]) -> Find:
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


def build_fts5(texts: Sequence[Text]) -> Find:
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


def build_postgres(texts: Sequence[Text]) -> Find:
    """Index in PostgreSQL's French configuration; entries that hold any of the words are found."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS engine")
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


def other_engines() -> dict[str, Callable[[Sequence[Text]], Find]]:
    """Return what builds each engine, by its name; PostgreSQL takes part where the process runs on it."""
    engines = {"tantivy 0.27": build_tantivy, "bm25s": build_bm25s, "SQLite FTS5": build_fts5}
    return engines | ({POSTGRES: build_postgres} if connection.vendor == "postgresql" else {})
