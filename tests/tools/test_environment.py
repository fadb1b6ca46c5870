import sys

import pytest

from tools import environment


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """A small environment, complete: one package of two files."""
    lock = tmp_path / "dev.txt"
    lock.write_text("package==1 --hash=sha256:00\n")
    folder = tmp_path / ".venv"
    site = folder / "lib" / "python3.11" / "site-packages"
    (site / "package").mkdir(parents=True)
    (site / "package" / "__init__.py").write_text("answer = 42\n")
    (site / "package-1.dist-info").mkdir()
    (site / "package-1.dist-info" / "RECORD").write_text(
        "package/__init__.py,sha256=x,12\npackage-1.dist-info/RECORD,,\n"
    )
    monkeypatch.setattr(environment, "VENV", folder)
    monkeypatch.setattr(environment, "STAMP", folder / "complete")
    monkeypatch.setattr(environment, "LOCK", lock)
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    environment.STAMP.write_text("\n".join([*map(str, environment.distributions()), environment.lock_digest()]))
    return site


def test_a_complete_environment_is_left_alone(venv, capsys):
    assert environment.find_fault() is None
    environment.main()
    assert capsys.readouterr().out == ""


def test_a_deleted_package_is_noticed(venv):
    (venv / "package-1.dist-info" / "RECORD").unlink()
    assert environment.find_fault() == "paquets incomplets"


def test_a_file_cut_short_is_noticed(venv):
    (venv / "package" / "__init__.py").write_text("answer")
    assert environment.find_fault() == "paquets incomplets"


def test_another_lock_is_noticed(venv):
    environment.LOCK.write_text("package==2 --hash=sha256:00\n")
    assert environment.find_fault() == "dépendances changées"


@pytest.mark.parametrize("kept", [0, 20, -1])
def test_a_stamp_cut_short_is_none(venv, kept):
    environment.STAMP.write_text(environment.STAMP.read_text()[:kept])
    assert environment.find_fault() == "dépendances changées"


def test_an_installation_that_was_killed_is_noticed(venv):
    environment.STAMP.unlink()
    assert environment.find_fault() == "installation inachevée"


def test_a_vanished_interpreter_is_noticed(venv, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "gone" / "python")
    assert environment.find_fault() == "interpréteur disparu"


def test_without_rights_the_person_is_told_what_to_type(venv, monkeypatch):
    monkeypatch.setattr(environment, "make_venv", lambda **_: 1)
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=rf"sudo apt-get install python3\.{sys.version_info.minor}-venv"):
        environment.create()
