"""Many writers at once, and writers that die: nothing is lost, half-written or done twice."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from faq.enums import Action, EntryStatus
from faq.models import Couloir, Entry, Schedule
from faq.selectors.published import load_taxonomy
from faq.services.conflicts import Conflict, StaleVersion
from faq.services.content import Content
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.review_events import declare_event
from faq.services.schedules import schedule
from faq.services.taxonomy import save_term
from faq.services.verifications import check_entry
from faq.services.workflow import publish_entry
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump, unlike_texts
from tests.pairs import DELAY, OTHER_DELAY
from tests.previewing import a_preview, content, exported

pytestmark = pytest.mark.django_db(transaction=True)

SAVERS = 20
MANY = 1_102
"""Answers that are imported in three chunks."""
WRITER = Path(__file__).with_name("writer.py")


def at_once(*calls):
    """Make calls from threads that start together; return each one's result, or what it raised."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        except StaleVersion as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextlib.contextmanager
def writer(write):
    """Start a program that writes to the test's database each time it is told to, see writer.py."""
    names = ("NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS")
    settings = json.dumps({name: connection.settings_dict[name] for name in names})
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "faqcms.settings.test"}
    arguments = [sys.executable, str(WRITER), settings, write]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


def tell(process, kill_at=0):
    """Run a program that writes and is killed at a statement, or not."""
    process.stdin.write(f"{kill_at}\n")
    process.stdin.flush()


def killed(process):
    """Wait for its end; return whether it was killed."""
    status = int(process.stdout.readline())
    assert status in (0, -signal.SIGKILL)
    return status != 0


def due(entry):
    """Plan to publish an entry; the hour has come."""
    plan = schedule(entry.pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
    Schedule.objects.filter(pk=plan.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def versions_of(entry):
    return list(entry.versions.order_by("number").values_list("number", flat=True))


def test_two_saves_at_once_of_different_fields_keep_both():
    entry = an_entry("Avant ?", "Avant.")
    at_once(
        lambda: edit_entry(entry.pk, Content("Après ?", "Avant."), by_command(), base=1),
        lambda: edit_entry(entry.pk, Content("Avant ?", "Après."), by_command(), base=1),
    )
    head = Entry.objects.select_related("head").get(pk=entry.pk).head
    assert (head.number, head.question, head.answer) == (3, "Après ?", "Après.")
    assert list(faults()) == []


def test_two_saves_at_once_of_the_same_field_store_one_and_give_the_other_back():
    entry = an_entry("Avant ?", "Avant.")
    results = at_once(
        *(lambda text=text: edit_entry(entry.pk, Content(text, "Avant."), by_command(), base=1) for text in "AB")
    )
    [conflict] = [result for result in results if isinstance(result, Conflict)]
    [question] = conflict.merge.question.conflicts
    assert {question.mine, question.theirs} == {("A",), ("B",)}
    assert Entry.objects.get(pk=entry.pk).question == question.theirs[0]
    assert versions_of(entry) == [1, 2]


def test_a_check_and_an_edit_at_once_both_stand():
    entry = a_published_entry()
    check, _ = at_once(
        lambda: check_entry(entry.pk, None, seen=2),
        lambda: edit_entry(entry.pk, Content("Brouillon ?", "Brouillon."), by_command(), base=2),
    )
    entry = Entry.objects.select_related("head").get(pk=entry.pk)
    assert (entry.verification_id, entry.head.question) == (check.pk, "Brouillon ?")
    assert list(faults()) == []


def test_publishing_while_terms_and_events_change_leaves_true_dates():
    a_taxonomy()
    hospital = Couloir.objects.get(slug="hopital")
    hospital.review_months = 1
    term = next(term for term in load_taxonomy().terms if term.slug == "hopital")
    live = a_published_entry(couloirs="hopital")
    drafts = [an_entry(f"{rank} ?", f"{rank}.", couloirs="hopital") for rank in range(4)]
    at_once(
        *(lambda entry=entry: publish_entry(entry.pk, by_command()) for entry in drafts),
        lambda: save_term(hospital, None),
        lambda: declare_event(term, "nouvel arrêté", timezone.localdate(), None),
        lambda: check_entry(live.pk, None, seen=2),
    )
    assert list(faults()) == []


def test_twenty_savers_of_twenty_paragraphs_lose_none():
    paragraphs = [f"Paragraphe {rank}." for rank in range(SAVERS)]
    entry = an_entry("Quoi ?", "\n\n".join(paragraphs))

    def save(rank):
        mine = [*paragraphs[:rank], f"Paragraphe {rank}, revu.", *paragraphs[rank + 1 :]]
        return edit_entry(entry.pk, Content("Quoi ?", "\n\n".join(mine)), by_command(), base=1)

    at_once(*(lambda rank=rank: save(rank) for rank in range(SAVERS)))
    assert Entry.objects.get(pk=entry.pk).answer == "\n\n".join(f"Paragraphe {rank}, revu." for rank in range(SAVERS))
    assert versions_of(entry) == list(range(1, SAVERS + 2))
    assert list(faults()) == []


def test_publishing_against_an_edit_publishes_what_was_read_or_nothing():
    entry = an_entry("Lue ?", "Lue.")
    published, edited = at_once(
        lambda: publish_entry(entry.pk, by_command(), base=1),
        lambda: edit_entry(entry.pk, Content("Changée ?", "Changée."), by_command(), base=1),
    )
    entry = Entry.objects.select_related("head").get(pk=entry.pk)
    assert entry.head.question == "Changée ?"
    if isinstance(published, StaleVersion):
        assert (entry.status, edited.version.number) == (EntryStatus.DRAFT, 2)
    else:
        assert (entry.question, edited.version.number) == ("Lue ?", 3)
    assert list(faults()) == []


@pytest.mark.slow
def test_two_machines_carry_out_each_plan_once():
    entries = [an_entry(f"Question {rank} ?") for rank in range(12)]
    for entry in entries:
        due(entry)
    with writer("carry_out_due") as one, writer("carry_out_due") as other:
        tell(one)
        tell(other)
        assert not killed(one)
        assert not killed(other)
    assert {tuple(versions_of(entry)) for entry in entries} == {(1, 2)}
    assert set(Entry.objects.values_list("status", flat=True)) == {EntryStatus.PUBLISHED}
    assert not Schedule.objects.exists()
    assert list(faults()) == []


@pytest.mark.slow
def test_a_save_killed_between_any_two_statements_is_whole_or_has_not_been():
    entry = a_published_entry("En ligne ?", "En ligne.")
    statements = 0
    with writer("edit_and_publish") as process:
        while tell(process, statements + 1) or killed(process):
            statements += 1
            stored = Entry.objects.get(pk=entry.pk)
            assert versions_of(entry) == ([1, 2] if stored.question == "En ligne ?" else [1, 2, 3])
            assert list(faults()) == []
    stored.refresh_from_db()
    assert (stored.question, stored.live.number) == ("Écrite ?", 3)
    assert list(faults()) == []
    assert statements > 10, "fewer statements than a save takes: was anything killed?"


@pytest.mark.slow
def test_plans_killed_on_the_way_are_carried_out_by_the_next_run():
    entries = [an_entry(f"Question {rank} ?") for rank in range(2)]
    for entry in entries:
        due(entry)
    with writer("carry_out_due") as process:
        for kill_at in range(2, 24, 3):
            tell(process, kill_at)
            assert killed(process)
            published = Entry.objects.filter(status=EntryStatus.PUBLISHED).count()
            assert Schedule.objects.count() == len(entries) - published
            assert list(faults()) == []
        tell(process)
        assert not killed(process)
    assert {tuple(versions_of(entry)) for entry in entries} == {(1, 2)}
    assert not Schedule.objects.exists()


@pytest.mark.slow
def test_a_confirmation_of_many_answers_that_is_killed_leaves_all_or_nothing():
    """Kill it before statements ever further on: nothing is stored, the preview waits, and the last run stores all."""
    paul = User.objects.create_superuser("paul")
    take_dump(a_dump_file("Reste.", DELAY), "page")
    data = a_dump_file("Reste.", OTHER_DELAY, *unlike_texts(MANY - 2))
    preview = a_preview(paul, page=data)
    before, kill_at, kills = content(), 3, 0
    with writer("confirm_latest_preview") as process:
        while tell(process, kill_at) or killed(process):
            kill_at, kills = kill_at * 3, kills + 1
            preview.refresh_from_db()
            if preview.batch_id:
                # Killed after the commit, while the pairs were stored.
                break
            assert preview.started_at
            assert preview.answers.count() == MANY
            assert content() == before
    assert kills > 2, "fewer statements than an import takes: was anything killed?"
    preview.refresh_from_db()
    assert preview.batch_id
    assert exported("page") == data
    assert Entry.objects.count() == MANY
    assert list(faults()) == []
