"""Texts in a PostgreSQL server of their own, compared by pg_trgm."""

import contextlib
import time
from collections.abc import Iterator, Sequence

import psycopg

from faqcms.database import database
from tests import postgres

_ALIKE = 0.4
"""Likeness that is asked for: lower ones take minutes."""


class TrigramTable:
    """A table of texts with a trigram index."""

    def __init__(self, connection: psycopg.Connection, texts: Sequence[str]) -> None:
        self._connection = connection
        start = time.perf_counter()
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE texts (number integer PRIMARY KEY, body text NOT NULL)")
        with connection.cursor() as cursor, cursor.copy("COPY texts FROM STDIN") as copy:
            for number, text in enumerate(texts):
                copy.write_row((number, text))
        connection.execute("CREATE INDEX ON texts USING gin (body gin_trgm_ops)")
        connection.execute("ANALYZE texts")
        connection.execute(f"SET pg_trgm.similarity_threshold = {_ALIKE}")
        self.indexed = time.perf_counter() - start
        """Seconds."""

    @property
    def size(self) -> int:
        """Return the bytes of the index."""
        query = "SELECT pg_indexes_size('texts')"
        return int(self._connection.execute(query).fetchone()[0])

    def alike(self) -> dict[tuple[int, int], float]:
        """Return all couples, lower number first, with their likeness."""
        rows = self._connection.execute(
            "SELECT one.number, other.number, similarity(one.body, other.body) FROM texts one "
            "JOIN texts other ON one.body % other.body AND one.number < other.number"
        )
        return {(one, other): likeness for one, other, likeness in rows}

    def like(self, text: str) -> list[int]:
        """Return the numbers of the texts that are like one."""
        # The operator is written twice because psycopg reads a single one as a placeholder.
        return [number for (number,) in self._connection.execute("SELECT number FROM texts WHERE body %% %s", [text])]


@contextlib.contextmanager
def trigram_table(texts: Sequence[str]) -> Iterator[TrigramTable | None]:
    """Return the texts in a throw-away server, or None where this machine has no server to start."""
    binaries = postgres.find()
    if binaries is None:
        yield None
        return
    with postgres.running(binaries) as server:
        place = database(server.url)
        with psycopg.connect(host=place["HOST"], user=place["USER"], dbname="postgres", autocommit=True) as connection:
            yield TrigramTable(connection, texts)
