"""Several processes that serve the site from one database, as in production."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

PROGRAM = Path(__file__).with_name("worker.py")
Worker = Callable[..., str]


@contextlib.contextmanager
def worker() -> Iterator[Worker]:
    """Start a process that publishes and reads: `ask("publish", 7, "Oui.")`, `ask("read", "/")`."""
    names = ("NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS")
    settings = json.dumps({name: connection.settings_dict[name] for name in names})
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "faqcms.settings.test"}
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:

        def ask(*order: object) -> str:
            print(json.dumps(order), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def stale_pages(pairs: int, number: int, addresses: list[str]) -> int:
    """Let two workers publish and read each other's publications in turn; return the number of pages that were late."""
    late = 0
    with worker() as one, worker() as other:
        for rank in range(pairs):
            writer, reader = (one, other) if rank % 2 else (other, one)
            text = f"Texte {rank}."
            writer("publish", number, text)
            late += any(text not in reader("read", address) for address in addresses)
    return late
