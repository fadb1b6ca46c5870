"""Files that are sent, used and deleted at the same moment, and writers that die: all of a file is there, or none."""

import signal
import subprocess
import sys

import pytest
from django.conf import settings

from faq.domain.media.checking import clean_file
from faq.models import Entry, MediaFile
from faq.services.content import Content, EntryError
from faq.services.doctor import faults
from faq.services.entries import edit_entry
from faq.services.media import delete_media
from faq.services.media_storage import get_storage, list_stored_names
from tests.factories import an_entry, by_command
from tests.feedback.voting import together
from tests.media import a_media_file, an_answer_with

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("faq.services.media.check_file", clean_file)
    settings.STORAGES = settings.STORAGES | {
        "media": {**settings.STORAGES["media"], "OPTIONS": {"location": tmp_path / "media"}}
    }


def test_the_same_file_sent_at_once_is_stored_once():
    for colour in ("red", "green", "blue"):
        assert together(*[lambda colour=colour: a_media_file(colour)] * 6) == []
    assert MediaFile.objects.count() == len(list(list_stored_names())) == 3
    assert list(faults()) == []


def test_a_file_that_is_deleted_while_it_is_sent_again_is_there_or_not():
    for _ in range(ROUNDS):
        file = a_media_file()
        assert together(lambda file=file: delete_media(file, None), a_media_file) == []
        stored = [one.storage_name for one in MediaFile.objects.all()]
        assert list(list_stored_names()) == stored
    assert list(faults()) == []


def test_a_file_that_is_deleted_while_a_text_refers_to_it_stays_or_is_no_reference():
    entry = an_entry()
    for number in range(ROUNDS):
        file = a_media_file(f"rgb({number}, 0, 0)")
        text = f"Essai {number}.\n\n{an_answer_with(file)}"

        def write(text=text):
            edit_entry(entry.pk, Content("Comment faire ?", text), by_command())

        raised = together(lambda file=file: delete_media(file, None), write)
        assert [type(error) for error in raised] in ([], [EntryError])
        head = Entry.objects.select_related("head").get().head
        assert head.media_uses.exists() == get_storage().exists(file.storage_name)
    assert head.answer.startswith("Essai")
    assert list(faults()) == []


DYING = """
import os, signal
from django.conf import settings
settings.configure()
from django.core.files.base import ContentFile
from faq.services.media_storage import AtomicFileSystemStorage

class Dying(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        os.kill(os.getpid(), signal.SIGKILL)

AtomicFileSystemStorage(location={folder!r}).save("ab/file.png", {content})
"""


@pytest.mark.parametrize("content", ["Dying(b'whole')", "ContentFile(b'whole')"])
def test_a_writer_that_dies_leaves_nothing_under_the_name(tmp_path, content):
    program = DYING.format(folder=str(tmp_path), content=content)
    ended = subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR)
    named = [path.name for path in (tmp_path / "ab").iterdir() if not path.name.startswith(".")]
    if content.startswith("Dying"):
        assert (ended.returncode, named) == (-signal.SIGKILL, [])
        assert [path.suffix for path in (tmp_path / "ab").iterdir()] == [".part"]
    else:
        assert (ended.returncode, named) == (0, ["file.png"])
        assert (tmp_path / "ab" / "file.png").read_bytes() == b"whole"


def test_a_disk_that_is_full_leaves_nothing(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faq.services.media_storage.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        a_media_file()
    assert not MediaFile.objects.exists()
    assert list(list_stored_names()) == []
