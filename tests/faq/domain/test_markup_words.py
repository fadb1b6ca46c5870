"""The words of an answer in their places, without markup."""

from hypothesis import given

from faq.domain.markup import blank_markup, opening_words
from tests.faq.domain.test_markup_of_any_text import TEXTS

IMAGE = "media:0123456789abcdef0123456789abcdef.png"


def test_markup_becomes_blanks_and_cells_stand_apart() -> None:
    text = f"## Un\n> deux\n\n| A | B \\| C |\n|---|---|\n| ![D | E]({IMAGE}) | 3 |\n\n> Fin\n\n> 3 jours | a"

    assert blank_markup(text).split() == ["Un", "deux", *"A · B \\| C D | E · 3 Fin > 3 jours | a".split()]


def test_the_opening_of_an_answer_is_words_where_it_is_cut_too():
    text = f"## Un\n![Deux]({IMAGE}) trois"

    assert opening_words(text) == "Un Deux trois"
    assert opening_words(text[:30]) == "Un ![Deux"


@given(TEXTS)
def test_words_keep_their_places(text: str) -> None:
    words = blank_markup(text)

    assert len(words) == len(text)
    assert all(new in (old, " ", "·") for old, new in zip(text, words, strict=True))
    assert not text.isalnum() or words == text
