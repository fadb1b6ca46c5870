"""Tables in a real browser: a filtered list goes out, comes back changed, is looked at, confirmed and undone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Entry
from tests.factories import a_taxonomy, an_entry
from tests.tables import read_rows, write_rows

LIST = reverse("admin:faq_entry_changelist")


@pytest.fixture
def entries():
    """Two at the hospital, one elsewhere."""
    a_taxonomy()
    an_entry("Sous quel délai ?", "Sous 30 jours.\n- par courrier", couloirs="hopital")
    an_entry("Qui écrire ?", "À nous.", couloirs="hopital")
    return an_entry("Et ailleurs ?", "Aussi.", couloirs="imagerie")


def download(page):
    """Export what the list shows; return its rows."""
    page.get_by_role("link", name="Exporter").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Télécharger").click()
    assert waited.value.suggested_filename.endswith(".csv")
    with open(waited.value.path(), "rb") as file:
        return read_rows(file.read())


def send(page, rows):
    """Send rows for their preview."""
    page.get_by_role("link", name="Importer un tableau").click()
    file = {"name": "fiches.csv", "mimeType": "text/csv", "buffer": write_rows(rows)}
    page.get_by_label("Fichier CSV, XLSX ou JSON").set_input_files(file)
    page.get_by_role("button", name="Voir ce qui changerait").click()


def test_a_filtered_list_goes_out_and_comes_back_changed(page, sign_in, legible, entries):
    sign_in(page, "relecteur").goto(f"{LIST}?couloir=hopital")
    rows = download(page)
    legible(page)
    assert [row["Question"] for row in rows] == ["Sous quel délai ?", "Qui écrire ?"]
    rows[0] |= {"Réponse": "Sous 60 jours.\n- par courrier", "Thématiques": "certificats"}
    rows.append({**dict.fromkeys(rows[0], ""), "Question": "Et le dimanche ?", "Réponse": "Fermé."})

    page.goto(LIST)
    send(page, rows)
    expect(page.get_by_text("3 lignes")).to_be_visible()
    expect(page.get_by_role("heading", name="Ligne 4 : nouvelle")).to_be_visible()
    expect(page.locator("ins", has_text="60").first).to_be_visible()
    legible(page)
    assert not Entry.objects.filter(question="Et le dimanche ?").exists()

    page.get_by_role("button", name="Importer 2 lignes").press("Enter")
    expect(page.get_by_text("Lignes importées")).to_be_visible()
    assert Entry.objects.filter(answer__startswith="Sous 60 jours").exists()
    page.get_by_role("link", name="Annuler ce lot").click()
    page.get_by_role("button", name="Annuler le lot").click()
    expect(page.get_by_text("annulé par le")).to_be_visible()
    assert Entry.objects.filter(answer__startswith="Sous 30 jours").exists()


def test_the_form_on_a_phone_without_scripts(open_page, sign_in, axe, entries):
    phone = open_page(width=390, color_scheme="dark", java_script_enabled=True)
    for page in ("import", "export"):
        sign_in(phone, "rédacteur").goto(reverse(f"admin:faq_entry_{page}"))
        axe(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    plain = sign_in(open_page(java_script_enabled=False), "rédacteur")
    send(plain, [{"question": "Et le dimanche ?", "answer": "Fermé."}])
    plain.get_by_role("button", name="Importer 1 ligne").click()
    expect(plain.get_by_text("Lignes importées")).to_be_visible()
    assert Entry.objects.filter(question="Et le dimanche ?").exists()
