"""The words of an answer in their places, without markup."""

from hypothesis import given

from faq.domain.markup import blank_markup
from tests.faq.domain.test_markup_of_any_text import TEXTS

IMAGE = "media:0123456789abcdef0123456789abcdef.png"


def test_markup_becomes_blanks_and_cells_stand_apart() -> None:
    text = f"## Un\n> deux\n\n| A | B \\| C |\n|---|---|\n| ![D | E]({IMAGE}) | 3 |\n\n> Fin\n\n> 3 jours | a"

    assert blank_markup(text).split() == ["Un", "deux", *"A · B \\| C D | E · 3 Fin > 3 jours | a".split()]


@given(TEXTS)
def test_words_keep_their_places(text: str) -> None:
    words = blank_markup(text)

    assert len(words) == len(text)
    assert all(new in (old, " ", "·") for old, new in zip(text, words, strict=True))
    assert not text.isalnum() or words == text
