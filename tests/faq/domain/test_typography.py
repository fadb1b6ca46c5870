"""French punctuation stays with its word, and nothing but spaces changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.markup import render
from faq.domain.text.typography import NO_BREAK_SPACE, with_no_break_spaces


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Pourquoi ? Parce que !", "Pourquoi\u00a0? Parce que\u00a0!"),
        ("Deux cas : « oui » ; « non ».", "Deux cas\u00a0: «\u00a0oui\u00a0»\u00a0; «\u00a0non\u00a0»."),
        ("Sans espace: rien.", "Sans espace: rien."),
    ],
)
def test_what_french_sets_apart_stays_on_its_line(typed, shown):
    assert with_no_break_spaces(typed) == shown
    assert render(typed) == f"<p>{shown}</p>"


def test_punctuation_after_emphasis_stays_too():
    assert render("**Vraiment** ?") == "<p><strong>Vraiment</strong>\u00a0?</p>"


@given(st.text(alphabet="ab :;?!«»\u00a0\n"))
def test_only_spaces_change_and_only_once(text):
    held = with_no_break_spaces(text)
    assert held.replace(NO_BREAK_SPACE, " ") == text.replace(NO_BREAK_SPACE, " ")
    assert with_no_break_spaces(held) == held
