"""The frame of the admin, without a script: a menu beside the page or behind a button, the account, rows on a phone."""

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import an_entry

LIST = reverse("admin:faq_entry_changelist")


def test_the_menu_stands_beside_the_page_and_names_the_current_one(page, sign_in):
    sign_in(page)
    menu = page.get_by_role("navigation", name="Menu")
    expect(menu.get_by_role("link", name="Fiches", exact=True)).to_have_attribute("aria-current", "page")
    expect(menu.get_by_role("link", name="Versions")).to_be_hidden()
    menu.get_by_text("Historique").click()
    menu.get_by_role("link", name="Versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Versions")
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_hidden()


def test_on_a_phone_the_menu_opens_and_closes_by_its_buttons_and_the_keyboard(open_page, sign_in, axe):
    phone = sign_in(open_page(width=375, height=800, java_script_enabled=False))
    menu = phone.get_by_role("navigation", name="Menu")
    opener = phone.get_by_role("button", name="Menu", exact=True)
    expect(menu).to_be_hidden()
    opener.focus()
    phone.keyboard.press("Enter")
    expect(menu).to_be_visible()
    phone.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    opener.click()
    phone.get_by_role("button", name="Fermer le menu").click()
    expect(menu).to_be_hidden()
    opener.click()
    menu.get_by_role("link", name="À relire").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("À relire (0)")


def test_the_account_opens_without_a_script_and_signs_out(open_page, sign_in):
    page = sign_in(open_page(java_script_enabled=False))
    expect(page.get_by_role("button", name="Déconnexion")).to_be_hidden()
    page.get_by_role("button", name="votre compte").click()
    page.get_by_role("button", name="Déconnexion").click()
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")


def test_open_the_menu_and_the_account_are_legible(phone, sign_in, axe):
    sign_in(phone)
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)
        for name in ("Menu", "relecteur (votre compte)"):
            phone.get_by_role("button", name=name, exact=True).click()
            axe(phone)
            phone.keyboard.press("Escape")


def test_rows_name_their_values_on_a_phone(phone, sign_in):
    an_entry("Comment faire ?")
    sign_in(phone)
    cell = phone.locator("td.field-title")
    assert cell.evaluate("(cell) => getComputedStyle(cell, '::before').content") == '"Question"'
    width = phone.evaluate("document.documentElement.clientWidth")
    assert phone.locator(".results").evaluate("(table) => table.scrollWidth") <= width
