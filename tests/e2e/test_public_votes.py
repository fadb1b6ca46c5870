"""Votes in a browser: with scripts and without, in the list and on the answer's page."""

import re

import pytest
from playwright.sync_api import expect

from feedback.models import Comment, Vote, VoteAnswer
from feedback.vote_upsert import MINUTE, VOTES_PER_NETWORK
from feedback.votes import cast_vote
from tests.e2e.public_faq import an_faq

THANKS = "Merci, votre avis est enregistré."


@pytest.fixture(autouse=True)
def faq(live_server):
    return an_faq()


@pytest.fixture
def entry(faq):
    return faq["hospital"]


def answers():
    return list(Vote.objects.values_list("answer", flat=True))


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scripts", [True, False])
class TestTheWholeWay:
    def test_in_a_list(self, open_page, entry, scripts, width):
        page = open_page(width=width, java_script_enabled=scripts)
        page.goto("/?offre=segur")
        page.get_by_text("Comment déposer les preuves").click()
        answer = page.locator("details", has_text="Comment déposer les preuves")
        answer.get_by_role("button", name="Oui").click()
        expect(answer.get_by_text(THANKS)).to_be_in_viewport()
        expect(answer.get_by_text("chacune datée.")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/\?offre=segur" + ("$" if scripts else f"#merci-{entry.pk}$")))
        assert answers() == ["oui"]
        expect(answer.get_by_text("Cette réponse vous a-t-elle été utile ?")).to_be_hidden()
        answer.get_by_role("button", name="Non").click()
        expect(answer.get_by_text(THANKS)).to_be_visible()
        answer.get_by_role("button", name="Retirer mon avis").click()
        expect(answer.get_by_text("Votre avis est retiré.")).to_be_visible()
        expect(answer.get_by_text(THANKS)).to_be_hidden()
        expect(answer.get_by_role("button", name="Retirer mon avis")).to_be_hidden()
        expect(answer.get_by_text("Cette réponse vous a-t-elle été utile ?")).to_be_visible()
        assert answers() == ["retire"]

    def test_on_its_page(self, open_page, entry, scripts, width):
        page = open_page(width=width, java_script_enabled=scripts)
        page.goto(entry.get_absolute_url())
        expect(page.get_by_text(THANKS)).to_be_hidden()
        page.get_by_role("button", name="Non").click()
        expect(page.get_by_text(THANKS)).to_be_in_viewport()
        assert answers() == ["non"]
        page.get_by_role("button", name="Oui").click()
        expect(page.get_by_text(THANKS)).to_be_visible()
        page.goto("/")
        assert answers() == ["oui"]


@pytest.mark.every_database
@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_is_one_vote(open_page, entry, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto(entry.get_absolute_url())
    page.get_by_role("button", name="Oui").dblclick()
    expect(page.get_by_text(THANKS)).to_be_visible()
    page.goto("/")
    assert answers() == ["oui"]


def test_first_votes_in_quick_succession_are_one_visitors(page, faq):
    page.goto("/")
    page.evaluate("document.querySelectorAll('details').forEach((answer) => { answer.open = true; })")
    for button in page.get_by_role("button", name="Oui").all():
        button.click()
    expect(page.get_by_text(THANKS).filter(visible=True)).to_have_count(len(faq))
    first = page.get_by_role("button", name="Non").first
    first.click()
    page.goto("/")
    assert sorted(answers()) == ["non"] + ["oui"] * (len(faq) - 1)


def test_after_a_choice_in_place_the_votes_still_work(page, entry):
    page.goto("/")
    page.get_by_label(re.compile("quel couloir")).select_option("hopital")
    expect(page).to_have_url(re.compile("couloir=hopital"))
    page.get_by_text("Comment déposer les preuves").click()
    page.get_by_role("button", name="Oui").first.click()
    expect(page.get_by_text(THANKS).first).to_be_visible()
    assert answers() == ["oui"]


def test_the_thanks_are_announced_and_the_focus_is_not_lost(page, entry):
    page.goto(entry.get_absolute_url())
    page.get_by_role("button", name="Oui").click()
    expect(page.locator(".vote").get_by_role("status")).to_contain_text(THANKS)
    expect(page.get_by_role("button", name="Oui")).to_be_focused()
    page.get_by_role("button", name="Retirer mon avis").click()
    expect(page.locator(".vote").get_by_role("status")).to_contain_text("Votre avis est retiré.")
    expect(page.get_by_role("button", name="Oui")).to_be_focused()


def test_a_vote_that_fails_is_not_thanked_for(page, entry):
    page.goto(entry.get_absolute_url())
    archived_meanwhile = f"**/fiche/{entry.pk}/vote/"
    page.route(archived_meanwhile, lambda route: route.fulfill(body="<h1>Non</h1>", content_type="text/html"))
    page.get_by_role("button", name="Oui").click()
    expect(page.get_by_role("heading", name="Non")).to_be_visible()
    assert answers() == []


def test_a_page_kept_for_days_still_votes(open_page, entry):
    page = open_page()
    page.goto(entry.get_absolute_url())
    page.context.clear_cookies()
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.get_by_role("button", name="Oui").click()
    expect(page.get_by_text(THANKS)).to_be_visible()
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("avis", True, "Lax")


def test_nothing_is_kept_in_the_browser_before_a_vote(page):
    page.goto("/")
    page.get_by_label(re.compile("quel couloir")).select_option("hopital")
    expect(page).to_have_url(re.compile("couloir=hopital"))
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_vote_can_be_explained(open_page, axe, faq, entry, scripts, width):
    page = open_page(width=width, java_script_enabled=scripts)
    page.goto("/")
    page.get_by_text("Comment déposer les preuves").click()
    answer = page.locator("details", has_text="Comment déposer les preuves")
    answer.get_by_role("button", name="Non").click()
    answer.get_by_role("link", name="Nous aider à améliorer cette réponse").click()
    expect(page.get_by_text(THANKS)).to_be_hidden()
    page.get_by_label("Ce qui ne va pas").select_option("incomplete")
    page.get_by_label("Votre remarque").fill("Écrivez-moi à jeanne@exemple.fr.")
    if scripts:
        axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Envoyer ma remarque").click()
    expect(page.get_by_text("Merci, votre remarque est transmise à l’équipe.")).to_be_in_viewport()
    expect(page.get_by_label("Votre remarque")).to_be_hidden()
    comment = Comment.objects.get()
    assert (comment.reason, comment.answer, comment.text) == (
        "incomplete",
        "non",
        "Écrivez-moi à [adresse électronique].",
    )
    assert comment.visitor_hash == Vote.objects.get().visitor_hash


@pytest.mark.parametrize("scripts", [True, False])
def test_a_vote_that_is_set_aside_is_not_thanked_for(open_page, entry, scripts):
    for rank in range(VOTES_PER_NETWORK[MINUTE]):
        cast_vote(entry.pk, VoteAnswer.NO, f"robot {rank}", network="127.0.0.0/24")
    page = open_page(java_script_enabled=scripts)
    page.goto(entry.get_absolute_url())
    page.get_by_role("button", name="Oui").click()
    expect(page.get_by_text("Votre avis est mis de côté")).to_be_in_viewport()
    expect(page.get_by_text(THANKS)).to_be_hidden()
    expect(page.get_by_role("button", name="Retirer mon avis")).to_be_visible()
    assert Vote.objects.set_aside().count() == 1
