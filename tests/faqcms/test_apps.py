"""A file that a page names and a server does not publish is an error 500 there, and only there."""

import posixpath
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import matches_patterns

from faqcms.apps import StaticFiles

DESIGN_SYSTEM = "dsfr/dist/dsfr/dsfr.min.css"
OURS = [
    path.relative_to(folder).as_posix()
    for folder in (settings.BASE_DIR / "faq/static", settings.BASE_DIR / "feedback/static")
    for path in sorted(folder.rglob("*.css"))
]


def is_published(path: str) -> bool:
    """Return whether a server has the file."""
    return bool(finders.find(path)) and not matches_patterns(path, StaticFiles.ignore_patterns)


def named_in_our_templates() -> set[str]:
    """List what templates ask for by « {% static "…" %} »."""
    texts = [
        path.read_text(encoding="utf-8")
        for app in ("faq", "feedback")
        for path in (settings.BASE_DIR / app).rglob("*.html")
    ]
    return {name for text in texts for name in re.findall(r"""{%\s*static\s+["']([^"']+)""", text)}


def test_what_our_templates_name_is_published():
    names = named_in_our_templates()
    assert DESIGN_SYSTEM in names
    assert [name for name in sorted(names) if not is_published(name)] == []


@pytest.mark.parametrize("style", [DESIGN_SYSTEM, *OURS])
def test_what_a_style_sheet_names_is_published(style):
    with open(finders.find(style), encoding="utf-8") as file:
        names = {name for name in re.findall(r"""url\(["']?([^"')]+)""", file.read()) if ":" not in name}
    assert names or style != DESIGN_SYSTEM
    folder = posixpath.dirname(style)
    addresses = {posixpath.normpath(posixpath.join(folder, re.split("[?#]", name)[0])) for name in names}
    assert [address for address in sorted(addresses) if not is_published(address)] == []


def test_the_bulk_of_the_design_system_stays_behind():
    assert finders.find("dsfr/dist/component/component.min.css")
    assert not is_published("dsfr/dist/component/component.min.css")
    assert finders.find("dsfr/dist/icons/health/capsule-line.svg")
    assert not is_published("dsfr/dist/icons/health/capsule-line.svg")
