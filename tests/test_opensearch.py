"""The node of the tests: what it lacks is said by name, and a node that does not start says why."""

import pytest

from tests import opensearch


def test_a_machine_without_java_is_told_what_to_install(monkeypatch):
    monkeypatch.delenv(opensearch.REASON_VARIABLE, raising=False)
    monkeypatch.setattr(opensearch, "PROGRAMS", ("sh", "no-such-java"))
    with pytest.raises(opensearch.Unavailable, match="pas de no-such-java"):
        opensearch.prepare()


def test_a_download_that_fails_says_so_and_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.delenv(opensearch.REASON_VARIABLE, raising=False)
    monkeypatch.setattr(opensearch, "JARS", tmp_path)
    monkeypatch.setattr(opensearch, "PROGRAMS", ("sh",))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "mvn").write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    (programs / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    with pytest.raises(opensearch.Unavailable, match=r"Maven n’a pas livré OpenSearch .*no network"):
        opensearch.prepare()
    assert {path.name for path in tmp_path.iterdir()} == {"bin", "lock"}


def test_a_run_tells_its_processes_where_the_node_is_or_why_there_is_none(monkeypatch):
    monkeypatch.setenv(opensearch.REASON_VARIABLE, "OpenSearch : pas de java")
    with opensearch.shared(), pytest.raises(opensearch.Unavailable, match="pas de java"):
        opensearch.prepare()


def test_a_node_that_does_not_start_shows_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(opensearch, "START_TIMEOUT", 0.0)
    (tmp_path / "log").write_text("java.lang.OutOfMemoryError")
    with pytest.raises(opensearch.StartError, match="OutOfMemoryError"):
        opensearch.wait_for_ports(tmp_path)
