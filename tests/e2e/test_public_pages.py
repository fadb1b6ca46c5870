"""Every public page and state: nothing for axe to say, in light and dark; nothing to scroll sideways for."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from faq.models import Entry
from faq.services.workflow import archive_entry, withdraw_entry
from tests.e2e.conftest import NARROWEST
from tests.e2e.public_faq import an_faq
from tests.factories import by_command, some_published_entries

PAGES: dict[str, Callable[[Page], object]] = {}


def state(show: Callable[[Page], object]) -> Callable[[Page], object]:
    """Add a state to those that every test below looks at."""
    PAGES[show.__name__] = show
    return show


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((answer) => { answer.open = true; })")


def with_status_200(route: Route) -> None:
    """Let the browser take an error page for any page: it would log an error of its own."""
    route.fulfill(response=route.fetch(), status=200)


@state
def empty_faq(page: Page):
    for entry in Entry.objects.live():
        withdraw_entry(entry.pk, by_command())
    page.goto("/")
    expect(page.get_by_text("La FAQ n’a pas encore de réponse")).to_be_visible()


@state
def all_answers(page: Page):
    page.goto("/")


@state
def second_page(page: Page):
    some_published_entries(20)
    page.goto("/?page=2")
    expect(page.get_by_role("navigation", name="Pages de réponses")).to_be_visible()


@state
def opened_answers(page: Page):
    page.goto("/?offre=segur&couloir=hopital")
    open_all(page)


@state
def thanks(page: Page):
    page.goto("/")
    open_all(page)
    page.get_by_role("button", name="Oui").first.click()
    expect(page.get_by_text("Merci").first).to_be_visible()


@state
def withdrawn_vote(page: Page):
    thanks(page)
    page.get_by_role("button", name="Retirer mon avis").first.click()
    expect(page.get_by_text("Votre avis est retiré.").first).to_be_visible()


@state
def notices(page: Page):
    page.goto("/?offre=certification&couloir=hopital&theme=inconnue")
    expect(page.get_by_role("status").get_by_role("paragraph")).to_have_count(2)


@state
def no_answer(page: Page):
    long = Entry.objects.get(question__startswith="Où")
    withdraw_entry(long.pk, by_command())
    page.goto("/?couloir=hopital&dispositif=dpi-vague-1&produit=dmn&theme=certificats")
    expect(page.get_by_text("Aucune réponse ne correspond")).to_be_visible()


@state
def one_answer(page: Page):
    page.goto(Entry.objects.get(question__startswith="Comment").get_absolute_url())


@state
def long_words(page: Page):
    page.goto(Entry.objects.get(question__startswith="Où").get_absolute_url())


@state
def not_found(page: Page):
    page.route("**/nulle-part/", with_status_200)
    page.goto("/nulle-part/")
    expect(page.get_by_role("heading", name="Page introuvable")).to_be_visible()


@state
def gone(page: Page):
    entry = Entry.objects.get(question__startswith="Comment")
    archive_entry(entry.pk, by_command())
    page.route("**/fiche/**", with_status_200)
    page.goto(f"/fiche/{entry.pk}/")
    expect(page.get_by_role("heading", name="Cette réponse n’est plus dans la FAQ")).to_be_visible()


@state
def refused_vote(page: Page):
    page.route("**/vote/", with_status_200)
    page.goto(f"/fiche/{Entry.objects.live().first().pk}/vote/")
    expect(page.get_by_role("heading", name="Votre avis n’a pas été enregistré")).to_be_visible()


@state
def withdrawn(page: Page):
    entry = Entry.objects.get(question__startswith="Comment")
    withdraw_entry(entry.pk, by_command())
    page.route("**/fiche/**", with_status_200)
    page.goto(f"/fiche/{entry.pk}/")
    expect(page.get_by_role("heading", name="Cette réponse n’est pas en ligne en ce moment")).to_be_visible()


def error(page: Page, status: int, heading: str):
    """Show the page of an error that no visitor can bring about."""
    body = render_to_string(f"{status}.html", {"exception": ""})
    page.route("**/erreur/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto("/erreur/")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


@state
def bad_request(page: Page):
    error(page, 400, "Demande illisible")


@state
def forbidden(page: Page):
    error(page, 403, "Accès refusé")


@state
def server_error(page: Page):
    error(page, 500, "Le site a rencontré une erreur")


@state
def site_page(page: Page):
    page.goto("/accessibilite/")
    expect(page.get_by_role("heading", name="Déclaration d’accessibilité")).to_be_visible()


@state
def site_map(page: Page):
    page.goto("/plan-du-site/")
    expect(page.get_by_role("heading", name="Par type d’offre")).to_be_visible()


@state
def reuse(page: Page):
    page.goto("/reutiliser/")
    expect(page.get_by_role("heading", name="Export JSON")).to_be_visible()


@state
def printed(page: Page):
    page.emulate_media(media="print")
    page.goto("/")
    open_all(page)


@pytest.fixture(autouse=True)
def _faq(live_server):
    an_faq()


@pytest.mark.parametrize("show", PAGES.values(), ids=PAGES)
def test_everybody_can_read_it(page, legible, show):
    show(page)
    legible(page)
    ids_are_unique_and_fragments_lead_somewhere(page)
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    cut_off = page.evaluate(
        """(width) => [...document.querySelectorAll("main *")].filter(
            (element) => element.getBoundingClientRect().right > width && !element.closest(".fr-sr-only")
        ).map((element) => element.outerHTML.slice(0, 100))""",
        NARROWEST,
    )
    assert cut_off == []


def ids_are_unique_and_fragments_lead_somewhere(page: Page) -> None:
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))
    fragments = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.hash.slice(1))")
    assert set(fragments) <= set(ids)


def test_the_theme_follows_the_system_while_the_page_is_open(open_page):
    page = open_page(color_scheme="light")
    page.goto("/")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")


def test_paper_is_light(open_page):
    page = open_page(color_scheme="dark")
    page.goto("/")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "light")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
