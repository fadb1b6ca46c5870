"""manage.py evaluate_duplicates."""

import io

from django.core.management import call_command


def test_it_prints_a_line_per_kind_and_the_whole():
    out = io.StringIO()
    call_command("evaluate_duplicates", answers=150, processes=1, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("15")
    assert any(line.startswith("1 à 8 coquilles") and "1.0000    1.0000    1.0000" in line for line in lines)
    assert any("bien écartées" in line for line in lines)
    assert lines[-1].startswith("ensemble")
