"""Tables as files: CSV that French Excel opens by double-click, JSON, and the limits of a workbook.

A table is its column names and its rows; every row has one cell per column. Files are rendered piece by
piece, so that a table of any length takes the memory of one row.
"""

import codecs
import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from faq.domain.limits import format_number

Cell = str | int | None
TableRow = Sequence[Cell]

SEPARATOR = " | "
"""The separator of several terms, or several sources, in one cell."""

EXCEL_CELL_LENGTH = 32_767
"""UTF-16 code units of one cell; Excel silently drops what exceeds them."""
EXCEL_ROWS = 1_048_576
"""Rows of one Excel sheet, the column names included."""

GUARD = "'"
"""The apostrophe by which a spreadsheet takes a cell for text."""
_GUARDED = ("=", "+", "-", "@", "\t", "\r", GUARD)

# Characters that XML cannot hold, and the carriage return, which its readers turn into a line feed.
_UNWRITABLE = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_TO_ESCAPE = re.compile(f"[{_UNWRITABLE}]|_(?=x[0-9A-Fa-f]{{4}}[_{_UNWRITABLE}])")


class FrenchExcel(csv.Dialect):
    """The CSV that Excel expects where the comma is the decimal sign, in UTF-8 with a byte-order mark."""

    delimiter = ";"
    quotechar = '"'
    doublequote = True
    lineterminator = "\r\n"
    quoting = csv.QUOTE_MINIMAL


class TableTooBig(ValueError):
    """A table that Excel would cut; the message says where, and what to do instead, in French."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Choisissez le format csv ou json.")


def is_guarded(text: str) -> bool:
    """Return whether a spreadsheet would take a text for a formula, or `unguard` for a guarded one."""
    return text.startswith(_GUARDED)


def guard(text: str) -> str:
    """Return a text with an apostrophe before what would be taken for a formula, or before an apostrophe."""
    return GUARD + text if is_guarded(text) else text


def unguard(text: str) -> str:
    """Return a text without the apostrophe of `guard`: `unguard(guard(text)) == text` for every text.

    An apostrophe that `guard` would not have put there stays.
    """
    bare = text.removeprefix(GUARD)
    return bare if is_guarded(bare) else text


def render_csv(columns: Sequence[str], rows: Iterable[TableRow]) -> Iterator[bytes]:
    """Yield a table as CSV for French Excel, without formulas and without loss; None is an empty cell."""
    writer = csv.writer(_Echo(), FrenchExcel)
    yield codecs.BOM_UTF8
    for row in chain([columns], rows):
        line: str = writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
        yield line.encode()


def render_json(columns: Sequence[str], rows: Iterable[TableRow]) -> Iterator[bytes]:
    """Yield a table as a JSON array (RFC 8259) of one object per row, keyed by column."""
    before = "[\n"
    for row in rows:
        yield (before + json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)).encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


def excel_text(text: str) -> str:
    """Return a text with what XML cannot hold escaped as in Excel (ECMA-376, ST_Xstring): « _x0001_ » is U+0001."""
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def check_excel_row(columns: Sequence[str], row: TableRow, number: int) -> None:
    """Raise TableTooBig unless Excel can hold a row; `number` counts from 1, column names included."""
    if number > EXCEL_ROWS:
        raise TableTooBig(f"Une feuille d’Excel ne contient pas plus de {format_number(EXCEL_ROWS)} lignes.")
    for column, cell in zip(columns, row, strict=True):
        # Escaped, a character takes seven code units at most: most texts need not be measured.
        if not isinstance(cell, str) or 7 * len(cell) <= EXCEL_CELL_LENGTH:
            continue
        if (length := _excel_length(cell)) > EXCEL_CELL_LENGTH:
            raise TableTooBig(
                f"Ligne {number} ({row[0]}), colonne « {column} » : {format_number(length)} caractères, "
                f"alors qu’une cellule d’Excel en contient {format_number(EXCEL_CELL_LENGTH)} au plus."
            )


class _Echo:
    """A file for csv.writer, whose `writerow` then returns the line."""

    def write(self, line: str) -> str:
        return line


def _excel_length(text: str) -> int:
    return len(excel_text(text).encode("utf-16-le")) // 2
