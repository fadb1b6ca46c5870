"""manage.py export_entries: bytes and nothing else, or a file that is there whole or not at all."""

import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from faq.domain.spreadsheet import EXCEL_CELL_LENGTH
from tests.factories import an_entry

pytestmark = pytest.mark.django_db


def export(*arguments, **options):
    call_command("export_entries", *arguments, **options)


def test_standard_output_gets_the_bytes_and_nothing_else(capsysbinary):
    an_entry("Où ?", "Là.")
    export("--format", "csv")
    written = capsysbinary.readouterr()
    header, row, end = written.out.decode("utf-8-sig").split("\r\n")
    assert written.out.startswith(b"\xef\xbb\xbfreference;status;")
    assert row.split(";")[2:4] == ["Où ?", "Là."]
    assert header.count(";") == row.count(";") == 13
    assert end == ""
    assert written.err == b""


def test_json_on_standard_output(capsysbinary):
    an_entry("Où ?", "Là.")
    export("--format", "json")
    [row] = json.loads(capsysbinary.readouterr().out)
    assert row["question"] == "Où ?"


def test_workbook_on_standard_output(capsysbinary):
    an_entry("Où ?", "Là.")
    export("--format", "xlsx")
    sheet = load_workbook(io.BytesIO(capsysbinary.readouterr().out)).active
    assert sheet["C2"].value == "Où ?"


def test_csv_is_the_format_unless_another_is_asked_for(capsysbinary):
    export()
    assert capsysbinary.readouterr().out.startswith(b"\xef\xbb\xbfreference;")


def test_text_stream_gets_the_same_text(capsysbinary):
    an_entry("Où ?", "Là.\n- ici")
    export()
    text = io.StringIO(newline="")
    export(stdout=text)
    assert text.getvalue().encode() == capsysbinary.readouterr().out


def test_workbook_is_refused_where_only_text_passes():
    text = io.StringIO()
    with pytest.raises(CommandError, match="indiquez un fichier avec --output"):
        export("--format", "xlsx", stdout=text)
    assert text.getvalue() == ""


@pytest.mark.parametrize(
    ("number", "message"),
    [(0, "0 fiche écrite"), (1, "1 fiche écrite"), (2, "2 fiches écrites")],
)
def test_file_is_written_and_announced_on_standard_error(tmp_path, capsysbinary, number, message):
    for rank in range(number):
        an_entry(f"Question {rank} ?")
    path = tmp_path / "fiches.csv"
    export("--output", str(path))
    written = capsysbinary.readouterr()
    assert path.read_bytes().count(b"\r\n") == 1 + number
    assert written.out == b""
    assert written.err.decode() == f"{message} dans « {path} ».\n"


@pytest.mark.parametrize("file_format", ["csv", "json", "xlsx"])
def test_file_holds_what_standard_output_would(tmp_path, capsysbinary, file_format):
    an_entry("Où ?", "Là.")
    path = tmp_path / f"fiches.{file_format}"
    export("--format", file_format, "--output", str(path))
    capsysbinary.readouterr()
    export("--format", file_format)
    printed = capsysbinary.readouterr().out
    if file_format == "xlsx":
        assert list(load_workbook(path).active.values) == list(load_workbook(io.BytesIO(printed)).active.values)
    else:
        assert path.read_bytes() == printed


def test_scheduled_job_can_be_silent(tmp_path, capsysbinary):
    export("--output", str(tmp_path / "fiches.csv"), "--verbosity", "0")
    assert capsysbinary.readouterr().err == b""


def test_file_can_be_read_by_those_who_may_read_new_files(tmp_path):
    export("--output", str(tmp_path / "fiches.csv"), verbosity=0)
    (tmp_path / "autre").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_failed_export_leaves_the_former_file_alone(tmp_path):
    an_entry("Longue ?", "x" * (EXCEL_CELL_LENGTH + 1))
    path = tmp_path / "fiches.xlsx"
    path.write_bytes(b"le mois dernier")
    with pytest.raises(CommandError, match=r"colonne « answer ».*Choisissez le format csv ou json"):
        export("--format", "xlsx", "--output", str(path))
    assert path.read_bytes() == b"le mois dernier"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", ["absent/fiches.csv", "fichier/fiches.csv", "dossier"])
def test_path_that_cannot_be_written_is_an_error(tmp_path, place):
    (tmp_path / "fichier").touch()
    (tmp_path / "dossier").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CommandError, match="impossible d’écrire") as refusal:
        export("--output", str(tmp_path / place))
    assert refusal.value.returncode == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_unknown_format_is_an_error():
    with pytest.raises(CommandError, match=r"Format inconnu : « pdf ». Choisissez csv, json ou xlsx"):
        export("--format", "pdf")
