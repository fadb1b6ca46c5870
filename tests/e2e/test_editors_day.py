"""A whole day of two editors in a real browser, from a pile of imported answers to a published FAQ, with its clicks.

The figures stand in docs/PROOF.md beside those of another system.
"""

import re
import sys
from collections import Counter

import pytest
from playwright.sync_api import Locator, Page, expect

from faq.models import Entry
from tests.factories import a_dump_file, a_taxonomy

SUBJECTS = (
    "le certificat de test",
    "la messagerie sécurisée",
    "le forfait d’équipement",
    "le dossier de preuve",
    "la candidature tardive",
)
MOST_CLICKS = {
    "import twenty answers": 5,
    "title and file them": 4,
    "submit them": 4,
    "publish nineteen, refuse one": 8,
    "mend and publish it": 6,
    "merge two and undo": 10,
    "find an entry": 2,
}


class Person:
    """Somebody at the mouse; typing and keys are free, clicks and page loads are counted by task."""

    def __init__(self, page: Page, clicks: Counter, loads: Counter):
        self.page, self.clicks, self.loads, self.task = page, clicks, loads, ""
        page.on("load", lambda _: self.loads.update([self.task]))

    def begin(self, task: str) -> Page:
        """Name what the next clicks are for; the page stands on the home page, as in the morning."""
        self.task = ""
        self.page.goto("/admin/")
        self.task = task
        return self.page

    def click(self, target: Locator) -> None:
        """Click, and count it."""
        self.clicks[self.task] += 1
        target.click()

    def menu(self, name: str) -> None:
        """Choose a page of the menu."""
        self.click(self.page.get_by_role("navigation", name="Menu").get_by_role("link", name=name, exact=True))

    def button(self, name: str) -> None:
        """Press a button of the page."""
        self.click(self.page.get_by_role("main").get_by_role("button", name=name, exact=True).first)


@pytest.mark.slow
def test_from_a_pile_of_answers_to_a_published_faq(open_page, sign_in, capsys):
    a_taxonomy()
    clicks, loads = Counter(), Counter()
    writer = Person(sign_in(open_page(), "rédacteur"), clicks, loads)
    reviewer = Person(sign_in(open_page(), "relecteur"), clicks, loads)

    page = reviewer.begin("import twenty answers")
    reviewer.menu("Importer une extraction")
    answers = [
        f"Pour {SUBJECTS[rank % 5]} numéro {rank}, écrivez au guichet de {rank + 3} h, qui répond."
        for rank in range(20)
    ]
    with page.expect_file_chooser() as choosing:
        reviewer.click(page.get_by_label("Fichiers texte"))
    file = {"name": "page.txt", "mimeType": "text/plain", "buffer": a_dump_file(*answers)}
    choosing.value.set_files(file)
    reviewer.button("Voir l’aperçu")
    reviewer.button("Importer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Import terminé")

    page = writer.begin("title and file them")
    writer.menu("Saisir les questions")
    for rank, entry in enumerate(Entry.objects.order_by("pk")):
        expect(page.get_by_label(f"Question de la fiche {entry.reference}", exact=True)).to_be_focused()
        page.keyboard.type(f"Que faire pour {SUBJECTS[rank % 5]} {rank + 1} ?")
        page.keyboard.press("Tab")
        page.keyboard.type("fin" if rank == 0 else "=")
        if rank == 0:
            page.keyboard.press("Enter")
        page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("20 fiches enregistrées")

    page = writer.begin("submit them")
    writer.menu("Fiches")
    writer.click(page.locator("#action-toggle"))
    writer.clicks[writer.task] += 1  # The choice of the action in its list.
    page.locator('select[name="action"]').select_option(label="Soumettre à la relecture")
    writer.button("Appliquer")
    expect(page.locator(".messagelist")).to_contain_text("20 fiches")

    page = reviewer.begin("publish nineteen, refuse one")
    reviewer.menu("À relire")
    first = page.get_by_role("article").first
    first.get_by_label("Ce que le rédacteur doit changer").fill("À quelle adresse ?")
    reviewer.click(first.get_by_role("button", name=re.compile("^Refuser")))
    expect(page.locator(".messagelist")).to_contain_text("rendue à ses rédacteurs")
    for told in ("Publication : 10 fiches", "Publication : 9 fiches"):
        reviewer.button("Tout sélectionner")
        reviewer.button("Publier la sélection")
        expect(page.locator(".messagelist")).to_contain_text(told)

    page = writer.begin("mend and publish it")
    refused = Entry.objects.get(live=None)
    writer.click(page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(refused.question))).first)
    page.get_by_label("Réponse", exact=True).fill("Écrivez à guichet@example.org, qui répond sous deux jours.")
    writer.button("Soumettre à la relecture")
    expect(page.locator(".messagelist")).to_contain_text("soumise à la relecture")
    page = reviewer.begin("mend and publish it")
    reviewer.menu("À relire")
    reviewer.click(page.get_by_role("article").get_by_role("button", name=re.compile("^Publier")))
    expect(page.locator(".messagelist")).to_contain_text("mise en ligne")
    assert Entry.objects.live().count() == 20

    page = reviewer.begin("merge two and undo")
    reviewer.menu("Fiches")
    for rank in range(2):
        reviewer.click(page.locator('input[name="_selected_action"]').nth(rank))
    reviewer.clicks[reviewer.task] += 1  # The choice of the action in its list.
    page.locator('select[name="action"]').select_option(label="Fusionner…")
    reviewer.button("Appliquer")
    reviewer.button("Voir ce qui va se passer")
    reviewer.button("Fusionner")
    reviewer.click(page.locator(".messagelist").get_by_role("link", name="Annuler la fusion"))
    reviewer.click(page.get_by_role("main").get_by_role("button", name="Annuler le lot"))
    expect(page.get_by_text("annulé par le")).to_be_visible()
    assert Entry.objects.live().count() == 20

    page = writer.begin("find an entry")
    page.keyboard.press("/")
    page.keyboard.type("messagerie 12")
    page.keyboard.press("Enter")
    writer.click(page.get_by_role("main").get_by_role("link", name=re.compile("messagerie sécurisée 12")))
    expect(page.get_by_label("Question", exact=True)).to_have_value("Que faire pour la messagerie sécurisée 12 ?")

    with capsys.disabled():
        for task, most in MOST_CLICKS.items():
            sys.stdout.write(f"\n{task}: {clicks[task]} clicks (at most {most}), {loads[task]} page loads")
    assert clicks.keys() == MOST_CLICKS.keys()
    assert all(clicks[task] <= most for task, most in MOST_CLICKS.items())
    assert all(0 < loads[task] < 12 for task in MOST_CLICKS)
