"""« Importer une extraction » in a real browser: dropped, looked at, chosen for, imported with progress, undone."""

import base64

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Dump, Entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from tests.factories import a_dump_file, by_command, take_dump
from tests.pairs import DELAY, OTHER_DELAY, REWORDED_DELAY
from tests.previewing import exported

IMPORT = reverse("admin:faq_dump_import")
CERTIFICATE = "Le certificat de test expire au bout de 12 mois ; demandez le suivant un mois avant depuis le portail."
FILES = {
    "page.txt": a_dump_file("Reste.", OTHER_DELAY, CERTIFICATE.replace("12", "24"), "Arrive maintenant, sans rapport."),
    "autre.txt": a_dump_file(REWORDED_DELAY, "", "Une tout autre réponse, elle aussi sans rapport."),
}


@pytest.fixture
def known(live_server):
    """A dump whose second entry an editor has rewritten since."""
    take_dump(a_dump_file("Reste.", DELAY, CERTIFICATE, "Disparaît tout à fait."), "page")
    entry = Entry.objects.get(answer=CERTIFICATE)
    edit_entry(entry.pk, Content("Quand expire-t-il ?", CERTIFICATE.replace("portail", "guichet")), by_command())
    return entry


def drop(page, files):
    """Drop files on the page, as the mouse does."""
    data = {name: base64.b64encode(content).decode() for name, content in files.items()}
    transfer = page.evaluate_handle(
        """(files) => {
            const transfer = new DataTransfer();
            for (const [name, data] of Object.entries(files)) {
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type: "text/plain" }));
            }
            return transfer;
        }""",
        data,
    )
    page.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": transfer})


def test_two_files_are_dropped_previewed_chosen_imported_and_undone(open_page, sign_in, known, legible):
    page = sign_in(open_page())
    page.goto(reverse("admin:faq_dump_changelist"))
    page.get_by_role("main").get_by_role("link", name="Importer une extraction").click()
    drop(page, FILES)
    names = page.locator(".drop-list").get_by_label("Nom de l’extraction")
    expect(names).to_have_count(2)
    names.nth(1).fill("page")
    expect(page.get_by_role("alert")).to_contain_text("portent le nom")
    names.nth(1).fill("ailleurs")
    legible(page)
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aperçu de l’import")
    expect(page.locator("[data-plan] li").first).to_have_text("3 nouvelles fiches, en brouillon")
    legible(page)
    card = page.get_by_role("article").filter(has_text="page, ligne 5")
    expect(card.get_by_label("Garder le texte")).to_be_checked()
    page.get_by_role("article").filter(has_text="ailleurs, ligne 1").get_by_label("La rattacher").check()
    expect(page.locator("[data-plan] li").first).to_have_text("2 nouvelles fiches, en brouillon")
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import terminé")
    assert exported("page") == FILES["page.txt"]
    assert exported("ailleurs") == FILES["autre.txt"]
    delay = Entry.objects.select_related("head").get(answer=OTHER_DELAY)
    assert Dump.objects.get(name="ailleurs").passages.earliest("position").entry == delay
    known.refresh_from_db()
    assert "guichet" in known.answer
    legible(page)
    page.get_by_role("link", name="Annuler ce lot").click()
    page.get_by_role("button", name="Annuler le lot").click()
    expect(page.get_by_text("annulé par le lot").first).to_be_visible()
    assert exported("page").endswith(a_dump_file("Disparaît tout à fait."))


def test_without_scripts_files_are_picked_named_and_imported(open_page, sign_in, known):
    page = sign_in(open_page(width=390, height=800, java_script_enabled=False))
    page.goto(IMPORT)
    files = [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in FILES.items()]
    page.get_by_label("Fichiers texte").set_input_files([*files, {**files[0], "name": "latin.txt", "buffer": b"\xe9"}])
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.get_by_role("alert")).to_contain_text("Un fichier est à régler")
    page.get_by_label("Retirer latin.txt").check()
    page.get_by_label("Nom de l’extraction").nth(1).fill("ailleurs")
    page.get_by_role("button", name="Enregistrer et voir l’aperçu").click()
    page.get_by_role("article").filter(has_text="ailleurs, ligne 1").get_by_label("La rattacher").check()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import terminé")
    assert exported("page") == FILES["page.txt"]
    assert exported("ailleurs") == FILES["autre.txt"]
    assert Entry.objects.count() == 6


def test_a_long_preview_starts_by_itself_and_shows_its_progress(open_page, sign_in, live_server, monkeypatch):
    monkeypatch.setattr("faq.admin.dump_import._AT_ONCE", 1)
    page = sign_in(open_page())
    page.goto(IMPORT)
    drop(page, FILES)
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.locator("[data-plan] li").first).to_contain_text("nouvelles fiches")
