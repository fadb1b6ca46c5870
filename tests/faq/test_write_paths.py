"""Every path by which entries are written: one version per changed entry, equal to it; none for an unchanged one.

The paths are found in the code: whatever outside `faq.services` imports a function of it that leaves versions.
A path that nothing here takes fails the test, and so does one that is taken without passing where it was found.
"""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from faq.caching import clear_all
from faq.models import Entry, Pair, Version
from faq.models.versions import VersionQuerySet
from faq.services.doctor import faults
from faq.services.duplicates import find_duplicates
from feedback.demo import create_accounts, load_demo
from feedback.demo_queues import fill_queues
from tests.factories import a_taxonomy, an_entry
from tests.write_paths import PATHS

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
Use = tuple[str, str]
"""A module, and the writing function of `faq.services` that it uses."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def writers() -> set[str]:
    """The functions of `faq.services` that lead to `record`, which alone writes versions."""
    mentions = {
        own_name(path, definition.name): {own_name(path, n.id) for n in ast.walk(definition) if isinstance(n, ast.Name)}
        for path in (ROOT / "faq/services").glob("*.py")
        for definition in ast.parse(path.read_text()).body
        if isinstance(definition, ast.FunctionDef | ast.ClassDef)
    }
    found = {"record"}
    while grown := {name for name, names in mentions.items() if names & found} - found:
        found |= grown
    return found


def own_name(path: Path, name: str) -> str:
    """Return names that keep apart functions that several modules call the same."""
    return f"{path.stem}.{name}" if name.startswith("_") else name


def uses() -> set[Use]:
    """Who uses them."""
    paths = [path for app in ("faq", "feedback", "faqcms") for path in (ROOT / app).rglob("*.py")]
    imports = [
        (module_of(path), node)
        for path in paths
        if "services" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("faq.services")
    ]
    writing = writers()
    return {(module, alias.name) for module, node in imports for alias in node.names if alias.name in writing}


@pytest.fixture
def trails(monkeypatch) -> list[set[Use]]:
    """For every write of versions, the modules and functions that led there."""
    trails = []
    bulk_create = VersionQuerySet.bulk_create

    def record_trail(self, *args, **kwargs):
        frames = []
        frame = sys._getframe(1)
        while frame:
            frames.append((frame.f_globals.get("__name__"), frame.f_code.co_name))
            frame = frame.f_back
        services = {name for module, name in frames if module.startswith("faq.services")}
        trails.append({(module, name) for module, _ in frames for name in services})
        return bulk_create(self, *args, **kwargs)

    monkeypatch.setattr(VersionQuerySet, "bulk_create", record_trail)
    return trails


@pytest.fixture
def client() -> Client:
    """Somebody who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


ALIKE = [
    ("Comment faire ?", "Comme ceci."),
    ("Comment faire ?", "Autrement."),
    ("Nouvelle ?", "Oui."),
    ("La leur ?", "Comme ceci."),
    ("Comment faire ?", "La mienne."),
    ("", "Un."),
]
"""Entries that look like what the paths write, or like what was there before."""
PAIR_COLUMNS = ("left", "right", "kind", "score", "evidence", "generation", "left_text", "right_text")
DEMO = {("feedback.demo", writer) for writer in ("import_dumps", "import_curation", "publish_entries")} | {
    ("feedback.demo_queues", writer)
    for writer in (
        "archive_entry",
        "carry_out_due",
        "create_entry",
        "edit_entry",
        "import_dumps",
        "refuse_entry",
        "submit_entry",
    )
}
DEMO_FAILURE = {("feedback.demo_queues", "carry_out_due")}
"""The demo's plan that fails, and so writes nothing."""


def head_of(entry):
    return Entry.objects.get(pk=entry.pk).head


def pairs_as_stored():
    """The pairs that stand, without what they are known by."""
    return list(Pair.objects.filter(stands=True).order_by("left", "right").values_list(*PAIR_COLUMNS))


def pairs_of_a_full_look():
    """The same, found again among all texts."""
    Pair.objects.all().delete()
    clear_all()
    find_duplicates()
    return pairs_as_stored()


def versions_per_entry():
    return Counter(Version.objects.values_list("entry", flat=True))


@pytest.mark.parametrize(
    ("module", "writer", "path"), PATHS, ids=[f"{rank}-{path[0]}-{path[1]}" for rank, path in enumerate(PATHS)]
)
@pytest.mark.once  # The next test takes the same paths on every database.
@pytest.mark.slow
def test_one_version_per_changed_entry_and_none_for_an_unchanged_one(module, writer, path, client, tmp_path, trails):
    a_taxonomy()
    changed, created, take = path(client, tmp_path)
    before = versions_per_entry()
    trails.clear()
    take()
    after = versions_per_entry()
    new = set(after) - set(before)
    assert after - before == Counter(dict.fromkeys(changed | new, 1))
    assert len(new) == created
    assert any((module, writer) in trail for trail in trails)
    assert list(faults()) == []
    take()
    assert versions_per_entry() == after


@pytest.mark.parametrize(
    ("module", "writer", "path"), PATHS, ids=[f"{rank}-{path[0]}-{path[1]}" for rank, path in enumerate(PATHS)]
)
@pytest.mark.slow
def test_pairs_are_those_of_a_full_look(
    module, writer, path, client, tmp_path, django_capture_on_commit_callbacks, caplog
):
    a_taxonomy()
    with django_capture_on_commit_callbacks(execute=True):
        _, _, take = path(client, tmp_path)
        for question, answer in ALIKE:
            an_entry(question, answer)
    assert pairs_as_stored() == pairs_of_a_full_look()
    with django_capture_on_commit_callbacks(execute=True):
        take()
    found = pairs_as_stored()
    assert found
    assert found == pairs_of_a_full_look()
    assert not Entry.objects.filter(comparison_rank=None).exists()
    assert list(faults()) == []


def test_every_path_in_the_code_is_taken():
    assert uses() == {(module, writer) for module, writer, _ in PATHS} | DEMO


@pytest.mark.slow
def test_the_demo_leaves_every_entry_equal_to_its_snapshot(trails):
    assert load_demo(ROOT / "fixtures")
    create_accounts()
    assert fill_queues(ROOT / "fixtures")
    assert {use for trail in trails for use in trail if use in DEMO} == DEMO - DEMO_FAILURE
    assert list(faults()) == []
    before = versions_per_entry()
    assert not load_demo(ROOT / "fixtures")
    assert not fill_queues(ROOT / "fixtures")
    assert versions_per_entry() == before
