"""Images and documents in a browser: dropped, pasted, picked, described, refused; the list and the page of a file."""

import base64
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.domain.media.checking import clean_file
from faq.models import Entry, MediaFile
from tests.factories import an_entry
from tests.media import a_document, a_media_file, an_answer_with, an_image

DROP = """(area, [content, name, type]) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    area.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""
PASTE = """(area, [content, text]) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "image.png", { type: "image/png" }));
    if (text) {
        transfer.setData("text/plain", text);
    }
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("faq.services.media.check_file", clean_file)
    settings.STORAGES = settings.STORAGES | {"media": {**settings.STORAGES["media"], "OPTIONS": {"location": tmp_path}}}


def open_form(page, sign_in, **text):
    """Open the form of an entry, and return it with the answer and the dialog that asks for a text."""
    entry = an_entry(**text)
    sign_in(page, "rédacteur").goto(reverse("admin:faq_entry_change", args=(entry.pk,)))
    return entry, page.get_by_label("Réponse", exact=True), page.get_by_role("dialog", name=re.compile("^Insérer l"))


def encoded(content):
    return base64.b64encode(content).decode()


def test_an_image_is_dropped_described_saved_and_taken_back(page, sign_in, axe):
    entry, answer, dialog = open_form(page, sign_in, answer="Avant.")
    answer.fill("Avant.")
    answer.evaluate(DROP, [encoded(an_image()), "écran.png", "image/png"])
    described = dialog.get_by_label("Texte alternatif")
    expect(described).to_be_focused()
    axe(page)
    dialog.get_by_role("button", name="Insérer").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Écrivez ce que l’image apprend")
    described.fill("Le menu [principal]")
    described.press("Enter")
    reference = MediaFile.objects.get().reference
    expect(answer).to_have_value(f"Avant.\n\n![Le menu \\[principal\\]]({reference})")
    expect(answer).to_be_focused()
    answer.press("Control+z")
    expect(answer).to_have_value("Avant.")
    answer.press("Control+Shift+z")
    preview = page.frame_locator("#preview").get_by_role("img", name="Le menu [principal]")
    expect(preview).to_be_visible()
    assert preview.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 32
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.wait_for_load_state()
    assert Entry.objects.get(pk=entry.pk).head.media_uses.get().text == "Le menu [principal]"


def test_a_pasted_image_may_be_decorative_and_a_copied_text_is_none(page, sign_in):
    _, answer, dialog = open_form(page, sign_in, answer="")
    answer.evaluate(PASTE, [encoded(an_image()), "Texte copié de Word"])
    answer.evaluate(PASTE, [encoded(an_image()), ""])
    dialog.get_by_label("Image décorative").check()
    expect(dialog.get_by_label("Texte alternatif")).to_be_disabled()
    dialog.get_by_role("button", name="Insérer").click()
    expect(answer).to_have_value(f"![]({MediaFile.objects.get().reference})")
    page.get_by_label("Question", exact=True).fill("Comment faire ?")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("enregistrée comme brouillon")).to_be_visible()
    expect(page.get_by_text("pas de texte alternatif")).to_have_count(0)


def test_a_refusal_stands_under_the_answer_and_nothing_is_inserted(page, sign_in, axe):
    _, answer, dialog = open_form(page, sign_in, answer="Avant.")
    answer.evaluate(DROP, [encoded(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "logo.svg", "image/svg+xml"])
    refusal = page.get_by_role("alert").filter(has_text="« logo.svg » est une image SVG")
    expect(refusal).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(answer).to_have_value("Avant.")
    axe(page)
    assert not MediaFile.objects.exists()


def test_an_earlier_file_is_found_and_inserted_with_the_keyboard(page, sign_in, axe):
    for colour in ("red", "green"):
        a_media_file(colour, name=f"{colour}.png")
    searched = a_media_file("blue", name="capture.png")
    an_entry(answer=an_answer_with(searched, alternative="Tableau de bord"))
    _, answer, dialog = open_form(page, sign_in, answer="Avant.")
    page.get_by_role("button", name="Gras").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Image ou document")).to_be_focused()
    page.keyboard.press("Enter")
    picker = page.get_by_role("dialog", name="Insérer une image ou un document")
    expect(picker.get_by_role("listitem")).to_have_count(3)
    axe(page)
    picker.get_by_label("Ou choisir un fichier déjà envoyé").fill("tableau")
    expect(picker.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Texte alternatif")).to_have_value("Tableau de bord")
    page.keyboard.press("Enter")
    expect(answer).to_have_value(f"Avant.\n\n![Tableau de bord]({searched.reference})")


def test_a_document_is_picked_and_its_link_named(page, sign_in):
    _, answer, dialog = open_form(page, sign_in, answer="Voir ")
    page.get_by_role("button", name="Image ou document").click()
    page.get_by_label("Envoyer un fichier").set_input_files(
        {"name": "guide_de_pose.pdf", "mimeType": "application/pdf", "buffer": a_document()}
    )
    expect(dialog.get_by_label("Texte du lien")).to_have_value("guide de pose (PDF, 1\u00a0ko)")
    page.keyboard.press("Escape")
    expect(answer).to_have_value("Voir ")
    expect(answer).to_be_focused()
    page.get_by_role("button", name="Image ou document").click()
    page.get_by_role("button", name="guide_de_pose.pdf").click()
    dialog.get_by_role("button", name="Insérer").click()
    expect(answer).to_have_value(f"Voir [guide de pose (PDF, 1\u00a0ko)]({MediaFile.objects.get().reference})")


def test_everybody_can_read_the_pages_of_files(page, sign_in, legible):
    image = a_media_file()
    an_entry(answer=an_answer_with(image))
    sign_in(page, "rédacteur")
    for address in ("changelist", "add"):
        page.goto(reverse(f"admin:faq_mediafile_{address}"))
        legible(page)
    page.goto(reverse("admin:faq_mediafile_change", args=(image.pk,)))
    legible(page)
