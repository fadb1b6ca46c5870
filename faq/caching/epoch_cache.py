"""A cache of one value that is derived from the database and valid for one epoch."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from faq.caching.registry import register_cache

Token = TypeVar("Token", bound=Hashable)
Value = TypeVar("Value")


class EpochCache(Generic[Token, Value]):
    """The value of the latest epoch that was asked for. Threads share it; while one builds it, the others wait.

    `build(token)` reads everything. `patch(value, since, token)` brings the value of an earlier epoch up to date, or
    returns None where everything has to be read again. Both read the database after the token was read: the value
    can be newer than its token, never older.
    """

    def __init__(
        self, build: Callable[[Token], Value], patch: Callable[[Value, Token, Token], Value | None] | None = None
    ) -> None:
        self._build, self._patch = build, patch
        self._latest: tuple[Token, Value] | None = None
        self._lock = threading.Lock()
        register_cache(self)

    def get(self, token: Token) -> Value:
        """Return the value of an epoch; a falsy token stands for an epoch that has no name yet and is never cached."""
        if not token:
            return self._build(token)
        latest = self._latest
        if latest is None or latest[0] != token:
            with self._lock:
                latest = self._latest
                if latest is None or latest[0] != token:
                    latest = self._latest = token, self._patched_or_built(latest, token)
        return latest[1]

    def clear(self) -> None:
        """Drop the value."""
        with self._lock:
            self._latest = None

    def _patched_or_built(self, latest: tuple[Token, Value] | None, token: Token) -> Value:
        if latest is not None and self._patch is not None:
            since, value = latest
            patched = self._patch(value, since, token)
            if patched is not None:
                return patched
        return self._build(token)
