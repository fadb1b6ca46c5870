"""Work in forked processes, and the release of the memory that it took."""

import ctypes
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
_function: Callable[[Any], Any] | None = None
"""The function that child processes call: they inherit it with all it refers to, so that nothing is pickled."""


def map_in_processes(function: Callable[[Part], Result], parts: Sequence[Part], processes: int) -> Iterator[Result]:
    """Yield the result of each part, in order; without forking where one process is enough or fork is not available."""
    if processes < 2 or len(parts) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(function, parts)
        return
    global _function
    _function = function
    try:
        with warnings.catch_warnings():
            # The warning is about threads in the parent; those of NumPy are idle here.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = multiprocessing.get_context("fork").Pool(min(processes, len(parts)))
        with pool:
            yield from pool.imap(_do, parts)
    finally:
        _function = None


def _do(part: Any) -> Any:
    if _function is None:
        raise RuntimeError("Nothing to do: the process was not forked by map_in_processes().")
    return _function(part)


def release_memory() -> None:
    """Return freed memory to the system where the C library would keep it (glibc).

    After a large sort it keeps as much memory as the sorted data takes.
    """
    if os.name == "posix" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
