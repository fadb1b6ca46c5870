"""Two hundred voters at once, on several workers of which one is killed: what was acknowledged is stored, once."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection

from feedback.models import Vote, VoteAnswer
from feedback.recount import recount_votes
from feedback.votes import compute_visitor_hash, create_visitor_token
from tests.factories import a_published_entry, some_published_entries

WORKERS = 4
VOTERS = 200
START_PATIENCE, PATIENCE = 120, 20
"""Seconds that the server may take to start on a busy machine, and a voter to be heard."""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="plusieurs serveurs : sur PostgreSQL"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="les processus d’un autre se lisent dans /proc"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment():
    """Production settings, on the database of this test."""
    of = connection.settings_dict
    # A folder stands for the socket in it.
    place = f"/{of['HOST']}" if of["HOST"].startswith("/") else f"{of['HOST']}:{of['PORT'] or 5432}"
    person = f"{quote(of['USER'])}:{quote(of['PASSWORD'])}" if of["PASSWORD"] else quote(of["USER"])
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "faqcms.settings.prod",
        "DATABASE_URL": f"postgres://{person}@{place}/{of['NAME']}",
        "SECRET_KEY": "tests only: " + "x" * 50,
        "VOTE_KEY": settings.VOTE_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SSL_REDIRECT": "false",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
    }


@contextlib.contextmanager
def serving():
    """Start workers as in production; return the port, and the process that they are the children of."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "faqcms.wsgi", f"--workers={WORKERS}", f"--bind=127.0.0.1:{port}"]
    with subprocess.Popen(
        [*command, "--backlog=1000", "--no-control-socket", "--log-level=critical"],
        cwd=settings.BASE_DIR,
        env=environment(),
    ) as server:
        try:
            wait_until(lambda: answers(port))
            yield port, server.pid
        finally:
            server.terminate()


def answers(port):
    with contextlib.suppress(OSError, http.client.HTTPException):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as browser:
            browser.request("GET", "/sante/")
            return browser.getresponse().read() != b""
    return False


def wait_until(true):
    end = time.monotonic() + START_PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Voter:
    """Somebody who votes on an entry, and tries again until the vote is acknowledged."""

    def __init__(self, port, entry, rank):
        self.port = port
        self.entry = entry
        self.answer = (VoteAnswer.YES, VoteAnswer.NO)[rank % 2]
        self.token = create_visitor_token()
        self.told = None
        self.tries = 0

    def vote(self, start):
        start.wait()
        end = time.monotonic() + PATIENCE
        while self.told is None and time.monotonic() < end:
            self.tries += 1
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._try()

    def _try(self):
        headers = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"avis={self.token}",
        }
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as browser:
            browser.request("POST", f"/fiche/{self.entry}/vote/", urlencode({"vote": self.answer}), headers)
            response = browser.getresponse()
            assert response.status == 303, response.read()
        self.told = urlsplit(response.getheader("Location")).fragment.partition("-")[0]


def all_vote(entries, *, killing):
    """Let everybody vote at the same moment, kill a worker in the middle, and return the voters."""
    with serving() as (port, master):
        voters = [Voter(port, entries[rank % len(entries)], rank) for rank in range(VOTERS)]
        start = threading.Event()
        with ThreadPoolExecutor(VOTERS) as pool:
            done = [pool.submit(voter.vote, start) for voter in voters]
            start.set()
            if killing:
                wait_until(lambda: sum(voter.told is not None for voter in voters) > VOTERS // 10)
                victim = children(master)[0]
                os.kill(victim, signal.SIGKILL)
            for one in done:
                one.result()
        if killing:
            wait_until(lambda: victim not in children(master) and len(children(master)) == WORKERS)
    return voters


@pytest.mark.parametrize("killing", [False, True], ids=["all well", "one worker killed"])
def test_every_acknowledged_vote_is_stored_once(killing):
    entries = [entry.pk for entry in some_published_entries(20)]
    voters = all_vote(entries, killing=killing)
    assert Counter(voter.told for voter in voters) == {"merci": VOTERS}
    stored = Counter(Vote.objects.values_list("entry", "visitor_hash", "answer"))
    assert stored == Counter(
        (voter.entry, compute_visitor_hash(voter.token, voter.entry), voter.answer) for voter in voters
    )
    recount = recount_votes(check=True)
    assert (recount.votes.yes, recount.votes.no, recount.faults) == (VOTERS // 2, VOTERS // 2, ())


def test_what_each_is_told_is_what_is_stored_in_a_burst_too():
    entry = a_published_entry().pk
    voters = all_vote([entry], killing=False)
    told = {compute_visitor_hash(voter.token, entry): voter.told for voter in voters}
    counted = {vote.visitor_hash: vote for vote in Vote.objects.counted()}
    assert Vote.objects.count() == VOTERS
    assert 0 < len(counted) < VOTERS
    assert {visitor: "merci" if visitor in counted else "attente" for visitor in told} == told
