"""A cache bounded by the size of what it holds."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from faq.caching.registry import register_cache

Value = TypeVar("Value")


class LRUByteCache(Generic[Value]):
    """A cache of at most `limit` bytes that drops the least recently used values first. Threads can share it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()
        register_cache(self)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, or None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Store a value of `size` bytes, and drop others until all fit."""
        with self._lock:
            _, previous_size = self._values.pop(key, (None, 0))
            self._values[key] = value, size
            self._size += size - previous_size
            while self._size > self._limit:
                _, (_, freed) = self._values.popitem(last=False)
                self._size -= freed

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._values.clear()
            self._size = 0
