"""The home page, the trash and the undo of a batch: readable on a phone and in the dark, usable by everybody."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Batch, Entry, SitePage
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.pages import save_page
from faq.services.workflow import archive_entry, submit_entry
from tests.factories import a_dump_file, an_entry, by_command, take_dump


def a_site_page():
    """The form of a page about the site, with the text of a former version."""
    page = SitePage.objects.get(slug="accessibilite")
    save_page(page, "Titre", "Autre texte.", None)
    return f"{reverse('admin:faq_sitepage_change', args=(page.pk,))}?version=1"


@pytest.fixture
def addresses(settings):
    """The pages, on something to show."""
    settings.SENDS_MAIL = True
    take_dump(a_dump_file("Un.", "Deux.", "Trois."))
    edited, submitted, _ = Entry.objects.order_by("pk")
    edit_entry(edited.pk, Content("Question ?", "Un."), by_command())
    edit_entry(submitted.pk, Content("Une question longue, qui tient en plusieurs lignes ?", "Deux."), by_command())
    submit_entry(submitted.pk, by_command())
    archive_entry(an_entry().pk, by_command(comment="Plus d’actualité, remplacée par une autre"))
    return [
        reverse("admin:index"),
        reverse("admin:faq_archivedentry_changelist"),
        f"{reverse('admin:faq_archivedentry_changelist')}?q=introuvable",
        reverse("admin:faq_batch_change", args=(Batch.objects.get().pk,)),
        reverse("admin:faq_batch_undo", args=(Batch.objects.get().pk,)),
        reverse("admin:faq_sitepage_changelist"),
        a_site_page(),
        reverse("password_reset"),
        reverse("admin:help"),
        reverse("admin:site_search") + "?q=question",
        reverse("password_reset_done"),
        reverse("password_reset_complete"),
        reverse("password_reset_confirm", args=("MQ", "lien")),
    ]


def test_everybody_can_read_the_pages(page, sign_in, legible, addresses):
    sign_in(page, "relecteur")
    for address in addresses:
        page.goto(address)
        legible(page)


def test_everybody_can_read_the_pages_of_accounts(page, sign_in, legible):
    sign_in(page, "administrateur")
    for address in ("auth_user_changelist", "auth_user_add", "auth_group_changelist"):
        page.goto(reverse(f"admin:{address}"))
        legible(page)
    page.goto(reverse("admin:auth_user_changelist"))
    page.locator("#result_list tbody a").first.click()
    legible(page)


def test_the_trash_gives_back_by_keyboard(page, sign_in, addresses):
    sign_in(page).goto(addresses[1])
    button = page.get_by_role("button", name="Restaurer la fiche")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text("La corbeille est vide").wait_for()


def test_a_page_about_the_site_is_seen_while_it_is_written(page, sign_in, live_server):
    address = a_site_page().partition("?")[0]
    sign_in(page).goto(address)
    page.get_by_label("Texte", exact=True).fill("Bonjour.\n\n## Un titre\n- un point")
    preview = page.frame_locator("#preview")
    expect(preview.get_by_role("heading", name="Un titre")).to_be_visible()
    expect(page.get_by_text("Modifications non enregistrées")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("est en ligne sous sa nouvelle forme")).to_be_visible()
    page.goto("/accessibilite/")
    expect(page.get_by_role("listitem").filter(has_text="un point")).to_be_visible()
