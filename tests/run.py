"""The whole suite on SQLite and on PostgreSQL, side by side; the closing lines say what ran on what: « make test ».

Words after the command go to pytest: `python -m tests.run -k dumps`. A PostgreSQL address in DATABASE_URL is used
instead of a server of our own. What no database can change runs on SQLite alone: tests that reach none, others that
are marked « once », and most of those of pages (see conftest.py); `-m` says otherwise. Exits with 1 when anything
failed, and in CI also when anything could not run.
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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import django
import pytest

from tests import opensearch, postgres
from tools import browser
from tools.environment import say

TESTS = Path(__file__).resolve().parent
SQLITE_PROCESSES, POSTGRES_PROCESSES = 3, 2
"""Most of the tests that run once run on SQLite. Together they keep two cores busy while some tests wait."""
CHUNK = 8
"""Tests that a process gets at a time: with more, the last one would work on alone."""


@dataclass
class Outcome:
    """The result of one run of the suite."""

    database: str
    passed: int = 0
    failed: int = 0
    tests: set[str] = field(default_factory=set)
    """The tests that ran, by the names that they have on every database."""
    skipped: list[str] = field(default_factory=list)
    succeeded: bool = False
    seconds: float = 0.0
    not_run: str = ""

    @property
    def in_browser(self) -> set[str]:
        """Return the tests that ran in a browser."""
        return {test for test in self.tests if test.startswith("tests.e2e.")}


def main(arguments: list[str]) -> int:
    """Run everything, print the summary, return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = os.environ.get("DATABASE_URL", "")
    with contextlib.ExitStack() as stack:
        if not arguments:
            # One search node for all processes; some tests of a choice start their own if they need one.
            stack.enter_context(opensearch.shared())
            compile_tests()
        # Prepared first, started together: what PostgreSQL gives is shown when SQLite is done.
        outcomes = [
            wait() for wait in (start_on_sqlite(arguments, given, stack), start_on_postgres(arguments, given, stack))
        ]
    found = browser.find()
    summarise(outcomes, found)
    complete = found is not None and not any(outcome.not_run for outcome in outcomes)
    if os.environ.get("CI") and not complete:
        say("En intégration continue, ce qui n’a pas pu tourner est un échec.")
        return 1
    return 0 if all(outcome.succeeded or outcome.not_run for outcome in outcomes) else 1


def compile_tests() -> None:
    """Collect the tests of a fresh copy of the tree once, while the search node starts.

    Each process of the run would compile them for itself: nine seconds of processor instead of four.
    """
    if not any(TESTS.glob("__pycache__/conftest.*-pytest-*.pyc")):
        command = [sys.executable, "-m", "pytest", "--collect-only", "-qq"]
        subprocess.run(command, env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)


def clean_environment() -> dict[str, str]:
    """Return the environment without what would change the run."""
    return {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}}


def start_on_sqlite(arguments: list[str], given: str, stack: contextlib.ExitStack) -> Callable[[], Outcome]:
    """Start the suite on SQLite, each process with a file of its own; return what waits for its end."""
    name = f"SQLite {sqlite3.sqlite_version}"
    variables = {"DATABASE_URL": given} if given.startswith("sqlite:") else {}
    return start_suite(name, ["-n", str(SQLITE_PROCESSES), *arguments], variables, stack)


def start_on_postgres(arguments: list[str], given: str, stack: contextlib.ExitStack) -> Callable[[], Outcome]:
    """Start the suite on the PostgreSQL that was given, else on one started for the occasion."""
    arguments = ["-n", str(POSTGRES_PROCESSES), "-m", "not once", *arguments]
    if given.startswith(("postgres:", "postgresql:")):
        variables = {"DATABASE_URL": given}
        return start_suite("PostgreSQL (serveur de DATABASE_URL)", arguments, variables, stack, aside=True)
    binaries = postgres.find()
    if binaries is None:
        advice = "aucun serveur ici ; pour l’obtenir : sudo apt-get install postgresql"
        return lambda: Outcome("PostgreSQL", not_run=advice)
    try:
        server = stack.enter_context(postgres.running(binaries))
    except postgres.StartError as error:
        say(str(error))
        return lambda: Outcome("PostgreSQL (n’a pas démarré : voir ci-dessus)", failed=1)
    name = f"PostgreSQL {server.version} (serveur temporaire, {server.origin})"
    variables = {"DATABASE_URL": server.url, "TEST_DATABASE_TEMPLATE": "faqcms_migrated"}
    return start_suite(name, arguments, variables, stack, aside=True)


def start_suite(
    name: str, arguments: list[str], variables: dict[str, str], stack: contextlib.ExitStack, *, aside: bool = False
) -> Callable[[], Outcome]:
    """Start pytest on the database that environment variables name; return what waits for its end and counts.

    Its output is shown as it comes, or, `aside`, once it is waited for. Leaving the stack ends it.
    """
    report = stack.enter_context(temporary_file())
    output = stack.enter_context(tempfile.TemporaryFile()) if aside else None
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--maxschedchunk={CHUNK}",
        f"--junit-xml={report}",
        *arguments,
    ]
    if not aside:
        say(f"\n──── {name} ────")
    running = subprocess.Popen(
        command,
        env=clean_environment() | variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if aside else None,
    )
    stack.callback(end, running)

    def wait() -> Outcome:
        status = running.wait()
        if output is not None:
            say(f"\n──── {name} ────")
            output.seek(0)
            say(output.read().decode(errors="replace"))
        outcome = read_report(name, report)
        # Where all that was asked for needs one database only, the second has nothing to do.
        outcome.succeeded = status == 0 or (aside and status == pytest.ExitCode.NO_TESTS_COLLECTED)
        return outcome

    return wait


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was left before it was done."""
    if process.poll() is None:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def temporary_file() -> Iterator[Path]:
    """Return the path of a file that does not exist yet and will be deleted."""
    with tempfile.TemporaryDirectory(prefix="faqcms-") as folder:
        yield Path(folder) / "report.xml"


def read_report(name: str, report: Path) -> Outcome:
    """Count what pytest wrote into its report; nothing when it was cut short."""
    outcome = Outcome(name)
    if not report.exists():
        return outcome
    root = ElementTree.parse(report).getroot()  # noqa: S314
    outcome.seconds = sum(float(suite.get("time", 0)) for suite in root.iter("testsuite"))
    for case in root.iter("testcase"):
        skipped = case.find("skipped")
        if skipped is not None:
            outcome.skipped.append(skipped.get("message") or "sans raison")
            continue
        outcome.tests.add(f"{case.get('classname')}.{case.get('name')}")
        if case.find("failure") is None and case.find("error") is None:
            outcome.passed += 1
        else:
            outcome.failed += 1
    return outcome


def summarise(outcomes: list[Outcome], found: browser.Browser | None) -> None:
    """Print what ran on what, what did not, and why."""
    say(f"\n════ Bilan : Python {platform.python_version()}, Django {django.get_version()} ════")
    for outcome in outcomes:
        say(f"{outcome.database} : {describe(outcome)}")
    if found is None:
        say(f"Tests dans un navigateur : NON LANCÉS, pas de Chromium ; pour l’obtenir : {browser.ADVICE}")
    else:
        counts = " et ".join(f"{len(one.in_browser)} tests sur {one.database.split()[0]}" for one in outcomes)
        say(f"Navigateur : {found.version}, {counts}")
    say_what_ran_once(outcomes)
    for reason, count in reasons(outcomes).items():
        say(f"Ignoré {count} fois : {reason}")


def say_what_ran_once(outcomes: list[Outcome]) -> None:
    """Print how many tests ran on the first database alone though the second was there, and why."""
    first, second = outcomes
    once = first.tests - second.tests - first.in_browser
    if once and second.tests:
        say(f"Une seule fois, sur {first.database.split()[0]} : {len(once)} tests qu’aucune base ne change")


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
