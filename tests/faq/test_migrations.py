"""What migrations make of the data that is there."""

import importlib

import pytest
from django.apps import apps

from faq.enums import Decision
from faq.models import Pair
from faq.services.content import Content
from faq.services.duplicates import compare_waiting, decide_pair
from faq.services.entries import edit_entry
from tests.factories import by_command
from tests.pairs import DELAY, ELSEWHERE, OTHER_DELAY, a_pair

pytestmark = pytest.mark.django_db

material = importlib.import_module("faq.migrations.0006_material_fingerprints")


DELAY, OTHER_DELAY = (f"{text} Comptez ≥ 5 pièces + 3 % de plus." for text in (DELAY, OTHER_DELAY))


def with_former_fingerprints(pair):
    """Write what was stored before signs counted, of a decision on these two texts."""
    left, right = (material.former_fingerprint("Sous quel délai\u00a0?", text) for text in (DELAY, OTHER_DELAY))
    assert pair.left_text != left
    Pair.objects.filter(pk=pair.pk).update(left_text=left, right_text=right, decided_left=left, decided_right=right)


def test_a_decision_stands_with_the_new_fingerprints():
    before = decide_pair(a_pair(DELAY, OTHER_DELAY), Decision.VARIANT, None)
    with_former_fingerprints(before)
    material.give_the_form_of_now(apps, None)
    names = ("left_text", "right_text", "decided_left", "decided_right")
    assert Pair.objects.values_list(*names).get() == tuple(getattr(before, name) for name in names)
    compare_waiting()
    assert not Pair.objects.open().exists()


def test_a_decision_on_former_texts_counts_when_they_come_back():
    pair = decide_pair(a_pair(DELAY, OTHER_DELAY), Decision.VARIANT, None)
    edit_entry(pair.right_id, Content("Où ?", ELSEWHERE), by_command())
    compare_waiting()
    with_former_fingerprints(pair)
    material.give_the_form_of_now(apps, None)
    edit_entry(pair.right_id, Content("Sous quel délai ?", OTHER_DELAY), by_command())
    compare_waiting()
    assert Pair.objects.get().stands
    assert not Pair.objects.open().exists()
