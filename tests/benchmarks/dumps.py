"""Reading and writing dumps, beside cutting the text at every vote line."""

import io
import tempfile
from pathlib import Path

from faq.domain.dumps import VOTE_LINE, scan_dump
from tests.benchmarks import data
from tests.benchmarks.measure import Cost, apart, cost, each, figure, megabytes, milliseconds, table
from tests.parsed_dumps import parse_dump, render_dump

SIZES = (100, 1_000, 10_000, 100_000)


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for size in SIZES for row in _rows(Path(folder) / f"{size}.txt", size)]
    table(
        "Extractions : lire, puis écrire. La coupe ne garde ni les lignes, ni les variantes de la ligne de vote.",
        ("réponses", "façon", "UC (ms)", "µs par réponse", "mémoire (Mo)"),
        rows,
    )


def _rows(path: Path, size: int) -> list[tuple[str, ...]]:
    apart(data.write_dump, path, size)
    return [
        _row(size, "scan : au fil de l’eau", apart(_scanned, path, size)),
        _row(size, "parse_dump, puis render", apart(_parsed, path)),
        _row(size, "coupe au texte du vote", apart(_cut, path)),
    ]


def _row(size: int, way: str, spent: Cost) -> tuple[str, ...]:
    if not spent.result:
        raise RuntimeError(f"{way} : le résultat n’est pas celui attendu à {size} réponses")
    return figure(size), way, milliseconds(spent.cpu), each(spent.cpu, size), megabytes(spent.memory)


def _scanned(path: Path, size: int) -> Cost:
    content = path.read_bytes()
    # The tail is a part too.
    return cost(lambda: sum(1 for _ in scan_dump(io.BytesIO(content))) == size + 1)


def _parsed(path: Path) -> Cost:
    content = path.read_bytes()
    return cost(lambda: render_dump(parse_dump(content)) == content)


def _cut(path: Path) -> Cost:
    content = path.read_bytes()
    return cost(lambda: VOTE_LINE.join(content.decode().split(VOTE_LINE)).encode() == content)
