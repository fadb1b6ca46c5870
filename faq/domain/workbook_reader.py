"""Excel workbooks as tables of text (ECMA-376): one sheet, plain values, each limit checked before it is passed.

Formulas, errors, merged cells and a second filled sheet are refused with their addresses: their values cannot be
read for certain. Numbers, dates and truth values become the text that a spreadsheet shows.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from math import isfinite
from posixpath import dirname, join, normpath
from xml.parsers import expat

from faq.domain.limits import (
    TABLE_MAX_COLUMNS,
    TABLE_MAX_ROWS,
    TABLE_MAX_UNPACKED_BYTES,
    describe_excess,
    format_number,
)
from faq.domain.tables import FALSE, TRUE, Table, TableUnreadable, build_table, format_cell_number, name_some
from faq.domain.workbook_writer import name_column

_PIECE = 256 * 1024
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Numbers of the formats of dates and times that workbooks need not declare."""
_UNDATED = re.compile(r'"[^"]{0,255}"|\\.|\[[^\]]{0,255}\]')
"""The parts of a number's format in which letters mean no date: quoted, escaped, colours and conditions. A format has
255 characters."""
_TOO_MANY = 10_000
"""Formats that a workbook may declare; Excel allows 65,000."""
_UNREADABLE = "Le classeur est abîmé, ou n’est pas un classeur Excel\u00a0; enregistrez-le de nouveau en .xlsx."
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, LookupError, RuntimeError)


@dataclass(slots=True)
class _Sheet:
    """The cells of one sheet, and what in it cannot be read."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def read_workbook(data: bytes) -> Table:
    """Read the only filled sheet of a workbook. Raises TableUnreadable."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            return build_table(iter(_choose_sheet(_Workbook(book)).rows))
    except TableUnreadable:
        raise
    except (ValueError, *_BROKEN) as error:
        raise TableUnreadable(_UNREADABLE) from error


def _choose_sheet(book: "_Workbook") -> _Sheet:
    """Return the sheet that holds something. Raises TableUnreadable where several do, or it has what is refused."""
    filled = {name: sheet for name, part in book.sheets if (sheet := book.read_sheet(part)).rows}
    if len(filled) > 1:
        named = name_some([f"«\u00a0{name}\u00a0»" for name in filled])
        raise TableUnreadable(f"Plusieurs feuilles sont remplies ({named})\u00a0; n’en gardez qu’une.")
    if not filled:
        raise TableUnreadable("Le classeur est vide.")
    [sheet] = filled.values()
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
    return sheet


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

    def read_sheet(self, part: str) -> _Sheet:
        """Return the cells of a sheet."""
        reader = _SheetReader(self._read_cell)
        self._parse(part, reader.start, reader.end, reader.add)
        return reader.sheet

    def _read_cell(self, kind: str, style: int, raw: str) -> str:
        match kind:
            case "s":
                return self._texts[int(raw)] if 0 <= int(raw) < len(self._texts) else ""
            case "b":
                return TRUE if raw == "1" else FALSE
            case "inlineStr" | "str":
                return _unescape(raw)
            case "d" | "e":
                return raw
            case _:
                return self._read_number(float(raw), style)

    def _read_number(self, number: float, style: int) -> str:
        if not isfinite(number):
            raise ValueError("no number that a spreadsheet holds")
        if not (0 <= style < len(self._dated) and self._dated[style]):
            return format_cell_number(number)
        return _format_date(number, starts_in_1904=self._starts_in_1904)

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


class _SheetReader:
    """Follows the elements of a sheet, and gathers its rows."""

    def __init__(self, read_cell: Callable[[str, int, str], str]) -> None:
        self.sheet = _Sheet()
        self._read_cell = read_cell
        self._number = 0
        self._place = -1
        self._cells: list[str] = []
        self._kind = ""
        self._style = 0
        self._raw: list[str] = []
        self._wanted = False
        self._in_guide = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._wanted = not self._in_guide
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self.sheet.formulas.append(self._address)
        elif name == "rPh":
            self._in_guide = True
        elif name == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", "?"))

    def add(self, text: str) -> None:
        """Add the text of a value."""
        if self._wanted:
            self._raw.append(text)

    def end(self, name: str) -> None:
        """End an element."""
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._wanted = False
        elif name == "rPh":
            self._in_guide = False
        elif name == "row" and any(self._cells):
            self.sheet.rows.append((self._number, self._cells))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._number + 1))
        if number <= self._number:
            raise TableUnreadable(_UNREADABLE)
        self._number, self._place, self._cells = number, -1, []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = self._place + 1
        if address := attributes.get("r"):
            found = _ADDRESS.fullmatch(address)
            if not found or int(found[2]) != self._number:
                raise TableUnreadable(_UNREADABLE)
            place = _get_place(found[1])
        if place <= self._place:
            raise TableUnreadable(_UNREADABLE)
        self._place = place
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self._raw.clear()

    def _end_cell(self) -> None:
        raw = "".join(self._raw)
        if not raw:
            return
        if self._kind == "e":
            self.sheet.errors.append(f"{self._address} ({raw})")
        text = self._read_value(raw)
        if not text:
            return
        if self._place >= TABLE_MAX_COLUMNS:
            cure = "retirez les colonnes qui ne servent pas"
            excess = describe_excess("Le tableau", self._place + 1, TABLE_MAX_COLUMNS, cure, unit="colonnes")
            raise TableUnreadable(f"Cellule {self._address}\u00a0: {excess}")
        if len(self.sheet.rows) > TABLE_MAX_ROWS:
            raise TableUnreadable(
                f"Le tableau dépasse {format_number(TABLE_MAX_ROWS)} lignes\u00a0; coupez-le en plusieurs fichiers."
            )
        self._cells += [""] * (self._place - len(self._cells))
        self._cells.append(text)

    def _read_value(self, raw: str) -> str:
        try:
            return self._read_cell(self._kind, self._style, raw)
        except (ValueError, OverflowError) as error:
            raise TableUnreadable(
                f"Cellule {self._address}\u00a0: «\u00a0{raw[:40]}\u00a0» n’est pas une valeur lisible."
            ) from error

    @property
    def _address(self) -> str:
        return f"{name_column(max(self._place, 0))}{self._number}"


def _refuse_declaration(*_: object) -> None:
    raise TableUnreadable(_UNREADABLE)


def _unescape(text: str) -> str:
    """Return a text with what stands for characters that XML cannot hold: « _x000D_ » is a carriage return."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _get_place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


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
