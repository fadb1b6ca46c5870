"""Stems of a word family that the stemmer separates: « envoi » and « envoyer », « homologué » and « homologation »."""

from collections.abc import Iterator
from functools import lru_cache

_SHORTEST = 4
"""The number of letters that two stems share at least."""
_CLOSE = (("", "s"), ("", "ent"), ("i", "y"), ("", "u"), ("", "us"))
_DISTANT = (
    ("", "i"), ("", "l"), ("", "r"), ("", "er"), ("", "on"), ("", "ag"), ("", "ur"), ("", "eur"), ("", "ion"),
    ("", "atur"), ("", "icat"), ("", "tent"), ("i", "icat"), ("i", "ient"), ("c", "t"), ("c", "qu"), ("cag", "qu"),
    ("r", "t"), ("dr", "t"), ("d", "s"), ("il", "l"), ("ct", "xion"), ("et", "is"), ("ettr", "is"), ("ettr", "iss"),
    ("et", "ettr"), ("ag", "ent"),
)  # fmt: skip
"""Pairs of endings within one family, for stems that share one letter more."""


@lru_cache(maxsize=5_000)
def related_stems(stem: str) -> tuple[str, ...]:
    """Return stems of the same family; many of them are no words, which the caller has to check."""
    return tuple(_find_relatives(stem))


def _find_relatives(stem: str) -> Iterator[str]:
    for pairs, shortest in ((_CLOSE, _SHORTEST), (_DISTANT, _SHORTEST + 1)):
        for pair in pairs:
            for ending, other in (pair, pair[::-1]):
                if stem.endswith(ending) and len(stem) - len(ending) >= shortest:
                    yield stem[: len(stem) - len(ending)] + other
