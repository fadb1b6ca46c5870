"""Sentences that a merge drops: every sentence of every text is said afterwards or listed as gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.diff import Change
from faq.domain.dropped_sentences import list_dropped, split_sentences
from faq.domain.text import normalise

SENTENCES = st.sampled_from(
    [
        "L’outil suffit.",
        "L'outil suffit.",
        "Deux jours !",
        "Deux\u00a0jours !",
        "- Un point",
        "1. Un point",
        "",
        "Est-ce vrai ?",
    ]
)
TEXTS = st.lists(st.tuples(SENTENCES, st.sampled_from([" ", "\n"])), max_size=8).map(
    lambda parts: "".join(sentence + end for sentence, end in parts)
) | st.text(max_size=60)


def forms(text):
    return {normalise(sentence) for sentence in split_sentences(text)}


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 3))
def test_every_sentence_is_said_or_listed_whatever_is_chosen(one, other, typed, choice):
    after = [one, other, f"{one}\n{other}", typed][choice]
    listed = {normalise(line.old) for line in list_dropped([one, other], [after])}
    assert listed == (forms(one) | forms(other)) - forms(after)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Une phrase. Une autre !\n\nUne ligne", ["Une phrase.", "Une autre !", "Une ligne"]),
        ("- un point\n2. deux points", ["un point", "deux points"]),
        ("La version 2.1 suffit", ["La version 2.1 suffit"]),
        ("", []),
    ],
)
def test_sentences_of_a_text(text, sentences):
    assert split_sentences(text) == sentences


def test_a_sentence_that_stays_nearly_as_it_was_is_shown_as_changed():
    [changed, gone] = list_dropped(["Le dépôt ferme le 3 mai. Rien à voir."], ["Le dépôt ferme le 4 mai."])
    assert (changed.change, changed.new) == (Change.CHANGED, "Le dépôt ferme le 4 mai.")
    assert (gone.change, gone.old) == (Change.REMOVED, "Rien à voir.")


def test_many_sentences_are_listed_without_being_compared():
    before, after = (" ".join(f"{word} numéro {rank}." for rank in range(600)) for word in ("Point", "Pont"))
    assert {line.change for line in list_dropped([before], [after])} == {Change.REMOVED}


def test_cells_and_images_are_said_or_gone_and_marks_are_nothing():
    image = f"![L’écran](media:{'a' * 32}.png)"
    before = f"## Délais\n| Profil | Délai |\n|---|---|\n| Officine | 3 jours |\n\n{image}"
    after = before.replace("a" * 32, "b" * 32).replace("## ", "### ")

    assert split_sentences(before) == ["Délais", "Profil · Délai", "Officine · 3 jours", image]
    assert [line.old for line in list_dropped([before], [after])] == [image]
    assert list_dropped([before], [before.replace("|---|---|", "| --- | --- |")]) == []
