"""Reviewing and comparing in a real browser: what waits is read as a change, approved or given back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import submit_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

QUEUE = reverse("admin:faq_entry_review")
DELAY = "Le dépôt se fait en ligne.\n\n- un formulaire\n- une preuve\n\nLa réponse vient sous 30 jours."


@pytest.fixture
def _waiting():
    """A change to what the public reads, then a new text, both in review."""
    a_taxonomy()
    changed = a_published_entry("Sous quel délai ?", DELAY, couloirs="hopital", themes="certificats")
    filing = a_filing(couloirs="hopital imagerie")
    edit_entry(changed.pk, Content("Sous quel délai ?", DELAY.replace("30", "60"), filing), by_command())
    submit_entry(changed.pk, by_command(comment="Selon le nouvel arrêté."))
    submit_entry(an_entry("Où écrire ?", "À nous.").pk, by_command())


def compare_address(entry):
    return reverse("admin:faq_entry_compare", args=(entry.pk,))


@pytest.mark.usefixtures("_waiting")
def test_one_is_approved_from_its_diff_and_another_given_back(page, sign_in, axe):
    sign_in(page).goto(QUEUE)
    expect(page).to_have_title("À relire (2) | faqcms")
    axe(page)
    changed, new = page.get_by_role("article").all()
    expect(changed.get_by_role("insertion").first).to_have_text("ajouté : 60")
    expect(changed.get_by_role("deletion").first).to_have_text("supprimé : 30")
    new.get_by_label("Ce que le rédacteur doit changer").fill("À quelle adresse ?")
    changed.get_by_role("button", name="Publier").press("Enter")
    expect(page.get_by_text("son nouveau texte remplacera celui que lit le public")).to_be_visible()
    page.get_by_role("button", name="Publier").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("mise en ligne")
    entry = Entry.objects.get(question="Sous quel délai ?")
    assert "60 jours" in entry.answer
    comment = page.get_by_label("Ce que le rédacteur doit changer")
    expect(comment).to_have_value("À quelle adresse ?")
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_text("Rien à relire.")).to_be_visible()
    axe(page)
    refused = Entry.objects.get(question="Où écrire ?")
    assert (refused.head.action, refused.head.comment) == ("refused", "À quelle adresse ?")
    page.goto(reverse("admin:faq_entry_change", args=(refused.pk,)))
    expect(page.get_by_role("region", name="Ce texte a été refusé")).to_contain_text("À quelle adresse ?")


@pytest.mark.usefixtures("_waiting")
def test_enter_on_a_box_publishes_nothing_and_a_refusal_asks_for_its_comment(page, sign_in, axe):
    sign_in(page).goto(compare_address(Entry.objects.live()[0]))
    axe(page)
    page.goto(QUEUE)
    box = page.get_by_role("checkbox").first
    box.press("Space")
    expect(box).to_be_checked()
    box.press("Enter")
    page.get_by_role("button", name="Refuser").last.click()
    expect(page.locator(".messagelist")).to_contain_text("Un refus demande un commentaire")
    expect(page.get_by_label("Ce que le rédacteur doit changer").last).to_be_focused()
    expect(page.get_by_role("checkbox").first).to_be_checked()
    assert Entry.objects.to_review().count() == 2
    axe(page)
    page.get_by_role("button", name="Publier la sélection").click()
    axe(page)
    page.get_by_role("button", name="Publier 1 fiche").click()
    expect(page.locator(".messagelist")).to_contain_text("Publication : 1 fiche")


@pytest.mark.usefixtures("_waiting")
def test_two_versions_are_compared_and_one_answer_taken_back(open_page, sign_in, axe):
    page = sign_in(open_page(java_script_enabled=False))
    entry = Entry.objects.get(question="Sous quel délai ?")
    page.goto(reverse("admin:faq_entry_change", args=(entry.pk,)))
    page.get_by_label("Avant : version 1").check()
    page.get_by_label("Après : version 3").check()
    page.get_by_role("button", name="Comparer les deux versions choisies").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("de la version 1 à la version 3")
    page.get_by_role("button", name="Reprendre la réponse de la version 1").click()
    expect(page.locator(".messagelist")).to_contain_text("Réponse de la version 1")
    assert entry.versions.get(number=5).answer == DELAY
    page.get_by_role("link", name="Voir ce qui a changé").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("de la version 4 à la version 5")


@pytest.mark.usefixtures("_waiting")
def test_no_page_is_wider_than_a_phone_and_colours_are_told_apart_in_the_dark(open_page, sign_in, axe):
    phone = sign_in(open_page(width=375, color_scheme="dark"))
    for address in (compare_address(Entry.objects.live()[0]), compare_address(Entry.objects.last()), QUEUE):
        phone.goto(address)
        axe(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 375, address
