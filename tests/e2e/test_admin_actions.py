"""Actions in a real browser: said before they are done, done by the keyboard, undone from their message."""

from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Entry
from faq.services.content import content_of
from faq.services.entries import edit_entry
from faq.services.workflow import submit_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.admin.confirming import a_draft_beside
from tests.faq.admin.entry_form import page_of

LIST = reverse("admin:faq_entry_changelist")
QUEUE = reverse("admin:faq_entry_review")


class Clicks:
    """A page that counts the clicks made on it; typing is free."""

    number = 0

    def __init__(self, page):
        self.page = page

    def __call__(self, role, name, **options):
        type(self).number += 1
        self.page.get_by_role(role, name=name, **options).first.click()


@pytest.fixture(autouse=True)
def _taxonomy(live_server):
    a_taxonomy()


def test_refusing_mending_and_publishing_take_nine_clicks_of_two_people_at_most(open_page, sign_in, legible):
    entry = a_draft_beside("Sous quel délai ?")
    submit_entry(entry.pk, by_command())
    Clicks.number = 0
    reviewer = Clicks(sign_in(open_page(), "relecteur"))
    writer = Clicks(sign_in(open_page(), "rédacteur"))
    reviewer("link", "À relire")
    reviewer.page.get_by_label("Ce que le rédacteur doit changer").fill("Citez l’arrêté.")
    reviewer("button", "Refuser")
    expect(reviewer.page.locator(".messagelist")).to_contain_text("rendue à ses rédacteurs")
    writer("link", entry.question)
    legible(writer.page)
    writer.page.get_by_label("Réponse", exact=True).fill("Selon l’arrêté.")
    writer("button", "Soumettre à la relecture")
    expect(writer.page.locator(".messagelist")).to_contain_text("soumise à la relecture")
    reviewer("link", "À relire")
    reviewer("button", "Publier")
    legible(reviewer.page)
    reviewer("button", "Publier")
    expect(reviewer.page.locator(".messagelist")).to_contain_text("mise en ligne")
    assert Entry.objects.get().answer == "Selon l’arrêté."
    assert Clicks.number <= 9


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_publication_is_taken_back_in_two_clicks_and_that_is_undone_from_its_message(open_page, sign_in, scripts):
    entry = a_published_entry("Sous quel délai ?", "Trente jours.")
    edit_entry(entry.pk, replace(content_of(entry.live), answer="Soixante jours."), by_command())
    page = sign_in(open_page(java_script_enabled=scripts))
    page.goto(page_of(entry))
    click = Clicks(page)
    click("button", "Publier")
    click("button", "Publier")
    expect(page.locator(".messagelist")).to_contain_text("mise en ligne")
    Clicks.number = 0
    click("button", "Revenir à la version publiée précédente")
    click("button", "Revenir à la version publiée précédente")
    expect(page.locator(".messagelist")).to_contain_text("revenue à la version publiée précédente")
    assert Clicks.number == 2
    assert Entry.objects.get().answer == "Trente jours."
    page.locator(".messagelist").get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Annuler le lot").click()
    expect(page.locator(".messagelist")).to_contain_text("1 fiche remise comme avant")
    assert Entry.objects.get().answer == "Soixante jours."


def test_a_bulk_action_is_confirmed_by_the_keyboard_alone(page, sign_in, legible):
    live, draft = a_published_entry("En ligne ?"), an_entry("Brouillon ?")
    sign_in(page)
    for entry in (live, draft):
        page.locator(f'input[name="_selected_action"][value="{entry.pk}"]').press("Space")
    page.locator('select[name="action"]').select_option(label="Archiver")
    page.get_by_role("button", name="Appliquer").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Archiver 2 fiches ?")
    legible(page)
    assert not Entry.objects.archived().exists()
    # The focus is on what happens; the next stop is the button.
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Archiver 2 fiches")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Archivage : 2 fiches")
    assert Entry.objects.archived().count() == 2


def test_what_is_typed_comes_back_from_the_question_and_a_refusal_stands_on_the_form(page, sign_in, legible):
    entry = a_draft_beside("Sous quel délai ?")
    submit_entry(entry.pk, by_command())
    sign_in(page).goto(page_of(entry))
    page.get_by_label("Ce que le rédacteur doit changer").fill("Citez l’arrêté.")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("que publier laisse de côté")).to_be_visible()
    legible(page)
    page.get_by_role("button", name="Renoncer").click()
    expect(page.get_by_label("Ce que le rédacteur doit changer")).to_have_value("Citez l’arrêté.")
    page.get_by_label("Ce que le rédacteur doit changer").fill("")
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_label("Ce que le rédacteur doit changer")).to_be_focused()
    page.get_by_label("Ce que le rédacteur doit changer").fill("Citez l’arrêté.")
    page.get_by_role("button", name="Refuser").click()
    expect(page.locator(".messagelist")).to_contain_text("rendue à ses rédacteurs")
    page.get_by_role("button", name="Abandonner le brouillon").click()
    legible(page)
    page.get_by_role("button", name="Abandonner le brouillon").click()
    expect(page.locator(".messagelist")).to_contain_text("son brouillon est abandonné")
    expect(page.locator(".entry-state")).not_to_contain_text("brouillon en cours")


def test_a_merge_and_its_undo_take_ten_clicks_at_most(page, sign_in):
    kept, gone = a_published_entry("Quel délai ?", "Trente jours."), a_published_entry("Quel délai ?", "Trente jours.")
    click = Clicks(sign_in(page))
    for entry in (kept, gone):
        page.locator(f'input[name="_selected_action"][value="{entry.pk}"]').check()
    Clicks.number = 3  # The two boxes, and the choice of the action in its list.
    page.locator('select[name="action"]').select_option(label="Fusionner…")
    click("button", "Appliquer")
    click("button", "Voir ce qui va se passer")
    click("button", "Fusionner", exact=True)
    expect(page.locator(".messagelist")).to_contain_text(gone.reference)
    click("link", "Annuler la fusion")
    click("button", "Annuler le lot")
    expect(page.get_by_text("annulé par le")).to_be_visible()
    assert Entry.objects.live().count() == 2
    assert Clicks.number <= 10
