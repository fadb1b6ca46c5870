"""What every test gets: strict templates, rows that migrations wrote, one hypothesis profile."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from django.conf import settings
from django.template import Node, engines
from hypothesis import settings as hypothesis

from faq.caching import clear_all
from faq.models import ChangeLog

# A slow machine is no failure, and nothing is left in the tree.
hypothesis.register_profile("faqcms", deadline=None, database=None)
hypothesis.load_profile("faqcms")


class UnknownVariable(AssertionError):
    """A template of ours prints a variable that its view does not give it."""


class RaiseOnOurs(str):
    """What Django prints for an unknown variable: nothing in other people's templates, an error in ours."""

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
def _rows_of_migrations(django_db_serialized_rollback: None) -> None:
    """Return back what migrations wrote, such as roles, to tests that empty every table: threads, browsers."""


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
