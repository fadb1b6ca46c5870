"""python -m tests.evaluation.duplicates."""

from tests.evaluation.duplicates import main


def test_it_prints_a_line_per_alteration_and_the_whole(capsys):
    main(["--answers=150", "--processes=1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("15")
    assert any(line.startswith("1 à 8 coquilles") and "1.0000    1.0000    1.0000" in line for line in lines)
    assert any("bien écartées" in line for line in lines)
    assert lines[-1].startswith("ensemble")
