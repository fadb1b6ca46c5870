"""python -m tests.benchmarks [SUBJECT…]: what things cost, at several sizes, beside the way one would write them first.

Everything happens in a throw-away database: SQLite's, or one that the server named by DATABASE_URL
makes for it. Nothing of that server's own data is read or changed.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from importlib import import_module

import django

SUBJECTS = (
    "dumps",
    "shapes",
    "duplicates",
    "crowds",
    "imports",
    "pages",
    "facets",
    "search",
    "search_engines",
    "exports",
    "tables",
    "votes",
)
"""In this order: shapes and imports want an empty FAQ, pages fill it, the others read what is there."""


def main(names: Sequence[str]) -> None:
    """Run the subjects with these names, or all, one after the other, and print the tables of each."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.test")
    django.setup()

    # Models can be imported from here on.
    from django.db import connection

    from tests.benchmarks.measure import machine, say

    # Stopped from outside, the database is thrown away all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    start = time.perf_counter()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        say(machine())
        for subject in names or SUBJECTS:
            import_module(f"tests.benchmarks.{subject}").run()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    say(f"\nMesuré en {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
