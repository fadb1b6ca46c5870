"""Fixtures of every test: a migrated database, strict templates, empty caches, one hypothesis profile."""

import fcntl
import gc
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from types import FrameType
from typing import TextIO

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template import Node, engines
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis
from pytest_django import DjangoDbBlocker

from faq.caching import clear_all
from faq.models import ChangeLog
from tests.first_rows import FirstRows

# A slow machine is no failure, and nothing is left in the tree.
hypothesis.register_profile("faqcms", deadline=None, database=None)
hypothesis.load_profile("faqcms")


TEMPLATE = os.environ.get("TEST_DATABASE_TEMPLATE", "")
"""The name of a migrated database of PostgreSQL, on a server that ends with the run; nothing on another."""
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
QUERY_COUNTS = {"django_assert_num_queries", "django_assert_max_num_queries"}
"""Fixtures that count queries."""
PAGES = ("e2e/", "faq/admin/", "faq/templatetags/", "faq/views/", "faq/test_forms.py", "faqcms/")
"""The tests of what people see, by the beginnings of their paths in this folder."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Mark the tests that give the same on each database: « -m "not once" »."""
    for item in items:
        if runs_once(item):
            item.add_marker("once")
    yield
    if hasattr(config, "workerinput"):
        items[:] = order_for_processes(items)


def runs_once(item: pytest.Item) -> bool:
    """Return whether one database proves what a test shows.

    Pages show what selectors and services return, whose tests run on every database, as do migrations, models and
    commands. Of the tests of pages run on every database those that lock or wait (a transaction of their own), those
    that count queries, and those marked `every_database`: pages with queries of their own (filters, search, order,
    counts), addresses and forms with values that a database may refuse, and some of each other kind.
    """
    if not reaches_database(item):
        return True
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    if not path.startswith(PAGES) or item.get_closest_marker("every_database"):
        return False
    return path.startswith("e2e/") or not (has_transactions(item) or QUERY_COUNTS.intersection(item.fixturenames))


def has_transactions(item: pytest.Item) -> bool:
    """Return whether a test commits, and so may lock rows and wait for others."""
    database = item.get_closest_marker("django_db")
    committing = {"live_server", "transactional_db"}.intersection(item.fixturenames)
    return bool(committing or (database and database.kwargs.get("transaction")))


def reaches_database(item: pytest.Item) -> bool:
    """Return whether a test needs a database."""
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(item.fixturenames))


def is_long(item: pytest.Item) -> bool:
    """Return whether a test may take seconds: it waits for a browser, for other threads or processes, or is slow."""
    return has_transactions(item) or bool(item.get_closest_marker("slow"))


def order_for_processes(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which several processes end together and leave no processor idle.

    Long ones are spread evenly, and the last fifth is free of them; those without a database, mostly of milliseconds,
    come last.
    """
    places: list[tuple[float, pytest.Item]] = []
    for begin, end, chosen in (
        (0.0, 0.8, [item for item in items if reaches_database(item) and is_long(item)]),
        (0.0, 1.0, [item for item in items if reaches_database(item) and not is_long(item)]),
        (1.0, 1.1, [item for item in items if not reaches_database(item) and is_long(item)]),
        (1.1, 2.0, [item for item in items if not reaches_database(item) and not is_long(item)]),
    ):
        places += [(begin + rank * (end - begin) / len(chosen), item) for rank, item in enumerate(chosen)]
    return [item for _, item in sorted(places, key=itemgetter(0))]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives until the end, and most of its turns: they take a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.fixture(scope="session")
def migrated_file() -> Path:
    """Return where a migrated SQLite database is kept between runs, under a name that changes with the migrations."""
    digest = hashlib.sha256(sys.version.encode())
    files = [settings.BASE_DIR / "requirements" / "dev.txt", *settings.BASE_DIR.glob("*/migrations/*.py")]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return settings.BASE_DIR / "var" / "tests" / f"{digest.hexdigest()}.sqlite3"


@pytest.fixture(scope="session")
def migration_lock(migrated_file: Path) -> Iterator[TextIO]:
    """Hold back the other processes until this one has its database: one of them migrates for all."""
    migrated_file.parent.mkdir(parents=True, exist_ok=True)
    with (migrated_file.parent / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@pytest.fixture(scope="session")
def django_db_keepdb(
    migrated_file: Path, migration_lock: TextIO, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> bool:
    """Put a migrated database where the tests of this process look for theirs: copying is faster than migrating."""
    if TEMPLATE and connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            if has_template(connection):
                connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
    if connection.vendor != "sqlite" or not migrated_file.exists():
        return False
    shutil.copy(migrated_file, connection.settings_dict["TEST"]["NAME"])
    return True


def has_template(server: BaseDatabaseWrapper) -> bool:
    """Return whether a server of PostgreSQL holds a migrated database."""
    with server._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        return cursor.fetchone() is not None


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
    migrated_file: Path,
    migration_lock: TextIO,
) -> Iterator[None]:
    """Keep a copy of a database that was just migrated; delete a database that came as a copy."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and not django_db_keepdb:
            keep_file(connection, migrated_file)
        if TEMPLATE and connection.vendor == "postgresql" and not has_template(connection):
            keep_template(connection)
        first_rows = FirstRows(connection)
    fcntl.flock(migration_lock, fcntl.LOCK_UN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: first_rows.restore())
        yield
    if django_db_keepdb:
        connection.close()
        for ending in ("", "-journal", "-shm", "-wal"):
            Path(f"{connection.settings_dict['NAME']}{ending}").unlink(missing_ok=True)


def keep_file(database: BaseDatabaseWrapper, migrated_file: Path) -> None:
    """Copy a SQLite database to where the other processes and the next run look for one."""
    written = migrated_file.with_suffix(f".{os.getpid()}")
    with database.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(written)])
    for outdated in migrated_file.parent.glob("*.sqlite3"):
        outdated.unlink(missing_ok=True)
    written.replace(migrated_file)


def keep_template(database: BaseDatabaseWrapper) -> None:
    """Copy a database of PostgreSQL inside its server, for the other processes of the run."""
    name = database.ops.quote_name(database.settings_dict["NAME"])
    # A database that somebody is connected to is not copied.
    database.close()
    with database._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {database.ops.quote_name(TEMPLATE)} TEMPLATE {name}")


class UnknownVariable(AssertionError):
    """A template of ours prints a variable that its view does not give it."""


class RaiseOnOurs(str):
    """The text that Django prints for an unknown variable: none in other people's templates, an error in ours."""

    def __mod__(self, variable: object) -> str:
        template = template_of(sys._getframe(1))
        if template is not None and is_ours(template):
            raise UnknownVariable(f"{template} prints {variable}, which it was not given")
        return ""


def template_of(frame: FrameType | None) -> Path | None:
    """Return the file of the innermost template node that is being rendered in this call stack."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and hasattr(node, "origin"):
            return Path(node.origin.name)
        frame = frame.f_back
    return None


def is_ours(template: Path) -> bool:
    """Return whether a template belongs to this project, not to a package."""
    return template.is_relative_to(settings.BASE_DIR) and "site-packages" not in template.parts


@pytest.fixture(autouse=True, scope="session")
def _strict_templates() -> Iterator[None]:
    engine = engines["django"].engine
    before = engine.string_if_invalid
    engine.string_if_invalid = RaiseOnOurs("%s")
    yield
    engine.string_if_invalid = before


@pytest.fixture(autouse=True)
def _no_values_of_other_tests() -> None:
    """Clear the caches of the process: primary keys come again from test to test, and settings change."""
    clear_all()


@pytest.fixture(autouse=True)
def _no_pruning_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prune the change log only where a test asks for it.

    Every fiftieth row prunes it, and PostgreSQL goes on counting from test to test: the test that writes such a row
    would see a query more than it asserts.
    """
    monkeypatch.setattr(ChangeLog, "PRUNE_EVERY", sys.maxsize)
