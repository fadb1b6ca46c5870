"""The caches of this process, so that tests and maintenance can clear all of them without naming any."""

from typing import Protocol
from weakref import WeakSet


class Clearable(Protocol):
    """An object that can drop all that it holds."""

    def clear(self) -> None:
        """Drop all values."""


_caches: WeakSet[Clearable] = WeakSet()


def register_cache(cache: Clearable) -> None:
    """Let `clear_all` clear this cache for as long as it exists."""
    _caches.add(cache)


def clear_all() -> None:
    """Clear every cache of this process; what they held is read from the database again."""
    for cache in list(_caches):
        cache.clear()
