"""The taxonomy in a browser: order by keys and by a drag, effects first, undo, and a term made in a window."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Batch, Couloir, Dispositif, Entry, OfferType, Theme
from faq.services.taxonomy import save_term
from tests.factories import a_published_entry, a_taxonomy, an_entry, some_published_entries

COULOIRS = reverse("admin:faq_couloir_changelist")


@pytest.fixture(autouse=True)
def _taxonomy(live_server):
    a_taxonomy()
    offer = OfferType.objects.get(slug="segur")
    for slug, label in (("officine", "Officine"), ("dentaire", "Dentaire")):
        save_term(Couloir(slug=slug, label=label, offer_type=offer), None)


def order():
    return list(Couloir.objects.values_list("slug", flat=True))


def test_order_by_keys_and_by_a_drag_each_undone_from_its_message(page, sign_in, legible):
    sign_in(page, "administrateur").goto(COULOIRS)
    before = order()
    assert before == ["hopital", "imagerie", "officine", "dentaire"]
    legible(page)
    up = page.get_by_role("button", name="Monter « Dentaire »")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Dentaire")
    assert order() == ["hopital", "imagerie", "dentaire", "officine"]
    # The keyboard stays where it was: the next press goes on.
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#result_list tbody tr").nth(1)).to_contain_text("Dentaire")
    assert order() == ["hopital", "dentaire", "imagerie", "officine"]
    page.get_by_role("link", name="Annuler", exact=True).click()
    page.get_by_role("button", name="Annuler le lot").click()
    assert order() == ["hopital", "imagerie", "dentaire", "officine"]
    page.goto(COULOIRS)
    handle = page.locator("#result_list tbody tr", has_text="Officine").locator(".term-handle")
    handle.drag_to(page.locator("#result_list tbody tr", has_text="Hôpital"), target_position={"x": 100, "y": 3})
    expect(page.locator(".messagelist")).to_contain_text("Officine")
    assert order() == ["officine", "hopital", "imagerie", "dentaire"]


def test_a_merge_shows_its_effects_and_is_undone(page, sign_in, legible):
    some_published_entries(3, couloirs="hopital")
    entry = a_published_entry(dispositifs="dpi-vague-1")
    sign_in(page, "administrateur").goto(COULOIRS)
    page.get_by_role("link", name="Fusionner « Hôpital »").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fusionner")
    legible(page)
    page.get_by_label("Fusionner dans").select_option(label="Imagerie")
    page.get_by_role("button", name="Voir les effets").click()
    effects = page.get_by_role("region", name="Effets")
    expect(effects).to_contain_text("4 fiches en ligne")
    expect(effects).to_contain_text("/?couloir=hopital → /?couloir=imagerie")
    expect(effects).to_contain_text("« DPI vague 1 »")
    legible(page)
    assert entry.couloirs.get().slug == "hopital"
    effects.get_by_role("button", name="Fusionner « Hôpital »").click()
    expect(page.locator(".messagelist")).to_contain_text("Fusion de « Hôpital » dans « Imagerie »")
    assert entry.couloirs.get().slug == "imagerie"
    page.goto("/?couloir=hopital")
    assert page.url.endswith("/?couloir=imagerie")
    page.goto(reverse("admin:faq_batch_undo", args=(Batch.objects.latest("pk").pk,)))
    legible(page)
    page.get_by_role("button", name="Annuler le lot").click()
    assert entry.couloirs.get().slug == "hopital"
    assert order() == ["hopital", "imagerie", "officine", "dentaire"]


def test_a_split_and_a_move_by_keyboard_on_a_phone(phone, sign_in, legible):
    first, second = (a_published_entry(f"Question {rank} ?", themes="certificats") for rank in (1, 2))
    sign_in(phone, "administrateur").goto(reverse("admin:faq_theme_changelist"))
    phone.get_by_role("link", name="Scinder « certificats »").click()
    phone.get_by_label("Libellé du nouveau terme").fill("Révocation")
    phone.get_by_label(first.reference).focus()
    phone.keyboard.press("Space")
    phone.get_by_role("button", name="Voir les effets").click()
    expect(phone.get_by_role("region", name="Effets")).to_contain_text("+ Révocation")
    legible(phone)
    phone.get_by_role("button", name="Scinder « certificats »").click()
    expect(phone.locator(".messagelist")).to_contain_text("Scission de « certificats »")
    assert (first.themes.get().slug, second.themes.get().slug) == ("revocation", "certificats")
    dispositif = Dispositif.objects.get(slug="dpi-vague-1")
    entry = an_entry(dispositifs="dpi-vague-1")
    phone.goto(reverse("admin:faq_dispositif_deplacer", args=(dispositif.pk,)))
    phone.get_by_label("Hôpital").uncheck()
    phone.get_by_label("Imagerie").check()
    phone.get_by_role("button", name="Voir les effets").click()
    phone.get_by_role("button", name="Déplacer « DPI vague 1 »").click()
    expect(phone.locator(".messagelist")).to_contain_text("Annuler")
    assert entry.couloirs.get().slug == "imagerie"


def test_a_term_created_in_a_window_is_there_and_ticked(page, sign_in):
    entry = an_entry("Comment faire ?")
    sign_in(page, "administrateur").goto(reverse("admin:faq_entry_change", args=(entry.pk,)))
    page.get_by_label("Question", exact=True).fill("Une autre question ?")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Créer : Couloir Ségur").click()
    popup = opened.value
    popup.get_by_label("Libellé").fill("Sages-femmes")
    popup.get_by_label("Type d’offre").select_option(label="Ségur du numérique")
    popup.get_by_role("button", name="Enregistrer", exact=True).click()
    box = page.get_by_role("checkbox", name="Sages-femmes")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_label("Question", exact=True)).to_have_value("Une autre question ?")
    expect(page.locator("#filing-told")).to_contain_text("Ségur du numérique")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".messagelist")).to_contain_text("enregistrée")
    stored = Entry.objects.get(pk=entry.pk)
    assert (stored.question, stored.couloirs.get().label) == ("Une autre question ?", "Sages-femmes")
    assert order()[-1] == "sages-femmes"


def test_a_writer_creates_only_thematiques(page, sign_in):
    sign_in(page, "rédacteur").goto(reverse("admin:faq_entry_add"))
    expect(page.get_by_label("Nouvelles thématiques")).to_be_visible()
    expect(page.locator(".add-term")).to_have_count(0)
    page.get_by_label("Nouvelles thématiques").fill("Preuves")
    page.get_by_label("Question", exact=True).fill("Quelles preuves ?")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("checkbox", name="Preuves")).to_be_checked()
    assert Theme.objects.get(slug="preuves").position == 1


def test_a_long_label_without_spaces_stays_on_a_narrow_screen(page, sign_in):
    theme = Theme.objects.get(slug="certificats")
    theme.name = "x" * 100
    theme.save()
    sign_in(page, "administrateur")
    page.set_viewport_size({"width": 390, "height": 800})
    for route, term in (("scinder", theme), ("fusionner", theme), ("fusionner", Theme.objects.get(slug="financement"))):
        page.goto(reverse(f"admin:faq_theme_{route}", args=(term.pk,)))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
