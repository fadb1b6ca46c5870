"""python -m tests.pattern_trial RANK NUMBER: each pattern of the site, tried on hostile texts.

Each pattern runs in a process of its own, in seconds of processor and not on the clock: one of linear time takes a
twentieth of the bound or less, one of quadratic time is stopped by the system.
"""

import importlib
import os
import pkgutil
import re
import resource
import signal
import sys
from collections.abc import Iterator
from itertools import islice

import django

PACKAGES = ("faq", "faqcms", "feedback")
LENGTH = 100_000
"""Characters of a hostile text."""
TIME_LIMIT = 3
"""Seconds of processor for one pattern on one text."""
PUMPS = (
    *("a", "é", "1", " ", "\n", "\u00a0", "-", "_", ".", "@", "/", "'", "«", "»", "[", "(", "*", "\\", "?", "\u0301"),
    *(
        "a ",
        "a.",
        "a-",
        "a_",
        "1.",
        "1 ",
        " \n",
        "](",
        "[a](",
        " »",
        "a.b@",
        "a@b.",
        "http://",
        "06 12 ",
        "- ",
        ";q=0.",
    ),
)
"""Pieces that are repeated."""
END = "!"
"""The text after the repeated pieces, so that a match that has gone far fails at its end."""
_MAX_OWN_PIECES = 12
"""Words and signs of a pattern itself that are repeated too."""


def collect_patterns() -> dict[str, re.Pattern[str]]:
    """Return the compiled patterns that the modules of the site hold, those in collections included, by name."""
    found: dict[int, tuple[str, re.Pattern[str]]] = {}
    for name in _module_names():
        for attribute, value in vars(importlib.import_module(name)).items():
            for pattern in _patterns_in(value):
                found.setdefault(id(pattern), (f"{name}.{attribute}", pattern))
    return {f"{name} {pattern.pattern[:50]!r}": pattern for name, pattern in found.values()}


def find_slow(patterns: dict[str, re.Pattern[str]]) -> list[str]:
    """Return the names of the patterns that do not end in time."""
    return [name for name, pattern in patterns.items() if not _ends_in_time(pattern)]


def _module_names() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if ".migrations" not in module.name and ".settings" not in module.name and not module.name.endswith("wsgi"):
                yield module.name


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from _patterns_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _patterns_in(item)
    elif type(value).__module__.startswith(PACKAGES) and not isinstance(value, type):
        # An object of ours that compiled patterns for itself, such as the finder of addresses.
        for item in getattr(value, "__dict__", {}).values():
            if not isinstance(item, dict):
                yield from _patterns_in(item)


def _ends_in_time(pattern: re.Pattern[str]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            _try_pattern(pattern)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


def _try_pattern(pattern: re.Pattern[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    own = dict.fromkeys(piece for piece in re.findall(r"[^\W\d_]{2,}|[^\w\s\\]", pattern.pattern) if len(piece) < 12)
    for pump in dict.fromkeys((*PUMPS, *list(own)[:_MAX_OWN_PIECES])):
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + TIME_LIMIT + 1, resource.RLIM_INFINITY))
        pattern.sub("", f"a{pump * (LENGTH // len(pump))}{END}")


def main(rank: int, number: int) -> None:
    """Try every `number`-th pattern, from `rank` on; print how many these are, then the slow ones."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.test")
    django.setup()
    patterns = dict(islice(collect_patterns().items(), rank, None, number))
    sys.stdout.write("\n".join([str(len(patterns)), *find_slow(patterns)]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
