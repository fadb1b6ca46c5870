"""The Chromium that the browser tests drive: the system's own, installed when that is possible."""

import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

from tools.environment import apt_install, say

PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's: the engine without the windows around it, which takes half as long, or else the whole browser."""
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "sudo apt-get install chromium-headless-shell (Debian), ou tout chromium ou google-chrome dans le PATH"


class Browser(NamedTuple):
    """A browser that starts."""

    path: str
    version: str


def find() -> Browser | None:
    """Return the first browser that answers when asked for its version."""
    for name in NAMES:
        path = shutil.which(name)
        version = path and ask_version(path)
        if path and version:
            return Browser(path, version)
    return None


def ask_version(path: str) -> str | None:
    """Return what the program calls itself, « Chromium 140.0.7339.80 », or None when it does not start."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"(Chromium|Google Chrome) [\d.]+", answer.stdout)
    return found.group() if found else None


def main() -> None:
    """Install Chromium where the machine lacks it and we may; say so where we may not."""
    if find() is not None:
        return
    if shutil.which("apt-get") and os.geteuid() == 0 and sys.platform == "linux":
        say("Installation de Chromium pour les tests dans un navigateur…")
        apt_install(*PACKAGES)
        return
    say(f"Pas de Chromium : les tests dans un navigateur ne pourront pas tourner. Pour l’obtenir : {ADVICE}.")


if __name__ == "__main__":
    main()
