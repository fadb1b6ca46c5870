"""The review clock in a real browser: an event fills the queue, answers are found still right, and that is undone."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from faq.models import Entry
from tests.factories import a_published_entry, a_taxonomy, checked_long_ago

QUEUE, EVENTS = reverse("admin:faq_entry_due"), reverse("admin:faq_entry_review_events")


@pytest.fixture
def entry():
    """One that is due, beside one that is not."""
    a_taxonomy()
    a_published_entry("Qui écrire ?", "À nous.", couloirs="hopital")
    entry = a_published_entry("Sous quel délai ?", "Sous 30 jours.\n- par courrier", couloirs="hopital")
    checked_long_ago(entry)
    return entry


def waiting():
    return Entry.objects.due(timezone.localdate()).count()


def test_an_event_fills_the_queue_which_the_keyboard_empties(page, sign_in, axe, entry):
    sign_in(page, "rédacteur").goto(EVENTS)
    page.get_by_label("Branche", exact=True).select_option("Hôpital")
    page.get_by_label("Raison").fill("nouvel arrêté")
    page.get_by_label("Date de l’événement").press("Enter")
    expect(page.get_by_text("2 fiches en ligne")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Confirmer").press("Enter")
    page.get_by_role("link", name="Les voir").click()
    expect(page).to_have_title("À revoir (2) | faqcms")
    axe(page)
    first, second = (page.get_by_label(f"Sélectionner {one.reference}") for one in (entry, Entry.objects.first()))
    first.press("Space")
    # Enter on a box vouches for nothing.
    first.press("Enter")
    assert waiting() == 2
    first.press("Space")
    second.press("Space")
    page.get_by_role("button", name="Toujours exact pour la sélection").press("Enter")
    axe(page)
    page.get_by_role("button", name="Toujours exact : 2 fiches").press("Enter")
    expect(page.get_by_text("Rien à revoir")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Annuler ces vérifications").press("Enter")
    expect(page).to_have_title("À revoir (2) | faqcms")


def test_on_a_phone_in_the_dark_without_scripts(open_page, sign_in, axe, entry):
    address = reverse("admin:faq_entry_change", args=(entry.pk,))
    phone = open_page(width=375, color_scheme="dark")
    for one in (QUEUE, EVENTS, address):
        sign_in(phone, "rédacteur").goto(one) if one == QUEUE else phone.goto(one)
        axe(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 375, one
    plain = sign_in(open_page(java_script_enabled=False), "rédacteur")
    plain.goto(address)
    plain.get_by_role("button", name="Toujours exact").click()
    expect(plain.get_by_role("button", name="Annuler la vérification")).to_be_visible()
    assert waiting() == 0
