"""Filing in a browser: twenty answers in a row by keys, many entries at once, suggestions, and all without scripts."""

import sys

from django.urls import reverse
from playwright.sync_api import expect

from faq.enums import BatchKind
from faq.models import Batch, Entry
from tests.factories import a_dump_file, a_taxonomy, an_entry, numbers, take_dump

LIST = reverse("admin:faq_entry_changelist")
QUESTIONS = reverse("admin:faq_entry_questions")
FILING = reverse("admin:faq_entry_filing")
ADD = reverse("admin:faq_entry_add")

SUBJECTS = [
    ("le certificat du serveur", "dpi"),
    ("la carte perdue", "ris"),
    ("le forfait d’équipement", "fin"),
    ("le dossier de preuve", "="),
    ("la candidature tardive", "="),
]
"""The subjects of answers, and the keys typed to file them: letters of a term, or the key that repeats."""


class Editor:
    """Somebody at the keyboard, whose clicks, keys and page loads are counted."""

    def __init__(self, page):
        self.page, self.clicks, self.loads, self.keys = page, 0, 0, 0
        page.on("load", self._count_load)

    def _count_load(self, _page):
        self.loads += 1

    def click(self, target):
        self.clicks += 1
        target.click()

    def type(self, text):
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, *keys):
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)


def twenty_answers():
    """The answers of a dump in words of our own."""
    subjects = (SUBJECTS[rank % 5][0] for rank in range(20))
    return [f"Pour {subject} numéro {rank}, écrivez au guichet, qui répond." for rank, subject in enumerate(subjects)]


def test_twenty_answers_are_titled_and_filed_in_few_clicks_and_page_loads(page, sign_in, capsys):
    a_taxonomy()
    take_dump(a_dump_file(*twenty_answers()))
    editor = Editor(sign_in(page, "rédacteur"))
    editor.click(page.get_by_role("link", name="Saisir les questions").first)
    entries = list(Entry.objects.order_by("pk"))
    for rank, entry in enumerate(entries):
        subject, filing = SUBJECTS[rank % 5]
        expect(page.get_by_label(f"Question de la fiche {entry.reference}", exact=True)).to_be_focused()
        editor.type(f"Que faire pour {subject} {rank + 1} ?")
        editor.press("Tab")
        if rank == 0:
            # The answer names a term: its suggestion is accepted by a click.
            editor.click(page.get_by_role("button", name="+ certificats").first)
        editor.type(filing)
        editor.press(*(() if filing == "=" else ("Enter",)), "Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("20 fiches enregistrées")
    assert not Entry.objects.filter(question="").exists()
    assert all(any(filing.values()) for filing in Entry.objects.values_list("head__filing", flat=True))
    slugs = [[term["slug"] for term in entry.head.filing["dispositifs"]] for entry in Entry.objects.order_by("pk")[:5]]
    assert slugs == [["dpi-vague-1"], ["ris-vague-1"], [], [], []]
    assert [term["slug"] for term in Entry.objects.get(pk=entries[4].pk).head.filing["themes"]] == ["financement"]
    assert Batch.objects.filter(kind=BatchKind.BULK_ACTION).count() == 1
    with capsys.disabled():
        counted = f"{editor.clicks} clicks, {editor.loads} page loads, {editor.keys} key strokes"
        sys.stdout.write(f"\ntwenty answers titled and filed: {counted}\n")
    assert 0 < editor.clicks < 40
    assert 0 < editor.loads < 10
    assert editor.keys / 20 < 60


def test_the_chooser_works_by_keys_and_says_what_is_implied(page, sign_in):
    a_taxonomy()
    first, second = an_entry("", "Un."), an_entry("", "Deux.")
    sign_in(page).goto(QUESTIONS)
    field = page.get_by_role("combobox", name=f"Classement de la fiche {second.reference}")
    row = page.get_by_role("region", name=second.reference)
    field.press_sequentially("vague")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_text(
        ["DPI vague 1 dispositif Ségur", "PFI vague 2 dispositif Ségur", "RIS vague 1 dispositif Ségur"]
    )
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(row.locator(".chip")).to_have_text(
        [
            "PFI vague 2 (dispositif Ségur), retirer×",
            "Hôpital implicite : découle de « PFI vague 2 »",
            "Imagerie implicite : découle de « PFI vague 2 »",
            "Ségur du numérique implicite : découle de « PFI vague 2 »",
        ]
    )
    expect(field).to_be_focused()
    expect(row.get_by_role("status")).to_have_text("Ajouté : PFI vague 2.")
    field.press_sequentially("rien de tel")
    expect(row.get_by_role("status")).to_have_text("Aucun terme « rien de tel ».")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.keyboard.press("Backspace")
    expect(row.locator(".chip")).to_have_count(0)
    for typed in ("hop", "ris"):
        field.press_sequentially(typed)
        page.keyboard.press("Enter")
    expect(row.get_by_role("status")).to_have_text("Ajouté : RIS vague 1.")
    expect(row.locator(".chip.implied").first).to_have_text("Imagerie implicite : découle de « RIS vague 1 »")
    row.get_by_role("button", name="RIS vague 1 (dispositif Ségur), retirer").click()
    expect(row.get_by_role("status")).to_have_text("Retiré : RIS vague 1.")
    expect(row.locator(".chip")).to_have_text(
        ["Hôpital (couloir Ségur), retirer×", "Ségur du numérique implicite : découle de « Hôpital »"]
    )
    page.keyboard.press("Backspace")
    field.press_sequentially("cert")
    page.keyboard.press("Tab")  # takes what is proposed, and goes on
    expect(row.get_by_role("button", name="Certification (type d’offre), retirer")).to_be_visible()
    other = page.get_by_role("region", name=first.reference)
    other.get_by_role("button", name="Comme la précédente").click()
    expect(other.locator(".chip")).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("2 fiches enregistrées")
    for entry in (first, second):
        entry.refresh_from_db()
        assert [term["slug"] for term in entry.head.filing["offer_types"]] == ["certification"]


def test_what_is_implied_beside_a_chosen_term_is_sent_without_being_chosen(page, sign_in):
    a_taxonomy()
    entry = an_entry("", "Un.")
    sign_in(page).goto(QUESTIONS)
    field = page.get_by_role("combobox", name=f"Classement de la fiche {entry.reference}")
    for typed in ("hop", "ris"):
        field.press_sequentially(typed)
        page.keyboard.press("Enter")
    expect(page.locator("input[name$=-terms]:checked")).to_have_count(2)
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("1 fiche enregistrée")
    entry.refresh_from_db()
    assert [term["slug"] for term in entry.head.filing["couloirs"]] == ["hopital", "imagerie"]


def test_a_suggestion_is_accepted_in_one_click_and_applied_by_nobody_else(page, sign_in, legible):
    a_taxonomy()
    sign_in(page).goto(ADD)
    page.get_by_label("Réponse", exact=True).fill("Le certificat est demandé dans Convergence, pour le DPI.")
    suggested = page.locator("#suggestions")
    expect(suggested.get_by_role("button")).to_have_text(
        [
            "+ DPI vague 1 dispositif Ségur, cité : « DPI »",
            "+ Convergence produit ou service, cité : « Convergence »",
            "+ certificats thématique, cité : « certificat »",
        ]
    )
    expect(page.locator("[data-term]:checked")).to_have_count(0)
    suggested.get_by_role("button", name="+ DPI vague 1").click()
    expect(page.get_by_label("DPI vague 1")).to_be_checked()
    expect(page.get_by_label("Hôpital")).to_have_accessible_description("implicite : découle de « DPI vague 1 »")
    expect(suggested.get_by_role("button")).to_have_count(2)
    page.get_by_label("DPI vague 1").uncheck()
    expect(suggested.get_by_role("button")).to_have_count(3)
    legible(page)


def test_many_are_filed_from_the_list_and_it_is_taken_back_from_the_message(page, sign_in, legible):
    a_taxonomy()
    entries = [an_entry("Un ?"), an_entry("Deux ?", themes="certificats"), an_entry("Trois ?", couloirs="imagerie")]
    sign_in(page)
    page.locator("#action-toggle").check()
    page.get_by_label("Action :").select_option(label="Classer…")
    page.locator(".actions button[name=index]").click()
    expect(page.get_by_role("heading", name="3 fiches à classer")).to_be_visible()
    page.get_by_role("combobox", name="Ajouter").press_sequentially("dpi")
    page.keyboard.press("Enter")
    legible(page)
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.get_by_role("heading", name="2 fiches changent, 1 est refusée")).to_be_visible()
    expect(page.locator(".errorlist")).to_contain_text(f"Fiche {entries[2].reference}")
    legible(page)
    page.get_by_role("button", name="Classer ces fiches").click()
    expect(page.locator(".messagelist")).to_contain_text("Classement depuis la liste : 2 fiches")
    assert Entry.objects.filter(dispositifs__slug="dpi-vague-1").count() == 2
    page.locator(".messagelist").get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Annuler le lot").click()
    expect(page.locator(".messagelist")).to_contain_text("2 fiches remises comme avant")
    assert not Entry.objects.filter(dispositifs__slug="dpi-vague-1").exists()


def test_everything_works_without_scripts(open_page, sign_in):
    a_taxonomy()
    entry = an_entry("", "Un.")
    page = sign_in(open_page(java_script_enabled=False))
    page.goto(QUESTIONS)
    page.get_by_label(f"Question de la fiche {entry.reference}").fill("Quoi ?")
    page.get_by_text("Tous les termes").click()
    page.get_by_label("DPI vague 1").check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    assert numbers(Entry.objects.filter(dispositifs__slug="dpi-vague-1", question="Quoi ?")) == [entry.pk]
    page.goto(f"{FILING}?fiche={entry.pk}")
    page.get_by_text("Tous les termes").nth(1).click()
    page.locator("input[name=remove][data-facet='dispositif Ségur']").check()
    page.get_by_role("button", name="Voir ce qui change").click()
    page.get_by_role("button", name="Classer cette fiche").click()
    assert not Entry.objects.filter(couloirs__slug="hopital").exists()


def test_everybody_can_read_a_page_of_questions(page, sign_in, legible):
    a_taxonomy()
    take_dump(a_dump_file(*twenty_answers()[:3]))
    sign_in(page).goto(QUESTIONS)
    page.keyboard.type("Une question ?")
    page.keyboard.press("Tab")
    page.keyboard.type("dpi")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    legible(page)
    page.keyboard.press("Enter")
    page.locator("details").nth(0).locator("summary").click()
    legible(page)
