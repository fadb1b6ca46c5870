"""The epoch: every change moves it, and leaves word of what it changed."""

import pytest
from django.db import transaction

from faq.models import ChangeLog, Epoch

pytestmark = pytest.mark.django_db


def moved(numbers=None):
    Epoch.move(numbers)
    return Epoch.now()


def test_tells_what_changed_between_two_tokens():
    first, second, third, fourth = moved([1]), moved([2, 3]), moved([]), moved([3, 4])
    assert Epoch.changed_since(first, second) == {2, 3}
    assert Epoch.changed_since(first, fourth) == {2, 3, 4}
    assert Epoch.changed_since(second, third) == set()
    assert Epoch.changed_since(fourth, first) == set()


def test_does_not_tell_where_everything_may_have_changed():
    first, second, third = moved([1]), moved(), moved([2])
    assert Epoch.changed_since(first, second) is None
    assert Epoch.changed_since(first, third) is None
    assert Epoch.changed_since(second, third) == {2}


def test_does_not_know_a_token_that_was_rolled_back():
    first = moved([1])
    with transaction.atomic():
        lost = moved([2])
        transaction.set_rollback(True)
    assert Epoch.now() == first
    second = moved([3])
    assert Epoch.changed_since(lost, second) is None
    assert Epoch.changed_since(first, second) == {3}


def test_forgets_what_is_long_past(monkeypatch):
    monkeypatch.setattr(ChangeLog, "KEEP", 3)
    monkeypatch.setattr(ChangeLog, "PRUNE_EVERY", 1)
    tokens = [moved([number]) for number in range(5)]
    assert ChangeLog.objects.count() == 3
    assert Epoch.changed_since(tokens[0], tokens[4]) is None
    assert Epoch.changed_since(tokens[2], tokens[4]) == {3, 4}


def test_sweeps_now_and_then(monkeypatch):
    monkeypatch.setattr(ChangeLog, "KEEP", 3)
    monkeypatch.setattr(ChangeLog, "PRUNE_EVERY", 4)
    left = []
    for number in range(12):
        moved([number])
        left.append(ChangeLog.objects.count())
    assert max(left[4:]) <= 3 + 4
    assert min(left[4:]) == 3


def test_does_not_list_more_than_one_reads_anew(monkeypatch):
    monkeypatch.setattr(ChangeLog, "MAX_ENTRIES", 2)
    first, second = moved([1, 2]), moved([1, 2, 3])
    assert Epoch.changed_since(first, second) is None


def test_knows_nothing_before_the_first_change():
    Epoch.objects.all().delete()
    assert Epoch.now() == ""
    assert Epoch.changed_since("", moved([1])) is None
