"""Sub-headings, quotes and tables: what is one, and what looks like one and stays as it was typed."""

import pytest

from faq.domain.limits import ANSWER_MAX_CELLS, ANSWER_MAX_COLUMNS
from faq.domain.markup import compile_answer, place, plain_text, render
from faq.domain.text.typography import NO_BREAK_SPACE


def shape(text: str) -> str:
    """Return the HTML of an answer on one line, every space an ordinary one."""
    return render(text).replace("\n", "").replace(NO_BREAK_SPACE, " ")


HEADINGS = {
    "two levels": ("## Un\n### Deux\n## Trois", "<h2>Un</h2><h3>Deux</h3><h2>Trois</h2>"),
    "a lower level first is the upper one": ("### Un\n### Deux", "<h2>Un</h2><h2>Deux</h2>"),
    "between lines of a paragraph": ("Avant\n## Un\nAprès", "<p>Avant</p><h2>Un</h2><p>Après</p>"),
    "ends a list": ("- a\n## Un\n- b", "<ul><li>a</li></ul><h2>Un</h2><ul><li>b</li></ul>"),
    "with marks": ("## Le **Guide** <b>", "<h2>Le <strong>Guide</strong> &lt;b&gt;</h2>"),
}


@pytest.mark.parametrize(("text", "html"), HEADINGS.values(), ids=HEADINGS)
def test_headings(text: str, html: str) -> None:
    assert shape(text) == html


def test_headings_fit_the_outline_of_each_page() -> None:
    html = compile_answer("## Un\n### Deux\n<h2>")

    assert place(html, level=4).replace("\n", "") == "<h4>Un</h4><h5>Deux</h5><p>&lt;h2&gt;</p>"


QUOTES = {
    "one line": ("> Cité", "<blockquote><p>Cité</p></blockquote>"),
    "after a blank line": ("Il dit :\n\n> Cité\nfin", "<p>Il dit :</p><blockquote><p>Cité</p></blockquote><p>fin</p>"),
    "paragraphs": ("> un\n> deux\n>\n> 3 jours\n>", "<blockquote><p>un<br>deux</p><p>3 jours</p></blockquote>"),
    "a list": (
        "> À joindre :\n> - un\n> - deux",
        "<blockquote><p>À joindre :</p><ul><li>un</li><li>deux</li></ul></blockquote>",
    ),
    "cut at its beginning": ("> […] la suite", "<blockquote><p>[…] la suite</p></blockquote>"),
    "guillemets": ("> « Cité »", "<blockquote><p>« Cité »</p></blockquote>"),
    "two quotes": ("> Un\n\n> Deux", "<blockquote><p>Un</p></blockquote><blockquote><p>Deux</p></blockquote>"),
    "below a sub-heading": ("## Loi\n> Un", "<h2>Loi</h2><blockquote><p>Un</p></blockquote>"),
}


@pytest.mark.parametrize(("text", "html"), QUOTES.values(), ids=QUOTES)
def test_quotes(text: str, html: str) -> None:
    assert shape(text) == html


COMPARISONS = [
    "> 3 jours",
    "> à 3 jours : relance",
    "> au délai prévu",
    "> ou = 50 lits",
    "> = 10",
    "> Menu > Mon compte",
    ">38 °C",
    "Pour cela :\n> Ouvrir le portail\n> Choisir le lot",
    ">> Bonjour",
    ">",
    "-> suite",
]


@pytest.mark.parametrize("text", COMPARISONS)
def test_more_than_is_no_quote(text: str) -> None:
    lines = text.replace(">", "&gt;").replace("\n", "<br>")
    assert shape(text) == f"<p>{lines}</p>"


def table(head: str, *rows: str, label: str) -> str:
    body = f"<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody>" if rows else ""
    region = f'<div class="answer-table" role="region" aria-label="Tableau 1 : {label}" tabindex="0">'
    return f"{region}<table><thead><tr>{head}</tr></thead>{body}</table></div>"


A_B = '<th scope="col">A</th><th scope="col">B</th>'
TABLES = {
    "pipes around": ("| A | B |\n|---|---|\n| 1 | 2 |", table(A_B, "<td>1</td><td>2</td>", label="A, B")),
    "pipes between": ("A | B\n--- | ---\n1 | 2", table(A_B, "<td>1</td><td>2</td>", label="A, B")),
    "no row yet": ("| A | B |\n| --- | --- |", table(A_B, label="A, B")),
    "one column": ("| A |\n| --- |\n| 1 |", table('<th scope="col">A</th>', "<td>1</td>", label="A")),
    "among paragraphs": (
        "Avant\n| A | B |\n|---|---|\n| 1 | 2 |\nAprès",
        f"<p>Avant</p>{table(A_B, '<td>1</td><td>2</td>', label='A, B')}<p>Après</p>",
    ),
    "short and long rows": (
        "|A|B|\n|--|--|\n|1|\n|1|2|3|\n||",
        table(A_B, "<td>1</td><td></td>", "<td>1</td><td>2 | 3</td>", "<td></td><td></td>", label="A, B"),
    ),
    "aligned": (
        "|A|B|C|\n|:--|:-:|--:|\n|1|2|3|",
        table(
            '<th scope="col">A</th><th scope="col" class="answer-cell--center">B</th>'
            '<th scope="col" class="answer-cell--right">C</th>',
            '<td>1</td><td class="answer-cell--center">2</td><td class="answer-cell--right">3</td>',
            label="A, B, C",
        ),
    ),
    "an empty heading is none": (
        "| | B |\n|---|---|\n| 1 | 2 |",
        table('<td></td><th scope="col">B</th>', "<td>1</td><td>2</td>", label="B"),
    ),
    "marks and pipes in cells": (
        "| **A** | [B](https://a.fr) |\n|---|---|\n| a \\| b | <i> |",
        table(
            '<th scope="col"><strong>A</strong></th>'
            '<th scope="col"><a href="https://a.fr" rel="noopener noreferrer">B</a></th>',
            "<td>a | b</td><td>&lt;i&gt;</td>",
            label="A, B",
        ),
    ),
}


@pytest.mark.parametrize(("text", "html"), TABLES.values(), ids=TABLES)
def test_tables(text: str, html: str) -> None:
    assert shape(text) == html


NO_TABLES = [
    "lecture | écriture",
    "Nom | Âge\nDurand | 44\nPetit | 12",
    "| lecteur\n| imprimante",
    "Nom | Âge\n--- | --- | ---\nDurand | 44",
    "Lundi | 9 h\n-----\nFermé",
    "+----+\n| PC |\n+----+",
    "| --- | --- |",
    "| Oui | Non |\n| - | - |",
    "| |\n|---|",
    f"{'|a' * (ANSWER_MAX_COLUMNS + 1)}|\n{'|--' * (ANSWER_MAX_COLUMNS + 1)}|\n|1|",
    "\n".join(["a|b", "--|--", *["1|2"] * (ANSWER_MAX_CELLS // 2)]),
]


@pytest.mark.parametrize("text", NO_TABLES, ids=lambda text: text[:20])
def test_not_a_table(text: str) -> None:
    lines = "<br>".join(line.strip() for line in text.split("\n"))
    assert shape(text) == f"<p>{lines}</p>"


def test_tables_of_several_answers_have_different_names() -> None:
    html = compile_answer("|A|\n|--|\n|1|\n\n|A|\n|--|\n|1|")

    assert 'aria-label="Tableau 1&nbsp;: A"' in html.replace(NO_BREAK_SPACE, "&nbsp;")
    assert 'aria-label="Tableau 2 de la fiche Q-7&nbsp;: A"' in place(html, owner="Q-7").replace(
        NO_BREAK_SPACE, "&nbsp;"
    )


def test_the_words_of_cells_stand_apart() -> None:
    text = "## Délais\n| A | B |\n|---|---|\n| 1 | |\n| 2 | 3 |\n\n> Fin"
    assert plain_text(text) == "Délais A · B 1 2 · 3 Fin"


DIALOGUE = "— Ma carte est muette.\n— Nettoyez la puce !"


def test_a_dialogue_is_no_list() -> None:
    assert shape(DIALOGUE) == f"<p>{DIALOGUE.replace(chr(10), '<br>')}</p>"
    assert shape("— Une carte ;\n— une puce.").startswith("<ul>")


def test_a_backslash_hides_what_begins_a_line() -> None:
    assert shape("\\## Un\n\\> Deux\n\\- Trois \\# \\>") == "<p>## Un<br>&gt; Deux<br>- Trois \\# \\&gt;</p>"


def test_a_value_behind_an_equals_sign_is_no_emphasis() -> None:
    assert shape("nom=*tous* et *un*") == "<p>nom=*tous* et <em>un</em></p>"


def test_backslashes_of_a_path_hide_nothing() -> None:
    assert shape(r"C:\Temp\*.log et \\serveur\_a\*") == r"<p>C:\Temp\*.log et \\serveur\_a\*</p>"
    assert shape(r"2 \* 3") == "<p>2 * 3</p>"
