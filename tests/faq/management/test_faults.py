"""Messages of commands about files that the system refuses, and of readers that leave."""

import errno
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError

from faq.management.faults import reason, unreadable


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "rien ne porte ce nom"),
        (errno.ENOSPC, "il n’y a plus de place"),
        (errno.EUSERS, "erreur EUSERS"),
        (None, "erreur inconnue"),
    ],
)
def test_the_reason_is_in_french(number, said):
    assert reason(OSError(number, "English words") if number else OSError("English words")) == said


@pytest.mark.parametrize(("name", "said"), [("absent.txt", "rien ne porte ce nom"), ("", "c’est un dossier")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, said):
    path = tmp_path / name
    with pytest.raises(OSError) as refused:  # noqa: PT011 (whatever the system says)
        path.open("rb")
    told = unreadable(path, refused.value)
    assert isinstance(told, CommandError)
    assert str(told) == f"{path} : fichier illisible ({said}). Vérifiez son nom et vos droits."


@pytest.mark.slow
def test_a_command_whose_reader_left_ends_quietly():
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", "help"],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert (command.returncode, command.stderr) == (128 + signal.SIGPIPE, b"")
