import pytest
from django.core.exceptions import ImproperlyConfigured

from faqcms.database import database


def test_sqlite_waits_for_its_turn_to_write():
    settings = database("sqlite:////data/faq.sqlite3")
    assert settings["NAME"] == "/data/faq.sqlite3"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in settings["OPTIONS"]["init_command"]


def test_the_address_has_the_last_word_on_options():
    assert database("sqlite:////data/faq.sqlite3?timeout=5")["OPTIONS"]["timeout"] == 5


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql(scheme):
    settings = database(f"{scheme}://ans:p%40ss@db.example.org:5433/faq?sslmode=require")
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["USER"], settings["PASSWORD"]) == ("ans", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example.org", 5433, "faq")
    assert settings["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 5}
    assert settings["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(("given", "meant"), [("none", None), ("0", 0), ("12", 12)])
def test_statements_are_prepared_as_the_address_says(given, meant):
    options = database(f"postgres://db.example.org/faq?prepare_threshold={given}")["OPTIONS"]
    assert options["prepare_threshold"] == meant


@pytest.mark.parametrize("address", ["sqlite:////data/faq.sqlite3", "postgres://db.example.org/faq"])
def test_connections_are_kept(address):
    assert database(address)["CONN_MAX_AGE"] == 60


def test_postgresql_on_a_socket():
    settings = database("postgres://ans@//run/postgresql/faq")
    assert (settings["HOST"], settings["NAME"], settings["USER"]) == ("/run/postgresql", "faq", "ans")


@pytest.mark.parametrize("address", ["mysql://db.example.org/faq", "faq.sqlite3", "http://db.example.org/"])
def test_anything_else_is_refused_with_examples(address):
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL.*postgres://.*sqlite://"):
        database(address)
