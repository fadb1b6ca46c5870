"""Tables as files: nothing is lost, nothing becomes a formula, nothing waits for the last row."""

import csv
import io
import itertools
import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.xml.functions import fromstring

from faq.domain import spreadsheet
from faq.domain.spreadsheet import (
    EXCEL_CELL_LENGTH,
    FrenchExcel,
    TableTooBig,
    check_excel_row,
    excel_text,
    guard,
    is_guarded,
    render_csv,
    render_json,
    unguard,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("=+-@\t\r\n';\" a\x00\x01_x0\ufeff\u2028")
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width)))
FORMULAS = ["=1+1", "+33 1", "-5", "@SUM(A1)", "\t=1", "\r=1", "'=1", "'"]


def read_csv(data: bytes) -> list[list[str]]:
    """Read a file as whoever knows the dialect and the guard does."""
    lines = io.StringIO(data.decode("utf-8-sig"), newline="")
    return [[unguard(cell) for cell in row] for row in csv.reader(lines, FrenchExcel)]


@given(TEXTS)
def test_unguard_is_the_exact_inverse_of_guard(text):
    assert unguard(guard(text)) == text


@given(TEXTS)
def test_guarded_text_is_no_formula(text):
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", FORMULAS)
def test_guard_puts_one_apostrophe_before_what_looks_like_a_formula(text):
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Bonjour", " =1+1", "1-2", "« = »", "’=1"])
def test_guard_leaves_other_text_alone(text):
    assert guard(text) == text
    assert not is_guarded(text)


@pytest.mark.parametrize("text", ["'abc", "'1", "abc"])
def test_unguard_leaves_an_apostrophe_that_guard_did_not_put(text):
    assert unguard(text) == text


@given(TABLES)
@example([["a\r"], ["\n"], ['"'], [";"], [""], ["\x00"]])
def test_csv_gives_every_cell_back(rows):
    columns = [f"colonne {number}" for number in range(len(rows[0]) if rows else 1)]
    assert read_csv(b"".join(render_csv(columns, rows))) == [columns, *rows]


def test_csv_is_the_one_of_french_excel():
    data = b"".join(render_csv(["question", "version"], [["Où ?", 3], ["L1\nL2", None], ["a;b", 4]]))
    assert data == '\ufeffquestion;version\r\nOù ?;3\r\n"L1\nL2";\r\n"a;b";4\r\n'.encode()


@given(TABLES)
def test_json_gives_every_cell_back(rows):
    columns = [f"colonne {number}" for number in range(len(rows[0]) if rows else 1)]
    read = json.loads(b"".join(render_json(columns, rows)))
    assert [list(row.values()) for row in read] == rows
    assert all(list(row) == columns for row in read)


def test_json_keeps_numbers_and_blanks():
    assert json.loads(b"".join(render_json(["n", "v"], [[1, None], [2, ""]]))) == [
        {"n": 1, "v": None},
        {"n": 2, "v": ""},
    ]


@pytest.mark.parametrize("write", [render_csv, render_json])
def test_rows_are_written_as_they_come(write):
    endless = ([str(number)] for number in itertools.count())
    pieces = list(itertools.islice(write(["n"], endless), 1_000))
    assert b"900" in b"".join(pieces)
    assert next(endless) == ["1000" if write is render_json else "998"]


@given(TEXTS)
@example("_x0041_")
@example("_x0041_x0042_")
@example("_x0041\x01")
@example("\x01_x0041")
def test_excel_reads_escaped_text_as_it_was(text):
    escaped = fromstring(f"<t>{escape(excel_text(text))}</t>").text or ""
    assert unescape(escaped) == text


def test_ordinary_text_is_not_escaped():
    assert excel_text("Où ?\n\tsnake_case _x_ é 😀") == "Où ?\n\tsnake_case _x_ é 😀"


def test_excel_takes_its_longest_cell():
    check_excel_row(["answer"], ["x" * EXCEL_CELL_LENGTH], 2)


@pytest.mark.parametrize("text", ["x" * (EXCEL_CELL_LENGTH + 1), "😀" * (EXCEL_CELL_LENGTH // 2 + 1)])
def test_excel_would_cut_a_longer_cell(text):
    with pytest.raises(TableTooBig, match=r"Ligne 2 \(Q-7\), colonne « answer » : 32\u202f768 caractères"):
        check_excel_row(["reference", "answer"], ["Q-7", text], 2)


def test_excel_would_cut_a_longer_sheet(monkeypatch):
    monkeypatch.setattr(spreadsheet, "EXCEL_ROWS", 2)
    check_excel_row(["n"], ["1"], 2)
    with pytest.raises(TableTooBig, match="Choisissez le format csv ou json"):
        check_excel_row(["n"], ["2"], 3)
