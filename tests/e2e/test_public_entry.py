"""The page of one answer in a browser: what only a script can do, and what search engines read there."""

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.public_faq import an_faq

PRINTS = "window.printed = 0; window.print = () => { window.printed += 1; };"


@pytest.fixture
def entry(live_server):
    return an_faq()["hospital"]


def test_the_address_goes_to_the_clipboard_and_that_is_said(page, live_server, entry):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{entry.get_absolute_url()}#merci-{entry.pk}")
    for _ in range(2):
        page.get_by_role("button", name="Copier le lien").click()
        expect(page.get_by_role("status").filter(has_text="Le lien est copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}{entry.get_absolute_url()}"
    expect(page.get_by_role("button", name="Copier le lien")).to_be_focused()


def test_a_refused_clipboard_is_told(page, entry):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error());")
    page.goto(entry.get_absolute_url())
    page.get_by_role("button", name="Copier le lien").click()
    expect(page.get_by_text("Votre navigateur n’a pas permis de copier le lien.")).to_be_visible()


def test_the_browser_is_asked_to_print(page, live_server, entry):
    page.add_init_script(PRINTS)
    page.goto(entry.get_absolute_url())
    page.get_by_role("button", name="Imprimer").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
    expect(page.get_by_text(f"{live_server.url}{entry.get_absolute_url()}")).to_be_visible()


def test_without_scripts_nothing_is_offered_that_would_not_work(open_page, entry):
    page = open_page(java_script_enabled=False)
    page.goto(entry.get_absolute_url())
    expect(page.get_by_role("button", name="Oui")).to_be_visible()
    for name in ("Copier le lien", "Imprimer"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()


def test_the_policy_lets_data_for_search_engines_stand(page, entry):
    """A block of data is no script: the browser would log an error if its policy were against it."""
    page.goto(entry.get_absolute_url())
    blocks = page.locator('script[type="application/ld+json"]').all_text_contents()
    assert [json.loads(block)["@type"] for block in blocks] == ["FAQPage", "BreadcrumbList"]
