"""Importing what was exported changes nothing, in any format, whatever the texts; and again after a spreadsheet."""

import shutil
import subprocess

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faq.models import Batch, SynonymGroup, Theme, Version
from faq.resources import EntryImport, EntryResource, SynonymImport, SynonymResource, ThemeImport, ThemeResource
from faq.services.content import Content, EntryError
from faq.services.entries import create_entries
from faq.services.synonyms import SynonymsRefused, save_synonyms
from tests.factories import a_filing, a_taxonomy, by_command
from tests.tables import export_table, import_table

pytestmark = pytest.mark.django_db

FORMATS = ("csv", "json", "xlsx")
HOSTILE = (
    *("=1+1", "+33 1 02", "-5 %", "@cinq", "'apostrophe", "''deux", "'=trois", "\tonglet", "\rretour", "a\x01\x0b\x1f"),
    *("_x000D_", "_x005F_x000D_", "\u2028ligne\u2029", "😀 👩‍⚕️", "x" * 30_000, "00012", "1e5", "12/03/2026"),
    *("2026-03-12", "TRUE", "#N/A", "NULL", "a;b,c\td|e", 'il dit "oui"', "deux\nlignes\n\nquatre", "é\u0301"),
    *("espace\u00a0fine\u202f!", "\ufeffmarque", "a\ufffe", "- puce\n- autre", "| a | b |", "fin «\u00a0»"),
)
ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)
TEXTS = st.sampled_from(HOSTILE) | ANY_TEXT
IN_A_DATABASE = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_nothing_changes(resource, importer, *, headers):
    before, batches = Version.objects.count(), Batch.objects.count()
    for file_format in FORMATS:
        data = export_table(file_format, headers, resource=resource)
        result = import_table(data, file_format=file_format, resource=importer)
        assert not result.is_refused, [error.error for error in result.base_errors] or result.invalid_rows
        assert list(result.counted.values()) == [0, 0, resource.model.objects.count(), 0], file_format
    assert (Version.objects.count(), Batch.objects.count()) == (before, batches)


@pytest.fixture
def taxonomy():
    a_taxonomy()


def create_hostile_entries(texts):
    """Store each text as an answer, and as a question where it is short enough, with or without a filing."""
    filings = (
        a_filing(),
        a_filing(couloirs="hopital imagerie", themes="certificats financement", products="convergence"),
    )
    for place, text in enumerate(texts):
        try:
            with transaction.atomic():
                create_entries([Content(text[:250], text, filings[place % 2])], by_command())
        except EntryError:
            continue


@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize("headers", ["french", "stable"])
@pytest.mark.slow
@IN_A_DATABASE
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_of_entries(headers, texts):
    with transaction.atomic():
        create_hostile_entries([*texts, "Une réponse."])
        assert_nothing_changes(EntryResource, EntryImport, headers=headers)
        transaction.set_rollback(True)


@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize("headers", ["french", "stable"])
def test_of_every_hostile_text(headers):
    create_hostile_entries(HOSTILE)
    assert_nothing_changes(EntryResource, EntryImport, headers=headers)


@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text) < 90])
def test_of_thematiques_and_synonyms(text):
    Theme.objects.create(name=text, slug="hostile")
    assert_nothing_changes(ThemeResource, ThemeImport, headers="french")
    try:
        save_synonyms(SynonymGroup(expressions=[text, "dossier patient"]), None)
    except SynonymsRefused:
        return
    assert_nothing_changes(SynonymResource, SynonymImport, headers="french")


@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.slow
def test_after_libreoffice_has_opened_and_saved_the_file(file_format, tmp_path):
    """The cells that LibreOffice shows are those that Python reads: what it saves changes nothing either."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("pas de LibreOffice\u00a0; pour ce test\u00a0: apt install libreoffice-calc")
    # A spreadsheet has no cells for control characters, its lines end in one way, and LibreOffice saves a text that
    # looks like an escaped character (« _x005F_ ») as that character.
    texts = [text for text in HOSTILE if (text.isprintable() or "\n" in text) and "_x005F_" not in text]
    create_hostile_entries(texts)
    source = tmp_path / f"export.{file_format}"
    source.write_bytes(export_table(file_format))
    # 59: semicolons, 34: quotes, 76: UTF-8, and every column as text.
    columns = "/".join(f"{place}/2" for place in range(1, 16))
    reader = [f"--infilter=CSV:59,34,76,1,{columns}"] if file_format == "csv" else []
    # Saved in the format that it was: the apostrophes of a CSV file are taken away when a CSV file is imported.
    target = "csv:Text - txt - csv (StarCalc):59,34,76" if file_format == "csv" else "xlsx"
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", *reader]
    subprocess.run(
        [*command, "--convert-to", target, "--outdir", str(tmp_path / "saved"), str(source)], check=True, timeout=300
    )
    result = import_table((tmp_path / "saved" / source.name).read_bytes(), file_format=file_format)
    assert not result.is_refused
    assert result.batch is None
