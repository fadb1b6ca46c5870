"""Make or mend `.venv`: what « make setup », « make run » and « make test » do first.

Runs on a bare Python, with nothing installed. A complete environment is recognised in a fraction
of a second; anything else (half made, interpreter gone, package deleted, other lock) is made again.
"""

import contextlib
import csv
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / "complete"

# Within an activated `.venv`, the interpreter that runs this is part of what may be deleted.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)


def main() -> None:
    """Leave a complete `.venv` behind, or exit with a French sentence that says what to do."""
    with alone() as turn:
        fault = find_fault()
        if fault is None:
            return
        started = time.monotonic()
        say(f"Préparation de l’environnement Python dans .venv ({fault} ; une à quelques minutes)…")
        create()
        install(turn)
        # The digest comes last: a stamp cut short is none.
        STAMP.write_text("\n".join([*map(str, distributions()), lock_digest()]))
        say(f"Environnement prêt en {time.monotonic() - started:.0f} s.")


@contextlib.contextmanager
def alone() -> Iterator[int]:
    """Wait until nobody else is at work on `.venv`; return the file descriptor that holds the others off."""
    with LOCK.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Une autre commande prépare l’environnement : attente de sa fin…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def find_fault() -> str | None:
    """Say in French why `.venv` cannot be used as it is; None when it can."""
    if not VENV.exists():
        return "premier lancement"
    if not STAMP.is_file():
        return "installation inachevée"
    *installed, digest = STAMP.read_text().splitlines() or [""]
    if digest != lock_digest():
        return "dépendances changées"
    if not all(is_whole(VENV / name) for name in installed):
        return "paquets incomplets"
    if not runs(PYTHON):
        return "interpréteur disparu"
    return None


def lock_digest() -> str:
    """Return the fingerprint of the lock."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def distributions() -> list[Path]:
    """List what is installed, each as its RECORD file, relative to `.venv`."""
    return sorted(path.relative_to(VENV) for path in VENV.glob("lib/python3*/site-packages/*.dist-info/RECORD"))


def is_whole(record: Path) -> bool:
    """Return whether every file that a package installed is there with its size."""
    try:
        rows = list(csv.reader(record.read_text(encoding="utf-8").splitlines()))
        site = record.parents[1]
        return all(os.stat(site / name).st_size == int(size) for name, _, size in rows if size)
    except (OSError, ValueError):
        return False


def runs(python: Path) -> bool:
    """Return whether an interpreter starts and sees the packages: a newer one in the same place does not."""
    try:
        return subprocess.run([python, "-c", "import django"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def create() -> None:
    """Make an empty `.venv`, without anything that stood in its place."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    if make_venv() == 0:
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.exit(
            f"Python ne sait pas créer d’environnement virtuel ici. Sur Debian ou Ubuntu, taper :\n"
            f"  sudo apt-get install {package}\npuis relancer la commande."
        )
    say(f"Installation du paquet {package}…")
    apt_install(package)
    if make_venv(quiet=False) != 0:
        sys.exit("La création de .venv a échoué : le message de Python est ci-dessus.")


def make_venv(*, quiet: bool = True) -> int:
    """Run the standard library's venv; return its exit status."""
    shown = subprocess.DEVNULL if quiet else None
    command = [BASE_PYTHON, "-m", "venv", "--clear", VENV]
    return subprocess.run(command, stdout=shown, stderr=shown, check=False).returncode


def apt_install(*alternatives: str) -> None:
    """Install the first of these Debian packages that is offered here, as root, or exit when that fails."""
    failure = f"apt-get n’a pas pu installer {alternatives[-1]}."
    run(["apt-get", "update", "-q"], failure)
    package = next(filter(apt_offers, alternatives), alternatives[-1])
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package], failure)


def apt_offers(package: str) -> bool:
    """Return whether a Debian package can be installed from where this machine gets them."""
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def install(turn: int) -> None:
    """Install the lock, hashes checked, from the package index that pip is set up for.

    pip holds `turn` too: when this process is killed and pip is not, the next command waits for pip.
    """
    # Twice quiet: errors only.
    options = ["-qq", "--disable-pip-version-check", "--require-hashes"]
    run(
        [PYTHON, "-m", "pip", "install", *options, "-r", LOCK],
        "L’installation des dépendances a échoué : le message de pip est ci-dessus. "
        "Vérifier l’accès à l’index de paquets, puis relancer la commande.",
        keep_open=(turn,),
    )


def run(command: list[str | Path], failure: str, *, keep_open: tuple[int, ...] = ()) -> None:
    """Run a command that asks nothing to its end; exit with `failure` when it fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, pass_fds=keep_open, check=False)
    if done.returncode != 0:
        sys.exit(failure)


def say(text: str) -> None:
    """Print one line, at once: pip's own output must not overtake it."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
