"""Tables as Excel workbooks of one sheet, where every text is text and never a formula (ECMA-376)."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import IO
from xml.sax.saxutils import escape

from faq.domain.spreadsheet import TableRow, check_excel_row, excel_text

_PIECE = 64 * 1024
"""Bytes of a finished workbook that are yielded at a time."""
_TEXT = 1
"""The cell format « Text » of `_STYLES` (49, « @ »): a text remains text when somebody edits the cell.

Excel's own apostrophe (quotePrefix) would do as well, but LibreOffice makes a letter of it.
"""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_PARTS = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MEDIA}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MEDIA}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MEDIA}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Export" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": _STYLES,
}
_SHEET_START = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_SHEET_END = "</sheetData></worksheet>"


def render_workbook(columns: Sequence[str], rows: Iterable[TableRow]) -> Iterator[bytes]:
    """Yield a table as a workbook; a text that Excel would run as a formula, or cut, is neither.

    Raises TableTooBig, before the first piece, where Excel would cut a cell or the table.
    """
    with tempfile.TemporaryFile() as file:
        _write_workbook(file, columns, rows)
        file.seek(0)
        yield from iter(partial(file.read, _PIECE), b"")


def name_column(place: int) -> str:
    """Return the letters of a column, counted from 0: A, B, …, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _write_workbook(file: IO[bytes], columns: Sequence[str], rows: Iterable[TableRow]) -> None:
    letters = [name_column(place) for place in range(len(columns))]
    # A text takes a third more room than at the usual level, and a fourth of the time.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in _PARTS.items():
            # Without the date of today: the same table has the same bytes.
            book.writestr(zipfile.ZipInfo(name), part)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET_START.encode())
            for number, row in enumerate(chain([columns], rows), start=1):
                check_excel_row(columns, row, number)
                cells = (_render_cell(f"{letter}{number}", cell) for letter, cell in zip(letters, row, strict=True))
                sheet.write(f'<row r="{number}">{"".join(cells)}</row>'.encode())
            sheet.write(_SHEET_END.encode())


def _render_cell(place: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = escape(excel_text(value))
    return f'<c r="{place}" s="{_TEXT}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
