"""Writing an answer with scripts: sub-headings, quotes, tables, links to entries, pasting from other programs."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import a_published_entry

ADD = reverse("admin:faq_entry_add")
HEADING, QUOTE, TABLE, ENTRY = "Control+Shift+6", "Control+Shift+9", "Control+Shift+5", "Control+Shift+4"


def word_item(level, mark, text):
    """Return a paragraph that Word shows as an item of a list."""
    shown = f"<span style='mso-list:Ignore'>{mark}<span>&nbsp;&nbsp; </span></span>"
    return f"<p style='mso-list:l0 level{level} lfo1'><![if !supportLists]>{shown}<![endif]>{text}<o:p></o:p></p>"


WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p {{margin:0}} --></style></head>
<body><!--StartFragment--><h1>Mise en route</h1>
<p class=MsoNormal>Branchez <b>le lecteur</b>, puis <i>attendez</i>&nbsp;: voir
<a href="https://exemple.fr/aide?utm_source=a&amp;b=1">l’aide</a> ou <a href="javascript:alert(1)">rien</a>.</p>
{word_item(1, "·", "un câble")}{word_item(2, "1.", "long")}{word_item(2, "2.", "court")}
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table><tr><td><p><b>Voyant</b></p></td><td><p><b>Sens</b></p></td></tr>
<tr><td rowspan=2>vert</td><td>prêt | actif</td></tr><tr><td>lu<br>en entier</td></tr></table>
<!--EndFragment--></body></html>"""
FROM_WORD = """## Mise en route

Branchez **le lecteur**, puis *attendez*\u00a0: voir [l’aide](https://exemple.fr/aide?b=1) ou rien.

- un câble
  1. long
  2. court

| Voyant | Sens |
| --- | --- |
| vert | prêt \\| actif |
|  | lu en entier |"""

PAGES = [
    (WORD, FROM_WORD),
    (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p><span style="font-weight:700">Gras</span>'
        "<span> et maigre</span></p>"
        "<ul><li><p>un</p></li><ul><li><p>deux</p></li></ul></ul></b>",
        "**Gras** et maigre\n\n- un\n  - deux",
    ),
    (
        "<nav>Menu</nav><h3>Titre <b>fort</b></h3><blockquote><p>Cité.</p><p>Encore.</p></blockquote>"
        "<p>m<sup>2</sup></p>"
        '<script>alert(1)</script><style>p{}</style><p style="display:none">caché</p><img src=x onerror=alert(1)>',
        "### Titre fort\n\n> Cité.\n>\n> Encore.\n\nm²",
    ),
    ("<p>## dièses</p><p>&gt; 3 jours</p><p>- tiret</p><p>*a* _b_ [c](d) 2 * 3 a_b_c</p>",
     "\\## dièses\n\n\\> 3 jours\n\n\\- tiret\n\n\\*a\\* \\_b\\_ [c\\](d) 2 * 3 a_b_c"),
    ("<div>Bonjour,<div><br></div><div>Un</div><div>Deux</div></div>", "Bonjour,\n\nUn\nDeux"),
    ("<table><tr><td><p>Seul</p></td></tr></table>", "Seul"),
    ("<ol start=3><li>trois</li><li>quatre<ul><li>a</li></ul></li></ol>", "3. trois\n4. quatre\n   - a"),
]  # fmt: skip
PASTE = """(area, [html, text]) => {
  const clipboardData = new DataTransfer();
  if (html) clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", text);
  area.focus();
  return area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def answer_of(page):
    return page.get_by_label("Réponse", exact=True)


def test_what_other_programs_copied_becomes_markup(page, sign_in):
    sign_in(page).goto(ADD)
    answer = answer_of(page)
    for html, expected in PAGES:
        answer.fill("")
        assert not answer.evaluate(PASTE, [html, "texte"])
        expect(answer).to_have_value(expected)
        page.keyboard.press("Control+z")
        expect(answer).to_have_value("")
    expect(page.get_by_text("Une image n’a pas été collée")).to_have_count(0)

    answer.fill("Avant après")
    answer.evaluate("(area) => area.setSelectionRange(6, 6)")
    answer.evaluate(PASTE, ["<p>un <b>mot</b> </p>", ""])
    expect(answer).to_have_value("Avant un **mot**après")
    assert answer.evaluate(PASTE, ["", "texte seul"])


def test_a_long_text_is_pasted_at_once_and_taken_back(page, sign_in):
    sign_in(page).goto(ADD)
    answer = answer_of(page)
    answer.fill("Avant")
    long = "".join(f'<p style="margin:0"><span>Ligne {number} du journal.</span></p>' for number in range(3_000))
    answer.evaluate(PASTE, [long, ""])
    assert answer.input_value().startswith("Avant\n\nLigne 0 du journal.\n\nLigne 1")
    assert answer.input_value().endswith("Ligne 2999 du journal.")
    page.keyboard.press("Control+z")
    expect(answer).to_have_value("Avant")


BLOCKS = [
    (HEADING, "Ti||tre", "## Titre"),
    (HEADING, "#||# Titre", "### Titre"),
    (HEADING, "##||# Titre", "Titre"),
    (QUOTE, "Il dit :\nUn| texte\n\net| deux\nfin", "Il dit :\n\n> Un texte\n>\n> et deux\n\nfin"),
    (QUOTE, "> U|n\n> deu|x", "Un\ndeux"),
    (TABLE, "|a\tb\nc\td|", "| a | b |\n| --- | --- |\n| c | d |"),
    (TABLE, "Avant||", "Avant\n\n| Titre 1 | Titre 2 |\n| --- | --- |\n|  |  |"),
]
TYPED = [
    ("> Un", "\ndeux\n\nfin", "> Un\n> deux\nfin"),
    ("| A | B |\n| --- | --- |\n| 1 | 2 |", "\n", "| A | B |\n| --- | --- |\n| 1 | 2 |\n|  |  |"),
    ("| A | B |", "\nfin", "| A | B |\nfin"),
]


def test_blocks_by_key_and_with_enter(page, sign_in):
    sign_in(page).goto(ADD)
    answer = answer_of(page)
    for keys, text, expected in BLOCKS:
        before, chosen, after = text.split("|", 1)[0], *text.split("|", 1)[1].rsplit("|", 1)
        answer.fill(before + chosen + after)
        answer.evaluate("(area, [a, b]) => area.setSelectionRange(a, b)", [len(before), len(before + chosen)])
        page.keyboard.press(keys)
        expect(answer).to_have_value(expected)
    for text, typed, expected in TYPED:
        answer.fill(text)
        page.keyboard.press("Control+End")
        page.keyboard.type(typed)
        expect(answer).to_have_value(expected)


def test_an_entry_is_picked_by_words(page, sign_in):
    a_published_entry("Où va la carte ?", "Là.")
    cited = a_published_entry("Que faire d’une carte perdue ?", "La déclarer.")
    sign_in(page).goto(ADD)
    answer = answer_of(page)
    answer.fill("Voir ")
    page.keyboard.press(ENTRY)
    picker = page.get_by_role("dialog", name="Renvoyer à une autre fiche")
    page.keyboard.type("carte perdue")
    expect(picker.get_by_role("status")).to_have_text("1 fiche")
    page.keyboard.press("Enter")
    expect(answer).to_have_value(f"Voir {cited.reference}")
    expect(answer).to_be_focused()
    expect(page.frame_locator("#preview").get_by_role("link", name=re.compile(cited.reference))).to_be_visible()
    page.keyboard.press("Control+z")
    expect(answer).to_have_value("Voir ")


def test_tab_goes_from_cell_to_cell_opens_a_row_and_leaves_an_empty_one(page, sign_in):
    sign_in(page).goto(ADD)
    answer = page.get_by_label("Réponse", exact=True)
    answer.click()
    keyboard = page.keyboard
    keyboard.press(TABLE)
    for text in ("Étape", "Délai", "Dépôt", "5 jours", "Accord", "10 jours"):
        keyboard.type(text)
        keyboard.press("Tab")
    written = "| Étape | Délai |\n| --- | --- |\n| Dépôt | 5 jours |\n| Accord | 10 jours |\n|  |  |"
    assert answer.input_value().replace("  |", " |") == written.replace("  |", " |")
    keyboard.press("Shift+Tab")
    keyboard.type("15 jours")
    assert "| Accord | 15 jours |" in answer.input_value()
    keyboard.press("Tab")
    expect(answer).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(answer).not_to_be_focused()
