"""The cascade in a browser: with scripts and without, on a screen and on a phone, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.public_faq import an_faq
from tests.factories import some_published_entries


@pytest.fixture(autouse=True)
def faq(live_server):
    return an_faq()


def count(page: Page):
    return page.get_by_role("status").get_by_role("heading")


def question(page: Page, words: str):
    return page.get_by_label(re.compile(words))


def stay_on(page: Page):
    """Leave a mark that a reload would wipe out."""
    page.evaluate("window.stayed = true")


def stayed_on(page: Page) -> bool:
    return page.evaluate("window.stayed === true")


@pytest.mark.parametrize("width", [1280, 375])
class TestWithScripts:
    def test_a_choice_shows_its_answers_in_place(self, open_page, width):
        page = open_page(width=width)
        page.goto("/")
        expect(page.get_by_role("button", name="Filtrer")).to_be_hidden()
        stay_on(page)
        couloir = question(page, "quel couloir")
        couloir.select_option(label="Hôpital (3)")
        expect(count(page)).to_have_text("3 réponses")
        expect(page).to_have_url(re.compile(r"/\?couloir=hopital$"))
        expect(page).to_have_title(re.compile(r"^Hôpital, 3\sréponses"))
        expect(page.get_by_text("Quand payer en imagerie ?")).to_be_hidden()
        expect(couloir).to_have_value("hopital")
        assert stayed_on(page)

    def test_the_focus_stays_on_the_question(self, open_page, width):
        page = open_page(width=width)
        page.goto("/")
        couloir = question(page, "quel couloir")
        couloir.focus()
        couloir.select_option("hopital")
        expect(count(page)).to_have_text("3 réponses")
        expect(couloir).to_be_focused()
        couloir.select_option("")
        expect(count(page)).to_have_text("4 réponses")
        expect(couloir).to_be_focused()

    def test_the_history_goes_back_and_forth(self, open_page, width):
        page = open_page(width=width)
        page.goto("/")
        question(page, "quel couloir").select_option("imagerie")
        expect(count(page)).to_have_text("3 réponses")
        question(page, "quelle thématique").select_option("certificats")
        expect(page).to_have_url(re.compile("theme=certificats"))
        stay_on(page)
        page.go_back()
        expect(page).to_have_url(re.compile(r"/\?couloir=imagerie$"))
        expect(question(page, "quelle thématique")).to_have_value("")
        page.go_back()
        expect(count(page)).to_have_text("4 réponses")
        expect(question(page, "quel couloir")).to_have_value("")
        page.go_forward()
        expect(question(page, "quel couloir")).to_have_value("imagerie")
        assert stayed_on(page)


def test_questions_come_and_go_with_the_choices(page):
    page.goto("/")
    expect(page.locator("#questions").get_by_role("combobox")).to_have_count(5)
    question(page, "quel type d’offre").select_option("certification")
    expect(question(page, "quel couloir")).to_have_count(0)
    question(page, "quel type d’offre").select_option("")
    expect(page.locator("#questions").get_by_role("combobox")).to_have_count(5)
    labels = [label.inner_text() for label in page.locator("#questions label").all()]
    assert [label.split()[3:5] for label in labels] == [
        ["quel", "type"],
        ["quel", "couloir"],
        ["quel", "dispositif"],
        ["quel", "produit"],
        ["quelle", "thématique"],
    ]


def test_a_choice_that_no_longer_fits_is_dropped_and_that_is_said(page):
    page.goto("/?offre=segur&couloir=hopital")
    question(page, "quel type d’offre").select_option("certification")
    expect(page.get_by_role("status")).to_contain_text("« Hôpital » (couloir Ségur) ne relève pas de")
    expect(page).to_have_url(re.compile(r"/\?offre=certification$"))


def test_a_filter_is_taken_back_in_place(page):
    page.goto("/?offre=segur&couloir=hopital")
    stay_on(page)
    page.get_by_role("link", name="Retirer le filtre Hôpital").click()
    expect(page).to_have_url(re.compile(r"/\?offre=segur$"))
    expect(question(page, "quel couloir")).to_have_value("")
    assert page.evaluate("document.activeElement.id") == "reponses"
    assert stayed_on(page)


def test_the_latest_of_quick_choices_wins(page):
    page.goto("/")
    page.route("**/?couloir=hopital", lambda route: (page.wait_for_timeout(300), route.continue_()))
    question(page, "quel couloir").select_option("hopital")
    question(page, "quel couloir").select_option("imagerie")
    expect(page).to_have_url(re.compile(r"couloir=imagerie$"))
    page.wait_for_timeout(500)
    expect(page).to_have_url(re.compile(r"couloir=imagerie$"))
    expect(page.get_by_text("Quand payer en imagerie ?")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 375])
def test_without_scripts_a_button_does_it(open_page, width):
    page = open_page(width=width, java_script_enabled=False)
    page.goto("/")
    question(page, "quel couloir").select_option("hopital")
    page.get_by_role("button", name="Filtrer").click()
    expect(count(page)).to_have_text("3 réponses")
    expect(question(page, "quel couloir")).to_have_value("hopital")
    answer = page.get_by_text("chacune datée.")
    expect(answer).to_be_hidden()
    page.get_by_text("Comment déposer les preuves à l’hôpital ?").click()
    expect(answer).to_be_visible()
    page.get_by_role("link", name="Retirer le filtre Hôpital").click()
    expect(count(page)).to_have_text("4 réponses")


def test_by_keyboard_alone(page, faq):
    page.goto("/")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "couloir":
            break
    page.keyboard.type("Hô")
    expect(count(page)).to_have_text("3 réponses")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("chacune datée.")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "oui":
            break
    page.keyboard.press("Space")
    expect(page.get_by_text("Merci, votre avis est enregistré.").first).to_be_visible()
    assert faq["hospital"].votes.get().answer == "oui"


def test_skip_links_lead_past_the_header(page):
    page.goto("/")
    page.keyboard.press("Tab")
    for name in ("Recherche", "Questions", "Réponses"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "reponses"


@pytest.mark.every_database
@pytest.mark.parametrize("scripts", [True, False])
def test_a_search_goes_with_the_filters(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto("/?couloir=imagerie")
    search = page.get_by_label("Chercher dans les réponses")
    search.fill("payer")
    search.press("Enter")
    expect(count(page)).to_have_text("1 réponse")
    expect(page).to_have_url(re.compile("(?=.*couloir=imagerie)(?=.*q=payer)"))
    expect(search).to_have_value("payer")
    page.get_by_role("link", name="Retirer le filtre « payer »").click()
    expect(count(page)).to_have_text("3 réponses")
    expect(search).to_have_value("")
    page.go_back()
    expect(search).to_have_value("payer")


class TestSuggestions:
    @pytest.fixture
    def typing(self, page):
        page.goto("/?couloir=imagerie")
        page.get_by_label("Chercher dans les réponses").press_sequentially("pay")
        expect(page.get_by_role("option", name="Quand payer en imagerie ?")).to_be_visible()
        return page.get_by_label("Chercher dans les réponses")

    def test_are_chosen_by_arrows_and_taken_by_enter(self, page, typing, faq, axe):
        expect(typing).to_have_attribute("aria-expanded", "true")
        axe(page)
        typing.press("ArrowUp")
        expect(typing).to_be_focused()
        chosen = page.get_by_role("listbox", name="Suggestions").get_by_role("option", selected=True)
        expect(chosen).to_have_text("Quand payer en imagerie ?")
        expect(typing).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
        typing.press("Enter")
        expect(page).to_have_url(re.compile(faq["imaging"].get_absolute_url()))

    def test_are_taken_by_a_click(self, page, typing, faq):
        page.get_by_role("option", name="Quand payer en imagerie ?").click()
        expect(page).to_have_url(re.compile(faq["imaging"].get_absolute_url()))

    def test_go_by_escape_and_leave_what_was_typed(self, page, typing):
        typing.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(typing).to_have_value("pay")
        typing.press("Enter")
        expect(count(page)).to_have_text("1 réponse")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_anchor_opens_its_answer(open_page, faq, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto(f"/#fiche-{faq['imaging'].pk}")
    expect(page.get_by_text("Le trentième jour.")).to_be_in_viewport()
    expect(page.get_by_text("chacune datée.")).to_be_hidden()


def test_other_pages_keep_the_filters(page, faq):
    some_published_entries(40, couloirs="hopital")
    page.goto("/?couloir=hopital")
    page.get_by_role("link", name="Page suivante").click()
    expect(page).to_have_url(re.compile(r"couloir=hopital&page=2$"))
    expect(count(page)).to_have_text("43 réponses, page 2 sur 5")


@pytest.mark.parametrize("scripts", [True, False])
def test_every_answer_is_printed(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto("/")
    page.emulate_media(media="print")
    for words in ("chacune datée.", "Le trentième jour.", "L’agence."):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("combobox").first).to_be_hidden()
    expect(page.get_by_role("button", name="Oui").first).to_be_hidden()


def test_what_is_opened_to_print_closes_afterwards(page):
    page.goto("/")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_text("Le trentième jour.")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_text("Le trentième jour.")).to_be_hidden()
