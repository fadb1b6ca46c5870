"""The evaluation of masking counts what survives, and refuses a list it cannot read."""

import pytest

from tests.evaluation.masking import LabelledRemark, evaluate, parse_remarks


def test_both_rates_and_the_misses_are_reported():
    remarks = parse_remarks("oui\tappelez le 06 12 34 56 78\t06 12 34 56 78\nnon\terreur 905\t\noui\tcode 5417\t5417\n")
    report = evaluate(remarks)
    assert report.right == {"oui": 1, "non": 1}
    assert report.lines() == [
        "oui\tcode 5417\t→ code 5417",
        "données personnelles masquées : 1 sur 2 (50.0 %)",
        "autres textes changés à tort : 0 sur 1 (0.0 %)",
    ]


@pytest.mark.parametrize(
    ("masked", "is_right"),
    [("tél. [téléphone]", True), ("tél. 06 12 [téléphone]", False), ("tél. 0612 [téléphone]", False)],
)
def test_no_four_digits_of_a_secret_may_survive(masked, is_right):
    assert LabelledRemark("tél. 06 12 34 56 78", ("06 12 34 56 78",)).is_right(masked) is is_right


def test_a_harmless_text_must_come_out_unchanged():
    assert not LabelledRemark("lot 12").is_right("lot [NIR]")


@pytest.mark.parametrize("line", ["oui\ttexte\t", "non\ttexte\tsecret", "peut-être\ttexte\t"])
def test_a_line_without_its_secret_is_refused(line):
    with pytest.raises(ValueError, match="Ligne 1"):
        parse_remarks(line)
