"""The whole way with a keyboard alone: from the first question to a vote, always seeing where one is."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from feedback.models import Vote
from tests.e2e.public_faq import an_faq

FAR_ENOUGH = 60
"""Presses of a key; what takes more cannot be reached."""
VISIBLY_FOCUSED = """() => {
    const focused = document.activeElement;
    const { top, bottom } = focused.getBoundingClientRect();
    // The design system draws the ring of a link that fills a block around what stands before its text.
    const ringed = [null, "::before"].some((part) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(focused, part);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
    return focused !== document.body && ringed && bottom > 0 && top < innerHeight;
}"""


@pytest.fixture
def entry(live_server):
    return an_faq()["hospital"]


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on until the wanted element has the focus; every stop on the way can be seen."""
    for _ in range(FAR_ENOUGH):
        page.keyboard.press("Tab")
        assert page.evaluate(VISIBLY_FOCUSED), page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"{wanted} ne s’atteint pas")


def skip_to(page: Page, name: str) -> None:
    """Use one of the links at the top of the page."""
    tab_to(page, page.get_by_role("navigation", name="Accès rapide").get_by_role("link", name=name))
    page.keyboard.press("Enter")


def choose_the_hospital(page: Page, *, scripts: bool) -> None:
    """Answer the second question by the first letter of an option; without scripts a button sends the form."""
    tab_to(page, page.get_by_label(re.compile("quel couloir")))
    page.keyboard.press("h")
    if not scripts:
        tab_to(page, page.get_by_role("button", name="Filtrer"))
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("couloir=hopital"))


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_first_question_to_the_vote(open_page, entry, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto("/")
    skip_to(page, "Questions")
    choose_the_hospital(page, scripts=scripts)
    answer = page.locator("details", has_text="Comment déposer les preuves")
    tab_to(page, answer.locator("summary"))
    page.keyboard.press("Enter")
    expect(answer.get_by_text("chacune datée.")).to_be_visible()
    tab_to(page, answer.get_by_role("button", name="Oui"))
    page.keyboard.press("Enter")
    expect(answer.get_by_text("Merci, votre avis est enregistré.")).to_be_visible()
    assert Vote.objects.get().entry_id == entry.pk
    tab_to(page, answer.get_by_role("button", name="Retirer mon avis"))
    page.keyboard.press("Enter")
    expect(answer.get_by_text("Votre avis est retiré.")).to_be_visible()


def test_from_an_answer_to_the_foot_of_the_page_and_back(page, entry):
    page.goto(entry.get_absolute_url())
    skip_to(page, "Contenu")
    tab_to(page, page.get_by_role("button", name="Imprimer"))
    tab_to(page, page.get_by_role("link", name="Plan du site"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Plan du site")).to_be_visible()
    tab_to(page, page.get_by_role("main").get_by_role("link", name="Hôpital"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("couloir=hopital"))
    expect(page.get_by_text("Comment déposer les preuves")).to_be_visible()
