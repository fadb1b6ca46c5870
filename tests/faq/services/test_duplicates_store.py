"""Stored pairs stay true whoever writes meanwhile, whatever is taken back, and whatever goes wrong."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from faq.caching import clear_all
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document
from faq.enums import Decision
from faq.models import Entry, Pair
from faq.services import duplicates
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.doctor import faults
from faq.services.duplicates import compare_waiting, count_waiting, decide_pair, find_duplicates, find_similar
from faq.services.duplicates_comparison import MAX_OTHERS, DuplicateIndex
from faq.services.duplicates_store import backlog_turn, store_comparison
from faq.services.entries import create_entries, edit_entry
from faq.services.workflow import archive_entry, publish_entry
from tests.factories import a_dump_file, an_entry, by_command, take_dump
from tests.pairs import DELAY, ELSEWHERE, LONG_DELAY, OTHER_DELAY, REWORDED_DELAY, the_pair

pytestmark = pytest.mark.django_db(transaction=True)


def stored():
    """Return the stored pairs."""
    return set(Pair.objects.filter(stands=True).values_list("left", "right", "kind", "left_text", "right_text"))


def is_as_found_anew():
    """Return whether what is stored is what a look at everything finds, from nothing."""
    before = stored()
    Pair.objects.all().delete()
    find_duplicates()
    return stored() == before


def a_built_index():
    index = DuplicateIndex()
    index.check(Document(0, "", ELSEWHERE))
    return index


def rewrite(entry, answer):
    edit_entry(entry.pk, Content("Sous quel délai ?", answer), by_command())


def test_a_write_leaves_true_pairs_at_once_and_waits_no_more():
    one = an_entry("Sous quel délai ?", DELAY)
    other = an_entry("Sous quel délai ?", OTHER_DELAY)
    assert the_pair(one, other).kind == "conflict"
    rewrite(other, DELAY)
    assert the_pair(one, other).kind == "exact"
    archive_entry(one.pk, by_command())
    assert not Pair.objects.exists()
    assert not Entry.objects.filter(comparison_rank=None).exists()


def test_what_changes_no_text_is_not_compared_again():
    entry = an_entry("Sous quel délai ?", DELAY)
    rank = Entry.objects.get().comparison_rank
    publish_entry(entry.pk, by_command())
    assert Entry.objects.get().comparison_rank == rank


def test_a_write_that_is_taken_back_leaves_no_trace_in_the_texts_of_the_process():
    entry = an_entry("Où ?", ELSEWHERE)
    with transaction.atomic():
        rewrite(entry, DELAY)
        an_entry("Sous quel délai ?", DELAY)
        assert len(find_similar("", DELAY)) == 2
        transaction.set_rollback(True)
    assert find_similar("", DELAY) == []
    # SQLite gives the same numbers again.
    rewrite(entry, OTHER_DELAY)
    assert [pair.verdict.kind for pair in find_similar("Sous quel délai ?", DELAY)] == ["conflict"]


def test_a_write_succeeds_where_comparing_fails_and_the_next_one_makes_up_for_it(monkeypatch, caplog):
    one = an_entry("Sous quel délai ?", DELAY)
    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL):
        patch.setattr("faq.services.duplicates.store_comparison", lambda look: 1 / 0)
        other = an_entry("Sous quel délai ?", DELAY)
    assert not Pair.objects.exists()
    an_entry("Où ?", ELSEWHERE)
    assert the_pair(one, other).kind == "exact"


def test_another_process_learns_what_was_written(monkeypatch):
    an_entry("Où ?", ELSEWHERE)
    others = a_built_index()
    assert others.compare_waiting().documents == 1
    one, other = an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", LONG_DELAY)
    with monkeypatch.context() as patch:
        patch.setattr(duplicates, "_index", others)
        third = an_entry("Sous quel délai ?", REWORDED_DELAY)
    kinds = {(pair.left_id, pair.right_id): pair.kind for pair in Pair.objects.all()}
    assert kinds.keys() == {(one.pk, other.pk), (one.pk, third.pk), (other.pk, third.pk)}
    archive_entry(one.pk, by_command())
    assert len(others.compare_waiting().heads) == 4
    assert others.compare_waiting().documents == 3


def test_many_at_once_are_stored_together(django_assert_max_num_queries):
    contents = [Content("", f"{letter * 8} {letter * 9} {letter * 7} {letter * 6}") for letter in "abcdefghijkl" * 2]
    find_similar("", DELAY)
    with django_assert_max_num_queries(60):
        create_entries(contents, by_command())
    assert Pair.objects.count() == 12
    assert is_as_found_anew()


def test_a_bulk_action_counts():
    one, other = an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", DELAY)
    change_many({one.pk: None, other.pk: None}, archive_entry, "Archiver", None)
    assert not Pair.objects.exists()


def test_a_text_that_changes_during_a_look_leaves_no_pair_of_the_former_text():
    one, other = an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", DELAY)
    third = an_entry("Sous quel délai ?", LONG_DELAY)
    look = DuplicateIndex().compare_all()
    rewrite(other, OTHER_DELAY)
    archive_entry(third.pk, by_command())
    new = an_entry("Sous quel délai ?", REWORDED_DELAY)
    store_comparison(look)
    compare_waiting()
    assert the_pair(one, other).kind == "conflict"
    assert the_pair(one, new).kind == "near"
    assert not Pair.objects.of_entry(third.pk).exists()
    assert is_as_found_anew()


def test_two_looks_that_did_not_see_one_another_miss_nothing():
    """An import finds its pairs before its commit; somebody else compares meanwhile what it does not see."""
    an_entry("Où ?", ELSEWHERE)
    look = a_built_index().compare_waiting()
    one = an_entry("Sous quel délai ?", DELAY)
    look.heads.pop(one.pk, None)
    other = an_entry("Sous quel délai ?", DELAY)
    Pair.objects.all().delete()
    store_comparison(look)
    assert set(Entry.objects.filter(comparison_rank=None)) == {one, other}
    compare_waiting()
    assert the_pair(one, other).kind == "exact"


def test_a_decision_made_during_a_look_is_kept():
    one, other = an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", DELAY)
    look = DuplicateIndex().compare_all()
    decide_pair(the_pair(one, other), Decision.VARIANT, None)
    store_comparison(look)
    assert the_pair(one, other).decision == "variant"


def test_a_decided_pair_that_stands_no_more_is_kept_and_not_reported_again():
    one, other = an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", DELAY)
    decide_pair(the_pair(one, other), Decision.VARIANT, None)
    edit_entry(other.pk, Content("Où ?", ELSEWHERE), by_command())
    pair = the_pair(one, other)
    assert (pair.decision, pair.stands) == ("variant", False)
    assert find_duplicates().gone == 0


def test_an_import_stores_what_it_found_and_looks_once(monkeypatch):
    an_entry("Sous quel délai ?", DELAY)
    clear_all()
    monkeypatch.setattr(DuplicateIndex, "check", lambda *args: pytest.fail("looked again"))
    take_dump(a_dump_file(OTHER_DELAY, LONG_DELAY))
    assert Pair.objects.count() == 3
    assert not Entry.objects.filter(comparison_rank=None).exists()


def test_saves_at_once_leave_the_pairs_of_all():
    entries = [an_entry("Sous quel délai ?", f"{letter * 9} {letter * 8}") for letter in "abcdefgh"]
    barrier = threading.Barrier(len(entries))

    def save(entry):
        barrier.wait()
        try:
            rewrite(entry, DELAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(entries)) as pool:
        list(pool.map(save, entries))
    assert not Entry.objects.filter(comparison_rank=None).exists()
    assert Pair.objects.filter(kind="exact").count() == len(entries) * (len(entries) - 1) / 2
    assert list(faults()) == []


@pytest.mark.parametrize("answer", [ELSEWHERE, OTHER_DELAY])
def test_a_save_asks_once_what_waits_to_be_compared(answer):
    an_entry("Sous quel délai ?", DELAY)
    entry = an_entry("Où ?", ELSEWHERE)
    with CaptureQueriesContext(connection) as queries:
        rewrite(entry, f"{answer} Merci.")
    waiting = [
        query["sql"]
        for query in queries
        if 'FROM "faq_entry"' in query["sql"] and '"comparison_rank" IS NULL' in query["sql"]
    ]
    # One finds what waits, with its text; the other locks it to store the outcome.
    assert len(waiting) == 2
    with CaptureQueriesContext(connection) as queries:
        compare_waiting()
    assert len(queries) == 1


def a_backlog(size, answer="{}"):
    """Store entries that all wait to be compared, two by two of one text; return them."""
    words = [f"{chr(97 + rank // 52 % 26) * 5}{chr(97 + rank // 2 % 26) * 4}" for rank in range(size)]
    answers = [answer.format(f"{word} {word}er {word}ons {word}ez") for word in words]
    entries = [outcome.entry for outcome in create_entries([Content("", text) for text in answers], by_command())]
    Pair.objects.all().delete()
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(comparison_rank=None)
    return entries


def checked_in(action):
    """Return how many texts an action compares."""
    checked = []
    check = DocumentIndex.check
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentIndex, "check", lambda index, text: checked.append(text) or check(index, text))
        action()
    return len(checked)


@pytest.fixture
def own():
    """Two entries of one text that are compared."""
    return an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", ELSEWHERE)


def test_a_save_compares_its_own_text_and_few_of_those_that_wait(own, django_assert_max_num_queries):
    one, other = own
    backlog = a_backlog(60)
    with CaptureQueriesContext(connection) as alone:
        a_backlog(0)
        rewrite(one, f"{DELAY} Merci.")
    with django_assert_max_num_queries(len(alone) + 4):
        assert checked_in(lambda: rewrite(other, DELAY)) == 1 + MAX_OTHERS
    assert the_pair(one, other).kind == "near"
    assert count_waiting() == len(backlog) - 2 * MAX_OTHERS


def test_the_following_saves_finish_what_waits_and_compare_nothing_twice(own):
    one, _ = own
    a_backlog(50)
    saves = [checked_in(lambda text=text: rewrite(one, text)) for text in (OTHER_DELAY, LONG_DELAY, DELAY, ELSEWHERE)]
    assert saves == [21, 21, 11, 1]
    assert count_waiting() == 0
    assert Pair.objects.filter(kind="exact").count() == 26
    assert is_as_found_anew()


def test_long_texts_are_taken_one_by_one(own):
    one, _ = own
    a_backlog(4, "{} " + "mot " * 8_000)
    assert checked_in(lambda: rewrite(one, OTHER_DELAY)) == 2
    assert count_waiting() == 3


def test_a_process_that_starts_compares_no_more(own):
    one, _ = own
    a_backlog(50)
    clear_all()
    rewrite(one, OTHER_DELAY)
    assert count_waiting() == 50 - MAX_OTHERS


def test_a_command_compares_all_that_waits(own):
    a_backlog(50)
    find_duplicates()
    assert count_waiting() == 0
    assert Pair.objects.filter(kind="exact").count() == 25


def test_while_one_save_compares_what_waits_another_compares_its_own_alone(own):
    one, other = own
    a_backlog(50)

    def save():
        try:
            return checked_in(lambda: rewrite(other, DELAY))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, backlog_turn() as is_mine:
        assert is_mine
        assert pool.submit(save).result() == 1
    assert the_pair(one, other).kind == "exact"
    assert count_waiting() == 50
    assert checked_in(lambda: rewrite(one, f"{DELAY} Merci.")) == 1 + MAX_OTHERS


def test_where_another_process_compared_more_the_smaller_comparison_starts_again(own):
    one, _ = own
    rewritten = Entry.objects.filter(pk=one.pk)
    rewritten.update(comparison_rank=None)
    look = a_built_index().compare_waiting()
    backlog = a_backlog(30)
    find_duplicates()
    rewritten.update(comparison_rank=None)
    assert store_comparison(look).postponed == {one.pk}
    assert not Entry.objects.filter(comparison_rank=None, pk__in=[entry.pk for entry in backlog]).exists()
    compare_waiting([one.pk])
    assert count_waiting() == 0
    assert is_as_found_anew()
