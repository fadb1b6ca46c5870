"""python -m tests.pattern_trial: each pattern of the site, tried on hostile texts.

Each pattern runs in a process of its own, in seconds of processor and not on the clock: one of linear time takes a
twentieth of the bound or less, one of quadratic time is stopped by the system. Most texts need not be tried at their
full length: a pattern that is quick enough on a hundredth of one would stay in the bound even in quadratic time.
"""

import importlib
import os
import pkgutil
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator

import django

Pattern = re.Pattern[str] | re.Pattern[bytes]
PACKAGES = ("faq", "faqcms", "feedback")
LENGTH = 100_000
"""Characters of a hostile text."""
TIME_LIMIT = 3
"""Seconds of processor for one pattern on one text."""
SHORTENED = (100, 10, 3, 1)
"""How many times shorter a text is at first, then, and at last; a pattern of quadratic time takes the square less."""
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


def collect_patterns() -> dict[str, Pattern]:
    """Return the compiled patterns that the modules of the site hold, those in collections included, by name."""
    found: dict[int, tuple[str, Pattern]] = {}
    for name in _module_names():
        for attribute, value in vars(importlib.import_module(name)).items():
            for pattern in _patterns_in(value):
                found.setdefault(id(pattern), (f"{name}.{attribute}", pattern))
    return {f"{name} {pattern.pattern[:50]!r}": pattern for name, pattern in found.values()}


def find_slow(patterns: dict[str, Pattern]) -> list[str]:
    """Return the names of the patterns that do not end in time."""
    return [name for name, pattern in patterns.items() if not _ends_in_time(pattern)]


def _module_names() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if ".migrations" not in module.name and ".settings" not in module.name and not module.name.endswith("wsgi"):
                yield module.name


def _patterns_in(value: object) -> Iterator[Pattern]:
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


def _ends_in_time(pattern: Pattern) -> bool:
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            _try_pattern(pattern)
            failed = 0
        finally:
            os._exit(failed)
    _, status = os.waitpid(child, 0)
    return status == 0


def _try_pattern(pattern: Pattern) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    own = dict.fromkeys(piece for piece in re.findall(r"[^\W\d_]{2,}|[^\w\s\\]", source) if len(piece) < 12)
    for pump in dict.fromkeys((*PUMPS, *list(own)[:_MAX_OWN_PIECES])):
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + TIME_LIMIT + 1, resource.RLIM_INFINITY))
        for times in SHORTENED:
            if _seconds(pattern, pump, LENGTH // times) * times**2 < TIME_LIMIT:
                break


def _seconds(pattern: Pattern, pump: str, length: int) -> float:
    """Return the seconds of processor that a pattern takes on a piece repeated up to a length."""
    text = f"a{pump * (length // len(pump))}{END}"
    before = time.process_time()
    if isinstance(pattern.pattern, bytes):
        pattern.sub(b"", text.encode())
    else:
        pattern.sub("", text)
    return time.process_time() - before


def main() -> None:
    """Try every pattern; print how many these are, then the slow ones."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.test")
    django.setup()
    patterns = collect_patterns()
    sys.stdout.write("\n".join([str(len(patterns)), *find_slow(patterns)]))


if __name__ == "__main__":
    main()
