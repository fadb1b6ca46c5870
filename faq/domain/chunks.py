"""Chunks of a sequence: `itertools.batched`, which Python has from 3.12 on."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def split_in_chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one perhaps shorter; none for no items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
