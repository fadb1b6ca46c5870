"""Reading tables: every dialect and encoding that is known for certain, and a clear refusal of the others."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain import tables
from faq.domain.spreadsheet import render_csv, render_json
from faq.domain.tables import (
    TableUnreadable,
    build_table,
    decode_text,
    describe_other_format,
    detect_format,
    find_mojibake,
    read_csv,
    read_json,
)
from faq.domain.workbook_reader import read_workbook
from faq.domain.workbook_writer import render_workbook

CELLS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)) | st.sampled_from("=+-@'\t\r\n\";,_x005FD | "),
    max_size=30,
)
LOOK_ALIKES = st.sampled_from(
    [
        *("=1+1", "+33 1", "-5", "@a", "'", "''", "'=", "\t", "\r", "_x000D_", "_x005F_x000D_", "00012", "1e5"),
        *("2025-01-02", "12/03/2026", "TRUE", "#N/A", "\u2028\u2029\x85", "😀" * 5, "é\u0301", " lead "),
        *("x" * 30_000, "a\x0b\x1fb", "nan"),
    ]
)
ROWS = st.lists(st.lists(CELLS | LOOK_ALIKES, min_size=3, max_size=3), min_size=1, max_size=5).filter(
    lambda rows: all(any(cell.strip() for cell in row) for row in rows)
)
FORMATS = {"csv": (render_csv, read_csv), "json": (render_json, read_json), "xlsx": (render_workbook, read_workbook)}
COLUMNS = ["a", "b", "c"]


@pytest.mark.parametrize("name", FORMATS)
@given(rows=ROWS)
def test_what_is_written_is_read_cell_by_cell(name, rows):
    write, read = FORMATS[name]
    data = b"".join(write(COLUMNS, rows))
    assert detect_format(data) == name
    table = read(data)
    assert (table.columns, table.rows, table.notices) == (COLUMNS, rows, [])
    assert table.numbers == list(range(2, len(rows) + 2))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_dialect_of_spreadsheets(delimiter, encoding, line_end):
    lines = ['question,"réponse, brève",c', '"Où ?","L1\n""L2""",œ', "", "été,,"]
    text = line_end.join(line.replace(",", delimiter) for line in lines)
    table = read_csv(text.encode(encoding))
    # A blank in the name of a column is one blank.
    assert table.columns == ["question", " ".join(f"réponse{delimiter} brève".split()), "c"]
    assert table.rows == [["Où ?", 'L1\n"L2"', "œ"], ["été", "", ""]]
    assert table.numbers == [2, 4]


def test_the_separator_that_excel_names():
    assert read_csv(b"sep=,\r\na,b\r\n1;2,3\r\n").rows == [["1;2", "3"]]


@pytest.mark.parametrize(
    "text", ['a;"b, c"\n1;2\n"3, 4";5', "a,b\n1;2,3\n4,5", "a\n1, 2\n3, 4", "a;b\n1\n2", "a,b;c\n1;2\n3;4"]
)
def test_separators_within_cells_are_none_between_them(text):
    assert len({len(row) for row in read_csv(text.encode()).rows}) == 1


def test_a_line_above_the_names_of_the_columns_is_blamed():
    def is_header(cells):
        return "question" in cells

    text = "# les fiches\n\nquestion,réponse\nOù ?,Là."
    with pytest.raises(TableUnreadable, match=r"à la ligne 3.*# les fiches"):
        read_csv(text.encode(), is_header)
    assert read_csv(text.partition("\n")[2].encode(), is_header).rows == [["Où ?", "Là."]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ã©tÃ©", "Ã©"),
        ("lâ€™identitÃ©", "â€™"),
        ("cÅ“ur", "Å“"),
        ("Ã€ voir", "Ã€"),
        ("été, cœur, l’été", ""),
        ("SÃO PAULO", ""),
        ("Ã", ""),
    ],
)
def test_texts_that_were_decoded_wrongly(text, found):
    assert find_mojibake(text) == found


@pytest.mark.parametrize(
    ("name", "file_format", "said"),
    [
        ("fiches.xlsx", "csv", ".xlsx, mais c’est du CSV"),
        ("fiches.CSV", "xlsx", ".csv, mais c’est un classeur"),
        ("fiches.xls", "json", ".xls, mais c’est du JSON"),
        ("fiches.json", "json", ""),
        ("fiches.txt", "csv", ""),
        ("fiches.bin", "csv", ""),
        ("fiches", "xlsx", ""),
    ],
)
def test_a_name_that_promises_another_format(name, file_format, said):
    told = describe_other_format(name, file_format)
    assert said in told
    assert bool(told) == bool(said)


def test_windows_1252_is_told():
    table = read_csv("question;€\r\nÉté œuvre ?;’".encode("cp1252"))
    assert table.rows == [["Été œuvre ?", "’"]]
    assert "Windows-1252" in table.notices[0]


@pytest.mark.parametrize("text", ["a;b\r\n1;2", "a\n1", "'a';b\n'x;y"])
def test_a_text_is_decoded_as_it_is(text):
    assert decode_text(text.encode()) == (text, [])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "vide"),
        (b" ; ;\n;;", "vide"),
        (b"a;b", "aucune ligne"),
        (b"a;b\n1;2;3", "Ligne 2"),
        (b'a;b\n"1;2', "guillemets"),
        (b'a;b\n"1"x;2', "guillemets"),
        (b"a;\0\n1;2", "NUL"),
        (b"a;b\n\x81;2", "octet 5"),
        (b"\xff\xfea\x00;\xd8", "UTF-16"),
        (b"\xef\xbb\xbfa;\xff", "UTF-8"),
        (b"a;;b\n1;2;3", "colonne 2"),
        (b"a\n" + b"x" * 200_000, "Ligne 2.*cellule dépasse 50\u202f000"),
        (b"a\n1;2;3", "3 cellules pour 1 colonne\u00a0"),
        (b"a,b,c\n1;2;3\n4;5;6", "Ligne 1.*«\u00a0;\u00a0»"),
        (b"a;b,c\n1;2;3\n4;5;6", "Ligne 1"),
        (b"a\tb\n1,2\n3,4", "Ligne 1"),
    ],
)
def test_csv_that_cannot_be_read(data, reason):
    with pytest.raises(TableUnreadable, match=reason):
        read_csv(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "JSON"),
        (b"[]", "vide"),
        (b"{}", "tableau"),
        (b"[1]", "tableau"),
        (b"[{}", "JSON"),
        (b'[{"a": {}}]', "colonne"),
        (b'[{"a": "1"}, {"b": "1"}]', "Ligne 3"),
        (b'[{"a": "1", "a": "2"}]', "deux fois"),
        (b'[{"a": NaN}]', "NaN"),
        (b'[{"a": ' + b"9" * 5_000 + b"}]", "nombre"),
        (b"[" * 50_000, "imbriqu"),
        (b'[{"a": "\xff"}]', "UTF-8"),
        (b'// fiches\n[{"a": "1"}]', "ligne 1.*sans commentaire"),
        (b'"un texte"', "tableau d’objets"),
    ],
)
def test_json_that_cannot_be_read(data, reason):
    with pytest.raises(TableUnreadable, match=reason):
        read_json(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_in_every_encoding_that_it_had(encoding):
    assert read_json('[{"a": "été"}]'.encode(encoding)).rows == [["été"]]


def test_json_values_become_text():
    rows = [{"a": 12, "b": 1.5, "c": True, "d": None, "e": 3.0}]
    assert read_json(json.dumps(rows).encode()).rows == [["12", "1.5", "oui", "", "3"]]


def test_the_limits_are_checked_before_the_rest_is_read(monkeypatch):
    monkeypatch.setattr(tables, "TABLE_MAX_ROWS", 2)
    read = []

    def records():
        for number in range(1, 10):
            read.append(number)
            yield number, ["x"]

    with pytest.raises(TableUnreadable, match="2 lignes"):
        build_table(records())
    assert read == [1, 2, 3, 4]
    monkeypatch.setattr(tables, "TABLE_MAX_COLUMNS", 2)
    with pytest.raises(TableUnreadable, match="colonnes"):
        read_csv(b"a;b;c\n1;2;3")
    monkeypatch.setattr(tables, "TABLE_MAX_BYTES", 2)
    with pytest.raises(TableUnreadable, match="octets"):
        detect_format(b"a;b")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a;b", "csv"),
        ('[{"a": "é"}]'.encode("utf-16"), "json"),
        ('[{"a": "é"}]'.encode("utf-16-be"), "json"),
        ("a;b".encode("utf-16"), "csv"),
        (b'"un texte"', "json"),
        (b"null", "json"),
        (b'"question";"x"', "csv"),
        ("nullité;b".encode(), "csv"),
        (b"// fiches\n# autre\n [", "json"),
        (b"// fiches;b\n1;2", "csv"),
        (b"\xef\xbb\xbf [", "json"),
        (b"{", "json"),
        (b"PK\x03\x04", "xlsx"),
        (b"", "csv"),
    ],
)
def test_a_format_is_known_by_what_the_file_holds(data, name):
    assert detect_format(data) == name


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0", "mot de passe"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ".ods"),
        (b"\n <!DOCTYPE html><html>", "page HTML"),
        ("<table><tr>".encode("utf-16"), "page HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
    ],
)
def test_workbooks_of_other_kinds_are_named(data, reason):
    with pytest.raises(TableUnreadable, match=reason):
        detect_format(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(data):
    for read in (read_csv, read_json, read_workbook):
        with contextlib.suppress(TableUnreadable):
            table = read(data)
            assert {len(row) for row in table.rows} == {len(table.columns)}
