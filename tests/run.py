"""The whole suite on SQLite, then on PostgreSQL; the closing lines say what ran on what: « make test ».

Words after the command go to pytest: `python -m tests.run -k dumps`. A PostgreSQL address in
DATABASE_URL is used instead of a server of our own. Exits with 1 when anything failed, and in
CI also when anything could not run.
"""

import collections
import contextlib
import os
import platform
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import django

from tests import postgres
from tools import browser
from tools.environment import say

PROCESSES = 2


@dataclass
class Outcome:
    """What one run of the suite gave."""

    database: str
    passed: int = 0
    failed: int = 0
    in_browser: int = 0
    skipped: list[str] = field(default_factory=list)
    succeeded: bool = False
    seconds: float = 0.0
    not_run: str = ""


def main(arguments: list[str]) -> int:
    """Run everything, print the summary, return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = os.environ.get("DATABASE_URL", "")
    outcomes = [run_on_sqlite(arguments, given), run_on_postgres(arguments, given)]
    found = browser.find()
    summarise(outcomes, found)
    complete = found is not None and not any(outcome.not_run for outcome in outcomes)
    if os.environ.get("CI") and not complete:
        say("En intégration continue, ce qui n’a pas pu tourner est un échec.")
        return 1
    return 0 if all(outcome.succeeded or outcome.not_run for outcome in outcomes) else 1


def run_on_sqlite(arguments: list[str], given: str) -> Outcome:
    """Run the suite on SQLite, each process with a file of its own."""
    name = f"SQLite {sqlite3.sqlite_version}"
    return run_suite(name, arguments, given if given.startswith("sqlite:") else "")


def run_on_postgres(arguments: list[str], given: str) -> Outcome:
    """Run the suite on the PostgreSQL that was given, else on one started for the occasion."""
    if given.startswith(("postgres:", "postgresql:")):
        return run_suite("PostgreSQL (serveur de DATABASE_URL)", arguments, given)
    binaries = postgres.find()
    if binaries is None:
        return Outcome("PostgreSQL", not_run="aucun serveur ici ; pour l’obtenir : sudo apt-get install postgresql")
    try:
        with postgres.running(binaries) as server:
            name = f"PostgreSQL {server.version} (serveur temporaire, {server.origin})"
            return run_suite(name, arguments, server.url)
    except postgres.StartError as error:
        say(str(error))
        return Outcome("PostgreSQL (n’a pas démarré : voir ci-dessus)", failed=1)


def run_suite(name: str, arguments: list[str], url: str) -> Outcome:
    """Run pytest once on one database, its own output shown as it comes."""
    say(f"\n──── {name} ────")
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    if url:
        environment["DATABASE_URL"] = url
    started = time.monotonic()
    with temporary_file() as report:
        command = [sys.executable, "-m", "pytest", "-n", str(PROCESSES), f"--junit-xml={report}", *arguments]
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
        outcome = read_report(name, report)
    outcome.succeeded = done.returncode == 0
    outcome.seconds = time.monotonic() - started
    return outcome


@contextlib.contextmanager
def temporary_file() -> Iterator[Path]:
    """Return the path of a file that does not exist yet and will be deleted."""
    with tempfile.TemporaryDirectory(prefix="faqcms-") as folder:
        yield Path(folder) / "report.xml"


def read_report(name: str, report: Path) -> Outcome:
    """Count what pytest wrote into its report; nothing when it was cut short."""
    outcome = Outcome(name)
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():  # noqa: S314
        skipped = case.find("skipped")
        if skipped is not None:
            outcome.skipped.append(skipped.get("message") or "sans raison")
            continue
        outcome.in_browser += "tests.e2e" in (case.get("classname") or "")
        if case.find("failure") is None and case.find("error") is None:
            outcome.passed += 1
        else:
            outcome.failed += 1
    return outcome


def summarise(outcomes: list[Outcome], found: browser.Browser | None) -> None:
    """Return what ran on what, what did not, and why."""
    say(f"\n════ Bilan : Python {platform.python_version()}, Django {django.get_version()} ════")
    for outcome in outcomes:
        say(f"{outcome.database} : {describe(outcome)}")
    tests = max(outcome.in_browser for outcome in outcomes)
    if found is None:
        say(f"Tests dans un navigateur : NON LANCÉS, pas de Chromium ; pour l’obtenir : {browser.ADVICE}")
    else:
        say(f"Navigateur : {found.version}, {tests} tests sur chaque base")
    for reason, count in reasons(outcomes).items():
        say(f"Ignoré {count} fois : {reason}")


def describe(outcome: Outcome) -> str:
    """Put one run into words."""
    if outcome.not_run:
        return f"NON LANCÉ, {outcome.not_run}"
    counts = f"{outcome.passed} réussis, {outcome.failed} en échec, {len(outcome.skipped)} ignorés"
    verdict = "" if outcome.succeeded else " — ÉCHEC"
    return f"{counts} en {outcome.seconds:.0f} s{verdict}"


def reasons(outcomes: list[Outcome]) -> Mapping[str, int]:
    """Count the skipped tests of all runs by reason."""
    return collections.Counter(reason for outcome in outcomes for reason in outcome.skipped)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
