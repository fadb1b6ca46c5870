"""A session that expires while somebody types, in a real browser, with and without scripts."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD
from tests.factories import an_entry

TEXT = "Tapé longuement,\nà « 100 % »."


@pytest.mark.every_database
@pytest.mark.parametrize("scripts", [True, False])
def test_the_text_is_there_after_signing_in_and_is_saved(open_page, sign_in, axe, scripts):
    entry = an_entry()
    page = sign_in(open_page(java_script_enabled=scripts), "rédacteur")
    page.goto(reverse("admin:faq_entry_change", args=(entry.pk,)))
    answer, save = page.get_by_label("Réponse", exact=True), page.get_by_role("button", name="Enregistrer le brouillon")
    answer.fill(TEXT)
    page.get_by_label("Commentaire").fill("Précision")
    Session.objects.all().delete()
    save.click()
    expect(page.get_by_role("status")).to_contain_text("rien n’est encore enregistré")
    if scripts:
        axe(page)
    page.get_by_label("Identifiant").fill("rédacteur")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Connexion").click()
    notice = page.get_by_role("heading", name="Texte gardé")
    expect(notice).to_be_visible()
    expect(answer).to_have_value(TEXT)
    page.reload()
    expect(answer).to_have_value(TEXT)
    if scripts:
        expect(page.locator("[data-unsaved]")).to_have_text("Modifications non enregistrées")
        axe(page)
    assert entry.versions.count() == 1
    save.click()
    expect(page.locator(".messagelist")).to_contain_text("enregistrée comme brouillon")
    expect(notice).to_have_count(0)
    version = entry.versions.get(number=2)
    assert (version.answer, version.comment) == (TEXT, "Précision")
