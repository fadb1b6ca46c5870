"""Real OpenSearch nodes for the length of one test run: on the loopback interface, in a temporary folder.

The jars come from Maven Central and are kept in `var/opensearch/`: Maven is asked once for each version of `pom.xml`.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
JARS = HERE.parents[1] / "var" / "opensearch"
DOWNLOAD_TIMEOUT = 300.0
"""Seconds that Maven may take for 45 MB; ten are usual."""
START_TIMEOUT = 120.0
"""Seconds that a node may take to start: seven on a quiet machine, on a busy one many more."""
HOME_VARIABLE, REASON_VARIABLE = "TEST_OPENSEARCH_HOME", "TEST_OPENSEARCH_UNAVAILABLE"
"""Environment variables: the home of a node started for the whole run, or why there is none."""
PROGRAMS = ("java", "javac", "mvn")
ADVICE = "sudo apt-get install default-jdk-headless maven"

# A small node on a machine that runs tests: short pauses matter less than memory and a fast start.
JVM_OPTIONS = ("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class Unavailable(Exception):
    """This machine lacks what a node needs; the message says what, in French."""


class StartError(Exception):
    """The node does not start; the message holds its own words."""


@dataclass
class SearchNode:
    """A node that runs, or did."""

    home: Path
    settings: dict[str, str]
    _process: subprocess.Popen[bytes] = field(repr=False)
    http_port: int = 0
    transport_port: int = 0

    @property
    def url(self) -> str:
        """The address of its HTTP interface."""
        return f"http://127.0.0.1:{self.http_port}"

    def wait_until_ready(self) -> None:
        """Wait until the node answers. Raises StartError."""
        self.http_port, self.transport_port = wait_for_ports(self.home, lambda: self._process.poll() is None)

    def stop(self) -> None:
        """Stop the node; kill it where it does not obey."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Start the node again after it stopped, on the same ports, with what it stored."""
        (self.home / "ports").unlink()
        self.settings |= {"http.port": str(self.http_port), "transport.port": str(self.transport_port)}
        self._process = _launch(self.home, self.settings)
        self.wait_until_ready()


@contextlib.contextmanager
def running(**settings: str) -> Iterator[SearchNode]:
    """Start a node, stop it and delete its files. Raises Unavailable, StartError.

    Settings are OpenSearch's, with « __ » for « . »; without settings of discovery, the node is a cluster of its own.
    """
    with started(**settings) as node:
        node.wait_until_ready()
        yield node


@contextlib.contextmanager
def started(**settings: str) -> Iterator[SearchNode]:
    """Start a node as `running` does, without waiting for it."""
    home = Path(tempfile.mkdtemp(prefix="faqcms-opensearch-"))
    wanted = {name.replace("__", "."): value for name, value in settings.items()}
    if not any(name.startswith(("discovery.", "cluster.initial")) for name in wanted):
        wanted["discovery.type"] = "single-node"
    everything = {
        "path.home": str(home),
        "network.host": "127.0.0.1",
        "http.port": "0",
        "transport.port": "0",
        "cluster.name": "faqcms-tests",
        "node.name": "first",
        # Disks of test machines are often nearly full: that is not what is tested.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **wanted,
    }
    try:
        node = SearchNode(home, everything, _launch(home, everything))
        try:
            yield node
        finally:
            node.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def shared() -> Iterator[None]:
    """Start a node for all processes of a run, which find it by the environment; they wait for it when they need it."""
    try:
        with started() as node:
            os.environ[HOME_VARIABLE] = str(node.home)
            yield
    except Unavailable as reason:
        os.environ[REASON_VARIABLE] = str(reason)
        yield


def wait_for_ports(home: Path, is_alive: Callable[[], bool] = lambda: True) -> tuple[int, int]:
    """Return the HTTP and transport ports of a node once it answers. Raises StartError."""
    deadline = time.monotonic() + START_TIMEOUT
    while not (home / "ports").exists():
        if not is_alive() or time.monotonic() > deadline:
            log = (home / "log").read_text(errors="replace")
            raise StartError(f"OpenSearch n’a pas démarré :\n{log[-4000:]}")
        time.sleep(0.05)
    http_port, transport_port = map(int, (home / "ports").read_text().split())
    return http_port, transport_port


def missing_programs() -> str:
    """Return in French what a node lacks on this machine; nothing where it can be tried."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"pas de {', '.join(missing)} ; pour l’obtenir : {ADVICE}" if missing else ""


def prepare() -> Path:
    """Return the folder with the jars and our launcher, fetched and compiled where they are not yet.

    Raises Unavailable.
    """
    if reason := os.environ.get(REASON_VARIABLE):
        raise Unavailable(reason)
    if missing := missing_programs():
        raise Unavailable(f"OpenSearch : {missing}")
    sources = (HERE / "pom.xml").read_bytes() + (HERE / "SearchNode.java").read_bytes()
    folder = JARS / hashlib.sha256(sources).hexdigest()[:16]
    JARS.mkdir(parents=True, exist_ok=True)
    with (JARS / "lock").open("w") as lock:
        # Several test processes may come at once: one of them prepares.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=JARS) as temporary:
                _fetch_and_compile(Path(temporary) / "node")
                (Path(temporary) / "node").rename(folder)
    return folder


def _fetch_and_compile(folder: Path) -> None:
    jars, classes = folder / "lib", folder / "classes"
    _run(
        ["mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"],
        f"Maven n’a pas livré OpenSearch en {DOWNLOAD_TIMEOUT:.0f} s",
    )
    _run(
        ["javac", "-nowarn", "-cp", f"{jars}/*", "-d", classes, HERE / "SearchNode.java"],
        "SearchNode.java ne se compile pas",
    )


def _run(command: list[str | Path], complaint: str) -> None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"OpenSearch : {complaint}") from error
    if done.returncode:
        raise Unavailable(f"OpenSearch : {complaint} : {(done.stdout + done.stderr).strip()[-500:]}")


def _launch(home: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    program = prepare()
    arguments = [f"{name}={value}" for name, value in settings.items()]
    command = ["java", *JVM_OPTIONS, "-cp", f"{program}/classes:{program}/lib/*", "SearchNode", *arguments]
    with (home / "log").open("ab") as log:
        # The node stops when its input ends, whatever happens to this process.
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
