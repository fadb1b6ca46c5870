"""A write that waits too long for another one is answered with a page that says so; nothing of it is stored."""

import logging
import sqlite3
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse

from faq.models import AutosavedForm, DumpPreview, Entry, Upload
from faqcms.busy import is_lock_timeout
from feedback.models import Vote
from tests.autosaving import send_fields
from tests.factories import a_dump_file, a_published_entry
from tests.faq.admin.entry_form import ADD, typed

pytestmark = pytest.mark.django_db(transaction=True)

IMPORT = reverse("admin:faq_dump_import")
OURS = {"Origin": "http://testserver"}
PATIENCE = 50
"""Milliseconds for which the tests' connection waits for a lock."""


@contextmanager
def another_writer(*models):
    """Hold what writers of these tables need, on another connection."""
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
    lock, wait, before = (
        ("BEGIN IMMEDIATE", f"PRAGMA busy_timeout = {PATIENCE}", "PRAGMA busy_timeout = 20000")
        if connection.vendor == "sqlite"
        else (f"BEGIN; LOCK TABLE {names} IN EXCLUSIVE MODE", f"SET lock_timeout = {PATIENCE}", "RESET lock_timeout")
    )
    other = connection.copy()
    try:
        with connection.cursor() as cursor, other.cursor() as holder:
            cursor.execute(wait)
            holder.execute(lock)
            yield
            holder.execute("ROLLBACK")
            cursor.execute(before)
    finally:
        other.close()


def send_a_file(client):
    return client.post(IMPORT, {"files": SimpleUploadedFile("page.txt", a_dump_file("Une réponse."))})


def is_asked_to_try_again(response):
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "occupé par une autre écriture" in page
    assert "rechargez cette page" in page
    assert '<html lang="fr"' in page


def test_an_upload_says_that_the_database_is_busy_and_can_be_sent_again(relecteur, caplog):
    caplog.set_level(logging.WARNING, "faqcms.busy")
    with another_writer(DumpPreview, Upload):
        is_asked_to_try_again(send_a_file(relecteur))
        assert relecteur.get(IMPORT).status_code == 200
    assert not DumpPreview.objects.exists()
    assert not Upload.objects.exists()
    assert f"POST {IMPORT}" in caplog.text
    assert send_a_file(relecteur).status_code == 302
    assert Upload.objects.exists()


@pytest.mark.every_database
def test_a_new_entry_says_so_too(relecteur):
    with another_writer(Entry):
        is_asked_to_try_again(relecteur.post(ADD, typed(answer="Une réponse.", _save="1")))
    assert not Entry.objects.exists()


def test_a_vote_which_no_view_stores_says_so_too(client):
    entry = a_published_entry("Une question ?")
    client.raise_request_exception = False
    with another_writer(Vote):
        is_asked_to_try_again(client.post(f"/fiche/{entry.pk}/vote/", {"vote": "oui"}, headers=OURS))
    assert not Vote.objects.exists()


def test_what_is_typed_is_not_kept_meanwhile_and_is_once_it_is_sent_again(redacteur):
    with another_writer(AutosavedForm):
        key, refused = send_fields(redacteur, typed(answer="Tapé."))
        is_asked_to_try_again(refused)
    _, response = send_fields(redacteur, typed(answer="Tapé."), key=key.hex, sequence=2)
    assert response.json()["state"] == "stored"
    assert AutosavedForm.objects.get().typed["answer"] == "Tapé."


def failed_with(cause):
    error = OperationalError("motif")
    error.__cause__ = cause
    return error


def test_only_locks_are_taken_for_a_busy_database():
    full, busy = sqlite3.OperationalError("database or disk is full"), sqlite3.OperationalError("database is locked")
    full.sqlite_errorcode, busy.sqlite_errorcode = sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY_SNAPSHOT
    assert is_lock_timeout(failed_with(busy))
    assert not is_lock_timeout(failed_with(full))
    assert not is_lock_timeout(failed_with(None))
    assert not is_lock_timeout(RuntimeError("motif"))
    assert not is_lock_timeout(None)
