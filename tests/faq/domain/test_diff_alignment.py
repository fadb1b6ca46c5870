"""Which lines of two texts are the same line, and how a line is cut into words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.diff_alignment import align_lines, is_blank, pair_equal, split_tokens

LINES = st.lists(st.sampled_from(["", " ", "Bonjour,", "Voir le guide.", "Le délai court.", "Le délai reste."]))

WHOLE = [
    "https://exemple.fr/guide?version=2&page=a,b#haut",
    "https://exemple.fr/a_(b)",
    "https://exemple.fr/a?f[0]=b",
    "www.exemple.care/aide",
    "exemple.gouv.fr/aide?q=1",
    "mailto:aide@exemple.fr?subject=INS",
    "une-boite.aide+dmp@exemple.gouv.fr",
    "12/03/2026",
    "3.5.5.23",
    "2,5",
    "Référencé",
    "re\u0301fe\u0301rence\u0301",
    "INS2",
]


@pytest.mark.parametrize("token", WHOLE)
@pytest.mark.parametrize("sentence", ["{}", "Voir {}.", "({})", "« {} » :", "[ici]({}), puis"])
def test_whole_token(token: str, sentence: str) -> None:
    assert token in split_tokens(sentence.format(token))


def test_label_and_target_of_a_link_are_apart() -> None:
    cut = split_tokens("[https://a.fr/b](https://c.fr/d)")

    assert cut == ["[", "https://a.fr/b", "]", "(", "https://c.fr/d", ")"]


def test_short_words_marks_and_spaces_are_tokens() -> None:
    assert split_tokens("L’INS n'est\u00a0pas\tdû !") == [
        *("L", "’", "INS", " ", "n", "'", "est", "\u00a0", "pas", "\t", "dû", " ", "!")
    ]


@given(st.text() | st.text("a1.@:/?()[]w \n"))
def test_tokens_are_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \t\u00a0\u202f\r", True), ("\u200b\ufeff\x00", True), (".", False)]
)
def test_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


@given(LINES, LINES)
def test_pairs_rise_and_hold_each_line_once(old: list[str], new: list[str]) -> None:
    pairs = align_lines(old, new)

    assert all(i < next_i and j < next_j for (i, j), (next_i, next_j) in pairwise(pairs))
    assert all(0 <= i < len(old) and 0 <= j < len(new) for i, j in pairs)


@given(LINES, LINES)
def test_only_equal_items_are_kept(old: list[str], new: list[str]) -> None:
    assert all(old[i] == new[j] for i, j in pair_equal(old, new))


@given(LINES)
def test_a_text_is_aligned_with_itself(lines: list[str]) -> None:
    assert align_lines(lines, lines) == [(at, at) for at in range(len(lines))]


@given(LINES, LINES, LINES)
def test_as_many_visible_lines_as_can_be_are_kept(start: list[str], came: list[str], end: list[str]) -> None:
    old, new = [*start, *end], [*start, *came, *end]
    found = [(i, j) for i, j in align_lines(old, new) if old[i] == new[j]]

    assert sum(not is_blank(old[i]) for i, _ in found) == sum(not is_blank(line) for line in old)


PARAGRAPH = st.lists(st.sampled_from(["Bonjour,", "Voir le guide.", "Oui.", "- un"]), min_size=1, max_size=3)


@given(st.lists(PARAGRAPH, min_size=1, max_size=5), PARAGRAPH, st.data())
def test_a_paragraph_inserted_among_like_ones_is_added_whole(
    paragraphs: list[list[str]], inserted: list[str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(paragraphs)))
    old = lines_of(paragraphs)
    new = lines_of([*paragraphs[:at], inserted, *paragraphs[at:]])
    pairs = align_lines(old, new)
    added = sorted(set(range(len(new))) - {j for _, j in pairs})

    assert len(pairs) == len(old)
    assert added == list(range(added[0], added[0] + len(inserted) + 1))
    assert "" in (new[added[0]], new[added[-1]])


def lines_of(paragraphs: list[list[str]]) -> list[str]:
    return "\n\n".join("\n".join(lines) for lines in paragraphs).split("\n")


def test_a_removed_paragraph_is_removed_whole() -> None:
    old = lines_of([["Bonjour,", "Un."], ["Bonjour,", "Deux."], ["Bonjour,", "Trois."]])
    new = lines_of([["Bonjour,", "Un."], ["Bonjour,", "Trois, enfin."]])

    assert [i for i, _ in align_lines(old, new)] == [0, 1, 2, 6, 7]


def test_a_reworded_line_is_paired_among_new_ones() -> None:
    old = ["Le dossier est déposé sur Convergence.", "Il est instruit sous 30 jours."]
    new = [
        "Une preuve suffit.",
        "Le dossier complet est déposé sur Convergence.",
        "Il est signé.",
        "Il est instruit sous 60 jours.",
    ]

    assert align_lines(old, new) == [(0, 1), (1, 3)]


def test_lines_that_share_half_their_words_are_paired() -> None:
    assert align_lines(["Elle signe une preuve."], ["Elle dépose une facture."]) == [(0, 0)]


def test_lines_that_share_little_are_not_paired() -> None:
    assert align_lines(["Le dossier est déposé en ligne."], ["Le support répond sous un jour."]) == []
