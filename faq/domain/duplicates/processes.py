"""Work shared among processes, and the memory that it took."""

import ctypes
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
_work: Callable[[Any], Any] | None = None
"""What the children of this process do: they inherit it, and all that it holds, instead of being sent it."""


def map_in_processes(function: Callable[[Part], Result], parts: Sequence[Part], processes: int) -> Iterator[Result]:
    """Return the result of each part, in order; in this very process where one is enough or none can be forked."""
    if processes < 2 or len(parts) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(function, parts)
        return
    global _work
    _work = function
    try:
        with warnings.catch_warnings():
            # NumPy's own threads are at rest here.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = multiprocessing.get_context("fork").Pool(min(processes, len(parts)))
        with pool:
            yield from pool.imap(_do, parts)
    finally:
        _work = None


def _do(part: Any) -> Any:
    if _work is None:
        raise RuntimeError("Nothing to do: the process was not forked by map_in_processes().")
    return _work(part)


def release_memory() -> None:
    """Return to the system what the C library keeps of memory that is free again, where it can (glibc).

    After much was sorted, that is as much again as what was sorted takes.
    """
    if os.name == "posix" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
