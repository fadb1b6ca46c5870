"""The suite's own strictness."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.template import Context, Origin, Template

from tests.conftest import UnknownVariable, order_for_processes, runs_once


def render(text: str, file: Path, **variables: object) -> str:
    """Render a template as if it had been read from a file."""
    return Template(text, Origin(str(file))).render(Context(variables))


@pytest.mark.parametrize("text", ["{{ unknown }}", "{{ known.unknown }}", "{% with a=unknown %}{% endwith %}"])
def test_an_unknown_variable_in_our_templates_is_an_error(settings, text):
    with pytest.raises(UnknownVariable, match="unknown"):
        render(text, settings.BASE_DIR / "faq" / "templates" / "faq" / "page.html", known="yes")


def test_a_template_may_ask_whether_it_was_given_something(settings):
    text = "{% if unknown %}yes{% else %}no{% endif %}"
    assert render(text, settings.BASE_DIR / "faq" / "templates" / "faq" / "page.html") == "no"


def test_other_peoples_templates_are_left_alone(settings):
    package = settings.BASE_DIR / ".venv" / "lib" / "python3" / "site-packages" / "django" / "page.html"
    assert render("[{{ unknown }}]", package) == "[]"
    assert render("[{{ unknown }}]", Path("/usr/lib/python3/dist-packages/django/page.html")) == "[]"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_rows_of_migrations_outlive_tests_that_empty_the_tables(turn):
    assert Group.objects.exists()


def an_item(
    name: str, *marks: pytest.Mark, fixtures: tuple[str, ...] = (), path: str = "faq/services/test_entries.py"
) -> SimpleNamespace:
    """Return what order and marks ask of a test."""
    by_name = {mark.name: mark for mark in marks}
    file = Path(__file__).parent / path
    return SimpleNamespace(name=name, get_closest_marker=by_name.get, fixturenames=fixtures, path=file)


def test_processes_get_long_tests_in_between_and_those_without_a_database_last():
    database, waiting = pytest.mark.django_db.mark, pytest.mark.django_db(transaction=True).mark
    items = [
        *(an_item(f"pure {rank}") for rank in range(3)),
        an_item("slow and pure", pytest.mark.slow.mark),
        *(an_item(f"short {rank}", database) for rank in range(10)),
        an_item("waiting", waiting),
        an_item("in a browser", fixtures=("live_server",)),
    ]
    names = [item.name for item in order_for_processes(items)]
    assert sorted(names) == sorted(item.name for item in items)
    assert names[-4:] == ["slow and pure", "pure 0", "pure 1", "pure 2"]
    assert [names.index("waiting"), names.index("in a browser")] == [0, 5]


@pytest.mark.parametrize(
    ("path", "marks", "fixtures", "once"),
    [
        ("faq/domain/test_diff.py", (), (), True),
        ("faq/services/test_entries.py", (pytest.mark.django_db.mark,), (), False),
        ("faq/management/test_faq_at.py", (), ("db",), False),
        ("faq/admin/test_lists.py", (pytest.mark.django_db.mark,), (), True),
        ("faq/views/test_pages.py", (), ("db",), True),
        ("faq/admin/test_lists.py", (pytest.mark.django_db.mark, pytest.mark.every_database.mark), (), False),
        ("faq/admin/test_lists.py", (pytest.mark.django_db(transaction=True).mark,), (), False),
        ("faq/views/test_pages.py", (pytest.mark.django_db.mark,), ("django_assert_num_queries",), False),
        ("e2e/test_admin.py", (), ("live_server",), True),
        ("e2e/test_admin.py", (pytest.mark.every_database.mark,), ("live_server",), False),
    ],
)
def test_pages_run_once_but_for_their_own_queries_locks_and_counts(path, marks, fixtures, once):
    assert runs_once(an_item("a test", *marks, fixtures=fixtures, path=path)) is once
