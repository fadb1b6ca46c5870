"""Excel workbooks as tables of text (ECMA-376): one sheet, plain values, each limit checked before it is passed.

Formulas, errors, merged cells and a second sheet that may be meant are refused with their addresses: their values
cannot be read for certain. Numbers, dates and truth values become the text that a spreadsheet shows, and the table
says which cells held them.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from io import BytesIO
from math import isfinite
from posixpath import dirname, join, normpath
from xml.parsers import expat

from faq.domain.limits import TABLE_MAX_UNPACKED_BYTES, format_number
from faq.domain.tables import (
    FALSE,
    TRUE,
    HeaderCheck,
    Table,
    TableUnreadable,
    build_table,
    format_cell_number,
    name_some,
)
from faq.domain.workbook_sheet import UNREADABLE, Sheet, SheetReader

_PIECE = 256 * 1024
_DATE, _NUMBER, _TRUTH = "une date", "un nombre", "VRAI ou FAUX"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Numbers of the formats of dates and times that workbooks need not declare."""
_UNDATED = re.compile(r'"[^"]{0,255}"|\\.|\[[^\]]{0,255}\]')
"""The parts of a number's format in which letters mean no date: quoted, escaped, colours and conditions. A format has
255 characters."""
_TOO_MANY = 10_000
"""Formats that a workbook may declare; Excel allows 65,000."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, LookupError, RuntimeError)


def read_workbook(data: bytes, is_header: HeaderCheck | None = None) -> Table:
    """Read the only filled sheet of a workbook, or the only one that has the names of the columns.

    Raises TableUnreadable.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            sheet, notices = _choose_sheet(_Workbook(book), is_header)
    except TableUnreadable:
        raise
    except (ValueError, *_BROKEN) as error:
        raise TableUnreadable(UNREADABLE) from error
    table = build_table(iter(sheet.rows), is_header)
    table.notices, table.not_text = notices, sheet.not_text
    return table


def _choose_sheet(book: "_Workbook", is_header: HeaderCheck | None) -> tuple[Sheet, list[str]]:
    """Return the sheet to read, and what to say of the others.

    Raises TableUnreadable where several may be meant, or it has what is refused.
    """
    filled = {name: sheet for name, part in book.sheets if (sheet := book.read_sheet(part)).rows}
    if not filled:
        raise TableUnreadable("Le classeur est vide.")
    shown = {name: sheet for name, sheet in filled.items() if name not in book.hidden}
    meant = _find_named(shown, is_header) or _find_named(filled, is_header) or shown or filled
    if len(meant) > 1:
        raise TableUnreadable(f"Plusieurs feuilles sont remplies ({_name_sheets(meant)})\u00a0; n’en gardez qu’une.")
    [(name, sheet)] = meant.items()
    _check_sheet(sheet)
    ignored = [other for other in filled if other != name]
    notice = f"Seule la feuille «\u00a0{name}\u00a0» est lue\u00a0; à part\u00a0: {_name_sheets(ignored)}."
    return sheet, [notice] if ignored else []


def _find_named(sheets: dict[str, Sheet], is_header: HeaderCheck | None) -> dict[str, Sheet]:
    """Return the sheets that begin with the names of the columns."""
    return {name: sheet for name, sheet in sheets.items() if is_header and is_header(sheet.rows[0][1])}


def _name_sheets(names: Iterable[str]) -> str:
    return name_some([f"«\u00a0{name}\u00a0»" for name in names])


def _check_sheet(sheet: Sheet) -> None:
    """Raise TableUnreadable where a sheet has what is refused."""
    refused = [
        f"{what}\u00a0: {name_some(places)}\u00a0; {cure}."
        for places, what, cure in (
            (sheet.formulas, "Formules", "remplacez-les par leurs valeurs (collage spécial)"),
            (sheet.errors, "Erreurs de calcul", "corrigez ces cellules"),
            (sheet.merged, "Cellules fusionnées", "défusionnez-les"),
        )
        if places
    ]
    if refused:
        raise TableUnreadable(*refused)


class _Workbook:
    """An opened workbook: its sheets, its texts and its formats."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._book = book
        self._unpacked = 0
        [main, *_] = [target for kind, _, target in self._read_relations("") if kind == "officeDocument"]
        related = self._read_relations(main)
        self._parts = {kind: target for kind, _, target in related}
        self._sheets_by_identifier = {name: target for kind, name, target in related if kind == "worksheet"}
        self._starts_in_1904 = False
        self.sheets: list[tuple[str, str]] = []
        self.hidden: set[str] = set()
        """The names of the sheets that are not shown."""
        self._parse(main, self._start_workbook)
        self._texts = self._read_texts()
        self._dated = self._read_dated_formats()

    def _start_workbook(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self._starts_in_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            identifier = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            # Sheets of charts hold no cells.
            if target := self._sheets_by_identifier.get(identifier):
                self.sheets.append((attributes["name"], target))
                if attributes.get("state", "visible") != "visible":
                    self.hidden.add(attributes["name"])

    def _read_relations(self, part: str) -> list[tuple[str, str, str]]:
        """Return kind, identifier and target of the parts that one refers to."""
        folder, name = dirname(part), part.rpartition("/")[2]
        found: list[tuple[str, str, str]] = []

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = normpath(join("/", folder, attributes["Target"])).lstrip("/")
                found.append((attributes["Type"].rpartition("/")[2], attributes["Id"], target))

        path = join(folder, "_rels", f"{name}.rels")
        if path in self._book.namelist() or not part:
            self._parse(path, start)
        return found

    def _read_texts(self) -> list[str]:
        """Return the shared texts, in the order in which cells refer to them."""
        texts: list[str] = []
        if part := self._parts.get("sharedStrings"):
            collector = _TextCollector(texts.append, "si")
            self._parse(part, collector.start, collector.end, collector.add)
        return texts

    def _read_dated_formats(self) -> list[bool]:
        """Return, per format of cells, whether it shows numbers as dates."""
        declared: dict[int, bool] = {}
        dated: list[bool] = []
        inside: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt" and len(declared) < _TOO_MANY:
                code = _UNDATED.sub("", attributes.get("formatCode", ""))
                declared[int(attributes["numFmtId"])] = bool(re.search("[dmyhs]", code, re.IGNORECASE))
            elif name == "xf" and inside[-1:] == ["cellXfs"]:
                number = int(attributes.get("numFmtId", 0))
                dated.append(declared.get(number, number in _DATE_FORMATS))
            inside.append(name)

        if part := self._parts.get("styles"):
            self._parse(part, start, lambda name: inside.pop())
        return dated

    def read_sheet(self, part: str) -> Sheet:
        """Return the cells of a sheet."""
        reader = SheetReader(self._read_cell)
        self._parse(part, reader.start, reader.end, reader.add)
        return reader.sheet

    def _read_cell(self, kind: str, style: int, raw: str) -> tuple[str, str]:
        """Return the text of a cell, and what it holds in French where that is no text."""
        match kind:
            case "s":
                if not 0 <= int(raw) < len(self._texts):
                    raise TableUnreadable(UNREADABLE)
                return self._texts[int(raw)], ""
            case "b":
                return TRUE if raw == "1" else FALSE, _TRUTH
            case "inlineStr" | "str":
                return _unescape(raw), ""
            case "d" | "e":
                return raw, _DATE
            case _:
                return self._read_number(float(raw), style)

    def _read_number(self, number: float, style: int) -> tuple[str, str]:
        if not isfinite(number):
            raise ValueError("no number that a spreadsheet holds")
        if not (0 <= style < len(self._dated) and self._dated[style]):
            return format_cell_number(number), _NUMBER
        return _format_date(number, starts_in_1904=self._starts_in_1904), _DATE

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], object] | None = None,
        text: Callable[[str], object] | None = None,
    ) -> None:
        """Read one part of the file, piece by piece. Raises TableUnreadable above the limit."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
        if end:
            parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        if text:
            parser.CharacterDataHandler = text
        # Entities that name each other grow without end; no spreadsheet declares any.
        parser.StartDoctypeDeclHandler = _refuse_declaration
        with self._book.open(part) as file:
            while piece := file.read(_PIECE):
                self._unpacked += len(piece)
                if self._unpacked > TABLE_MAX_UNPACKED_BYTES:
                    raise TableUnreadable(
                        f"Le classeur dépasse, déballé, {format_number(TABLE_MAX_UNPACKED_BYTES)} octets\u00a0; "
                        "coupez-le en plusieurs fichiers."
                    )
                parser.Parse(piece, False)
        parser.Parse(b"", True)


class _TextCollector:
    """Gathers the text of an element, that of its runs included, without its phonetic guides."""

    def __init__(self, store: Callable[[str], object], element: str) -> None:
        self._store = store
        self._element = element
        self._pieces: list[str] = []
        self._in_text = False
        self._in_guide = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._in_guide = self._in_guide or name == "rPh"
        self._in_text = name == "t" and not self._in_guide

    def add(self, text: str) -> None:
        """Add text, where it belongs to the element."""
        if self._in_text:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        """End an element."""
        self._in_text = False
        if name == "rPh":
            self._in_guide = False
        elif name == self._element:
            self._store(_unescape("".join(self._pieces)))
            self._pieces.clear()


def _refuse_declaration(*_: object) -> None:
    raise TableUnreadable(UNREADABLE)


def _unescape(text: str) -> str:
    """Return a text with what stands for characters that XML cannot hold: « _x000D_ » is a carriage return."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _format_date(number: float, *, starts_in_1904: bool) -> str:
    """Return a date, a time, or both, of a number of days since the beginning of the workbook's calendar."""
    if starts_in_1904:
        first = datetime(1904, 1, 1)
    else:
        # The other calendar believes that 1900 had a 29th of February.
        first = datetime(1899, 12, 31) if number < 60 else datetime(1899, 12, 30)
    moment = first + timedelta(seconds=round(number * 86_400))
    if 0 <= number < 1 and not starts_in_1904:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if float(number).is_integer() else f"{moment:%Y-%m-%d %H:%M:%S}"
