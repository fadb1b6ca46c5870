"""Tables as people send them: CSV of any dialect and usual encoding, and JSON, read cell by cell as text.

Whatever cannot be read for certain is refused in French, with its place, before anything is done with the rest.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from faq.domain.limits import (
    ANSWER_MAX_LENGTH,
    TABLE_MAX_BYTES,
    TABLE_MAX_COLUMNS,
    TABLE_MAX_ROWS,
    describe_excess,
    format_number,
)
from faq.domain.spreadsheet import GUARD, unguard

TRUE, FALSE = "oui", "non"
"""The texts of cells that hold a truth value."""
_HEADER_LENGTH = 20_000
"""Characters in which the first line is sought: far more than the names of all columns take."""
_HEADER_ROWS = 20
"""Rows in which the names of the columns are sought, where the first one is something else."""
_NAMED = 20
"""Cells that one message names."""
_SEPARATORS = ";,\t"
_BEGINNING = 400
"""Bytes that tell the format of a file."""
_JSON_SCALAR = ('"', "null", "true", "false")
# What stands after « Ã » where « é » was read wrongly: bytes 80 to BF in Windows-1252.
_MOJIBAKE = re.compile("Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\x80-\xbf™˜œ“”¦¢]|Å“")
_FORMAT_NAMES = {"csv": "du CSV", "xlsx": "un classeur Excel (.xlsx)", "json": "du JSON"}
_EXTENSIONS = {
    **dict.fromkeys(("csv", "txt", "tsv"), "csv"),
    **dict.fromkeys(("xlsx", "xlsm"), "xlsx"),
    **dict.fromkeys(("xls", "ods", "html", "htm"), ""),
    "json": "json",
}
"""The formats that the names of files promise; "" for those that are not read."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSED = (
    "Le fichier n’est pas en UTF-8\u00a0: il a été lu en Windows-1252, comme l’enregistre Excel. Vérifiez les accents."
)
_NOT_TEXT = "enregistrez-le depuis Excel ou LibreOffice au format «\u00a0CSV UTF-8\u00a0»"


HeaderCheck = Callable[[Sequence[str]], bool]
"""Returns whether the cells of a row are names of columns."""


class TableUnreadable(ValueError):
    """A file that cannot be read as a table; `reasons` are French sentences."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("\n".join(reasons))


@dataclass(slots=True)
class Table:
    """A table that was read: the names of its columns, and its rows, each with one text per column."""

    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """The number of each row as spreadsheets show it: the column names stand in the first."""
    notices: list[str] = field(default_factory=list)
    """The guesses that the reader had to make, in French."""
    not_text: dict[int, dict[int, str]] = field(default_factory=dict)
    """By the number of a row and the place of a column: the cells that hold no text, and what they hold, in French."""


def detect_format(data: bytes) -> str:
    """Return the name of the format that a file has, whatever its name says: csv, xlsx or json.

    Raises TableUnreadable for what is none of them.
    """
    if len(data) > TABLE_MAX_BYTES:
        cure = "coupez-le en plusieurs fichiers"
        raise TableUnreadable(describe_excess("Le fichier", len(data), TABLE_MAX_BYTES, cure, unit="octets"))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableUnreadable(
            "Ce classeur est protégé par un mot de passe, ou dans l’ancien format .xls\u00a0; enregistrez-le en .xlsx."
        )
    if data.startswith(b"PK"):
        if b"opendocument" in data[:200]:
            raise TableUnreadable("Ce classeur est au format .ods\u00a0; enregistrez-le en .xlsx ou en CSV.")
        return "xlsx"
    beginning = data[:_BEGINNING].decode(json.detect_encoding(data[:4]), "ignore").lstrip("\ufeff \t\r\n")
    if beginning.startswith("<"):
        what = "du XML" if beginning.startswith("<?xml") and "<html" not in beginning.lower() else "une page HTML"
        raise TableUnreadable(
            f"Ce fichier est {what}, non un tableau\u00a0; si Excel l’ouvre, enregistrez-le de nouveau en .xlsx, "
            "sinon téléchargez-le de nouveau."
        )
    lines = (line.strip() for line in beginning.split("\n"))
    # JSON has no comments; those who write some above it should be told so.
    first = next((line for line in lines if line and not line.startswith(("//", "#", "/*"))), "")
    return "json" if first.startswith(("[", "{")) or _is_json_scalar(beginning, data) else "csv"


def _is_json_scalar(beginning: str, data: bytes) -> bool:
    if not beginning.startswith(_JSON_SCALAR):
        return False
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def find_mojibake(text: str) -> str:
    """Return the first letters of a text that look like UTF-8 read as Windows-1252, as « Ã© »; "" without any."""
    found = _MOJIBAKE.search(text) if "Ã" in text or "â€" in text or "Å“" in text else None
    return found[0] if found else ""


def describe_other_format(name: str, file_format: str) -> str:
    """Return a French sentence where the name of a file promises another format than it has; "" elsewhere."""
    _, dot, extension = name.lower().rpartition(".")
    if not dot or _EXTENSIONS.get(extension, file_format) == file_format:
        return ""
    return f"Le nom du fichier finit par .{extension}, mais c’est {_FORMAT_NAMES[file_format]}\u00a0: il est lu ainsi."


def read_csv(data: bytes, is_header: HeaderCheck | None = None) -> Table:
    """Read CSV: commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252. Raises TableUnreadable."""
    text, notices = decode_text(data)
    table = build_table(_read_records(text, is_header), is_header)
    table.notices = notices
    return table


def decode_text(data: bytes) -> tuple[str, list[str]]:
    """Return a file's text, without its byte-order mark, and what had to be guessed. Raises TableUnreadable."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return _check_text(data[len(mark) :].decode(encoding)), []
            except UnicodeDecodeError as error:
                place = f"octet {format_number(error.start + len(mark) + 1)}"
                raise TableUnreadable(
                    f"Le fichier est abîmé\u00a0: il se dit en {encoding[:6].upper()}, "
                    f"et ne l’est plus ({place})\u00a0; {_NOT_TEXT}."
                ) from error
    try:
        return _check_text(data.decode()), []
    except UnicodeDecodeError as error:
        place = f"octet {format_number(error.start + 1)}"
    try:
        return _check_text(data.decode("cp1252")), [_GUESSED]
    except UnicodeDecodeError as error:
        other = f"octet {format_number(error.start + 1)}"
        raise TableUnreadable(
            f"Le fichier n’est ni en UTF-8 ({place}) ni en Windows-1252 ({other})\u00a0; {_NOT_TEXT}."
        ) from error


def _check_text(text: str) -> str:
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise TableUnreadable(
            f"Ligne {line}\u00a0: le fichier contient un caractère NUL, ou n’est pas du texte\u00a0; {_NOT_TEXT}."
        )
    return text


def _read_records(text: str, is_header: HeaderCheck | None) -> Iterator[tuple[int, list[str]]]:
    delimiter = None
    if text[:4].lower() == "sep=" and text[4:5] and text[5:6] in ("\r", "\n"):
        # Excel's own way of naming the separator.
        delimiter, text = text[4], text[5:].lstrip("\r\n")
    else:
        delimiter = _detect_delimiter(text, is_header)
        _check_separators(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [unguard(cell) if cell.startswith(GUARD) else cell for cell in cells]
    except csv.Error as error:
        fault = "des guillemets sont mal fermés"
        if "limit" in str(error):
            fault = f"une cellule dépasse {format_number(ANSWER_MAX_LENGTH)} caractères, ou {fault}"
        raise TableUnreadable(f"Ligne {number + 1}\u00a0: {fault}\u00a0; corrigez-la.") from error


def _read_first_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the first lines that are not blank, as a separator cuts them; the last may be cut short."""
    rows = []
    reader = csv.reader(io.StringIO(text[:_HEADER_LENGTH], newline=""), delimiter=delimiter)
    try:
        for cells in islice(reader, _HEADER_ROWS):
            if cells:
                rows.append(cells)
    except csv.Error:
        pass
    return rows


def _detect_delimiter(text: str, is_header: HeaderCheck | None) -> str:
    """Return the separator that cuts the names of the columns into the most cells: mostly the first line."""

    def count_cells(delimiter: str) -> tuple[bool, int]:
        rows = _read_first_rows(text, delimiter)
        header = next((row for row in rows if is_header(row)), None) if is_header else None
        return (header is not None, len(header or next(iter(rows), ())))

    return max(_SEPARATORS, key=count_cells)


def _check_separators(text: str, delimiter: str) -> None:
    """Raise TableUnreadable where the names of the columns have another separator than the rows."""
    header, *rows = _read_first_rows(text, delimiter) or [[]]
    names = [name for cell in header for name in re.split(f"[{_SEPARATORS}]", cell)]
    if len(text) > _HEADER_LENGTH:
        del rows[-1:]
    if len(names) < 2 or not rows or all(len(row) == len(header) for row in rows):
        return
    for other in _SEPARATORS:
        first, *others = _read_first_rows(text, other)
        if len(first) != len(names) and all(len(row) == len(names) for row in others[: len(rows)]):
            raise TableUnreadable(
                "Ligne 1\u00a0: les noms des colonnes ne sont pas séparés comme les lignes suivantes, "
                f"qui le sont par {_name_separator(other)}\u00a0; mettez partout le même séparateur."
            )


def _name_separator(separator: str) -> str:
    return "des tabulations" if separator == "\t" else f"«\u00a0{separator}\u00a0»"


def read_json(data: bytes) -> Table:
    """Read a JSON array of one object per row, all with the same keys. Raises TableUnreadable."""
    try:
        text = data.decode(json.detect_encoding(data))
        rows = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_check_keys, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise TableUnreadable(f"Le fichier n’est pas en UTF-8 (octet {format_number(error.start + 1)}).") from error
    except json.JSONDecodeError as error:
        raise TableUnreadable(
            f"Ce n’est pas du JSON (ligne {error.lineno}, caractère {error.colno})"
            "\u00a0; un tableau d’objets est attendu, sans commentaire."
        ) from error
    except RecursionError as error:
        raise TableUnreadable("Le JSON est trop imbriqué\u00a0: un tableau d’objets est attendu.") from error
    except TableUnreadable:
        raise
    except ValueError as error:
        raise TableUnreadable("Le JSON contient un nombre illisible\u00a0; mettez-le entre guillemets.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TableUnreadable('Un tableau d’objets est attendu\u00a0: [{"reference": …}, …].')
    columns = list(rows[0]) if rows else []
    records = ((number, _read_object(number, row, columns)) for number, row in enumerate(rows, start=2))
    return build_table(_with_header(columns, records))


def _with_header(columns: list[str], records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield 1, columns
    yield from records


def _check_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise TableUnreadable(f"La clé «\u00a0{twice}\u00a0» est donnée deux fois dans un même objet.")
    return found


def _refuse_constant(name: str) -> object:
    raise TableUnreadable(f"«\u00a0{name}\u00a0» n’est pas une valeur de JSON.")


def _read_object(number: int, row: dict[str, object], columns: Sequence[str]) -> list[str]:
    if row.keys() != set(columns):
        odd = sorted(row.keys() ^ set(columns))
        raise TableUnreadable(
            f"Ligne {number}\u00a0: tous les objets doivent avoir les mêmes clés\u00a0; "
            f"à corriger\u00a0: {name_some(odd)}."
        )
    return [_read_value(number, column, row[column]) for column in columns]


def _read_value(number: int, column: str, value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return TRUE if value else FALSE
        case int() | float():
            return format_cell_number(value)
        case _:
            place = f"Ligne {number}, colonne «\u00a0{column}\u00a0»"
            raise TableUnreadable(f"{place}\u00a0: un texte est attendu, non une liste ou un objet.")


def format_cell_number(value: float) -> str:
    """Return a number as a spreadsheet shows it: without the point of whole ones."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def name_some(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" et {more} de plus" if more > 0 else "")


def build_table(records: Iterable[tuple[int, list[str]]], is_header: HeaderCheck | None = None) -> Table:
    """Make a table of numbered rows, of which the first that holds something names the columns.

    Empty rows are left out. Raises TableUnreadable above the limits, and where a cell stands below no name.
    """
    filled: Iterator[tuple[int, list[str]]] = (
        (number, cells) for number, cells in records if any(cell.strip() for cell in cells)
    )
    header = next(filled, None)
    if header is None:
        raise TableUnreadable("Le fichier est vide.")
    if is_header and not is_header(header[1]):
        following = list(islice(filled, _HEADER_ROWS))
        _refuse_later_header(header[1], following, is_header)
        filled = chain(following, filled)
    columns = [" ".join(name.split()) for name in header[1]]
    while columns and not columns[-1]:
        columns.pop()
    width = len(columns)
    if width > TABLE_MAX_COLUMNS:
        cure = "retirez celles qui ne servent pas"
        raise TableUnreadable(describe_excess("Le tableau", width, TABLE_MAX_COLUMNS, cure, unit="colonnes"))
    if "" in columns:
        raise TableUnreadable(f"La colonne {columns.index('') + 1} n’a pas de nom\u00a0; nommez-la ou retirez-la.")
    table = Table(columns)
    for number, cells in filled:
        if len(table.rows) == TABLE_MAX_ROWS:
            raise TableUnreadable(
                f"Le tableau dépasse {format_number(TABLE_MAX_ROWS)} lignes\u00a0; coupez-le en plusieurs fichiers."
            )
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise TableUnreadable(
                f"Ligne {number}\u00a0: {len(cells)} cellules pour {width} colonne{'s' if width > 1 else ''}\u00a0; "
                "une cellule contient sans doute le séparateur sans guillemets."
            )
        table.rows.append(cells if len(cells) == width else cells[:width] + [""] * (width - len(cells)))
        table.numbers.append(number)
    if not table.rows:
        raise TableUnreadable("Le tableau n’a aucune ligne sous les noms de ses colonnes.")
    return table


def _refuse_later_header(
    first: Sequence[str], following: Iterable[tuple[int, list[str]]], is_header: HeaderCheck
) -> None:
    for number, cells in following:
        if is_header(cells):
            above = next(cell for cell in first if cell.strip())
            raise TableUnreadable(
                f"Les noms des colonnes sont à la ligne {number}\u00a0; supprimez ce qui est au-dessus d’eux "
                f"(«\u00a0{above[:40]}\u00a0»)."
            )
