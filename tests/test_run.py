"""What the closing lines count."""

from tests.run import Outcome, describe, read_report, reasons

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
    assert outcome.in_browser == 2


def test_a_run_cut_short_counts_nothing_and_is_a_failure(tmp_path):
    outcome = read_report("SQLite", tmp_path / "missing.xml")
    assert describe(outcome).startswith("0 réussis, 0 en échec")
    assert describe(outcome).endswith("ÉCHEC")


def test_what_did_not_run_is_said():
    assert describe(Outcome("PostgreSQL", not_run="aucun serveur")) == "NON LANCÉ, aucun serveur"


def test_reasons_are_gathered_from_all_runs():
    outcomes = [Outcome("a", skipped=["x", "y"]), Outcome("b", skipped=["x"])]
    assert reasons(outcomes) == {"x": 2, "y": 1}
