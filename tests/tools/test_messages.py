"""Our French of Django's texts: compiled as written, for texts that Django has, with the values that these have."""

import gettext
import re
from pathlib import Path

import django
import polib
import pytest

from tools.messages import SOURCES

_CATALOGUES = ("contrib/admin", "contrib/auth", "conf")
_VALUE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")

ENTRIES = [entry for source in SOURCES for entry in polib.pofile(str(source))]


def texts_of_django(domain):
    """Return every text that Django translates into French, one and several as texts of their own."""
    folder = Path(django.__file__).parent
    known = set()
    for name in _CATALOGUES:
        path = folder / name / "locale" / "fr" / "LC_MESSAGES" / f"{domain}.mo"
        if not path.exists():
            continue
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        known |= {key[0] if isinstance(key, tuple) else key for key in catalogue}
    return known


def translations_of(entry):
    """Return what an entry says, for one and for several."""
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_the_compiled_file_says_what_its_source_says(source):
    written = {entry.msgid: translations_of(entry) for entry in polib.pofile(str(source))}
    compiled = {entry.msgid: translations_of(entry) for entry in polib.mofile(str(source.with_suffix(".mo")))}
    assert compiled == written, "make messages"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_each_replaces_a_text_of_django(source):
    assert {entry.msgid for entry in polib.pofile(str(source))} <= texts_of_django(source.stem)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.msgid[:40])
def test_no_value_is_invented_and_the_typography_is_french(entry):
    for text in translations_of(entry):
        assert text
        assert set(_VALUE.findall(text)) <= set(_VALUE.findall(entry.msgid))
        assert not re.search(r"[^\u00a0\d] ?[:;?!](?:\s|$)|« | »|'", re.sub(r"\u00a0[:;?!]", "", text))
