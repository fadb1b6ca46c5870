"""python -m tests.fuzzing: try every reader of text on made-up texts; print failures and the slowest cases.

Fails where a reader crashes, breaks what holds of its result, or takes more than a second of CPU for a case.
"""

import argparse
import heapq
import sys
import time
import traceback
from dataclasses import dataclass, field

import django
from hypothesis import HealthCheck, Phase, given, seed, settings

CASES = 100_000
LONGEST_CASE = 1.0
"""Seconds of CPU."""
_SLOWEST_SHOWN = 3


@dataclass(slots=True)
class FuzzResult:
    """The result of trying a reader."""

    cases: int = 0
    failure: str | None = None
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def add(self, seconds: float, case: object) -> None:
        """Count a case, and remember it while it is one of the slowest."""
        self.cases += 1
        heapq.heappush(self.slowest, (seconds, repr(case)))
        if len(self.slowest) > _SLOWEST_SHOWN:
            heapq.heappop(self.slowest)


def fuzz(reader, cases, start=1):
    """Try a reader on a number of cases drawn from a seed; return the result, with the smallest failing case."""
    result = FuzzResult()

    @seed(start)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(reader.cases)
    def run(case):
        seconds = _time(reader, case)
        if seconds > LONGEST_CASE / 10:
            # A collection of everything that the run has in memory may have fallen upon it.
            seconds = min(seconds, _time(reader, case))
        result.add(seconds, case)

    try:
        run()
    except Exception as failure:  # noqa: BLE001 (whatever a reader raises is what is looked for)
        notes = "\n".join(getattr(failure, "__notes__", ()))
        result.failure = f"{traceback.format_exc()}\n{notes}"
    return result


def _time(reader, case):
    before = time.process_time()
    reader.check(*case)
    return time.process_time() - before


def main(arguments=None):
    """Try all readers, print a line for each, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description="Essaie chaque lecteur de texte.")
    parser.add_argument("--cases", type=int, default=CASES, help="nombre de cas, tous lecteurs confondus (100 000)")
    parser.add_argument("--seed", type=int, default=1, help="tirage (1)")
    options = parser.parse_args(arguments)
    django.setup()
    from tests.fuzzing.readers import READERS

    failures = 0
    for reader in READERS:
        result = fuzz(reader, -(-options.cases // len(READERS)), options.seed)
        slowest = sorted(result.slowest, reverse=True)
        longest = slowest[0][0] if slowest else 0.0
        is_bad = result.failure is not None or longest > LONGEST_CASE
        failures += is_bad
        verdict = "ÉCHEC" if is_bad else "bien"
        sys.stdout.write(f"{reader.name:24}{result.cases:>8} cas{longest * 1000:>9.1f} ms au plus   {verdict}\n")
        for seconds, case in slowest:
            sys.stdout.write(f"    {seconds * 1000:8.1f} ms  {case[:100]}\n")
        if result.failure is not None:
            sys.stdout.write(f"{result.failure}\n")
        sys.stdout.flush()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
