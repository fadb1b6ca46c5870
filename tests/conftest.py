"""Fixtures of every test: a migrated database, strict templates, empty caches, one hypothesis profile."""

import gc
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from django.conf import settings
from django.db import connection
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


DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that reach no database, and so give the same on each: « -m "not once" »."""
    for item in items:
        if not (item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(item.fixturenames)):
            item.add_marker("once")


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
def django_db_keepdb(migrated_file: Path, django_db_modify_db_settings: None) -> bool:
    """Put a migrated database where the tests of this process look for theirs: copying is faster than migrating."""
    if connection.vendor != "sqlite" or not migrated_file.exists():
        return False
    shutil.copy(migrated_file, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_keepdb: bool, django_db_blocker: DjangoDbBlocker, migrated_file: Path
) -> Iterator[None]:
    """Keep a copy of a SQLite database that was just migrated; delete a database that came as a copy."""
    if connection.vendor == "sqlite" and not django_db_keepdb:
        migrated_file.parent.mkdir(parents=True, exist_ok=True)
        written = migrated_file.with_suffix(f".{os.getpid()}")
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(written)])
        for outdated in migrated_file.parent.glob("*.sqlite3"):
            outdated.unlink(missing_ok=True)
        written.replace(migrated_file)
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            first_rows = FirstRows(connection)
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: first_rows.restore())
        yield
    if django_db_keepdb:
        connection.close()
        for ending in ("", "-journal", "-shm", "-wal"):
            Path(f"{connection.settings_dict['NAME']}{ending}").unlink(missing_ok=True)


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
