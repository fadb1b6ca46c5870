"""The demo: one command fills the site, a second run changes nothing, a broken database is explained."""

import io
import os
import subprocess
import sys

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from faq.admin.my_work import build_my_work
from faq.enums import WorkKind
from faq.models import AutosavedForm, Dump, Entry, Version
from faq.selectors.published import live_snapshot
from faq.services.doctor import faults
from faq.services.dumps_export import export_dump, find_dump
from faqcms.menu import count_queues
from feedback import demo, demo_queues
from feedback.models import Vote, VoteAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo_allowed(settings):
    settings.DEMO_ACCOUNTS = True


def load():
    out = io.StringIO()
    call_command("load_demo", "--address", "http://127.0.0.1:8123/", stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_the_demo_is_filled_through_the_products_own_path(settings):
    out = load()
    assert "http://127.0.0.1:8123/admin/" in out
    assert b"".join(export_dump(find_dump("demo"))) == (settings.BASE_DIR / "fixtures" / "demo.txt").read_bytes()
    assert len(live_snapshot().index) == Entry.objects.live().count() >= 60
    votes = Vote.objects.all()
    assert 200 < votes.count() < 1_000
    assert {vote.answer for vote in votes} == {VoteAnswer.YES, VoteAnswer.NO}
    assert (max(vote.voted_at for vote in votes) - min(vote.voted_at for vote in votes)).days > 7 * 10
    for account in demo.ACCOUNTS:
        user = authenticate(username=account.name, password=account.password)
        assert [group.name for group in user.groups.all()] == [account.role]
        assert f"{account.name} / {account.password}" in out


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_something_waits_in_every_queue_and_for_every_editor():
    load()
    nothing = {queue.label for queue in count_queues(User.objects.get(username="admin")) if not queue.number}
    assert nothing <= {"Attribuées à un compte fermé", "Courriels à voir"}
    waiting = {
        name: {section.kind for section in build_my_work(User.objects.get(username=name)) if section.number}
        for name in ("redacteur", "relecteur")
    }
    assert waiting["redacteur"] >= {WorkKind.REFUSED, WorkKind.ASSIGNED, WorkKind.MENTIONED, WorkKind.DRAFTS}
    assert waiting["relecteur"] >= {WorkKind.TO_REVIEW, WorkKind.ASSIGNED, WorkKind.MENTIONED, WorkKind.PLAN_FAILED}
    assert AutosavedForm.objects.open().count() == 1
    assert list(faults()) == []


@pytest.mark.slow
def test_a_second_run_changes_nothing():
    load()
    entry = Entry.objects.first()
    before = (Version.objects.count(), Vote.objects.count(), entry.updated_at)
    assert "telle quelle" in load()
    entry.refresh_from_db()
    assert (Version.objects.count(), Vote.objects.count(), entry.updated_at) == before


@pytest.mark.slow
def test_a_run_that_fails_halfway_leaves_nothing_to_clean_up(monkeypatch):
    def fail(*args, **options):
        raise DatabaseError("disque plein")

    with monkeypatch.context() as patched:
        patched.setattr(demo, "cast_vote", fail)
        with pytest.raises(CommandError, match="disque plein"):
            load()
    assert not Dump.objects.exists()
    assert not Entry.objects.exists()
    with monkeypatch.context() as patched:
        patched.setattr(demo_queues, "assign_entries", fail)
        with pytest.raises(CommandError, match="disque plein"):
            load()
    assert list(Dump.objects.values_list("name", flat=True)) == ["demo"]
    load()
    assert Dump.objects.filter(name=demo_queues.DUMP_NAME).exists()


def test_only_development_settings_create_accounts(settings):
    settings.DEMO_ACCOUNTS = False
    with pytest.raises(CommandError, match="mot de passe est public"):
        load()


@pytest.mark.slow
def test_a_damaged_sqlite_file_is_explained_and_left_as_it_is(tmp_path, settings):
    file = tmp_path / "faqcms.sqlite3"
    file.write_bytes(b"ceci n'est pas une base" * 100)
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{file}",
        "DJANGO_SETTINGS_MODULE": "faqcms.settings.dev",
    }
    run = subprocess.run(
        [sys.executable, "manage.py", "load_demo"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert f"mv '{file}' '{file}.abime'" in run.stderr
    assert "Traceback" not in run.stderr
    assert file.read_bytes() == b"ceci n'est pas une base" * 100
