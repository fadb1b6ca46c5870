"""The counts in the closing lines."""

from tests.run import Outcome, describe, read_report, reasons, say_what_ran_once

REPORT = """<testsuites><testsuite>
<testcase classname="tests.faq.test_a" name="one"/>
<testcase classname="tests.e2e.test_b" name="two"/>
<testcase classname="tests.e2e.test_b" name="three"><failure message="x">x</failure></testcase>
<testcase classname="tests.faq.test_a" name="four"><error message="x">x</error></testcase>
<testcase classname="tests.e2e.test_b" name="five"><skipped message="no browser"/></testcase>
</testsuite></testsuites>"""


def test_everything_is_counted_once(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    outcome = read_report("SQLite", tmp_path / "report.xml")
    assert (outcome.passed, outcome.failed, outcome.skipped) == (2, 2, ["no browser"])
    assert outcome.in_browser == {"tests.e2e.test_b.two", "tests.e2e.test_b.three"}


def test_a_run_cut_short_counts_nothing_and_is_a_failure(tmp_path):
    outcome = read_report("SQLite", tmp_path / "missing.xml")
    assert describe(outcome).startswith("0 réussis, 0 en échec")
    assert describe(outcome).endswith("ÉCHEC")


def test_what_did_not_run_is_said():
    assert describe(Outcome("PostgreSQL", not_run="aucun serveur")) == "NON LANCÉ, aucun serveur"


def test_reasons_are_gathered_from_all_runs():
    outcomes = [Outcome("a", skipped=["x", "y"]), Outcome("b", skipped=["x"])]
    assert reasons(outcomes) == {"x": 2, "y": 1}


def test_what_ran_once_is_counted_where_the_other_database_was_there(capsys):
    first = Outcome("SQLite 3", tests={"tests.a.one", "tests.a.two", "tests.e2e.b.three"})
    say_what_ran_once([first, Outcome("PostgreSQL 15", tests={"tests.a.one"})])
    assert "sur SQLite : 1 tests" in capsys.readouterr().out
    say_what_ran_once([first, Outcome("PostgreSQL", not_run="aucun serveur")])
    assert capsys.readouterr().out == ""
