"""The sheet of a workbook, read element by element: its rows as text, and what in it is no plain text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from faq.domain.limits import TABLE_MAX_COLUMNS, TABLE_MAX_ROWS, describe_excess, format_number
from faq.domain.tables import TableUnreadable
from faq.domain.workbook_writer import name_column

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
UNREADABLE = "Le classeur est abîmé, ou n’est pas un classeur Excel\u00a0; enregistrez-le de nouveau en .xlsx."


@dataclass(slots=True)
class Sheet:
    """The cells of one sheet, and what in it cannot be read."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    not_text: dict[int, dict[int, str]] = field(default_factory=dict)
    """See `Table`."""


class SheetReader:
    """Follows the elements of a sheet, and gathers its rows."""

    def __init__(self, read_cell: Callable[[str, int, str], tuple[str, str]]) -> None:
        self.sheet = Sheet()
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
            raise TableUnreadable(UNREADABLE)
        self._number, self._place, self._cells = number, -1, []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = self._place + 1
        if address := attributes.get("r"):
            found = _ADDRESS.fullmatch(address)
            if not found or int(found[2]) != self._number:
                raise TableUnreadable(UNREADABLE)
            place = _get_place(found[1])
        if place <= self._place:
            raise TableUnreadable(UNREADABLE)
        self._place = place
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self._raw.clear()

    def _end_cell(self) -> None:
        raw = "".join(self._raw)
        if not raw:
            return
        if self._kind == "e":
            self.sheet.errors.append(f"{self._address} ({raw})")
        text, held = self._read_value(raw)
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
        if held:
            self.sheet.not_text.setdefault(self._number, {})[self._place] = held

    def _read_value(self, raw: str) -> tuple[str, str]:
        try:
            return self._read_cell(self._kind, self._style, raw)
        except TableUnreadable:
            raise
        except (ValueError, OverflowError) as error:
            raise TableUnreadable(
                f"Cellule {self._address}\u00a0: «\u00a0{raw[:40]}\u00a0» n’est pas une valeur lisible."
            ) from error

    @property
    def _address(self) -> str:
        return f"{name_column(max(self._place, 0))}{self._number}"


def _get_place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
