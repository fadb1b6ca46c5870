"""The queue of duplicates in a real browser: decided from the keyboard, searched while typing."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Batch, Entry, Pair
from faq.services.duplicates import find_duplicates
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, take_dump
from tests.faq.services.test_merging import tables
from tests.pairs import DELAY, FIRST_WAVE, LONG_DELAY, OTHER_DELAY, SECOND_WAVE

QUEUE = reverse("admin:faq_entry_duplicates")


@pytest.fixture
def _pairs():
    """A group of three, and two siblings."""
    a_taxonomy()
    take_dump(a_dump_file(DELAY), "page-delais")
    a_published_entry("Sous quel délai ?", LONG_DELAY, couloirs="hopital", themes="certificats")
    an_entry("Sous quel délai ?", OTHER_DELAY)
    for rank, text in enumerate((FIRST_WAVE, SECOND_WAVE), start=1):
        an_entry(f"Quand déposer, vague {rank} ?", text)
    find_duplicates()


@pytest.mark.usefixtures("_pairs")
def test_pairs_are_decided_from_the_keyboard(page, sign_in, axe):
    sign_in(page, "rédacteur").goto(QUEUE)
    expect(page.get_by_role("progressbar", name="0 paire décidée sur 3")).to_be_visible()
    axe(page)
    page.keyboard.press("v")  # nothing has the focus: nothing happens
    pairs = page.get_by_role("article")
    expect(pairs).to_have_count(3)
    pairs.nth(0).get_by_role("button", name="Variante voulue").focus()
    page.keyboard.press("j")
    expect(pairs.nth(1)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(pairs.nth(1)).to_be_focused()
    page.keyboard.press("Control+s")
    name = pairs.nth(1).get_by_role("heading", level=3).inner_text()
    following = pairs.nth(2).get_by_role("heading", level=3).inner_text()
    page.keyboard.press("s")
    expect(page.locator(".messagelist")).to_contain_text("sans rapport")
    decided = Pair.objects.get(decision="unrelated")
    assert name.startswith(str(decided))
    expect(page.locator(":focus")).to_contain_text(following)
    page.keyboard.press("r")
    expect(page.get_by_role("progressbar", name="2 paires décidées sur 3")).to_be_visible()
    page.get_by_role("link", name="Décidées (2)").click()
    expect(page.get_by_role("article")).to_have_count(2)
    axe(page)
    page.get_by_role("article").first.get_by_role("button", name="Revenir sur la décision").focus()
    page.keyboard.press("u")
    expect(page.locator(".messagelist")).to_contain_text("la décision est reprise")
    assert Pair.objects.open().count() == 2


@pytest.mark.usefixtures("_pairs")
def test_entries_like_the_text_show_while_it_is_typed(page, sign_in, axe):
    sign_in(page, "rédacteur").goto(reverse("admin:faq_entry_add"))
    similar = page.get_by_role("region", name="Fiches semblables")
    expect(similar).to_be_hidden()
    page.get_by_role("textbox", name="Réponse").fill(DELAY)
    expect(similar.get_by_role("status")).to_have_text("3 fiches semblables.")
    expect(similar).to_contain_text("30 jours")
    axe(page)
    page.get_by_role("textbox", name="Réponse").fill(SECOND_WAVE)
    expect(similar).to_contain_text("Voisines, qui parlent d’autre chose")
    expect(similar.get_by_role("status")).to_have_text("1 fiche semblable.")


@pytest.mark.usefixtures("_pairs")
def test_without_script_one_decides_and_goes_on_to_merge(open_page, sign_in):
    phone = sign_in(open_page(width=375, java_script_enabled=False))
    phone.goto(QUEUE)
    phone.get_by_role("article").last.get_by_role("button", name="Relier (voir aussi)").click()
    expect(phone.locator(".messagelist")).to_contain_text("à relier")
    phone.get_by_role("link", name="Voisines, pas des doublons (1)").click()
    phone.get_by_role("button", name="Doublon : fusionner").click()
    expect(phone).to_have_url(re.compile(rf"{reverse('admin:faq_entry_merge')}\?fiche=\d+&fiche=\d+$"))
    assert Pair.objects.filter(decision="duplicate", kind="siblings").exists()


@pytest.mark.usefixtures("_pairs")
def test_a_group_of_three_is_merged_from_the_queue_and_comes_back(page, sign_in):
    before = tables()
    sign_in(page).goto(QUEUE)
    page.get_by_role("link", name="Fusionner les 3 fiches").click()
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    page.get_by_role("button", name="Fusionner", exact=True).click()
    assert Entry.objects.exclude(status="archived").count() == 3
    page.goto(QUEUE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Doublons possibles (0)")
    page.goto(reverse("admin:faq_batch_undo", args=(Batch.objects.latest("pk").pk,)))
    page.get_by_role("button", name="Annuler le lot").click()
    expect(page.get_by_text("annulé par le")).to_be_visible()
    assert tables() == before


@pytest.mark.usefixtures("_pairs")
def test_no_page_is_wider_than_a_phone_and_colours_are_told_apart_in_the_dark(open_page, sign_in, axe):
    phone = sign_in(open_page(width=375, color_scheme="dark"))
    for address in (QUEUE, f"{QUEUE}?vue=voisines&nature=siblings"):
        phone.goto(address)
        axe(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 375, address
