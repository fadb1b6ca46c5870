"""Counting many querysets in one query, for pages that show how much waits in each of many lists."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def count_all(querysets: Mapping[str, QuerySet[Any, Any]]) -> dict[str, int]:
    """Return the number of rows of each queryset, by its name, in one query."""
    counts = dict.fromkeys(querysets, 0)
    statements: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for name, rows in querysets.items():
        try:
            statements[name] = rows.order_by().query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
    if not statements:
        return counts
    numbered = enumerate(sql for sql, _ in statements.values())
    columns = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) counted_{rank})" for rank, sql in numbered)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, values in statements.values() for value in values])
        return counts | dict(zip(statements, cursor.fetchone(), strict=True))
