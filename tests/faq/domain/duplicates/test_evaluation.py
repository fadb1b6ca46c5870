"""The detector evaluated on made-up answers: the quality below which it must not fall."""

import pytest

from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import PairKind
from tests.evaluation.dataset import build_dataset
from tests.evaluation.scoring import STRANGERS, evaluate

ANSWERS = 900
ALWAYS_FOUND = {"copie exacte", "typographie", "casse, accents", "1 à 8 coquilles", "fragment", "fragment, coquilles"}


@pytest.fixture(scope="module")
def result():
    dataset = build_dataset(ANSWERS, seed=2)
    return evaluate(dataset, DocumentIndex(dataset.documents).pairs())


def test_the_whole_is_right(result):
    assert result.total.f1 >= 0.995


def test_what_must_never_be_missed_is_found(result):
    assert {name for name, counted in result.by_name.items() if counted.missed}.isdisjoint(ALWAYS_FOUND)
    assert result.by_name.keys() >= ALWAYS_FOUND


def test_no_trap_is_called_a_duplicate(result):
    traps = [name for name in result.verdicts if name.startswith("piège") or name == STRANGERS]
    assert len(traps) >= 7
    assert {kind for name in traps for kind in result.verdicts[name]} <= {None, PairKind.SIBLINGS}


def test_siblings_are_recognised(result):
    for trap in ("autre nom", "autre code", "autre rôle", "autre vague"):
        assert set(result.verdicts[f"piège : {trap}"]) == {PairKind.SIBLINGS}


def test_one_draw_gives_one_set():
    assert build_dataset(60, seed=3) == build_dataset(60, seed=3)
    assert build_dataset(60, seed=3).documents != build_dataset(60, seed=4).documents


def test_an_answer_that_cannot_be_reworded_gives_way_to_another():
    assert len(build_dataset(2_000, seed=2).documents) >= 2_000


def test_answers_are_as_long_as_answers_are():
    dataset = build_dataset(150, seed=4)
    alone = [d for d in dataset.documents if not any(d.key in couple for couple in dataset.pairs)]
    assert all(40 <= len(document.answer.split()) <= 200 for document in alone)


def test_what_was_missed_or_wrongly_said_counts():
    dataset = build_dataset(120, seed=1)
    nothing = evaluate(dataset, [])
    assert nothing.total.recall == 0
    assert nothing.total.f1 == 0
    assert len(nothing.faults) == sum(bool(planted.kinds) for planted in dataset.pairs.values())
