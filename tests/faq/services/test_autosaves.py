"""Autosaved forms: apart for each tab, in the order in which they were typed, gone once they are closed."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from faq.domain.limits import AUTOSAVES_MAX
from faq.models import AutosavedForm, Version
from faq.models.autosaves import AUTOSAVE_LIFETIME, CLOSED_LIFETIME
from faq.selectors.autosaves import find_autosaved_forms, get_autosaved_form, kept_forms
from faq.services.autosaves import (
    PATIENCE_MS,
    AutosaveOutcome,
    close_autosave,
    delete_outdated_autosaves,
    store_autosave,
)
from tests.autosaving import a_sent_form
from tests.factories import an_entry
from tests.faq.services.test_concurrency import killed, tell, writer
from tests.people import a_person

pytestmark = pytest.mark.django_db

STORED, CLOSED, TAKEN, FULL = AutosaveOutcome
OTHER_TAB = uuid.UUID(int=9)


@pytest.fixture
def camille():
    return a_person("camille")


def store(user, sent, at=None):
    return store_autosave(user, sent, at or timezone.now())


def fields_of(user, key):
    form = get_autosaved_form(user, key)
    return form and form.fields


class TestOneTab:
    def test_the_latest_fields_are_kept_under_one_key(self, camille):
        first = a_sent_form("answer=un")
        assert store(camille, first) == STORED
        assert store(camille, replace(first, fields="answer=deux", sequence=2)) == STORED
        assert fields_of(camille, first.key) == "answer=deux"
        assert AutosavedForm.objects.count() == 1

    def test_what_comes_late_replaces_nothing_newer(self, camille):
        latest = a_sent_form("answer=deux", sequence=2)
        store(camille, latest)
        assert store(camille, replace(latest, fields="answer=un", sequence=1)) == STORED
        assert fields_of(camille, latest.key) == "answer=deux"

    @pytest.mark.parametrize("is_first", [True, False])
    def test_what_comes_after_the_save_brings_nothing_back(self, camille, is_first):
        sent = a_sent_form()
        if not is_first:
            store(camille, sent)
        close_autosave(camille, sent.key, timezone.now())
        assert store(camille, replace(sent, sequence=5)) == CLOSED
        assert kept_forms(camille) == []
        assert AutosavedForm.objects.get().fields == ""

    def test_closing_twice_is_closing_once(self, camille):
        sent = a_sent_form()
        close_autosave(camille, sent.key, timezone.now())
        close_autosave(camille, sent.key, timezone.now())
        assert AutosavedForm.objects.count() == 1


class TestSeveralTabs:
    def test_each_has_its_own(self, camille):
        one, other = a_sent_form("answer=un"), a_sent_form("answer=autre", tab=OTHER_TAB)
        store(camille, one), store(camille, other)
        assert (fields_of(camille, one.key), fields_of(camille, other.key)) == ("answer=un", "answer=autre")

    def test_one_that_took_a_form_up_goes_on_with_it_and_the_first_is_told(self, camille):
        first = a_sent_form("answer=un", sequence=7)
        store(camille, first)
        # The clock of the other machine is late.
        second = replace(first, fields="answer=un,+deux", tab=OTHER_TAB, sequence=3, seen=7)
        assert store(camille, second) == STORED
        assert store(camille, replace(second, fields="answer=un,+deux,+trois", sequence=4)) == STORED
        assert store(camille, replace(first, fields="answer=un,+dix", sequence=8)) == TAKEN
        assert fields_of(camille, first.key) == "answer=un,+deux,+trois"

    def test_one_that_has_not_seen_the_latest_fields_is_told(self, camille):
        first = a_sent_form(sequence=7)
        store(camille, first)
        store(camille, replace(first, fields="answer=plus", sequence=8))
        assert store(camille, replace(first, fields="answer=autre", tab=OTHER_TAB, sequence=9, seen=7)) == TAKEN
        assert fields_of(camille, first.key) == "answer=plus"

    def test_nobody_reaches_the_forms_of_somebody_else(self, camille):
        dominique, sent = a_person("dominique"), a_sent_form("answer=de+Camille")
        store(camille, sent)
        assert get_autosaved_form(dominique, sent.key) is None
        assert kept_forms(dominique) == []
        assert find_autosaved_forms(dominique, sent.kind, [sent.subject]) == []
        assert store(dominique, replace(sent, fields="answer=de+Dominique", sequence=9)) == STORED
        close_autosave(dominique, sent.key, timezone.now())
        assert fields_of(camille, sent.key) == "answer=de+Camille"


class TestWhatIsListed:
    def test_the_latest_come_first_with_an_address_that_takes_them_up(self, camille, django_assert_num_queries):
        now = timezone.now()
        old = a_sent_form(title="Ancien", address="/admin/faq/entry/merge/?fiche=1&fiche=2")
        new = a_sent_form(title="Nouveau")
        store(camille, old, now - timedelta(hours=1)), store(camille, new, now)
        with django_assert_num_queries(1):
            found = kept_forms(camille)
        assert [form.title for form in found] == ["Nouveau", "Ancien"]
        assert found[0].address == f"/admin/faq/entry/1/change/?reprise={new.key}"
        assert found[1].address == f"/admin/faq/entry/merge/?fiche=1&fiche=2&reprise={old.key}"

    def test_a_page_finds_those_of_its_subjects_but_its_own(self, camille):
        own, elsewhere, other = a_sent_form(), a_sent_form(), a_sent_form(subject="2")
        for sent in (own, elsewhere, other):
            store(camille, sent)
        found = find_autosaved_forms(camille, own.kind, ["1"], without=[own.key])
        assert [form.key for form in found] == [elsewhere.key]


class TestRetention:
    def test_one_beyond_the_limit_is_refused_and_drops_none(self, camille):
        sent = [a_sent_form() for _ in range(AUTOSAVES_MAX + 1)]
        outcomes = [store(camille, form) for form in sent]
        assert outcomes == [*[STORED] * AUTOSAVES_MAX, FULL]
        assert {form.key for form in kept_forms(camille)} == {form.key for form in sent[:-1]}
        assert store(camille, replace(sent[0], sequence=sent[0].sequence + 1)) is STORED
        close_autosave(camille, sent[0].key, timezone.now())
        assert store(camille, sent[-1]) is STORED

    def test_a_new_form_drops_those_that_nobody_took_up_in_time(self, camille):
        now = timezone.now()
        old, fresh, closed = a_sent_form(), a_sent_form(), a_sent_form()
        store(a_person("dominique"), old, now - AUTOSAVE_LIFETIME - timedelta(minutes=1))
        store(camille, fresh, now - AUTOSAVE_LIFETIME + timedelta(minutes=1))
        close_autosave(camille, closed.key, now - CLOSED_LIFETIME - timedelta(minutes=1))
        store(camille, a_sent_form(), now)
        assert not AutosavedForm.objects.filter(key__in=[old.key, closed.key]).exists()
        assert fields_of(camille, fresh.key)

    def test_the_purge_counts_the_texts_that_it_erases(self, camille):
        now = timezone.now()
        store(camille, a_sent_form(), now - AUTOSAVE_LIFETIME - timedelta(minutes=1))
        close_autosave(camille, uuid.uuid4(), now - CLOSED_LIFETIME - timedelta(minutes=1))
        assert delete_outdated_autosaves(now) == 1
        assert not AutosavedForm.objects.exists()

    def test_they_go_with_the_account(self, camille):
        store(camille, a_sent_form())
        camille.delete()
        assert not AutosavedForm.objects.exists()


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("autosaved_form_kind_known", {"kind": "perdue"}),
        ("autosaved_form_kind_known", {"kind": ""}),
        ("autosaved_form_closed_is_empty", {"kind": "", "closed_at": timezone.now()}),
        ("autosaved_form_open_has_a_tab", {"tab": None}),
        ("autosaved_form_open_has_a_tab", {"sequence": 0}),
    ],
)
def test_the_database_refuses(camille, name, columns):
    store(camille, a_sent_form())
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AutosavedForm.objects.update(**columns)


def test_the_usual_autosave_is_one_statement(camille, django_assert_num_queries):
    sent = a_sent_form()
    with django_assert_num_queries(5):
        store(camille, sent)
    with django_assert_num_queries(1):
        store(camille, replace(sent, sequence=2))
    with django_assert_num_queries(1):
        close_autosave(camille, sent.key, timezone.now())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer at a time is SQLite’s")
def test_an_autosave_keeps_no_worker_waiting_for_a_long_import(camille):
    def patience():
        [milliseconds] = connection.connection.execute("PRAGMA busy_timeout").fetchone()
        return milliseconds

    waited = []

    def note(execute, *arguments):
        waited.append(patience())
        return execute(*arguments)

    usual = patience()
    with connection.execute_wrapper(note):
        store(camille, a_sent_form())
    assert set(waited) == {PATIENCE_MS}
    assert patience() == usual > PATIENCE_MS


def at_once(*calls):
    """Make calls from threads that start together; return what each returned."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_first_requests_of_one_tab_make_one_form_with_the_latest_fields(self, camille):
        sent = [a_sent_form(f"answer={rank}", key=uuid.UUID(int=5), sequence=rank) for rank in range(1, 7)]
        at_once(*(lambda form=form: store(camille, form) for form in sent))
        stored = AutosavedForm.objects.get()
        assert stored.fields == f"answer={stored.sequence}"
        assert store(camille, sent[-1]) == STORED
        assert fields_of(camille, sent[0].key) == "answer=6"

    def test_tabs_do_not_overwrite_each_other(self, camille):
        sent = [a_sent_form(f"answer={rank}", tab=uuid.UUID(int=rank)) for rank in range(1, 7)]
        assert at_once(*(lambda form=form: store(camille, form) for form in sent)) == [STORED] * 6
        assert {form.fields for form in AutosavedForm.objects.all()} == {f"answer={rank}" for rank in range(1, 7)}

    def test_two_machines_that_take_one_form_up_do_not_both_get_it(self, camille):
        first = a_sent_form()
        store(camille, first)
        followers = [replace(first, tab=uuid.UUID(int=rank), sequence=rank, seen=1) for rank in (20, 21, 22)]
        outcomes = at_once(*(lambda form=form: store(camille, form) for form in followers))
        assert sorted(outcomes) == [STORED, TAKEN, TAKEN]

    @pytest.mark.parametrize("is_first", [True, False])
    def test_a_save_wins_over_the_autosaves_around_it(self, camille, is_first):
        sent = a_sent_form()
        if not is_first:
            store(camille, sent)
        later = [replace(sent, sequence=rank) for rank in (2, 3, 4)]
        at_once(
            lambda: close_autosave(camille, sent.key, timezone.now()),
            *(lambda form=form: store(camille, form) for form in later),
        )
        assert kept_forms(camille) == []

    @pytest.mark.parametrize("write", ["autosave", "save_and_close"])
    def test_a_process_that_is_killed_leaves_the_form_or_the_text_but_never_half(self, camille, write):
        """Killed before each statement in turn; each time, what was typed is in the form, in a version, or in both."""
        entry = an_entry()
        with writer(write) as process:
            for statement in range(1, 60):
                if write == "save_and_close":
                    AutosavedForm.objects.all().delete()
                    store(camille, a_sent_form("answer=Écrite.", key=uuid.UUID(int=5)))
                tell(process, statement)
                is_killed = killed(process)
                kept = [form.fields for form in AutosavedForm.objects.all() if form.closed_at is None]
                if write == "autosave":
                    assert kept in ([], ["answer=tap%C3%A9"])
                else:
                    assert kept == ["answer=Écrite."] or Version.objects.filter(entry=entry, number__gt=1).exists()
                if not is_killed:
                    break
            else:
                pytest.fail("never ran to its end")
