"""The documents name files and commands that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT: Path = settings.BASE_DIR
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("CONTRIBUTING.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_PATH = re.compile(r"(?<![\w./])(?:faq|feedback|faqcms|tests|fixtures|docs|tools|requirements)/[\w/.-]*\w/?(?![\w*])")
_COMMAND = re.compile(r"manage\.py ([a-z_]+)")
_TARGET = re.compile(r"`make ([a-z]+)")


def named(pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    """Return what the documents name, each with the document that does."""
    return [(document, name) for document in DOCUMENTS for name in pattern.findall(document.read_text("utf-8"))]


def test_the_documents_are_there() -> None:
    assert {document.name for document in DOCUMENTS} >= {"README.md", "architecture.md", "glossary.md", "PROOF.md"}


@pytest.mark.parametrize(("document", "link"), named(_LINK))
def test_links_lead_to_files(document: Path, link: str) -> None:
    assert (document.parent / link).exists()


def test_paths_exist() -> None:
    missing = {f"{document.name}: {path}" for document, path in named(_PATH) if not (ROOT / path).exists()}
    assert not missing


def test_commands_exist() -> None:
    known = get_commands()
    assert not {f"{document.name}: {name}" for document, name in named(_COMMAND) if name not in known}


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert not {f"{document.name}: {name}" for document, name in named(_TARGET) if name not in targets}
