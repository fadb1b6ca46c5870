"""Two editors on one entry in a real browser: nothing typed is lost, with and without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from tests.factories import a_filing, a_taxonomy, an_entry, by_command

TEXT = "Le premier paragraphe reste.\n\nLe deuxième change.\n\nLe troisième reste."
THEIRS = TEXT.replace("Le deuxième change", "Le deuxième dit leur avis")
MINE = TEXT.replace("Le deuxième change", "Le deuxième dit mon avis")


@pytest.fixture
def entry(live_server):
    """An entry that somebody has open while another person saves."""
    a_taxonomy()
    return an_entry("Que faire ?", TEXT, couloirs="hopital")


def save_against(page, entry):
    """Type in a form over which another person saves, and press save."""
    page.goto(reverse("admin:faq_entry_change", args=(entry.pk,)))
    edit_entry(entry.pk, Content("Que faire maintenant ?", THEIRS, a_filing(couloirs="hopital")), by_command())
    page.get_by_label("Réponse", exact=True).fill(MINE)
    page.get_by_label("Commentaire de version").fill("Mon commentaire.")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deux textes à réunir")


def head_of(entry):
    return Entry.objects.select_related("head").get(pk=entry.pk).head


@pytest.mark.every_database
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_both_texts_are_shown_and_what_is_chosen_is_saved(open_page, sign_in, entry, axe, scripts):
    page = sign_in(open_page(java_script_enabled=scripts))
    save_against(page, entry)
    expect(page.get_by_role("alert")).to_contain_text("rien de ce que vous avez tapé n’est perdu")
    for side, text in (("Le sien", "leur"), ("Le mien", "mon")):
        shown = page.locator(".conflict-sides > section", has=page.get_by_role("heading", name=side))
        expect(shown.locator("ins")).to_contain_text(text)
    if scripts:
        axe(page)
    page.get_by_role("button", name="Enregistrer le texte réuni").click()
    expect(page.get_by_text("Choisissez ce qu’il faut garder ici.")).to_be_visible()
    page.get_by_label("Garder les deux").check()
    page.get_by_role("button", name="Enregistrer le texte réuni").click()
    expect(page.get_by_text("enregistrée comme brouillon (version 3)")).to_be_visible()
    head = head_of(entry)
    assert head.question == "Que faire maintenant ?"
    assert head.answer == TEXT.replace("Le deuxième change.", "Le deuxième dit mon avis.\nLe deuxième dit leur avis.")
    assert head.comment == "Mon commentaire."


def test_the_page_reads_on_a_phone_and_in_the_dark(open_page, sign_in, entry, axe):
    page = sign_in(open_page(width=320, height=800, color_scheme="dark"))
    save_against(page, entry)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)


def test_nothing_is_laid_out_before_its_style_sheets_are_there(open_page, sign_in, entry):
    page = sign_in(open_page(width=320, height=800))
    page.route("**/*.css", lambda route: (page.wait_for_timeout(100), route.continue_()))
    save_against(page, entry)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
