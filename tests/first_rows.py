"""The rows that migrations write, such as roles, and the way back to them after a test that wrote for good."""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class FirstRows:
    """The rows of a database that was just migrated.

    Deleting what a test wrote and inserting these again takes some milliseconds; TRUNCATE on every table of
    PostgreSQL and a save of row after row, as Django has it, take a quarter of a second.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        """Read the rows of all tables."""
        self._connection = connection
        self._deletions: list[str] = []
        self._insertions: list[tuple[str, list[object]]] = []
        with connection.cursor() as cursor:
            for name in connection.introspection.django_table_names(only_existing=True, include_views=False):
                table = connection.ops.quote_name(name)
                self._deletions.append(f"DELETE FROM {table}")  # noqa: S608
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
                rows = cursor.fetchall()
                if rows:
                    columns = ", ".join(connection.ops.quote_name(column[0]) for column in cursor.description)
                    places = ", ".join(["(" + ", ".join(["%s"] * len(rows[0])) + ")"] * len(rows))
                    values = [value for row in rows for value in row]
                    self._insertions.append((f"INSERT INTO {table} ({columns}) VALUES {places}", values))  # noqa: S608

    def restore(self) -> None:
        """Delete the rows of all tables, and insert the first ones again."""
        # What refers to what is checked at the end of the transaction: the order of the tables does not matter.
        with transaction.atomic(self._connection.alias), self._connection.cursor() as cursor:
            for deletion in self._deletions:
                cursor.execute(deletion)
            for insertion, values in self._insertions:
                cursor.execute(insertion, values)
