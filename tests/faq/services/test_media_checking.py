"""Files are checked in a process of their own, which takes neither more time nor more memory than allowed."""

import subprocess
import sys

import pytest
from django.conf import settings

from faq.domain.media.checking import clean_file
from faq.domain.media.formats import RefusedFile
from faq.services.media_checking import check_file
from tests.media import a_document, a_photograph, an_image

WORKER = "from faq.domain.media import worker; {change}; worker.main()"


@pytest.mark.parametrize(
    "content", [an_image(), a_photograph(), a_document(2, author="SECRET")], ids=["png", "jpg", "pdf"]
)
def test_the_process_stores_what_the_check_says(content):
    assert check_file(content) == clean_file(content)


def test_the_process_refuses_with_the_same_words():
    with pytest.raises(RefusedFile, match="une image SVG"):
        check_file(b"<svg ")


def work(change, content):
    return subprocess.run(
        [sys.executable, "-c", WORKER.format(change=change)], input=content, capture_output=True, cwd=settings.BASE_DIR
    )


def test_the_process_ends_where_memory_ends():
    content = an_image(size=(3000, 3000))
    assert work("pass", content).returncode == 0
    assert work("worker.MEDIA_CHECK_MAX_MEMORY = 50_000_000", content).returncode != 0


def test_the_process_ends_where_its_time_ends():
    assert (
        work("worker.MEDIA_CHECK_MAX_SECONDS = 1; worker.clean_file = lambda data: sum(iter(int, 1))", b"x").returncode
        < 0
    )


@pytest.mark.parametrize("end", ["raise MemoryError", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_file_whose_check_did_not_end_is_refused(monkeypatch, tmp_path, end):
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n{end}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(RefusedFile, match="trop compliqué"):
        check_file(an_image())


def test_the_process_knows_no_secret(monkeypatch, tmp_path):
    program, told = tmp_path / "python", tmp_path / "told"
    program.write_text(
        f"#!{sys.executable}\nimport os\nopen({str(told)!r}, 'w').write(str(set(os.environ)))\nexit(1)\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("SECRET_KEY", "secret")
    with pytest.raises(RefusedFile):
        check_file(an_image())
    assert "PATH" in told.read_text()
    assert "SECRET_KEY" not in told.read_text()


def test_a_file_whose_check_hangs_is_refused(monkeypatch):
    def hang(*arguments, **options):
        raise subprocess.TimeoutExpired("python", 1)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(RefusedFile, match="trop compliqué"):
        check_file(an_image())
