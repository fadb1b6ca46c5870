"""The detector on answers made up for it: the floor below which it must not fall."""

import pytest

from faq.domain.duplicates import Index, PairKind
from faq.domain.duplicates.trial.labelled import labelled
from faq.domain.duplicates.trial.scoring import STRANGERS, score

ANSWERS = 900
ALWAYS_FOUND = {"copie exacte", "typographie", "casse, accents", "1 à 8 coquilles", "fragment", "fragment, coquilles"}


@pytest.fixture(scope="module")
def result():
    made = labelled(ANSWERS, seed=2)
    return score(made, Index(made.documents).pairs())


def test_the_whole_is_right(result):
    assert result.total.f1 >= 0.995


def test_what_must_never_be_missed_is_found(result):
    assert {name for name, counted in result.by_name.items() if counted.missed}.isdisjoint(ALWAYS_FOUND)
    assert result.by_name.keys() >= ALWAYS_FOUND


def test_no_trap_is_called_a_duplicate(result):
    traps = [name for name in result.called if name.startswith("piège") or name == STRANGERS]
    assert len(traps) >= 7
    assert {kind for name in traps for kind in result.called[name]} <= {None, PairKind.SIBLINGS}


def test_siblings_are_recognised(result):
    for trap in ("autre nom", "autre code", "autre rôle", "autre vague"):
        assert set(result.called[f"piège : {trap}"]) == {PairKind.SIBLINGS}


def test_one_draw_gives_one_set():
    assert labelled(60, seed=3) == labelled(60, seed=3)
    assert labelled(60, seed=3).documents != labelled(60, seed=4).documents


def test_answers_are_as_long_as_answers_are():
    made = labelled(150, seed=4)
    alone = [d for d in made.documents if not any(d.key in couple for couple in made.pairs)]
    assert all(40 <= len(document.answer.split()) <= 200 for document in alone)


def test_what_was_missed_or_wrongly_said_counts():
    made = labelled(120, seed=1)
    nothing = score(made, [])
    assert nothing.total.recall == 0
    assert nothing.total.f1 == 0
    assert len(nothing.faults) == sum(bool(planted.kinds) for planted in made.pairs.values())
