"""How things are measured, each in a process of its own, and how the figures are shown."""

import os
import pickle
import platform
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.db import connection, connections

PATIENCE = 0.5
"""Seconds during which something quick is repeated; the quickest time is kept."""
MEGABYTE = 1_000_000
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """The cost of one call."""

    cpu: float
    """Seconds of processor, of the quickest call."""
    wall: float
    """Seconds on the clock, of the call that took the fewest."""
    queries: int
    """To the database, in the first call."""
    memory: int
    """Bytes by which the peak of the process rose during the first call."""
    result: Any = None
    """The result of the first call."""


def cost(function: Callable[[], Any], *, patience: float = PATIENCE) -> Cost:
    """Call once, and again while the patience lasts."""
    before = peak()
    counter = _Counter()
    with connection.execute_wrapper(counter):
        result, cpu, wall = timed(function)
    memory = peak() - before
    spent = wall
    while spent < patience:
        _, next_cpu, next_wall = timed(function)
        cpu, wall = min(cpu, next_cpu), min(wall, next_wall)
        spent += next_wall
    return Cost(cpu, wall, counter.queries, memory, result)


class _Counter:
    """Counts queries; Django's own recorder keeps their text, which would count as memory."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)


def timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return a call's result, its seconds of processor and its seconds on the clock."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def peak() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call in a fresh copy of this process, so that its memory is its own; return the result.

    Raises RuntimeError where the call failed, once it has told why on standard error.
    """
    # A connection does not survive in two processes.
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(writing, function, arguments)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
    finally:
        # It has nothing more to say, or we have no ear for it.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not answer:
        raise RuntimeError(f"{function.__module__}.{function.__name__}{arguments} a échoué")
    return pickle.loads(answer)  # noqa: S301 (our own child's answer)


def _answer(writing: int, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    status = 1
    try:
        answer = pickle.dumps(function(*arguments))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        connections.close_all()
        # Not sys.exit: the parent's cleaning up is the parent's.
        os._exit(status)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: words to the left, figures to the right."""
    lines = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(columns))]
    say(f"\n{title}")
    for line in lines:
        cells = [
            cell.ljust(width) if column == 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        say("  " + "   ".join(cells).rstrip())


def say(line: str) -> None:
    """Print a line at once, whatever standard output is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def figure(number: float, decimals: int = 0) -> str:
    """Write a number as the French do."""
    return f"{number:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")


def milliseconds(seconds: float) -> str:
    """Write a duration with three figures or so."""
    thousandths = seconds * 1_000
    return figure(thousandths, 3 if thousandths < 1 else 1 if thousandths < 100 else 0)


def each(seconds: float, number: int) -> str:
    """Write a duration per item, in microseconds: equal at all sizes means that the whole grows in proportion."""
    return figure(seconds / number * MEGABYTE, 1)


def megabytes(size: int) -> str:
    """Write a size in memory."""
    return figure(size / MEGABYTE, 1)


def machine() -> str:
    """Return what the figures were measured on."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cœurs, charge {os.getloadavg()[0]:.1f} ; "
        f"Python {platform.python_version()}, Django {django.__version__}, {connection.display_name} {version}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo")
    names = lines.read_text().splitlines() if lines.exists() else []
    models = [line.split(":", 1)[1].strip() for line in names if line.startswith("model name")]
    return models[0] if models else platform.machine()
