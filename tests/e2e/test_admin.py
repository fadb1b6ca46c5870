"""The admin in a real browser: usable with and without scripts, on a desk and on a phone, in light and in dark."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Dispositif, Dump, Entry, Version
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.taxonomy import get_or_create_themes
from tests.e2e.conftest import PASSWORD
from tests.factories import a_dump_file, a_filing, a_published_entry, a_taxonomy, an_entry, by_command, take_dump

LIST = reverse("admin:faq_entry_changelist")


@pytest.fixture
def _content():
    a_taxonomy()
    take_dump(a_dump_file("Un.", "- deux\n- trois"))
    worked_on = a_published_entry("Quel certificat choisir ?", couloirs="hopital", themes="certificats")
    edit_entry(worked_on.pk, Content("Quel certificat choisir ?", "Autre.", a_filing()), by_command(comment="Oubli"))


def page_of(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def addresses():
    """Every kind of page, on what `_content` made."""
    models = ("dispositif", "version", "dump", "batch")
    rows = [Entry.objects.live()[0], Version.objects.first(), Dump.objects.get(), Dispositif.objects.first()]
    return [
        reverse("admin:index"),
        LIST,
        f"{LIST}?couloir=hopital",
        f"{LIST}?q=introuvable",
        reverse("admin:faq_entry_add"),
        *(reverse(f"admin:faq_{model}_changelist") for model in models),
        *(reverse(f"admin:faq_{row._meta.model_name}_change", args=(row.pk,)) for row in rows),
        reverse("admin:feedback_vote_changelist"),
        reverse("admin:auth_user_changelist"),
        reverse("admin:auth_user_change", args=(User.objects.get().pk,)),
    ]


PARTS = 4
"""Processes share the pages between them, rather than wait for one that looks at all."""


@pytest.mark.usefixtures("_content")
@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_can_read_every_page(page, sign_in, legible, part):
    sign_in(page, "administrateur")
    for address in addresses()[part::PARTS]:
        page.goto(address)
        legible(page)


def test_signing_in_leads_to_the_page_that_was_asked_for(page, legible, live_server):
    user = User.objects.create_user("relecteur", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="relecteur"))
    page.goto(LIST)
    legible(page)
    page.get_by_label("Identifiant").fill("relecteur")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Connexion").click()
    page.wait_for_url(f"{live_server.url}{LIST}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fiches")


@pytest.mark.every_database
@pytest.mark.usefixtures("_content")
def test_an_editor_files_titles_and_publishes_an_imported_answer(page, sign_in):
    sign_in(page)
    page.locator(".entry-filters summary").click()
    page.get_by_label("À traiter").select_option(label="Sans question (2)")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("status")).to_have_text("2 fiches sur 3")
    assert page.url.endswith("?travail=sans-question")
    page.get_by_role("link", name="(sans question)").first.click()
    page.get_by_label("Question", exact=True).fill("Comment faire ?")
    page.get_by_label("PFI vague 2").check()
    page.get_by_label("Nouvelles thématiques").fill("Délais")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator(".messagelist")).to_contain_text("mise en ligne")
    expect(page.get_by_label("Hôpital")).to_have_accessible_description("implicite : découle de « PFI vague 2 »")
    expect(page.get_by_label("Délais")).to_be_checked()
    entry = Entry.objects.get(question="Comment faire ?")
    assert entry.status == "published"
    page.get_by_role("link", name="Voir sur le site").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Comment faire ?")


def test_a_session_that_expired_is_told_and_leaves_the_text(page, sign_in):
    sign_in(page).goto(page_of(an_entry()))
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Réponse", exact=True).fill("Tapé.")
    expect(page.locator("#preview-status")).to_contain_text("Aperçu indisponible")
    expect(page.get_by_label("Réponse", exact=True)).to_have_value("Tapé.")


def test_without_scripts_everything_can_be_done(open_page, sign_in):
    entry = an_entry(answer="Avant.")
    page = sign_in(open_page(java_script_enabled=False))
    page.locator(".entry-filters summary").click()
    page.get_by_label("État").select_option(label="Brouillon (1)")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("link", name="Comment faire ?").click()
    page.get_by_label("Réponse", exact=True).fill("**Après**")
    page.get_by_role("button", name="Prévisualiser").click()
    expect(page.frame_locator("#preview").locator("strong")).to_have_text("Après")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    assert entry.versions.get(number=2).answer == "**Après**"


def test_an_untouched_text_of_several_lines_is_unchanged_after_a_save(page, sign_in):
    entry = an_entry(answer="Un.\n\n- deux\n- trois\n\n\tFin :\u00a0oui")
    sign_in(page).goto(page_of(entry))
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".messagelist")).to_contain_text("Rien n’a changé")
    assert entry.versions.count() == 1


def test_a_long_list_of_terms_can_be_searched_without_accents(page, sign_in):
    a_taxonomy()
    get_or_create_themes(["Référencement", *(f"Thème {rank}" for rank in range(12))], None)
    sign_in(page).goto(reverse("admin:faq_entry_add"))
    page.get_by_label("certificats").check()
    page.get_by_label("Chercher : Thématique").fill("referenc")
    expect(page.get_by_label("Référencement")).to_be_visible()
    expect(page.get_by_label("Thème 3")).to_be_hidden()
    expect(page.get_by_label("certificats")).to_be_visible()
    page.get_by_label("Chercher : Thématique").press("Enter")
    assert not Entry.objects.exists()


def test_leaving_with_something_typed_asks_first(page, sign_in):
    sign_in(page).goto(page_of(an_entry()))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Réponse", exact=True).press_sequentially("a")
    page.get_by_role("link", name="Fiches").first.click(no_wait_after=True)
    expect(page.get_by_label("Réponse", exact=True)).to_be_visible()
    assert asked == ["beforeunload"]


def test_the_keyboard_alone_is_enough_to_save(page, sign_in):
    entry = an_entry()
    sign_in(page).goto(page_of(entry))
    page.get_by_label("Réponse", exact=True).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Et cela.")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "_save":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("enregistrée comme brouillon")
    assert entry.versions.get(number=2).answer == "Comme ceci. Et cela."
