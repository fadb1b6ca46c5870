"""Two duplicates merged and unmerged in a real browser: everything told first, nothing lost, all of it back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Entry
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, take_dump
from tests.faq.services.test_merging import tables


@pytest.fixture
def duplicates(live_server):
    """Two live entries that say nearly the same, of which a dump cites the second."""
    a_taxonomy()
    text = "Le délai est de {} jours.\n\nLe reste est le même."
    kept = a_published_entry("Quel est le délai ?", text.format(30), couloirs="hopital", themes="certificats")
    gone = a_published_entry("Quels sont les délais ?", text.format(60), couloirs="imagerie")
    take_dump(a_dump_file(text.format(60)), name="extraction")
    assert Entry.objects.count() == 2
    return kept, gone


def start(page, *entries):
    page.goto(f"{reverse('admin:faq_entry_merge')}?" + "&".join(f"fiche={entry.pk}" for entry in entries))


@pytest.mark.every_database
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_merged_with_both_texts_and_undone(open_page, sign_in, duplicates, axe, scripts):
    kept, gone = duplicates
    before = tables()
    page = sign_in(open_page(java_script_enabled=scripts))
    for entry in duplicates:
        page.locator(f'input[name="_selected_action"][value="{entry.pk}"]').check()
    page.locator('select[name="action"]').select_option(label="Fusionner…")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Fusionner {kept.reference} et {gone.reference}")
    if scripts:
        axe(page)
    # The one that the dump cites is proposed.
    page.get_by_label(f"{kept.reference} {kept.question}").check()
    page.get_by_role("group", name="Quelle question").get_by_label(f"Garder celle de {kept.reference}").check()
    page.get_by_label("Les deux, réunies dans un texte").check()
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    expect(page.get_by_text(f"{gone.reference} quitte le site")).to_be_visible()
    expect(page.get_by_text(f"1 passage passe à {kept.reference}")).to_be_visible()
    if scripts:
        axe(page)
        text = page.frame_locator(".whole-preview iframe").locator("html")
        expect(text).to_have_attribute("data-fr-theme", "light")
        assert text.evaluate("(page) => page.scrollHeight <= page.clientHeight"), "the preview needs no scroll bar"
    page.get_by_role("button", name="Modifier les choix").click()
    expect(page.get_by_label("Les deux, réunies dans un texte")).to_be_checked()
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    page.get_by_role("button", name="Fusionner", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(kept.reference)
    assert tables() != before
    public = open_page()
    public.goto(gone.get_absolute_url())
    assert public.url.endswith(kept.get_absolute_url())
    for days in (30, 60):
        expect(public.get_by_text(f"Le délai est de {days} jours.")).to_be_visible()
    page.get_by_role("link", name="Annuler la fusion", exact=True).click()
    expect(page.get_by_text(f"L’adresse et la référence {gone.reference} ne mèneront plus")).to_be_visible()
    page.get_by_role("button", name="Annuler le lot").click()
    expect(page.get_by_text("annulé par le")).to_be_visible()
    assert tables() == before
    public.goto(gone.get_absolute_url())
    assert public.url.endswith(gone.get_absolute_url())


def test_what_is_written_is_chosen(page, sign_in, duplicates):
    start(sign_in(page), *duplicates)
    page.get_by_label("Texte réuni").fill("Le délai est de 45 jours.")
    expect(page.get_by_label("Les deux, réunies dans un texte")).to_be_checked()


def test_the_texts_of_the_entry_that_stays_are_kept_unless_others_are_chosen(page, sign_in, duplicates):
    kept, gone = duplicates
    start(sign_in(page), *duplicates)
    answer, question = (page.get_by_role("group", name=f"Quelle {text}") for text in ("réponse", "question"))
    expect(question.get_by_label(f"Garder celle de {gone.reference}")).to_be_checked()
    answer.get_by_label("Les deux").check()
    page.get_by_label(f"{kept.reference} {kept.question}").check()
    expect(question.get_by_label(f"Garder celle de {kept.reference}")).to_be_checked()
    expect(answer.get_by_label("Les deux")).to_be_checked()


@pytest.mark.parametrize("step", ["choices", "preview"])
def test_it_reads_on_a_phone_and_in_the_dark(open_page, sign_in, duplicates, axe, step):
    page = sign_in(open_page(width=320, height=800, color_scheme="dark"))
    start(page, *duplicates)
    if step == "preview":
        page.get_by_role("button", name="Voir ce qui va se passer").click()
        expect(page.get_by_role("button", name="Fusionner", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
