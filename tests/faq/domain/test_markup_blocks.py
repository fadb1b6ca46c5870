"""Paragraphs and lists: what is a list, where it ends, and what stays as it was typed."""

import pytest

from faq.domain.markup import render
from faq.domain.markup.blocks import MAX_NESTING
from faq.domain.text.typography import NO_BREAK_SPACE


def shape(text: str) -> str:
    """Return the HTML of an answer on one line, every space an ordinary one."""
    return render(text).replace("\n", "").replace(NO_BREAK_SPACE, " ")


PARAGRAPHS = {
    "a line break is a line break": ("Bonjour\nAu revoir", "<p>Bonjour<br>Au revoir</p>"),
    "a blank line parts paragraphs": ("Bonjour\n\n\nAu revoir", "<p>Bonjour</p><p>Au revoir</p>"),
    "no-break spaces alone are a blank line": ("Un\n\u00a0\u202f\nDeux", "<p>Un</p><p>Deux</p>"),
    "two spaces or a backslash at the end add nothing": (
        "Un  \nDeux\\\nTrois",
        "<p>Un<br>Deux\\<br>Trois</p>",
    ),
    "no heading": (
        "# Titre\n#### Suite #\n##Collé\n ## Décalé",
        "<p># Titre<br>#### Suite #<br>##Collé<br>## Décalé</p>",
    ),
    "no underlined heading": ("Titre\n=====\nAutre\n-----", "<p>Titre<br>=====<br>Autre<br>-----</p>"),
    "no indented code": ("Avant\n\n    quatre espaces", "<p>Avant</p><p>quatre espaces</p>"),
    "no rule": ("---\n***\n___", "<p>---<br>***<br>___</p>"),
    "no quote": (">cité\n>> deux fois", "<p>&gt;cité<br>&gt;&gt; deux fois</p>"),
    "no fence": ("```\ncode\n```", "<p>```<br>code<br>```</p>"),
    "no table": ("| a | b |\n| c | d |\n|---|", "<p>| a | b |<br>| c | d |<br>|---|</p>"),
    "no link definition": ("[note]: (à venir)\n[note]", "<p>[note]: (à venir)<br>[note]</p>"),
    "nothing": ("", ""),
    "nothing but white space": (" \n\t\u00a0\r\n\u200b", ""),
}


@pytest.mark.parametrize(("text", "html"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_paragraphs(text: str, html: str) -> None:
    assert shape(text) == html


BULLETS = {
    "after a paragraph line": (
        "Il faut :\n- un\n- deux",
        "<p>Il faut :</p><ul><li>un</li><li>deux</li></ul>",
    ),
    "ends at the line after": ("- un\n- deux\nPuis", "<ul><li>un</li><li>deux</li></ul><p>Puis</p>"),
    "ends even at an indented line": ("- un\n  suite", "<ul><li>un</li></ul><p>suite</p>"),
    "one item": ("- seul", "<ul><li>seul</li></ul>"),
    "a sentence between two lists": (
        "- un\net\n- deux",
        "<ul><li>un</li></ul><p>et</p><ul><li>deux</li></ul>",
    ),
    "blank lines between items": (
        "- un\n\n- deux\n\n\n- trois",
        "<ul><li>un</li><li>deux</li><li>trois</li></ul>",
    ),
    "indented as a whole": ("Dont :\n    - un\n    - deux", "<p>Dont :</p><ul><li>un</li><li>deux</li></ul>"),
    "no-break space and tab after the dash": ("-\u00a0un\n-\tdeux", "<ul><li>un</li><li>deux</li></ul>"),
    "invisible character before the dash": ("\ufeff- un\n\u200b- deux", "<ul><li>un</li><li>deux</li></ul>"),
    "bullets": ("• un\n•deux", "<ul><li>un</li><li>deux</li></ul>"),
    "dashes of any length": ("– un\n— deux\n- trois", "<ul><li>un</li><li>deux</li><li>trois</li></ul>"),
    "asterisks": ("* un\n* deux", "<ul><li>un</li><li>deux</li></ul>"),
    "a dash in an item": ("- un - deux : - trois", "<ul><li>un - deux : - trois</li></ul>"),
    "a bullet in an item": ("- • un", "<ul><li>• un</li></ul>"),
    "inner list by two spaces": (
        "- un\n  - deux\n  - trois\n- quatre",
        "<ul><li>un<ul><li>deux</li><li>trois</li></ul></li><li>quatre</li></ul>",
    ),
    "back by two levels": (
        "- a\n  - b\n    - c\n- d",
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>",
    ),
    "inner list by its marker": (
        "• un\n- deux\n- trois\n• quatre",
        "<ul><li>un<ul><li>deux</li><li>trois</li></ul></li><li>quatre</li></ul>",
    ),
    "another marker after a blank line": ("- un\n\n• deux", "<ul><li>un</li></ul><ul><li>deux</li></ul>"),
}


@pytest.mark.parametrize(("text", "html"), BULLETS.values(), ids=BULLETS)
def test_bullets(text: str, html: str) -> None:
    assert shape(text) == html


NUMBERS = {
    "with a full stop": ("1. un\n2. deux", "<ol><li>un</li><li>deux</li></ol>"),
    "with a bracket": ("1) un\n2) deux\n3) trois", "<ol><li>un</li><li>deux</li><li>trois</li></ol>"),
    "with a dash": ("1 - un\n2 - deux", "<ol><li>un</li><li>deux</li></ol>"),
    "with a long dash, stuck": ("1– un\n2– deux", "<ol><li>un</li><li>deux</li></ol>"),
    "blank lines between": ("1. un\n\n2. deux", "<ol><li>un</li><li>deux</li></ol>"),
    "ends at the line after": ("1. un\n2. deux\nPuis", "<ol><li>un</li><li>deux</li></ol><p>Puis</p>"),
    "to ten, right-aligned": (
        "\n".join(f"{number:2}. x" for number in range(1, 12)),
        "<ol>" + "<li>x</li>" * 11 + "</ol>",
    ),
    "bullets inside": (
        "1. un\n- a\n- b\n2. deux",
        "<ol><li>un<ul><li>a</li><li>b</li></ul></li><li>deux</li></ol>",
    ),
    "numbers inside": (
        "1. un\n  1. a\n  2. b\n2. deux",
        "<ol><li>un<ol><li>a</li><li>b</li></ol></li><li>deux</li></ol>",
    ),
    "two lists in a row": (
        "1. a\n2. b\n1. c\n2. d",
        "<ol><li>a</li><li>b</li></ol>" + "<ol><li>c</li><li>d</li></ol>",
    ),
    "cut in two, keeps its numbers": (
        "1. un\n\n- a\n\n2. deux",
        '<ol><li>un</li></ol><ul><li>a</li></ul><ol start="2"><li>deux</li></ol>',
    ),
}


@pytest.mark.parametrize(("text", "html"), NUMBERS.values(), ids=NUMBERS)
def test_numbers(text: str, html: str) -> None:
    assert shape(text) == html


AS_TYPED = [
    "1986. Une année",
    "1. Seul numéro",
    "1. Un\n3. Trois",
    "2. Deux\n3. Trois",
    "1. Un\n1. Un encore",
    "1. Un\nUne phrase.\n2. Deux",
    "01. Un\n02. Deux",
    "1.5 million\n2.5 millions",
    "2-10 rue des Tilleuls\n75000 Ville",
    "+33 (0)1 23 45 67 89\n+ un signe",
    "* Champ obligatoire",
    "*",
    "-",
    "-sans espace",
    "--\n- ",
    "ÉTAPE 1 - Préparer\nÉTAPE 2 - Envoyer",
    "DMP: un usage ;\nINSI: un autre.",
    "a) un\nb) deux",
]


@pytest.mark.parametrize("text", AS_TYPED)
def test_not_a_list(text: str) -> None:
    lines = "<br>".join(line.strip() for line in text.split("\n"))
    assert shape(text) == f"<p>{lines}</p>"


def test_an_unpaired_number_after_a_list_stays_as_typed() -> None:
    assert shape("1. a\n2. b\n4. d") == "<ol><li>a</li><li>b</li></ol><p>4. d</p>"


def test_lists_within_lists_have_a_floor() -> None:
    html = shape("\n".join("  " * depth + "- x" for depth in range(50)))

    assert html.count("<li>x") == 50
    assert "<ul><li>x" * MAX_NESTING in html
    assert "<ul><li>x" * (MAX_NESTING + 1) not in html


LINE_ENDS = ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("line_end", LINE_ENDS, ids=ascii)
def test_every_line_end_is_one(line_end: str) -> None:
    lines = ["Il faut :", "- un", "- deux", "Puis", "", "Fin"]
    assert render(line_end.join(lines)) == render("\n".join(lines))
