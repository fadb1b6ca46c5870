"""Answers as HTML and as words: addresses, links, emphasis, and what stays as it was typed."""

from urllib.parse import unquote

import pytest

from faq.domain.markup import plain_text, render
from faq.domain.markup.links import MAX_URL
from faq.domain.text.typography import with_no_break_spaces
from tests.faq.domain.rendered import Page


def paragraph(html: str) -> str:
    return html.removeprefix("<p>").removesuffix("</p>")


AS_TYPED = [
    "Voir l'exigence [APCV1] du cahier des charges",
    "Nommer le produit [NomDuProduit] [OS] [Appareil] avec soin",
    "L'ensemble [SGL + module] (un seul dossier)",
    "Le format IHE_XDM et le fichier nom_de_fichier_x",
    "3 * 4 et un astérisque * seul, un mot*",
    "Le portail (lien), la fiche (ci-dessous)",
    "Appeler le +33 (0)1 23 45 67 89",
    "La e-CPS et Pro Santé Connect | Accueil",
    "Le statut « réputé complet », “guillemets” et ‘apostrophes’",
    "Le § 3.5.5.23.2, le # 12 et le n°4 : 50 % < 60 %",
    r"Le partage \\serveur\dossier et C:\temp",
    "Une entité &eacute; &amp; &nbsp; &#39; reste du texte",
    "<b>gras</b> <br/> <!-- rien --> <script>alert(1)</script>",
    "`code` ~~barré~~ ==marqué== H~2~O x^2^",
    "Une note[1] et [une autre][2] et [vide]() et [](https://)",
    "fin de phrase.Il faut puis données.La suite, ASP.NET, fichier.pdf",
    "ftp://a.fr //a.fr/b file:///etc/passwd http:// https:// www.",
    "[relatif](/fiche/12) [ancre](#bas) [page](page.html) [double](//a.fr)",
    "e\u0301te\u0301 décomposé, nai\u0308f",
    "hôte impossible https://1.2.3.4.5/ https://a.fr:99999/ \ufffdesante.gouv.fr http://xn--a",
    "[a](https://1.2.3.4.5) [a](https:a.fr) [a](tel:) [a](sip:a@@) [a](www.a.1)",
    "famille \U0001f469\u200d\U0001f469\u200d\U0001f466",
]


@pytest.mark.parametrize("text", AS_TYPED)
def test_shown_as_typed(text: str) -> None:
    page = Page(text)

    assert page.text == f"\n{with_no_break_spaces(text)}"
    assert page.links == []
    assert plain_text(text) == text


INLINE = {
    "strong": ("un **mot** fort", "un <strong>mot</strong> fort"),
    "emphasis": ("*un* _deux_", "<em>un</em> <em>deux</em>"),
    "both": ("**un _deux_**", "<strong>un <em>deux</em></strong>"),
    "over a line break": ("**un\ndeux**", "<strong>un<br>\ndeux</strong>"),
    "escaped": (r"\*un\* \_deux\_ \[trois\] \- quatre", "*un* _deux_ [trois] - quatre"),
    "escaped list": (r"\- un", "- un"),
}


@pytest.mark.parametrize(("text", "html"), INLINE.values(), ids=INLINE)
def test_emphasis_and_escapes(text: str, html: str) -> None:
    assert paragraph(render(text)) == html


SHAREPOINT = "https://exemple.sharepoint.com/sites/A/Documents%20partages/3.%20Doc/_x_/f---y.pdf?CT=1&OR=Items"

BARE = {
    "https": ("Voir https://esante.gouv.fr/a-b_c", "https://esante.gouv.fr/a-b_c"),
    "http": ("http://exemple.fr", "http://exemple.fr"),
    "in capitals": ("HTTPS://EXEMPLE.FR/A", "HTTPS://EXEMPLE.FR/A"),
    "after a colon": ("Lien:https://exemple.fr/a", "https://exemple.fr/a"),
    "closing bracket": ("(Cf : https://exemple.fr/a/b.html)", "https://exemple.fr/a/b.html"),
    "its own brackets": ("https://exemple.fr/a_(b)", "https://exemple.fr/a_(b)"),
    "full stop": ("Voir https://exemple.fr/a.", "https://exemple.fr/a"),
    "several marks": ("(voir https://exemple.fr/a).", "https://exemple.fr/a"),
    "semicolon": ("https://exemple.fr/a ; suite", "https://exemple.fr/a"),
    "question mark": ("Avez-vous lu https://exemple.fr/a?", "https://exemple.fr/a"),
    "French quotes": ("«https://exemple.fr/a»", "https://exemple.fr/a"),
    "French quotes, spaced": ("«\u00a0https://exemple.fr/a\u202f»", "https://exemple.fr/a"),
    "English quotes": ("“https://exemple.fr/a”", "https://exemple.fr/a"),
    "ellipsis": ("https://exemple.fr/a…", "https://exemple.fr/a"),
    "angle brackets": ("<https://exemple.fr/a>", "https://exemple.fr/a"),
    "square brackets": ("[https://exemple.fr/a]", "https://exemple.fr/a"),
    "in bold": ("**https://exemple.fr/a**, puis", "https://exemple.fr/a"),
    "invisible character behind": ("https://exemple.fr/a\u200b suite", "https://exemple.fr/a"),
    "array in the query": ("https://exemple.fr/a?f[0]=b&g[]=c", "https://exemple.fr/a?f[0]=b&g[]=c"),
    "long": (f"Document : {SHAREPOINT}", SHAREPOINT),
    "www": ("sur www.exemple.care/aide.", "www.exemple.care/aide"),
    "known domain": ("sur l’espace esante.gouv.fr, puis", "esante.gouv.fr"),
    "mail": ("à l'adresse : une-boite.aide@exemple.gouv.fr.", "une-boite.aide@exemple.gouv.fr"),
    "mail after a colon": ("courriel:aide@exemple.health", "aide@exemple.health"),
    "mail after an elision": ("l'équipe d'aide@exemple.fr", "aide@exemple.fr"),
    "mail in angle brackets": ("Une Boîte <aide+dmp@exemple.fr>", "aide+dmp@exemple.fr"),
    "mail whose name looks like a site": ("aide.fr@exemple.org", "aide.fr@exemple.org"),
}


@pytest.mark.parametrize(("text", "address"), BARE.values(), ids=BARE)
def test_bare_address(text: str, address: str) -> None:
    scheme = "mailto:" if "@" in address else "" if "://" in address else "https://"
    page = Page(text)

    [(href, shown)] = page.links
    assert shown == address
    assert unquote(href).lower() == unquote(scheme + address).lower()
    assert page.text.strip() == with_no_break_spaces(text.replace("*", "").replace("\u200b", "")).strip()


def test_several_addresses_in_one_line() -> None:
    links = Page("a@exemple.fr;b@exemple.fr, www.exemple.fr,https://exemple.fr/b").links

    expected = ["a@exemple.fr", "b@exemple.fr", "www.exemple.fr", "https://exemple.fr/b"]
    assert [shown for _, shown in links] == expected


MARKED = {
    "web": ("[Le guide](https://exemple.fr/a%20b?c&d)", "https://exemple.fr/a%20b?c&d", "Le guide"),
    "mail": ("[écrire](mailto:a@exemple.fr?subject=b)", "mailto:a@exemple.fr?subject=b", "écrire"),
    "telephone": ("[appeler](tel:+33123456789)", "tel:+33123456789", "appeler"),
    "label with brackets": (
        "[guide [v2] _final_](https://exemple.fr)",
        "https://exemple.fr",
        "guide [v2] final",
    ),
    "label with an address": ("[https://a.fr/b](https://exemple.fr)", "https://exemple.fr", "https://a.fr/b"),
    "label with a domain": ("[a.fr et c@d.fr](https://exemple.fr)", "https://exemple.fr", "a.fr et c@d.fr"),
    "image": ("![schéma](https://exemple.fr/a.png)", "https://exemple.fr/a.png", "schéma"),
}


@pytest.mark.parametrize(("text", "href", "label"), MARKED.values(), ids=MARKED)
def test_marked_link(text: str, href: str, label: str) -> None:
    assert Page(text).links == [(href, label)]


def test_html_of_a_link() -> None:
    html = paragraph(render('[a](https://exemple.fr "Une <note>")'))

    assert html == '<a href="https://exemple.fr" title="Une &lt;note&gt;" rel="noopener noreferrer">a</a>'


def test_more_than_the_longest_address_stays_text() -> None:
    page = Page("https://exemple.fr/" + "a" * 3 * MAX_URL)

    assert len(page.links[0][1]) == MAX_URL
    assert len(page.text.strip()) == 3 * MAX_URL + 19


UNPRINTABLE = ["\x00", "\x01", "\x1b", "\x7f", "\ud800", "\udfff", "\ud83d", "\uffff", "\ufffe"]


@pytest.mark.parametrize("character", UNPRINTABLE, ids=ascii)
def test_unprintable_character_is_replaced(character: str) -> None:
    assert render(f"a{character}b") == "<p>a\ufffdb</p>"
    assert plain_text(f"a{character}b") == "a\ufffdb"


PLAIN = {
    "lists": ("Il faut :\n- un ;\n- deux.\n\nPuis", "Il faut : un ; deux. Puis"),
    "numbers": ("1. un\n2. deux", "un deux"),
    "emphasis": ("un **mot** _fort_", "un mot fort"),
    "link": (
        "[Le guide](https://exemple.fr) et https://exemple.fr/a_b_c",
        "Le guide et https://exemple.fr/a_b_c",
    ),
    "white space": (" un\u00a0 deux\r\n\r\n\ttrois ", "un deux trois"),
    "as typed": ("# 1 < 2 & <b>", "# 1 < 2 & <b>"),
    "nothing": ("\n \n", ""),
}


@pytest.mark.parametrize(("text", "words"), PLAIN.values(), ids=PLAIN)
def test_plain(text: str, words: str) -> None:
    assert plain_text(text) == words
