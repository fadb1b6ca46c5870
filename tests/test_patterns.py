"""Every compiled pattern of the site takes time in proportion to the text, of any shape."""

import re
import subprocess
import sys

import pytest

from tests import pattern_trial


@pytest.mark.slow
def test_no_pattern_is_slow_on_a_hostile_text():
    command = [sys.executable, "-m", "tests.pattern_trial"]
    tried, *slow = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    assert int(tried) > 40
    assert slow == []


@pytest.mark.slow
@pytest.mark.parametrize("source", [r"\s*;", rb"\s*;"])
def test_a_pattern_of_quadratic_time_is_found(source):
    code = f"""
import re
from tests import pattern_trial
pattern_trial.TIME_LIMIT = 0
print(pattern_trial.find_slow({{"slow": re.compile({source!r}), "quick": re.compile({source[-1:]!r})}}))
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert found.strip() == "['slow']"


def test_patterns_are_found_wherever_a_module_holds_them():
    names = "\n".join(pattern_trial.collect_patterns())
    for module in ("faq.domain.markup.blocks._ITEM", "faq.domain.search.spelling._SOUNDS", "feedback.views._TOKEN"):
        assert re.search(f"^{re.escape(module)} ", names, re.MULTILINE)
