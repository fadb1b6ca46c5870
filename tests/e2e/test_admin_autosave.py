"""Nothing typed is lost: closed tabs, crashes, other machines, lost networks, expired sessions, two tabs."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import AutosavedForm, Entry
from faq.services.workflow import submit_entry
from tests.e2e.conftest import PASSWORD
from tests.factories import an_entry, by_command

ADD = reverse("admin:faq_entry_add")
REVIEW = reverse("admin:faq_entry_review")
KEPT = re.compile(r"Copie de secours gardée à [0-9]+\u00a0h(\u00a0[0-9]{2})?")
LOCAL = "Object.keys(localStorage).filter((name) => name.startsWith('faqcms.autosave.')).length"


def page_of(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def answer_of(page):
    return page.get_by_label("Réponse", exact=True)


def is_kept(page):
    expect(page.locator("[data-autosave-state]").first).to_have_text(KEPT)


def offers_of(page):
    return page.locator(".autosave-offers")


@pytest.fixture
def elsewhere(open_page, sign_in):
    """The same person on another machine."""
    return sign_in(open_page())


def test_a_closed_tab_and_another_machine_offer_what_was_typed(page, sign_in, elsewhere, axe):
    entry = an_entry()
    sign_in(page).goto(page_of(entry))
    answer_of(page).fill("Tapé, pas enregistré.")
    is_kept(page)
    axe(page)
    # As when the browser crashes: no event of the page runs any more.
    page.context.close()
    elsewhere.goto(page_of(entry))
    expect(offers_of(elsewhere)).to_contain_text("sur un autre poste")
    expect(elsewhere.locator("[data-autosave-warning]").first).to_contain_text("Un texte non enregistré est gardé")
    elsewhere.get_by_text("Ce qu’il contient").click()
    expect(offers_of(elsewhere)).to_contain_text("Tapé, pas enregistré.")
    axe(elsewhere)
    elsewhere.get_by_role("link", name="Reprendre").click()
    expect(answer_of(elsewhere)).to_have_value("Tapé, pas enregistré.")
    axe(elsewhere)
    elsewhere.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(elsewhere.locator(".success")).to_contain_text("version 2")
    expect(answer_of(elsewhere)).to_have_value("Tapé, pas enregistré.")
    assert not AutosavedForm.objects.open().exists()
    expect(offers_of(elsewhere)).to_have_count(0)


def test_what_was_typed_just_before_the_tab_closes_is_kept(page, sign_in):
    entry = an_entry()
    tab = sign_in(page).context.new_page()
    tab.goto(page_of(entry))
    answer_of(tab).fill("Tapé au dernier moment.")
    tab.close(run_before_unload=False)
    page.goto(page_of(entry))
    expect(offers_of(page)).to_contain_text("sur ce poste")
    page.get_by_role("button", name="Supprimer").click()
    page.get_by_role("button", name="Confirmer la suppression").click()
    expect(page.locator("[data-autosave-warning]").first).to_have_text("Texte supprimé.")
    assert not AutosavedForm.objects.open().exists()


def test_offline_it_is_kept_in_the_browser_and_sent_when_the_network_is_back(chromium, live_server, sign_in):
    """Requests that fail are what this is about: the browser logs them as errors."""
    entry = an_entry()
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR")
    page = sign_in(context.new_page())
    page.goto(page_of(entry))
    context.set_offline(True)
    answer_of(page).fill("Tapé dans le train.")
    expect(page.locator("[data-autosave-warning]").first).to_contain_text("Hors connexion : gardé dans ce navigateur")
    assert page.evaluate(LOCAL) == 1
    context.set_offline(False)
    is_kept(page)
    assert page.evaluate(LOCAL) == 0
    expect(page.locator("[data-autosave-warning]").first).to_have_text("")
    assert AutosavedForm.objects.get().typed["answer"] == "Tapé dans le train."
    context.close()


def test_a_busy_server_is_asked_again(chromium, live_server, sign_in):
    entry = an_entry()
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR")
    page = sign_in(context.new_page())
    page.goto(page_of(entry))
    context.route("**/autosave/", lambda route: route.fulfill(status=503, body="occupé"))
    answer_of(page).fill("Tapé pendant un import.")
    expect(page.locator("[data-autosave-warning]").first).to_contain_text(
        "Le serveur est occupé : gardé dans ce navigateur"
    )
    context.unroute("**/autosave/")
    is_kept(page)
    assert AutosavedForm.objects.get().typed["answer"] == "Tapé pendant un import."
    context.close()


def test_a_session_that_expires_while_typing_loses_nothing(chromium, live_server, sign_in):
    """A text typed after it expired is sent by the next page, once somebody signed in again."""
    entry = an_entry()
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR")
    page = sign_in(context.new_page())
    page.goto(page_of(entry))
    Session.objects.all().delete()
    answer_of(page).fill("Tapé trop tard.")
    expect(page.locator("[data-autosave-warning]").first).to_contain_text("Session expirée")
    assert page.evaluate(LOCAL) == 1
    page.close(run_before_unload=False)
    page = sign_in(context.new_page())
    page.goto(page_of(entry))
    expect(offers_of(page)).to_contain_text("Tapé trop tard.")
    assert page.evaluate(LOCAL) == 0
    context.close()


def test_signing_in_again_in_another_tab_is_enough(chromium, live_server, sign_in):
    """The token of the first tab is stale then: its form takes the new one, also for the save."""
    entry = an_entry()
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR")
    page = sign_in(context.new_page())
    page.goto(page_of(entry))
    Session.objects.all().delete()
    answer_of(page).fill("Tapé pendant la reconnexion.")
    expect(page.locator("[data-autosave-warning]").first).to_contain_text("Session expirée")
    other = context.new_page()
    other.goto(reverse("admin:login"))
    other.get_by_label("Identifiant").fill("relecteur")
    other.get_by_label("Mot de passe").fill(PASSWORD)
    other.get_by_role("button", name="Connexion").click()
    other.wait_for_url("**/admin/")
    is_kept(page)
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".success")).to_contain_text("version 2")
    assert not AutosavedForm.objects.open().exists()
    context.close()


def test_two_tabs_are_told_of_each_other_and_keep_what_each_holds(page, sign_in):
    entry = an_entry()
    sign_in(page).goto(page_of(entry))
    other = page.context.new_page()
    other.goto(page_of(entry))
    for tab in (page, other):
        expect(tab.locator("[data-autosave-elsewhere]").first).to_contain_text("ouvert dans un autre onglet")
    for tab, text in ((page, "Du premier."), (other, "Du second.")):
        answer_of(tab).fill(text)
        is_kept(tab)
    kept = {form.typed["answer"] for form in AutosavedForm.objects.open()}
    assert kept == {"Du premier.", "Du second."}
    other.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(offers_of(other)).to_contain_text("premier")
    assert AutosavedForm.objects.open().get().typed["answer"] == "Du premier."
    # The first goes on, although it is offered in the second.
    answer_of(page).fill("Du premier, encore.")
    is_kept(page)


def test_a_form_as_it_was_is_kept_no_more_and_looking_writes_nothing(page, sign_in):
    entry = an_entry()
    sign_in(page).goto(page_of(entry))
    before = answer_of(page).input_value()
    answer_of(page).fill("Autre chose.")
    is_kept(page)
    answer_of(page).fill(before)
    expect(page.locator("[data-autosave-state]").first).to_have_text("")
    assert not AutosavedForm.objects.open().exists()
    answer_of(page).fill("Encore autre chose.")
    is_kept(page)
    assert AutosavedForm.objects.open().count() == 1


def test_a_new_entry_is_saved_once_and_offered_no_more(page, sign_in):
    sign_in(page).goto(ADD)
    page.get_by_label("Question", exact=True).fill("Nouvelle ?")
    answer_of(page).fill("Réponse.")
    # Saved before it was kept: what is on its way brings nothing back.
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".success")).to_contain_text("version 1")
    page.goto(ADD)
    expect(page.locator("[data-autosave]")).to_have_count(1)
    page.wait_for_function(f"{LOCAL} === 0")
    assert Entry.objects.count() == 1
    assert not AutosavedForm.objects.open().exists()


def test_comments_of_a_review_come_back(page, sign_in, axe):
    entries = [an_entry(f"{rank} ?", f"{rank}.") for rank in range(2)]
    for entry in entries:
        submit_entry(entry.pk, by_command())
    sign_in(page).goto(REVIEW)
    page.locator(f"#comment-{entries[1].pk}").fill("Il manque le délai.")
    is_kept(page)
    assert set(AutosavedForm.objects.get().typed) == {f"comment-{entries[1].pk}", f"version-{entries[1].pk}"}
    page.goto(REVIEW)
    expect(offers_of(page)).to_contain_text("Il manque le délai.")
    axe(page)
    page.get_by_role("link", name="Reprendre").click()
    expect(page.locator(f"#comment-{entries[1].pk}")).to_have_value("Il manque le délai.")


def test_a_note_and_the_text_of_its_entry_are_kept_apart(page, sign_in, axe):
    entry = an_entry()
    sign_in(page).goto(page_of(entry))
    answer_of(page).fill("Tapé, pas enregistré.")
    page.get_by_label("Nouvelle note").fill("Est-ce juste ?")
    expect(page.locator("[data-autosave-state]", has_text=KEPT)).to_have_count(2)
    assert {form.kind for form in AutosavedForm.objects.open()} == {"entry", "note"}
    # Leaving by the button of one form keeps the other.
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.locator(".success")).to_contain_text("Note ajoutée")
    expect(offers_of(page)).to_have_count(1)
    expect(offers_of(page)).to_contain_text(f"Fiche {entry.reference}")
    assert [form.kind for form in AutosavedForm.objects.open()] == ["entry"]
    axe(page)
