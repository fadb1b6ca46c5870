"""Reading workbooks that Excel, LibreOffice and openpyxl write, and refusing what cannot be read for certain."""

import io
import re
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from faq.domain import workbook_reader, workbook_sheet
from faq.domain.tables import TableUnreadable
from faq.domain.workbook_reader import read_workbook
from faq.domain.workbook_writer import name_column, render_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def a_workbook(*rows, prepare=lambda book: None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    prepare(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(data, name, change):
    """Return a workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info.filename, change(content.decode()) if info.filename == name else content)
    return file.getvalue()


def test_values_become_what_a_spreadsheet_shows():
    rows = [
        ("a", "b", "c", "d", "e", "f", "g"),
        ("texte", 12, 1.5, True, date(2026, 3, 12), datetime(2026, 3, 12, 8, 30), time(8, 30)),
    ]
    [row] = read_workbook(a_workbook(*rows)).rows
    assert row == ["texte", "12", "1.5", "oui", "2026-03-12", "2026-03-12 08:30:00", "08:30:00"]


def test_the_calendar_of_1904():
    def prepare(book):
        book.epoch = CALENDAR_MAC_1904

    data = a_workbook(("a",), (date(2026, 3, 12),), prepare=prepare)
    assert read_workbook(data).rows == [["2026-03-12"]]


def test_a_day_before_the_leap_day_that_1900_never_had():
    data = a_workbook(("a",), (date(1900, 2, 1),), (date(1900, 3, 1),))
    assert read_workbook(data).rows == [["1900-02-01"], ["1900-03-01"]]


def test_a_text_that_looks_like_a_date_stays_text_and_a_number_keeps_its_colour():
    def prepare(book):
        book.active["A2"].number_format = '[Red]"jours" 0'

    assert read_workbook(a_workbook(("a", "b"), (12, "12/03/2026"), prepare=prepare)).rows == [["12", "12/03/2026"]]


def with_shared_texts(texts):
    """Return a workbook of one column whose cells refer to a part of texts, as Excel writes them."""
    data = b"".join(render_workbook(["a"], []))
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row - 1}</v></c></row>' for row in range(1, len(texts) + 1)
    )
    items = "".join(texts)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info).decode()
            if info.filename == "xl/worksheets/sheet1.xml":
                content = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
            if info.filename == "xl/_rels/workbook.xml.rels":
                link = '<Relationship Id="rId9" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
                content = content.replace("</Relationships>", link)
            target.writestr(info.filename, content)
        target.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
    return file.getvalue()


def test_shared_texts_are_read_as_excel_escapes_them():
    """Excel tells « _x000D_ » from a carriage return; openpyxl does not."""
    texts = ["<si><t>a</t></si>", "<si><t>_x005F_x000D_</t></si>", "<si><t>L1_x000D_ fin</t></si>"]
    assert read_workbook(with_shared_texts(texts)).rows == [["_x000D_"], ["L1\r fin"]]


def test_runs_of_letters_are_one_text_and_phonetic_guides_none():
    runs = '<si><r><t>gras</t></r><r><t xml:space="preserve"> et maigre</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>'
    assert read_workbook(with_shared_texts(["<si><t>a</t></si>", runs])).rows == [["gras et maigre"]]


def test_rows_keep_their_numbers_and_empty_cells_their_places():
    def prepare(book):
        sheet = book.active
        sheet["A1"], sheet["C1"], sheet["B1"] = "a", "c", "b"
        sheet["C7"] = "loin"
        sheet["XFD9"].number_format = "0.00"

    table = read_workbook(a_workbook(prepare=prepare))
    assert (table.columns, table.rows, table.numbers) == (["a", "b", "c"], [["", "", "loin"]], [7])


def test_cells_that_hold_no_text_are_told():
    rows = [("a", "b", "c", "d"), ("texte", 12, True, date(2026, 3, 12)), ("12", "oui", None, None)]
    table = read_workbook(a_workbook(*rows))
    assert table.not_text == {2: {1: "un nombre", 2: "VRAI ou FAUX", 3: "une date"}}


class TestSeveralSheets:
    @staticmethod
    def read(*sheets):
        """Read a workbook of sheets, each a state and the cells of its first column."""

        def prepare(book):
            book.remove(book.active)
            for rank, (state, cells) in enumerate(sheets, start=1):
                sheet = book.create_sheet(f"Feuille {rank}")
                sheet.sheet_state = state
                for cell in cells:
                    sheet.append([cell])

        return read_workbook(a_workbook(prepare=prepare), lambda cells: "question" in cells)

    TABLE, LIST = ("question", "Où ?"), ("valeurs", "oui")

    @pytest.mark.parametrize(
        "sheets",
        [
            [("visible", TABLE), ("hidden", LIST)],
            [("visible", TABLE), ("veryHidden", LIST), ("visible", LIST)],
            [("visible", TABLE), ("hidden", TABLE)],
            [("hidden", TABLE), ("visible", LIST)],
        ],
    )
    def test_the_one_with_the_names_of_the_columns_is_read(self, sheets):
        table = self.read(*sheets)
        assert (table.columns, table.rows) == (["question"], [["Où ?"]])
        [notice] = table.notices
        assert "Seule la feuille «\u00a0Feuille 1\u00a0» est lue" in notice
        assert "Feuille 2" in notice

    @pytest.mark.parametrize(
        "sheets", [[("visible", TABLE), ("visible", TABLE)], [("visible", LIST), ("visible", LIST)]]
    )
    def test_two_that_may_be_meant_are_refused(self, sheets):
        with pytest.raises(TableUnreadable, match="Plusieurs feuilles"):
            self.read(*sheets)

    def test_a_formula_of_another_sheet_does_not_matter(self):
        assert self.read(("visible", self.TABLE), ("hidden", ("valeurs", "=A1"))).rows == [["Où ?"]]


@pytest.mark.parametrize("number", ["7", "-1"])
def test_a_reference_to_no_text_is_damage(number):
    data = with_shared_texts(["<si><t>a</t></si>", "<si><t>b</t></si>"])
    data = with_part(data, "xl/worksheets/sheet1.xml", lambda text: text.replace("<v>1<", f"<v>{number}<"))
    with pytest.raises(TableUnreadable, match="abîmé"):
        read_workbook(data)


def test_empty_sheets_beside_the_filled_one_do_not_matter():
    data = a_workbook(("a",), ("1",), prepare=lambda book: [book.create_sheet("Feuil2"), book.create_sheet("Feuil3")])
    assert read_workbook(data).rows == [["1"]]


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda book: book.active.__setitem__("B2", "=A2"), "Formules.*B2.*collage"),
        (lambda book: book.active.merge_cells("A2:B3"), "fusionnées.*A2:B3"),
        (lambda book: book.create_sheet("Autre").append(["x"]), "« Autre »"),
        (lambda book: book.active.__setitem__("CW2", "x"), "CW2.*100"),
        (
            lambda book: setattr(book.active["B2"], "data_type", "e") or setattr(book.active["B2"], "_value", "#N/A"),
            "B2 .#N/A",
        ),
    ],
)
def test_what_cannot_be_read_is_named(prepare, reason):
    with pytest.raises(TableUnreadable) as refused:
        read_workbook(a_workbook(("a", "b"), ("1", "2"), prepare=prepare))
    assert re.search(reason, str(refused.value).replace("\u00a0", " "))


def test_a_small_file_that_hides_a_large_one_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(workbook_reader, "TABLE_MAX_UNPACKED_BYTES", 2_000_000)
    data = with_shared_texts(["<si><t>a</t></si>", f"<si><t>{'x' * 20_000_000}</t></si>"])
    assert len(data) < 100_000
    with pytest.raises(TableUnreadable, match="déballé"):
        read_workbook(data)


def test_too_many_rows_are_told(monkeypatch):
    monkeypatch.setattr(workbook_sheet, "TABLE_MAX_ROWS", 2)
    with pytest.raises(TableUnreadable, match="2 lignes"):
        read_workbook(a_workbook(*[("x",)] * 6))


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda text: text.replace("<sheetData>", "<sheetData", 1)),
        ("xl/worksheets/sheet1.xml", lambda text: text.replace('r="A2"', 'r="A9"')),
        ("xl/worksheets/sheet1.xml", lambda text: text.replace('r="2"', 'r="1"')),
        ("xl/worksheets/sheet1.xml", lambda text: text.replace("<v>7</v>", "<v>sept</v>")),
        ("xl/worksheets/sheet1.xml", lambda text: text.replace("<v>7</v>", "<v>nan</v>")),
        ("xl/workbook.xml", lambda text: f'<!DOCTYPE x [<!ENTITY a "b">]>{text.partition("?>")[2] or text}'),
        ("_rels/.rels", lambda text: "<Relationships/>"),
        ("xl/_rels/workbook.xml.rels", lambda text: "<Relationships/>"),
    ],
)
def test_a_damaged_workbook_is_refused(part, change):
    with pytest.raises(TableUnreadable):
        read_workbook(with_part(a_workbook(("a",), (7,)), part, change))


def test_what_we_write_other_libraries_read():
    rows = [["=1+1", "'x", 12, None], ["L1\nL2", "é 😀", 0, "fin"]]
    sheet = load_workbook(io.BytesIO(b"".join(render_workbook(["a", "b", "c", "d"], rows)))).active
    assert [list(row) for row in sheet.values] == [["a", "b", "c", "d"], *rows]
    assert sheet.freeze_panes == "A2"


def test_the_same_table_has_the_same_bytes():
    assert b"".join(render_workbook(["a"], [["x"]])) == b"".join(render_workbook(["a"], [["x"]]))


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")])
def test_columns_are_named_as_in_excel(place, name):
    assert name_column(place) == name
