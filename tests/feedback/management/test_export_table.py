"""manage.py export_table and import_table: what the admin exports and imports, from a terminal."""

import csv
import io
import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from faq.domain.spreadsheet import FrenchExcel
from faq.enums import Headers
from faq.models import Batch, Couloir, Entry
from faq.resources import EXPORTS, IMPORTS
from feedback.models import VoteAnswer
from feedback.resources import CommentResource, ListedVoteResource
from feedback.votes import cast_vote, get_votable
from tests.factories import a_dump_file as dump_file
from tests.factories import a_published_entry, a_taxonomy, an_entry, take_dump
from tests.tables import change_export, write_rows

pytestmark = pytest.mark.django_db

DOCUMENTED = EXPORTS | {"votes": ListedVoteResource, "comments": CommentResource}
TABLES = list(DOCUMENTED)


def export(capsys, table, *options):
    call_command("export_table", table, *options)
    text = capsys.readouterr().out.removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), FrenchExcel))


@pytest.mark.parametrize("headers", Headers.values)
@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_headers_of_both_kinds(table, headers, capsys):
    a_taxonomy()
    take_dump(dump_file("Un."))
    entry = a_published_entry(couloirs="hopital")
    cast_vote(get_votable(entry.pk), VoteAnswer.YES, "visitor")
    columns, *rows = export(capsys, table, "--headers", headers)
    assert all(columns)
    assert columns[0].islower() == (headers == Headers.STABLE) or columns[0] == "id"
    assert all(len(row) == len(columns) for row in rows)


@pytest.mark.parametrize("arguments", [("zut",), ("entries", "--headers", "zut"), ("entries", "--format", "ods")])
def test_what_is_unknown_is_refused(arguments):
    with pytest.raises(CommandError, match="inconnu"):
        call_command("export_table", *arguments)


def test_the_sums_of_votes_have_french_names_too(capsys):
    call_command("export_votes", "--by", "entry", "--headers", "french")
    assert capsys.readouterr().out.removeprefix("\ufeff").startswith("Référence;Question;Oui;Non;Votes;Part de oui;")


@pytest.mark.parametrize("table", IMPORTS)
def test_a_table_that_was_exported_changes_nothing(table, tmp_path, capsys):
    a_taxonomy()
    an_entry("Où ?", "Là.")
    file = tmp_path / "table.xlsx"
    call_command("export_table", table, "--format", "xlsx", "--output", str(file), verbosity=0)
    if not EXPORTS[table].model.objects.exists():
        with pytest.raises(CommandError, match="aucune ligne"):
            call_command("import_table", table, str(file))
        return
    call_command("import_table", table, str(file))
    assert "(rien à changer)" in capsys.readouterr().out
    assert not Batch.objects.exists()


def test_a_preview_stores_nothing_and_an_import_one_batch(tmp_path, capsys):
    a_taxonomy()
    an_entry("Où ?", "Là.")
    file = tmp_path / "fiches.csv"
    file.write_bytes(change_export(lambda rows: rows[0].update({"Question": "Où donc ?"})))
    call_command("import_table", "entries", str(file), "--preview")
    assert "modifiées : 1" in capsys.readouterr().out
    assert Entry.objects.get().question == "Où ?"
    call_command("import_table", "entries", str(file))
    assert Entry.objects.get().question == "Où donc ?"
    assert f"lot {Batch.objects.get().pk}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"reference": "Q-999", "version": "1", "question": "x"}], r"Ligne 2, colonne reference : Aucune fiche"),
        ([{"zut": "1"}], "Colonnes inconnues"),
    ],
)
def test_what_is_refused_is_told_line_by_line(rows, reason, tmp_path):
    file = tmp_path / "fiches.csv"
    file.write_bytes(write_rows(rows))
    with pytest.raises(CommandError, match=reason):
        call_command("import_table", "entries", str(file))


def test_a_name_that_promises_another_format_is_told(tmp_path, capsys):
    file = tmp_path / "fiches.xlsx"
    file.write_bytes(write_rows([{"question": "Où ?", "answer": "Là."}]))
    call_command("import_table", "entries", str(file))
    assert "finit par .xlsx" in capsys.readouterr().err
    assert Entry.objects.get().question == "Où ?"


def test_a_file_that_is_no_table_is_refused(tmp_path):
    file = tmp_path / "fiches.csv"
    with pytest.raises(CommandError, match="illisible"):
        call_command("import_table", "entries", str(file))
    file.write_bytes(b"PK")
    with pytest.raises(CommandError, match="abîmé"):
        call_command("import_table", "entries", str(file))
    with pytest.raises(CommandError, match="Tableau inconnu"):
        call_command("import_table", "zut", str(file))


def test_terms_come_in_by_command(tmp_path):
    a_taxonomy()
    file = tmp_path / "couloirs.csv"
    file.write_bytes(write_rows([{"Libellé": "Officine", "Type d’offre": "segur"}]))
    call_command("import_table", "couloirs", str(file), verbosity=0)
    assert Couloir.objects.get(slug="officine").offer_type.slug == "segur"


def test_the_documents_have_both_names_of_every_column():
    text = (settings.BASE_DIR / "docs" / "formats.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    for table in TABLES:
        for name, column in DOCUMENTED[table]().fields.items():
            assert f"`{name}` {column.french}" in rows[table], table
