"""The preview of an entry: what is typed, as the public site would show it."""

import re

import pytest

from tests.factories import a_published_entry, a_taxonomy, an_entry
from tests.faq.admin.entry_form import PREVIEW, ids_of, page_of, read, save, typed

# A page of what is typed.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def article(page):
    """The question and the answer of a page, as they are marked up."""
    return re.search(r'(<h1>.*?</h1>)\s*(<div class="answer__text">.*?</div>)', page, re.DOTALL).groups()


def style_sheets(page):
    return re.findall(r'<link rel="stylesheet" href="(.*?)">', page)


def terms_in(page):
    return re.findall(r'<p class="fr-tag fr-tag--sm">(.*?)</p>', page)


def test_it_has_the_markup_and_the_styles_of_the_public_page(client, analyste):
    entry = a_published_entry("À quoi sert l’INS <2> ?", "- un\n- **deux** : https://ans.example/a\n\nfin")
    preview = analyste.post(PREVIEW, typed(entry)).content.decode()
    public = client.get(entry.get_absolute_url()).content.decode()
    assert article(preview) == article(public)
    # What other applications add is theirs to show.
    assert style_sheets(preview) == [sheet for sheet in style_sheets(public) if "feedback" not in sheet]


def test_it_says_where_the_entry_will_be_filed(redacteur):
    typed_filing = {"dispositifs": ids_of(dispositifs="dpi-vague-1"), "new_themes": "Délais, INS"}
    assert terms_in(read(redacteur.post(PREVIEW, typed(**typed_filing)))) == [
        "Ségur du numérique",
        "Hôpital",
        "DPI vague 1",
        "Délais",
        "INS",
    ]
    assert "proposée partout" in read(redacteur.post(PREVIEW, typed()))


def test_terms_that_cannot_go_together_are_shown_as_they_were_ticked(redacteur):
    at_odds = {"offer_types": ids_of(offer_types="certification"), "couloirs": ids_of(couloirs="hopital")}
    assert terms_in(read(redacteur.post(PREVIEW, typed(**at_odds)))) == ["Certification", "Hôpital"]


def test_nothing_that_is_sent_breaks_it(analyste):
    nothing = read(analyste.post(PREVIEW))
    assert "(sans question)" in nothing
    assert "(sans réponse)" in nothing
    assert analyste.post(PREVIEW, {"answer": "\0", "themes": ["x", "999"]}).status_code == 200


def test_without_scripts_the_form_holds_it_and_the_button_renews_it(redacteur):
    entry = an_entry("Comment ?", "**Avant**")
    page = redacteur.get(page_of(entry)).content.decode()
    [frame] = re.findall(r"<iframe.*?</iframe>", page, re.DOTALL)
    assert 'title="Aperçu de la fiche"' in frame
    assert "allow-scripts" not in frame
    assert "&lt;strong&gt;Avant&lt;/strong&gt;" in frame
    page = read(save(redacteur, entry, "_preview", question="Tapée ?", answer="*Après*"))
    assert "<h1>Tapée ?</h1>" in page
    assert "<em>Après</em>" in page
    assert "*Après*</textarea>" in page


def test_what_is_typed_cannot_leave_the_frame(redacteur):
    entry = an_entry('"><script>alert(1)</script>', '"></iframe><script>alert(1)</script>')
    page = redacteur.get(page_of(entry)).content.decode()
    assert "<script>alert" not in page
    assert page.count("</iframe>") == 1
