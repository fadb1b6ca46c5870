"""All related pairs of the demonstration dump, labelled by hand: by the places of its answers, from 1."""

import pytest
from django.conf import settings

from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document, PairKind
from tests.parsed_dumps import parse_dump

NEAR = {(2, 106), (6, 110), (9, 112), (14, 113), (33, 115), (42, 116), (61, 117), (75, 121), (88, 124)}
EXACT = {(4, 108), (8, 111), (29, 114), (65, 119), (79, 123)}
CONTAINS = {(2, 107), (64, 118), (78, 122), (106, 107)}
CONFLICT = {(5, 109), (70, 120)}
TWINS = {(22, 23), (31, 32), (44, 45), (66, 67)}
"""Siblings to the word. Those that answer one question for each couloir are siblings too, some nearer than others."""
COULOIRS = {21, 30, 36, 43, 48, 54, 57, 60, 63}


@pytest.fixture(scope="module")
def found():
    passages = parse_dump((settings.BASE_DIR / "fixtures" / "demo.txt").read_bytes()).passages
    pairs = DocumentIndex(
        Document(place, None, passage.answer) for place, passage in enumerate(passages, start=1)
    ).pairs()
    return {(pair.left, pair.right): pair.verdict.kind for pair in pairs}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (PairKind.EXACT, EXACT),
        (PairKind.NEAR, NEAR),
        (PairKind.CONTAINS, CONTAINS),
        (PairKind.CONFLICT, CONFLICT),
    ],
)
def test_exactly_these_pairs_are_found(found, kind, expected):
    assert {couple for couple, said in found.items() if said is kind} == expected


def test_siblings_are_kept_apart(found):
    siblings = {couple for couple, kind in found.items() if kind is PairKind.SIBLINGS}
    assert siblings >= TWINS
    assert all(set(couple) <= COULOIRS for couple in siblings - TWINS)
